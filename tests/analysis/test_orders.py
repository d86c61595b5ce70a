"""A change rearranges a window's frames and nothing else; a network without a shift cannot tell two orders apart."""

from functools import cache

import numpy as np
import pytest

from tsm_demo.analysis.orders import (
    SPEEDS,
    Change,
    changed,
    held_frames,
    largest_difference,
    read_speeds,
)
from tsm_demo.analysis.predict import answer_clip
from tsm_demo.analysis.seeing import read_for
from tsm_demo.core.errors import TsmDemoError
from tsm_demo.core.labels import MOTION_LABELS, PAIRED_LABELS, reversed_label
from tsm_demo.models.networks import load_network
from tsm_demo.ui.clips import bundled_clip, bundled_labels
from tsm_demo.video.clip import SampledClip

PAIRED = [
    name for name, label in bundled_labels().items() if label in MOTION_LABELS[:PAIRED_LABELS]
]  # the bundled clips whose reversal has another label
BACKWARDS = Change("backwards")
OTHER_ORDERS = (BACKWARDS, *(Change("shuffled", seed) for seed in range(3)))


@cache
def read(name: str) -> dict[float, SampledClip]:
    with bundled_clip(name).on_disk() as path:
        return read_speeds(load_network("motion"), path)


@cache
def answer(name: str, model: str, change: Change):
    return answer_clip(load_network(model), changed(read(name), change), top_k=1)


@pytest.mark.parametrize(
    ("change", "places"),
    [
        (Change(), (0, 1, 2, 3)),
        (BACKWARDS, (3, 2, 1, 0)),
        (Change("frozen", frozen_at=2), (2, 2, 2, 2)),
        (Change("frozen", frozen_at=9), (3, 3, 3, 3)),
        (Change(mirrored=True, speed=2.0), (0, 1, 2, 3)),
    ],
)
def test_places_of_four_frames(change, places):
    assert change.places(4) == places


def test_a_shuffle_is_a_new_order_that_its_seed_decides():
    orders = [Change("shuffled", seed).places(8) for seed in range(50)]
    assert all(sorted(order) == list(range(8)) for order in orders)
    assert len(set(orders)) == 50
    assert Change("shuffled", 7).places(8) == orders[7]


def test_a_shuffle_of_three_frames_is_never_forwards_or_backwards():
    orders = {Change("shuffled", seed).places(3) for seed in range(60)}
    assert orders == {(0, 2, 1), (1, 0, 2), (1, 2, 0), (2, 0, 1)}
    assert {Change("shuffled", seed).places(1) for seed in range(3)} == {(0,)}


def test_frames_as_seen():
    clip = read("ball rolls right")[1.0]
    before = clip.frames.copy()
    as_it_is = clip.window_frames(0)
    assert (changed(read("ball rolls right"), BACKWARDS).window_frames(0) == as_it_is[::-1]).all()
    mirrored = changed(read("ball rolls right"), Change("backwards", mirrored=True)).window_frames(0)
    for t in range(8):
        assert (mirrored[t] == np.fliplr(as_it_is[7 - t])).all()
    frozen = changed(read("ball rolls right"), Change("frozen", frozen_at=5)).window_frames(0)
    assert (frozen == as_it_is[5]).all()
    assert (clip.frames == before).all()


def test_speed_one_is_what_every_other_page_sees():
    with bundled_clip("leaf falls").on_disk() as path:
        usual = read_for(load_network("motion"), path)
    ours = read("leaf falls")[1.0]
    assert (ours.window_frames(0) == usual.window_frames(0)).all()
    assert list(ours.indices[list(ours.windows[0].rows)]) == list(usual.indices[list(usual.windows[0].rows)])


def test_speeds_look_at_half_the_time_and_at_twice_of_it():
    # 60 frames at 24 a second make 2.5 s; T = 8 segment centres, about the middle at 1.25 s.
    middle_sec = 1.25
    for speed in SPEEDS:
        clip = read("ball rolls right")[speed]
        wanted_sec = [middle_sec + speed * 2.5 * ((k + 0.5) / 8 - 0.5) for k in range(8)]
        expected = [min(max(int(at * 24 + 1e-6), 0), 59) for at in wanted_sec]
        assert list(clip.indices[list(clip.windows[0].rows)]) == expected
    assert [held_frames(read("ball rolls right")[speed], 0) for speed in SPEEDS] == [0, 0, 2]


@pytest.mark.parametrize("name", bundled_labels())
def test_a_network_without_a_shift_gives_every_order_the_same_scores(name):
    forwards = answer(name, "motion_tsn", Change())
    for change in OTHER_ORDERS:
        assert largest_difference(forwards, answer(name, "motion_tsn", change)) < 1e-5


@pytest.mark.parametrize("name", bundled_labels())
def test_frozen_a_network_without_a_shift_says_what_it_says_of_the_frame(name):
    alone = answer(name, "motion_tsn", Change()).frame_scores[4]
    frozen = answer(name, "motion_tsn", Change("frozen", frozen_at=4)).window_scores[0]
    np.testing.assert_allclose(frozen, alone, atol=1e-5)


@pytest.mark.parametrize("name", PAIRED)
def test_tsm_names_the_other_of_the_pair_when_the_clip_runs_backwards(name):
    label = MOTION_LABELS.index(bundled_labels()[name])
    assert answer(name, "motion", Change()).top[0].label == MOTION_LABELS[label]
    assert answer(name, "motion", BACKWARDS).top[0].label == MOTION_LABELS[reversed_label(label)]
    assert largest_difference(answer(name, "motion", Change()), answer(name, "motion", BACKWARDS)) > 0.5


@pytest.mark.parametrize(
    "wrong",
    [{"order": "sideways"}, {"speed": 3.0}, {"frozen_at": -1}, {"seed": -1}],
)
def test_changes_that_are_none(wrong):
    with pytest.raises(TsmDemoError):
        Change(**wrong)


def test_a_speed_that_was_not_decoded():
    with pytest.raises(TsmDemoError, match="read it again"):
        changed({1.0: read("leaf falls")[1.0]}, Change(speed=2.0))
