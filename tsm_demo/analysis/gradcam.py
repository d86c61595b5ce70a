"""Grad-CAM over time: the whole clip goes in, one map a sampled frame comes out.

No hooks and no `.backward()`: the network is run in two halves, and only the tensor between them is asked for its
gradient. So a network that many visitors share is left as it was, and the same clip always gives the same maps.

Source: Grad-CAM, arXiv:1610.02391, equations 1 and 2, applied to every frame of the clip.
"""

from typing import Literal, Protocol

import torch
from torch import Tensor

from tsm_demo.core.errors import ModelError, ShapeError

LAYERS = ("layer3", "layer4")
Scale = Literal["clip", "frame"]


class TwoHalves(Protocol):
    """A network that can be run up to a layer, and from there on."""

    def features(self, clips: Tensor, layer: str = ...) -> Tensor:
        """(N, T, 3, H, W) to the layer's maps (N*T, C, h, w)."""
        ...

    def frame_logits(self, features: Tensor, n_segment: int, layer: str = ...) -> Tensor:
        """The layer's maps to per-frame logits (N, T, num_classes)."""
        ...


def grad_cam(
    model: TwoHalves, clip: Tensor, target: int, layer: str = "layer4", scale: Scale = "clip"
) -> Tensor:
    """Where in each frame the evidence for a class lies.

    Args:
        model: in eval mode; left unchanged.
        clip: (T, 3, H, W) float32, normalised.
        target: index of the class to explain.
        layer: "layer3" or "layer4".
        scale: divide by the largest value of the "clip", so that frames compare, or of each "frame".

    Returns:
        (T, h, w) float32 in 0..1; all zero where nothing speaks for the class.

    Raises ShapeError for a clip that is not 4-D, ModelError for another layer or class.
    """
    maps = raw_grad_cam(model, clip, target, layer)
    largest = maps.amax() if scale == "clip" else maps.amax((1, 2), keepdim=True)
    return maps / largest.clamp(min=torch.finfo(maps.dtype).tiny)


def raw_grad_cam(model: TwoHalves, clip: Tensor, target: int, layer: str = "layer4") -> Tensor:
    """`grad_cam` before scaling: (T, h, w) float32, not negative, in units of the class's logit."""
    if clip.ndim != 4:
        raise ShapeError(f"Grad-CAM takes one clip (T, 3, H, W); this has shape {tuple(clip.shape)}.")
    if layer not in LAYERS:
        raise ModelError(f"Maps can be made at {' or '.join(LAYERS)}, not at {layer!r}.")
    with torch.inference_mode(False), torch.no_grad():  # a caller's inference mode would forbid the gradient
        features = model.features(clip[None], layer)  # (T, C, h, w)
        with torch.enable_grad():
            features = features.detach().requires_grad_()
            logits = model.frame_logits(features, len(clip), layer).mean(1)[0]  # (num_classes,)
            if not 0 <= target < len(logits):
                raise ModelError(f"There is no class number {target}; the network knows {len(logits)}.")
            (gradient,) = torch.autograd.grad(logits[target], features)
    weights = gradient.mean((2, 3), keepdim=True)  # equation 1, for each frame on its own
    return (weights * features.detach()).sum(1).clamp(min=0)  # equation 2
