"""How far through time a network really sees: the gradient of each output frame with respect to each input frame.

No hooks and no `.backward()`: a network that many visitors share is left as it was, and the same clip gives the same
numbers.
"""

from collections.abc import Iterator, Sequence
from typing import Protocol

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from tsm_demo.core.errors import ShapeError


class BlockByBlock(Protocol):
    """A network whose maps can be read after the stem and after every block."""

    def block_maps(self, clips: Tensor) -> Iterator[Tensor]:
        """(N, T, 3, H, W) to the maps (N*T, C, h, w) of each depth."""
        ...


def measured_reach(
    model: BlockByBlock, clip: Tensor, outputs: Sequence[int] | None = None, seed: int = 0
) -> NDArray[np.float32]:
    """How strongly every output frame depends on every input frame, after the stem and after every block.

    The maps of an output frame are summed up with random weights, drawn anew for each depth and frame; what is given is
    the length of that sum's gradient. It is 0, exactly, where no path leads from one frame to the other.

    Args:
        model: in eval mode, its parameters without gradients; left unchanged.
        clip: (T, 3, H, W) float, normalised.
        outputs: the output frames to measure; None is all T. A frame's numbers do not depend on which others are.
        seed: of the random weights.

    Returns:
        (depths, outputs, T) float32: [depth, output frame, input frame].

    Raises ShapeError for a clip that is not 4-D.
    """
    if clip.ndim != 4:
        raise ShapeError(f"Reach is measured on one clip (T, 3, H, W); this has shape {tuple(clip.shape)}.")
    generator = torch.Generator().manual_seed(seed)
    outputs = range(len(clip)) if outputs is None else outputs
    with torch.inference_mode(False), torch.enable_grad():
        frames = clip.detach().clone().requires_grad_()
        depths = [_lengths(maps, frames, outputs, generator) for maps in model.block_maps(frames[None])]
    return torch.stack(depths).numpy()


def _lengths(maps: Tensor, frames: Tensor, outputs: Sequence[int], generator: torch.Generator) -> Tensor:
    """(outputs, T) gradient lengths: of the rows `outputs` of maps (T, C, h, w), by input frame."""
    weights = torch.randn(maps.shape, generator=generator, dtype=maps.dtype)
    rows = []
    for t in outputs:
        only_t = torch.zeros_like(weights)
        only_t[t] = weights[t]
        (gradient,) = torch.autograd.grad(maps, frames, only_t, retain_graph=True)
        rows.append(gradient.flatten(1).norm(dim=1))
    return torch.stack(rows).float()
