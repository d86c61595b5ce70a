"""Grad-CAM of one window of a decoded clip, in the order in which the network saw its frames."""

import numpy as np
from numpy.typing import NDArray

from tsm_demo.analysis.gradcam import Scale, grad_cam
from tsm_demo.analysis.predict import window_tensor
from tsm_demo.models.networks import Network
from tsm_demo.video.clip import SampledClip


def explain(
    network: Network,
    clip: SampledClip,
    window: int,
    target: int,
    layer: str = "layer4",
    scale: Scale = "clip",
    reverse: bool = False,
) -> NDArray[np.float32]:
    """(T, h, w) maps in 0..1 of class `target`; arguments as `grad_cam`, `reverse` as `predict`."""
    seen = window_tensor(network, clip, window, reverse)
    return grad_cam(network.model, seen, target, layer, scale).numpy()  # type: ignore[arg-type]
