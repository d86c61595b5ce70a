"""What timings say: quartiles and paired ratios by hand arithmetic, and what is no timing."""

import math

import pytest

from tsm_demo.analysis.machine import Machine
from tsm_demo.analysis.timing import Measurement, Runs, Setup, Spread, Subject, shift_overheads
from tsm_demo.models.registry import ModelSpec

MACHINE = Machine("a processor", 2, 1 << 30, "a system", "3.11", "2.14", 2)
TWO_D, TSM = Subject.of(ModelSpec("tsn_resnet50")), Subject.of(ModelSpec("tsm_resnet50"))
NAIVE = Subject.of(ModelSpec("tsm_resnet50", fold_div=2))


def measured(**seconds: list[float]) -> Measurement:
    names = {"two_d": TWO_D, "tsm": TSM, "naive": NAIVE}
    runs = {names[name]: Runs(tuple(values), 7) for name, values in seconds.items()}
    return Measurement(MACHINE, Setup(8, 224), runs, 0.0, "2026-11-24")


@pytest.mark.parametrize(
    ("values", "low", "median", "high"),
    [
        ([5, 1, 4, 2, 3], 2, 3, 4),
        (
            [4, 1, 3, 2],
            1.75,
            2.5,
            3.25,
        ),  # a quarter, half, three quarters of the way from the first to the last
        ([7], 7, 7, 7),
        ([1, 9], 3, 5, 7),
        ([1, 1, 1, 1, 100], 1, 1, 1),
    ],
)
def test_quartiles(values, low, median, high):
    assert Spread.of(values) == Spread(median, low, high)


def test_of_nothing_there_is_no_median():
    with pytest.raises(ValueError):  # noqa: PT011 - the statement that there is none is Python's own
        Spread.of([])


def test_ratios_are_taken_within_a_round():
    # A neighbour slows the machine down eightfold in the middle: each round is slowed, no ratio is.
    still, shifted = Runs((1, 1, 8, 8, 1), 0), Runs((1.5, 1.5, 12, 12, 1.5), 0)
    assert shifted.ratio(still) == Spread(1.5, 1.5, 1.5)
    # 2, 2, 1, 4, 3 in order: 1 2 2 3 4. The ratio of the medians would be 3.
    assert Runs((2, 4, 3, 16, 3), 0).ratio(Runs((1, 2, 3, 4, 1), 0)) == Spread(2, 2, 3)


def test_overheads_of_the_shift():
    found = shift_overheads(
        measured(two_d=[1, 1, 1, 1, 1], naive=[1.2, 1.1, 1.3, 1.2, 1.2], tsm=[1, 1.1, 1, 1, 1])
    )
    assert list(found) == [2, 8]
    assert found[2].median == pytest.approx(0.2)
    assert found[8].median == 0


def test_the_base_is_the_2d_network_wherever_it_stands():
    assert measured(tsm=[1.0] * 5, two_d=[1.0] * 5).base() == TWO_D
    assert measured(tsm=[1.0] * 5, naive=[1.0] * 5).base() == TSM


def test_a_part_keeps_the_order_that_is_asked_for():
    found = measured(tsm=[1.0] * 5, two_d=[2.0] * 5, naive=[3.0] * 5).only([TWO_D, TSM])
    assert found is not None
    assert list(found.runs) == [TWO_D, TSM]
    assert found.runs[TWO_D].seconds == (2.0,) * 5
    assert measured(tsm=[1.0] * 5).only([TWO_D]) is None


@pytest.mark.parametrize("seconds", [(1, 1, 1, 1), (1, 1, 1, 1, 0), (1, 1, 1, 1, math.nan), (1, 1, 1, 1, -1)])
def test_four_runs_or_no_time_are_no_timing(seconds):
    with pytest.raises(ValueError, match="5 or more runs"):
        Runs(seconds, 0)


def test_networks_that_did_not_take_turns_are_no_measurement():
    with pytest.raises(ValueError, match="once a round"):
        measured(tsm=[1.0] * 5, two_d=[1.0] * 6)
    with pytest.raises(ValueError, match="once a round"):
        measured()


def test_what_a_time_depends_on():
    assert TSM != NAIVE
    assert Subject.of(ModelSpec("tsm_resnet50", num_classes=12, n_segment=16)) == TSM
    # Without a shift the fold is nothing that could change a time.
    assert Subject.of(ModelSpec("tsn_resnet50", fold_div=2, placement="in_place")) == TWO_D
    assert Subject.of(ModelSpec("tsn_resnet50", width=32)) != TWO_D
    assert Subject.of(ModelSpec("tsn_resnet50", last_stride=1)) != TWO_D
