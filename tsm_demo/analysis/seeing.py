"""What of a clip a network is shown: which of its frames, and which part of each."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from tsm_demo.core.errors import ModelError
from tsm_demo.core.sampling import SamplingPlan
from tsm_demo.core.views import Views
from tsm_demo.models.networks import Network
from tsm_demo.video.clip import MIB, DecodeLimits
from tsm_demo.video.decode import SampledClip, SampledWindow, read_clip
from tsm_demo.video.tensors import cut_crops, normalise, squeeze_frames

KEPT_SHORT_SIDE = 360  # pixels; frames are also shown, not only looked at
MOST_FRAMES = 64
LIMITS = DecodeLimits(max_output_bytes=128 * MIB)  # of a ten-minute clip's frames, kept smaller to fit
Progress = Callable[[str, float], None]  # called with the step ("decode" or "forward") and its share done


def read_for(
    network: Network,
    path: str | Path,
    start_sec: float | None = None,
    end_sec: float | None = None,
    on_progress: Progress | None = None,
    *,
    frames: int | None = None,
    thorough: bool = False,
    speeds: tuple[float, ...] = (1.0,),
) -> SampledClip:
    """Decode the frames that a network looks at; `speeds` as SamplingPlan, the rest as `predict`.

    Raises VideoError, ModelError.
    """
    facts = network.facts
    if frames is not None and not 1 <= frames <= MOST_FRAMES:
        raise ModelError(f"A network can look at 1 to {MOST_FRAMES} frames here, not at {frames}.")
    plan = SamplingPlan(
        n_segment=frames or facts.spec.n_segment,
        kind=facts.sampling,
        views=_thorough(network).clips if thorough else 1,
        dense_frames=facts.dense_frames,
        start_sec=start_sec,
        end_sec=end_sec,
        short_side=facts.short_side or KEPT_SHORT_SIDE,
        speeds=speeds,
    )
    report = (lambda share: on_progress("decode", share)) if on_progress else None
    return read_clip(path, plan, LIMITS, report)


def window_pictures(
    network: Network, clip: SampledClip, window: int, reverse: bool = False
) -> NDArray[np.uint8]:
    """(T, H, W, 3) uint8: what of a window's frames the network sees, in the order in which it sees them.

    The whole frames, or the square in the middle; never smaller than what goes into the network.
    """
    frames = clip.frames[in_order(clip.windows[window], reverse)]
    if network.facts.short_side is None:
        return frames
    (centre,) = pictures_for(network, torch.from_numpy(frames))
    return centre.permute(0, 2, 3, 1).numpy()


def window_tensor(network: Network, clip: SampledClip, window: int, reverse: bool = False) -> Tensor:
    """(T, 3, size, size) float32, normalised: what the network sees of one window, in a single view."""
    frames = clip.frames[in_order(clip.windows[window], reverse)]
    return normalise(pictures_for(network, torch.from_numpy(frames))[0])


def pictures_for(network: Network, frames: Tensor, thorough: bool = False) -> tuple[Tensor, ...]:
    """(F, H, W, 3) uint8 to the squares of them that the network is shown, (F, 3, size, size) uint8 each."""
    facts = network.facts
    if facts.short_side is None:
        return (squeeze_frames(frames, facts.picture_size),)
    views = _thorough(network) if thorough else Views(size=facts.picture_size)
    return cut_crops(frames, facts.short_side, views.size, views.crops)


def _thorough(network: Network) -> Views:
    if network.facts.thorough is None:
        raise ModelError(f"{network.name} has one way to look at a clip only: leave the thorough one out.")
    return network.facts.thorough


def in_order(window: SampledWindow, reverse: bool) -> list[int]:
    return list(window.rows[::-1] if reverse else window.rows)


def said_of_frames(network: Network, frames: int) -> tuple[str, ...]:
    """What is to be said of another number of frames than the network's own."""
    usual = network.facts.spec.n_segment
    if frames == usual or network.weights == "random":
        return ()
    return (
        f"{network.name} was trained with {usual} frames and is given {frames}: it computes all the same, but "
        f"neighbouring frames now lie {usual / frames:.2g} times as far apart, so it may be wrong more often.",
    )
