"""Which frames of a clip are looked at: spans of time, cut into windows, turned into frame numbers."""

from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np
from numpy.typing import ArrayLike, NDArray

from tsm_demo.core.errors import VideoError

# Containers round timestamps (Matroska to 1 ms); a frame that is this late still counts as on screen.
TIMESTAMP_TOLERANCE_SEC = 1e-3
# A tail shorter than this gets no window of its own: the last window moves over it instead.
TAIL_TOLERANCE_SEC = 0.05


Kind = Literal["windows", "segments", "dense"]


@dataclass(frozen=True, slots=True)
class Window:
    """A stretch of a clip, in seconds from its first frame."""

    start_sec: float
    end_sec: float


@dataclass(frozen=True, slots=True)
class SamplingPlan:
    """Which frames to take from a clip, and how large to keep them.

    Args:
        n_segment: T, frames a window.
        kind: "windows" of `window_sec` every `stride_sec`; "segments": one window over the whole span; "dense": one of
            `dense_frames` consecutive frames.
        views: times that the span is looked at: 1 or 2 in segments, any number densely; "windows" cover it as they are.
        dense_frames: of which T evenly spaced ones are taken.
        start_sec, end_sec: the span to look at; None is the clip's own beginning or end.
        short_side: frames are shrunk to this many pixels on the shorter side, never enlarged.
        speeds: how fast the content runs; the windows are sampled at each of them, one speed after the other.

    Raises VideoError for values that describe no span or no frame.
    """

    n_segment: int = 8
    kind: Kind = "windows"
    views: int = 1
    dense_frames: int = 64
    window_sec: float = 2.0
    stride_sec: float = 1.0
    start_sec: float | None = None
    end_sec: float | None = None
    short_side: int = 256
    speeds: tuple[float, ...] = (1.0,)

    def __post_init__(self) -> None:
        if self.kind not in get_args(Kind):
            raise VideoError(f'Frames are taken in "windows", "segments" or "dense", not in {self.kind!r}.')
        if min(self.n_segment, self.short_side, self.dense_frames) < 1:
            raise VideoError("A window needs at least one frame, and a frame at least one pixel.")
        if self.views < 1 or self.views > {"windows": 1, "segments": 2}.get(self.kind, np.inf):
            raise VideoError('A clip is looked at once in "windows", once or twice in "segments".')
        if not (0 < self.window_sec < np.inf and 0 < self.stride_sec < np.inf):
            raise VideoError("The length of a window and the step between two must be more than 0 seconds.")
        if not self.speeds or not all(0 < speed < np.inf for speed in self.speeds):
            raise VideoError("A speed is more than 0, and there must be at least one.")
        for edge_sec in (self.start_sec, self.end_sec):
            if edge_sec is not None and not 0 <= edge_sec < np.inf:
                raise VideoError("Start and end must be seconds from the clip's beginning: 0 or more.")
        if self.end_sec is not None and self.end_sec <= (self.start_sec or 0.0):
            raise VideoError("The end must come after the start: choose a later end or an earlier start.")


def segment_times(start_sec: float, end_sec: float, n_segment: int) -> NDArray[np.float64]:
    """(T,) seconds: the centres of T equal segments of a span.

    Source: TSM, arXiv:1811.08383, section 5.1, after TSN's sparse sampling (arXiv:1608.00859, section 3.1).
    """
    centres = (np.arange(n_segment, dtype=np.float64) + 0.5) / n_segment
    return np.asarray(start_sec + centres * (end_sec - start_sec), dtype=np.float64)


def segment_starts(start_sec: float, end_sec: float, n_segment: int) -> NDArray[np.float64]:
    """(T,) seconds: where T equal segments of a span begin; the second view of a clip that is looked at twice.

    Source: MMAction2 4d6c934, SampleFrames with twice_sample.
    """
    starts = np.arange(n_segment, dtype=np.float64) / n_segment
    return np.asarray(start_sec + starts * (end_sec - start_sec), dtype=np.float64)


