"""Grad-CAM of one window of a decoded clip, in the order in which the network saw its frames."""

import numpy as np
from numpy.typing import NDArray

from tsm_demo.analysis.gradcam import Scale, grad_cam
from tsm_demo.analysis.seeing import window_tensor
from tsm_demo.models.networks import Network
from tsm_demo.video.clip import SampledClip


def explain(
    network: Network,
    clip: SampledClip,
    window: int,
    target: int,
    layer: str | None = None,
    scale: Scale = "clip",
    reverse: bool = False,
) -> NDArray[np.float32]:
    """(S, h, w) maps in 0..1 of class `target`, S time steps of the network.

    Arguments as `grad_cam`, `reverse` as `predict`. Raises ModelError, ShapeError.
    """
    seen = window_tensor(network, clip, window, reverse)
    return grad_cam(network.model, seen, target, layer, scale).numpy()


def held(maps: NDArray[np.float32], frames: int) -> NDArray[np.float32]:
    """(S, h, w) maps to one for each of the T `frames`: a step's map stands for the T / S frames it comes from."""
    return maps[np.arange(frames) * len(maps) // frames]
