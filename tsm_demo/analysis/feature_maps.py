"""What a network's channels hold of each frame of a clip, and which channels are worth a look."""

import numpy as np
import torch
from numpy.typing import NDArray

from tsm_demo.core.shift_steps import shift_steps
from tsm_demo.models.networks import Network
from tsm_demo.video.tensors import normalise, squeeze_frames


def feature_maps(network: Network, frames: NDArray[np.uint8], layer: str) -> NDArray[np.float32]:
    """The maps that leave a layer: (T, H, W, 3) uint8 frames to (T, C, h, w), never negative. Raises ModelError."""
    clip = normalise(squeeze_frames(torch.from_numpy(frames), network.facts.picture_size))
    with torch.inference_mode():
        return network.model.features(clip[None], layer).numpy()


def telling_channels(maps: NDArray[np.float32], shown: int, fold_div: int, mode: str) -> list[int]:
    """`shown` of the C channels, in order: of each fold, and of those that stay, the ones that change most in time
    for their height.

    A fold of the `shown` channels is filled from the same fold of all C, so that in both the same channels move.
    """
    change = maps.std(0).mean((1, 2)) / np.maximum(maps.max((0, 2, 3)), 1e-6)
    chosen: list[int] = []
    for few, all_ in zip(
        shift_steps(shown, fold_div, mode), shift_steps(maps.shape[1], fold_div, mode), strict=True
    ):
        ranked = np.argsort(-change[all_.first : all_.end], kind="stable")[: few.end - few.first]
        chosen += sorted((all_.first + ranked).tolist())
    return chosen
