"""Grad-CAM over time: the whole clip goes in, one map a time step of the network comes out.

A network without stride in time has a step for each sampled frame; I3D, C3D and R3D have fewer, and so many maps.

No hooks and no `.backward()`: the network is run in two halves, and only the tensor between them is asked for its
gradient. So a network that many visitors share is left as it was, and the same clip always gives the same maps.

Source: Grad-CAM, arXiv:1610.02391, equations 1 and 2, applied to every time step of the clip.
"""

from typing import Literal, Protocol

import torch
from torch import Tensor

from tsm_demo.core.errors import ModelError, ShapeError

LAYERS = ("layer3", "layer4")  # of a ResNet: where maps can be made
Scale = Literal["clip", "frame"]


class TwoHalves(Protocol):
    """A network that can be run up to one of its layers, and from there on."""

    layers: tuple[str, ...]

    def features(self, clips: Tensor, layer: str | None = None) -> Tensor:
        """(N, T, 3, H, W) to the layer's maps (N*S, C, h, w), S time steps a clip; None is the last layer."""
        ...

    def clip_logits(self, features: Tensor, steps: int, layer: str | None = None) -> Tensor:
        """The layer's maps, S = `steps`, to logits (N, num_classes)."""
        ...


def check_layer(model: TwoHalves, layer: str | None) -> None:
    """Raises ModelError for a layer at which no maps are made: those before the last two see too little."""
    late = model.layers[-2:]
    if layer is not None and layer not in late:
        raise ModelError(f"Maps can be made at {' or '.join(late)}, not at {layer!r}.")


def grad_cam(
    model: TwoHalves, clip: Tensor, target: int, layer: str | None = None, scale: Scale = "clip"
) -> Tensor:
    """Where in each time step the evidence for a class lies.

    Args:
        model: in eval mode; left unchanged.
        clip: (T, 3, H, W) float32, normalised.
        target: index of the class to explain.
        layer: one of the network's last two; None is the last ("layer4" of a ResNet).
        scale: divide by the largest value of the "clip", so that steps compare, or of each "frame" (time step).

    Returns:
        (S, h, w) float32 in 0..1, S time steps at the layer; all zero where nothing speaks for the class.

    Raises ShapeError for a clip that is not 4-D, ModelError for another layer or class.
    """
    return scaled(raw_grad_cam(model, clip, target, layer), scale)


def scaled(maps: Tensor, scale: Scale) -> Tensor:
    """(S, h, w) maps that are not negative, divided by their largest value as `grad_cam` says."""
    largest = maps.amax() if scale == "clip" else maps.amax((1, 2), keepdim=True)
    return maps / largest.clamp(min=torch.finfo(maps.dtype).tiny)


def raw_grad_cam(model: TwoHalves, clip: Tensor, target: int, layer: str | None = None) -> Tensor:
    """`grad_cam` before scaling: (S, h, w) float32, not negative, in units of the class's logit."""
    return signed_grad_cam(model, clip, target, layer).clamp(min=0)


def signed_grad_cam(model: TwoHalves, clip: Tensor, target: int, layer: str | None = None) -> Tensor:
    """`raw_grad_cam` with what speaks against the class, too: negative there."""
    if clip.ndim != 4:
        raise ShapeError(f"Grad-CAM takes one clip (T, 3, H, W); this has shape {tuple(clip.shape)}.")
    check_layer(model, layer)
    with torch.inference_mode(False), torch.no_grad():  # a caller's inference mode would forbid the gradient
        features = model.features(clip[None], layer)  # (S, C, h, w)
    return cam_of_features(model, features, target, layer)


def cam_of_features(model: TwoHalves, features: Tensor, target: int, layer: str | None = None) -> Tensor:
    """`signed_grad_cam` of a clip whose maps are at hand: only the part above the layer runs.

    Args:
        features: (S, C, h, w), as `features` gives them of one clip at the layer.

    Returns (S, h, w) float32.
    """
    with torch.inference_mode(False), torch.enable_grad():
        # Maps made in inference mode can take no part in a gradient, their copies can.
        leaf = (features.clone() if features.is_inference() else features.detach()).requires_grad_()
        logits = model.clip_logits(leaf, len(leaf), layer)[0]  # (num_classes,)
        if not 0 <= target < len(logits):
            raise ModelError(f"There is no class number {target}; the network knows {len(logits)}.")
        (gradient,) = torch.autograd.grad(logits[target], leaf)
    exact = torch.promote_types(gradient.dtype, torch.float32)
    weights = gradient.to(exact).mean((2, 3), keepdim=True)  # equation 1, for each step on its own
    return (weights * leaf.detach()).sum(1).cpu()  # equation 2, whose ReLU is the caller's
