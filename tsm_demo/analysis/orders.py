"""What can be done to the frames of a clip before a network sees them: their order, their speed, a mirror.

A change gives a clip as `read_for` does, so whatever predicts and explains takes it as it is. The frames that a window
holds are rearranged, never sampled again; only a speed looks at other frames, which are decoded with the rest.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal, get_args

import numpy as np

from tsm_demo.analysis.predict import Prediction
from tsm_demo.analysis.seeing import Progress, read_for
from tsm_demo.core.errors import TsmDemoError
from tsm_demo.models.networks import Network
from tsm_demo.video.clip import SampledClip

Order = Literal["forwards", "backwards", "shuffled", "frozen"]
ORDERS: tuple[Order, ...] = get_args(Order)
SPEEDS = (1.0, 0.5, 2.0)


@dataclass(frozen=True, slots=True)
class Change:
    """What is done to every window of a clip.

    Attributes:
        order: of its T frames.
        seed: of the shuffle; the same seed gives the same order.
        frozen_at: which frame stands still, as a place in the window, counted from 0; beyond the end is the last.
        mirrored: left and right change places.
        speed: how fast the content runs; one of SPEEDS.

    Raises TsmDemoError for an order or a speed that is none, and a negative place or seed.
    """

    order: Order = "forwards"
    seed: int = 0
    frozen_at: int = 0
    mirrored: bool = False
    speed: float = 1.0

    def __post_init__(self) -> None:
        if self.order not in ORDERS:
            raise TsmDemoError(f"Frames can be put {', '.join(ORDERS)}, not {self.order!r}.")
        if self.speed not in SPEEDS:
            raise TsmDemoError(f"A clip can be played at {', '.join(map(str, SPEEDS))} times its speed.")
        if self.seed < 0 or self.frozen_at < 0:
            raise TsmDemoError("Seeds and places of frames are counted from 0.")

    def places(self, n_segment: int) -> tuple[int, ...]:
        """(T,) for each frame that is seen, its place in the window as it was."""
        forwards = tuple(range(n_segment))
        if self.order == "backwards":
            return forwards[::-1]
        if self.order == "frozen":
            return (min(self.frozen_at, n_segment - 1),) * n_segment
        return _shuffled(n_segment, self.seed) if self.order == "shuffled" else forwards


def read_speeds(
    network: Network,
    path: str | Path,
    start_sec: float | None = None,
    end_sec: float | None = None,
    on_progress: Progress | None = None,
) -> dict[float, SampledClip]:
    """Decode a clip once for every change: for each of SPEEDS the windows at that speed, all with the same frames.

    Arguments and errors as `read_for`. At speed 1 it is what `read_for` gives, but for frames that no window holds.
    """
    clip = read_for(network, path, start_sec, end_sec, on_progress, speeds=SPEEDS)
    count = len(clip.windows) // len(SPEEDS)
    return {
        speed: replace(clip, windows=clip.windows[k * count : (k + 1) * count])
        for k, speed in enumerate(SPEEDS)
    }


def changed(clips: Mapping[float, SampledClip], change: Change) -> SampledClip:
    """The clip as a network is to see it; `clips` by speed, from `read_speeds`. Nothing is changed in place.

    Raises TsmDemoError for a speed that the clip was not decoded at.
    """
    if change.speed not in clips:
        raise TsmDemoError(f"The clip was not decoded at {change.speed} times its speed: read it again.")
    clip = clips[change.speed]
    windows = tuple(
        replace(w, rows=tuple(w.rows[place] for place in change.places(len(w.rows)))) for w in clip.windows
    )
    frames = np.ascontiguousarray(clip.frames[:, :, ::-1]) if change.mirrored else clip.frames
    return replace(clip, frames=frames, windows=windows)


def held_frames(clip: SampledClip, window: int) -> int:
    """How many of a window's T frames repeat another one; at double speed, where the clip was too short."""
    rows = clip.windows[window].rows
    return len(rows) - len(set(rows))


def largest_difference(one: Prediction, other: Prediction) -> float:
    """Between two answers, over all windows and labels: the largest difference of a probability, 0..1."""
    return float(np.abs(one.window_scores - other.window_scores).max())


def _shuffled(n_segment: int, seed: int) -> tuple[int, ...]:
    """A random order that is neither forwards nor backwards, where there is another (T > 2)."""
    generator = np.random.default_rng(seed)
    while True:
        order = generator.permutation(n_segment)
        steps = np.diff(order)
        if n_segment < 3 or not (np.all(steps == 1) or np.all(steps == -1)):
            return tuple(order.tolist())
