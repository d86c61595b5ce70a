"""Windows cover a span, segments are centred, and the frame that is on screen is the one that is taken."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tsm_demo.core.errors import VideoError
from tsm_demo.core.sampling import SamplingPlan, Window, cut_windows, frames_at, sample, segment_times

SECONDS = st.floats(0, 600, allow_nan=False)
GAPS = st.lists(st.floats(0.002, 0.5), min_size=0, max_size=60)


def ends(windows: tuple[Window, ...]) -> list[tuple[float, float]]:
    return [(w.start_sec, w.end_sec) for w in windows]


def test_segments_are_centred() -> None:
    assert segment_times(0, 2, 8).tolist() == [0.125, 0.375, 0.625, 0.875, 1.125, 1.375, 1.625, 1.875]
    assert segment_times(3, 4, 1).tolist() == [3.5]


@given(start=SECONDS, span=st.floats(0.01, 600), n_segment=st.integers(1, 64))
def test_segments_are_even_and_inside(start: float, span: float, n_segment: int) -> None:
    times = segment_times(start, start + span, n_segment)
    edges = np.linspace(start, start + span, n_segment + 1)
    assert times == pytest.approx((edges[:-1] + edges[1:]) / 2)


@pytest.mark.parametrize(
    ("span_sec", "expected"),
    [
        (0.1, [(0, 0.1)]),
        (3.0, [(0, 3.0)]),
        (3.5, [(0, 2), (1, 3), (1.5, 3.5)]),
        (4.0, [(0, 2), (1, 3), (2, 4)]),
        (4.02, [(0, 2), (1, 3), (2.02, 4.02)]),  # a tail of 0.02 s is worth no window
        (4.2, [(0, 2), (1, 3), (2, 4), (2.2, 4.2)]),
    ],
)
def test_windows(span_sec: float, expected: list[tuple[float, float]]) -> None:
    assert np.allclose(ends(cut_windows(0, span_sec)), expected)
    assert np.allclose(ends(cut_windows(10, 10 + span_sec)), np.add(expected, 10))


@given(start=SECONDS, span=st.floats(0.02, 700))
def test_windows_cover_the_span_and_keep_their_length(start: float, span: float) -> None:
    end = start + span
    windows = cut_windows(start, end)
    assert windows[0].start_sec == start
    assert windows[-1].end_sec == end
    if span <= 3:
        assert len(windows) == 1
        return
    assert [w.end_sec - w.start_sec for w in windows] == pytest.approx([2.0] * len(windows))
    steps = np.diff([w.start_sec for w in windows])
    assert steps[:-1] == pytest.approx(1.0)
    assert 0.05 - 1e-9 <= steps[-1] <= 1.05 + 1e-9  # nothing between two windows, no window twice


def test_windows_of_other_lengths() -> None:
    assert ends(cut_windows(0, 4, window_sec=5)) == [(0, 4)]
    assert ends(cut_windows(0, 4, window_sec=1, stride_sec=1.5)) == [(0, 1), (1.5, 2.5), (3, 4)]
    with pytest.raises(VideoError, match="end must come after"):
        cut_windows(2, 2)


@given(gaps=GAPS, wanted=st.lists(st.floats(-1, 40), min_size=1, max_size=20))
def test_the_frame_on_screen(gaps: list[float], wanted: list[float]) -> None:
    times = [0.0, *np.cumsum(gaps)]
    for wanted_sec, frame in zip(wanted, frames_at(times, wanted), strict=True):
        assert frame == max((k for k, at in enumerate(times) if at <= wanted_sec + 1e-3), default=0)


def test_rounded_timestamps_do_not_shake_the_sampling() -> None:
    # Every wanted time is a frame's own, but Matroska stores 0.041667 s as 0.042 s: later than wanted.
    exact_sec = [k / 24 for k in range(48)]
    in_milliseconds = [round(at_sec * 1000) / 1000 for at_sec in exact_sec]
    assert frames_at(in_milliseconds, exact_sec).tolist() == list(range(48))


def test_no_frames() -> None:
    with pytest.raises(VideoError, match="no frames"):
        frames_at([], [0.0])


@given(gaps=GAPS, n_segment=st.integers(1, 16), kind=st.sampled_from(["windows", "segments"]))
def test_a_plan_keeps_the_order_of_any_clip(gaps: list[float], n_segment: int, kind: str) -> None:
    times = np.array([0.0, *np.cumsum(gaps)])
    windows, frames = sample(times, times[-1] + 0.04, SamplingPlan(n_segment=n_segment, kind=kind))
    assert frames.shape == (len(windows), n_segment)
    assert frames.min() >= 0
    assert frames.max() < len(times)
    assert (np.diff(frames, axis=1) >= 0).all()
    assert (np.diff(frames, axis=0) >= 0).all()


def test_few_frames_are_repeated_evenly() -> None:
    _, frames = sample([0.0, 0.1, 0.2], 0.3, SamplingPlan())
    assert frames.tolist() == [[0, 0, 0, 1, 1, 2, 2, 2]]
    assert sample([0.0], 0.04, SamplingPlan())[1].tolist() == [[0] * 8]


def test_segments_look_at_the_whole_clip_once() -> None:
    windows, frames = sample(np.arange(300) / 30, 10.0, SamplingPlan(kind="segments"))
    assert ends(windows) == [(0.0, 10.0)]
    assert frames.tolist() == [[18, 56, 93, 131, 168, 206, 243, 281]]  # int(300 * (k + 0.5) / 8), as TSN does


def test_a_second_look_takes_where_the_segments_begin() -> None:
    windows, frames = sample(np.arange(300) / 30, 10.0, SamplingPlan(kind="segments", views=2))
    assert ends(windows) == [(0.0, 10.0)] * 2
    assert frames.tolist()[1] == [0, 37, 75, 112, 150, 187, 225, 262]  # int(300 * k / 8), as MMAction2 does


def test_dense_looks_at_consecutive_frames_in_the_middle() -> None:
    windows, frames = sample(np.arange(300) / 30, 10.0, SamplingPlan(kind="dense"))
    assert frames.tolist() == [[118 + 8 * k for k in range(8)]]  # (300 - 64) / 2 before, as many after
    assert ends(windows) == [(118 / 30, 182 / 30)]


@pytest.mark.parametrize(("frames", "step"), [(8, 8), (16, 4), (5, 12)])
def test_dense_views_lie_as_the_authors_put_them(frames: int, step: int) -> None:
    plan = SamplingPlan(n_segment=frames, kind="dense", views=10)
    windows, found = sample(np.arange(300) / 30, 10.0, plan)
    # ops/dataset.py: sample_pos = 1 + 300 - 64, starts = linspace(0, sample_pos - 1, 10) cut to whole numbers
    starts = [0, 26, 52, 78, 104, 131, 157, 183, 209, 236]
    assert found.tolist() == [[start + step * k for k in range(frames)] for start in starts]
    assert [w.start_sec for w in windows] == [start / 30 for start in starts]
    assert windows[-1].end_sec == 10.0


def test_dense_starts_again_in_a_clip_that_is_too_short() -> None:
    windows, frames = sample(np.arange(20) / 10, 2.0, SamplingPlan(kind="dense", views=3))
    assert frames.tolist() == [[0, 8, 16, 4, 12, 0, 8, 16]] * 3  # 8 k modulo 20
    assert ends(windows) == [(0.0, 2.0)] * 3


def test_dense_keeps_to_the_part_that_was_asked_for() -> None:
    plan = SamplingPlan(kind="dense", start_sec=2.0, end_sec=6.0, dense_frames=32)
    windows, frames = sample(np.arange(300) / 30, 10.0, plan)  # frames 60 to 179
    assert frames.tolist() == [[104 + 4 * k for k in range(8)]]
    assert ends(windows) == [(104 / 30, 136 / 30)]


def test_a_trim() -> None:
    times = np.arange(300) / 30
    windows, frames = sample(times, 10.0, SamplingPlan(start_sec=4.0, end_sec=20.0))
    assert ends(windows) == [(4, 6), (5, 7), (6, 8), (7, 9), (8, 10)]
    assert frames.min() == 123
    with pytest.raises(VideoError, match=r"ends after 10\.0 s"):
        sample(times, 10.0, SamplingPlan(start_sec=10.0))


def test_speeds_are_windows_about_the_same_middle() -> None:
    # Ten pictures a second for 4 s, from 0.5 s on: three windows at each speed.
    plan = SamplingPlan(n_segment=4, start_sec=0.5, speeds=(1.0, 0.5, 2.0))
    windows, frames = sample(np.arange(40) / 10, 4.0, plan)
    assert ends(windows[:3]) == [(0.5, 2.5), (1.5, 3.5), (2.0, 4.0)]
    assert ends(windows[3:6]) == [(1.0, 2.0), (2.0, 3.0), (2.5, 3.5)]
    assert ends(windows[6:]) == [(0.5, 3.5), (0.5, 4.0), (1.0, 4.0)]  # cut off where the span ends
    assert frames[0].tolist() == [7, 12, 17, 22]  # 0.75 s, 1.25 s, ...
    assert frames[3].tolist() == [11, 13, 16, 18]  # 1.125 s, 1.375 s, ...
    assert frames[6].tolist() == [5, 10, 20, 30]  # 0 s, held at the span's first frame; 1 s, 2 s, 3 s
    assert frames[8].tolist() == [15, 25, 35, 39]  # 1.5 s, 2.5 s, 3.5 s, and 4.5 s, held at the last


@pytest.mark.parametrize(
    "wrong",
    [
        {"n_segment": 0},
        {"short_side": 0},
        {"kind": "all"},
        {"kind": "segments", "views": 3},
        {"kind": "windows", "views": 2},
        {"kind": "dense", "views": 0},
        {"kind": "dense", "dense_frames": 0},
        {"window_sec": 0.0},
        {"stride_sec": float("nan")},
        {"start_sec": -1.0},
        {"end_sec": float("inf")},
        {"end_sec": 0.0},
        {"start_sec": 2.0, "end_sec": 1.0},
        {"speeds": ()},
        {"speeds": (1.0, 0.0)},
    ],
)
def test_plans_that_say_nothing(wrong: dict) -> None:
    with pytest.raises(VideoError):
        SamplingPlan(**wrong)