def dense_frames(frame_count: int, n_segment: int, dense: int, views: int) -> NDArray[np.int64]:
    """(views, T) int64: frames of a clip, T evenly spaced ones of `dense` consecutive ones, at evenly spaced places.

    A single view lies in the middle. A clip of fewer frames starts again at its beginning.
    Source: MIT's code at 1f6a834, ops/dataset.py (dense_sample), and MMAction2's DenseSampleFrames: 64 frames, ten views.
    """
    last = max(0, frame_count - dense)
    firsts = np.array([last // 2]) if views == 1 else np.linspace(0, last, views).astype(np.int64)
    steps = np.arange(n_segment) * max(1, dense // n_segment)
    return (firsts[:, None] + steps) % frame_count


def cut_windows(
    start_sec: float,
    end_sec: float,
    window_sec: float = 2.0,
    stride_sec: float = 1.0,
    whole_up_to_sec: float = 3.0,
) -> tuple[Window, ...]:
    """Cut a span into windows; the last ends exactly where the span does, so the tail is not lost.

    A span of up to `whole_up_to_sec` is one window. A longer one gets a window of `window_sec` every
    `stride_sec`; what remains at the end gets one more, or, up to TAIL_TOLERANCE_SEC, moves the last window.

    Raises VideoError when the span is empty.
    """
    span_sec = end_sec - start_sec
    if span_sec <= 0:
        raise VideoError("The end must come after the start: choose a later end or an earlier start.")
    if span_sec <= max(whole_up_to_sec, window_sec) + 1e-9:
        return (Window(start_sec, end_sec),)
    last = Window(end_sec - window_sec, end_sec)
    # How many windows on the stride begin earlier than the last one, by more than the tolerance.
    before_last = int(np.ceil((last.start_sec - start_sec - TAIL_TOLERANCE_SEC) / stride_sec))
    starts_sec = [start_sec + k * stride_sec for k in range(before_last)]
    return (*(Window(at_sec, at_sec + window_sec) for at_sec in starts_sec), last)


def at_speed(window: Window, speed: float) -> Window:
    """The stretch of a clip that is seen in a window's time when its content runs `speed` times as fast, about the
    same middle: half as long at speed 1/2, twice as long at 2."""
    middle_sec, half_sec = (window.start_sec + window.end_sec) / 2, (window.end_sec - window.start_sec) / 2
    return window if speed == 1 else Window(middle_sec - speed * half_sec, middle_sec + speed * half_sec)


def frames_at(times_sec: ArrayLike, wanted_sec: ArrayLike) -> NDArray[np.int64]:
    """For each wanted time, the number of the frame that is on screen then.

    Args:
        times_sec: (F,) when each frame appears, in order; gaps may differ (variable frame rate).
        wanted_sec: (T,) seconds.

    Returns:
        (T,) int64: the last frame with a timestamp at or before the wanted time, 0 where there is none. Where
        frames are fewer than wanted times, frames repeat.
    """
    appear_sec = np.asarray(times_sec, dtype=np.float64)
    if appear_sec.size == 0:
        raise VideoError("The clip has no frames.")
    wanted = np.asarray(wanted_sec, dtype=np.float64) + TIMESTAMP_TOLERANCE_SEC
    return np.maximum(np.searchsorted(appear_sec, wanted, side="right") - 1, 0).astype(np.int64)


def sample(
    times_sec: ArrayLike, duration_sec: float, plan: SamplingPlan
) -> tuple[tuple[Window, ...], NDArray[np.int64]]:
    """Lay a plan over a clip.

    Args:
        times_sec: (F,) when each frame appears, in order, the first at 0.
        duration_sec: when the last frame goes.

    Returns:
        The windows, W for each speed, and (speeds * W, T) int64: the frames of each. Where a fast one reaches beyond
        the span, the span's first or last frame is held.

    Raises VideoError when the plan starts after the clip has ended.
    """
    start_sec = plan.start_sec or 0.0
    end_sec = duration_sec if plan.end_sec is None else min(plan.end_sec, duration_sec)
    if start_sec >= end_sec:
        raise VideoError(f"The clip ends after {duration_sec:.1f} s: choose a start before that.")
    if plan.kind == "dense":
        return _sample_densely(np.asarray(times_sec, dtype=np.float64), start_sec, end_sec, plan)
    if plan.kind == "segments":
        windows: tuple[Window, ...] = (Window(start_sec, end_sec),) * plan.views
        views = (segment_times, segment_starts)[: plan.views]
    else:
        windows = cut_windows(start_sec, end_sec, plan.window_sec, plan.stride_sec)
        views = (segment_times,) * len(windows)
    windows = tuple(at_speed(w, speed) for speed in plan.speeds for w in windows)
    wanted_sec = np.stack(
        [
            times(w.start_sec, w.end_sec, plan.n_segment)
            for w, times in zip(windows, views * len(plan.speeds), strict=True)
        ]
    )
    seen = tuple(Window(max(w.start_sec, start_sec), min(w.end_sec, end_sec)) for w in windows)
    return seen, frames_at(times_sec, np.clip(wanted_sec, start_sec, end_sec))


def _sample_densely(
    times_sec: NDArray[np.float64], start_sec: float, end_sec: float, plan: SamplingPlan
) -> tuple[tuple[Window, ...], NDArray[np.int64]]:
    """As `sample`; a window reaches from its first frame to the first after its `dense_frames`, or to the span's end."""
    first = int(frames_at(times_sec, start_sec))
    count = max(1, int(np.searchsorted(times_sec, end_sec, side="left")) - first)
    frames = first + dense_frames(count, plan.n_segment, plan.dense_frames, plan.views)
    windows = []
    for begin in frames[:, 0]:
        after = begin + plan.dense_frames
        until_sec = float(times_sec[after]) if after < first + count else end_sec
        windows.append(Window(max(start_sec, float(times_sec[begin])), until_sec))
    return tuple(windows), frames
