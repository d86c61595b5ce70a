"""Grad-CAM of one window of a decoded clip, in the order in which the network saw its frames."""

import numpy as np
from numpy.typing import NDArray

from tsm_demo.analysis.gradcam import Scale, cam_of_features, grad_cam, scaled
from tsm_demo.analysis.predict import Prediction
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
    answer: Prediction | None = None,
) -> NDArray[np.float32]:
    """(S, h, w) maps in 0..1 of class `target`, S time steps of the network.

    Arguments as `grad_cam`, `reverse` as `predict`; `answer` is the network's to this clip, if there is one: where it has
    kept the maps of this window, the network need not see the clip again. Raises ModelError, ShapeError.
    """
    model = network.answering
    features = None
    if answer is not None and (answer.explained, answer.reversed) == (window, reverse):
        features = answer.maps.get(layer or model.layers[-1])
    if features is None:
        return grad_cam(model, window_tensor(network, clip, window, reverse), target, layer, scale).numpy()
    return scaled(cam_of_features(model, features, target, layer).clamp(min=0), scale).numpy()


def held(maps: NDArray[np.float32], frames: int) -> NDArray[np.float32]:
    """(S, h, w) maps to one for each of the T `frames`: a step's map stands for the T / S frames it comes from."""
    return maps[np.arange(frames) * len(maps) // frames]
