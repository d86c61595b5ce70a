"""Inflation: 3D kernels from 2D ones, so that a clip in which nothing moves looks to them as its frame did to those.

Source: I3D, arXiv:1705.07750, section 2.4, "bootstrapping parameters": a kernel is repeated K times in time and
divided by K.
"""

from collections.abc import Mapping

from torch import Tensor

from tsm_demo.core.errors import ModelError


def inflate(weights: Mapping[str, Tensor], like: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """A 3D network's state dict from that of the 2D network with the same names.

    On a still clip every convolution then gives the 2D one's maps at each time step whose kernel lies within the clip;
    where it reaches beyond an end, zeros take the place of frames, and the maps are smaller.

    Args:
        weights: the 2D network's: kernels (C_out, C_in, K, K), and what has the same shape in both networks.
        like: the 3D network's, for its shapes: kernels (C_out, C_in, K_time, K, K).

    Raises ModelError for weights that are missing, left over or of another shape.
    """
    if weights.keys() != like.keys():
        named = ", ".join(sorted(weights.keys() ^ like.keys())[:3])
        raise ModelError(
            f"The two networks do not have the same weights ({named}): inflate one into its own 3D form."
        )
    return {name: _inflated(name, value, like[name]) for name, value in weights.items()}


def _inflated(name: str, value: Tensor, like: Tensor) -> Tensor:
    if value.shape == like.shape:
        return value.clone()
    if value.ndim == 4 and like.ndim == 5 and value.shape == (*like.shape[:2], *like.shape[3:]):
        return value.unsqueeze(2).expand_as(like) / like.shape[2]
    raise ModelError(f"{name} is {tuple(value.shape)}, which cannot be inflated to {tuple(like.shape)}.")
