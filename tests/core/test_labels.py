"""The twelve labels stand in their fixed order, and reversing a clip twice gives its label back."""

from tsm_demo.core.labels import MOTION_LABELS, PAIRED_LABELS, reversed_label

REVERSAL = {
    "moves right": "moves left",
    "moves down": "moves up",
    "comes closer": "goes away",
    "turns clockwise": "turns counter-clockwise",
    "come together": "move apart",
}


def test_the_order_of_the_networks_outputs() -> None:
    pairs = [label for pair in REVERSAL.items() for label in pair]
    assert (*pairs, "stays still", "goes back and forth") == MOTION_LABELS
    assert len(pairs) == PAIRED_LABELS


def test_backwards_each_label_becomes_its_opposite() -> None:
    for forwards, backwards in REVERSAL.items():
        assert MOTION_LABELS[reversed_label(MOTION_LABELS.index(forwards))] == backwards
        assert MOTION_LABELS[reversed_label(MOTION_LABELS.index(backwards))] == forwards


def test_two_labels_are_their_own_reversal() -> None:
    assert [reversed_label(label) for label in (10, 11)] == [10, 11]


def test_reversing_twice_changes_nothing() -> None:
    assert [reversed_label(reversed_label(label)) for label in range(12)] == list(range(12))
