"""Attribution without gradients: how much the score falls when a box in space and time is covered.

Source: Zeiler and Fergus, arXiv:1311.2901, section 4.2; in space and time here. What covers a box is the clip's mean over
time, unless another is given: the place is still to be seen, but nothing moves in it.
"""

from collections.abc import Iterator
from itertools import product
from math import ceil

import torch
import torch.nn.functional as F
from torch import Tensor

from tsm_demo.analysis.altered import altered_logits, check_asked, still
from tsm_demo.core.errors import ShapeError
from tsm_demo.models.networks import Network

Extent = tuple[int, int, int]  # frames, and pixels down and across
CELLS = 7  # a side, of the usual map in space: those of Grad-CAM


def occlusion(
    network: Network,
    clip: Tensor,
    target: int,
    box: Extent,
    stride: Extent,
    instead: Tensor | None = None,
) -> Tensor:
    """Cover one box after another.

    Args:
        network: left unchanged.
        clip: (T, 3, H, W) float32, normalised.
        target: index of the label.
        box: how long, high and wide it is, at most the clip.
        stride: from one box to the next, at most the box, so that all is covered; the last ones are cut off at the end.
        instead: what a box shows, broadcast to the clip's shape; None is the clip's mean over time.

    Returns:
        (T, H, W) float32: by how much the label's calibrated logit falls, on the mean of all boxes over that pixel.

    Raises ShapeError for sizes that do not fit, ModelError for a label that is none.
    """
    check_asked(network, clip, target)
    size = (len(clip), *clip.shape[2:])
    if any(not 1 <= step <= length <= side for step, length, side in zip(stride, box, size, strict=True)):
        raise ShapeError(
            f"A box of {box} every {stride} does not cover a clip of {size} (frames, height, width): "
            "strides are at least 1 and at most the box, boxes at most the clip."
        )
    cover = still(clip) if instead is None else instead
    boxes = list(_boxes(size, box, stride))

    def versions() -> Iterator[Tensor]:
        yield clip
        for t, y, x in boxes:
            covered = torch.zeros(size, dtype=torch.bool)
            covered[t, y, x] = True
            yield torch.where(covered[:, None], cover, clip)

    whole, *less = altered_logits(network, versions())[:, target].tolist()
    falls, times = torch.zeros(size), torch.zeros(size)
    for (t, y, x), logit in zip(boxes, less, strict=True):
        falls[t, y, x] += whole - logit
        times[t, y, x] += 1
    return falls / times


def occlude_space(network: Network, clip: Tensor, target: int) -> Tensor:
    """(7, 7) float32: the fall of the logit by place, covered in all frames; 36 boxes, 2 x 2 cells each.

    Arguments and errors as `occlusion`; the clip's sides are 7 pixels or more.
    """
    height, width = (max(1, side // CELLS) for side in clip.shape[-2:])
    box, stride = (len(clip), 2 * height, 2 * width), (1, height, width)
    falls = occlusion(network, clip, target, box, stride)[0]
    return F.adaptive_avg_pool2d(falls[None], CELLS)[0]


def occlude_frames(network: Network, clip: Tensor, target: int) -> Tensor:
    """(T,) float32: the fall of the logit when a frame shows the clip's mean instead; T boxes, as `occlusion`."""
    _, _, height, width = clip.shape
    return occlusion(network, clip, target, (1, height, width), (1, height, width))[:, 0, 0]


def _boxes(size: Extent, box: Extent, stride: Extent) -> Iterator[tuple[slice, ...]]:
    """Where the boxes lie, in time, down and across."""
    starts = [
        range(0, ceil((side - length) / step) * step + 1, step)
        for side, length, step in zip(size, box, stride, strict=True)
    ]
    for corner in product(*starts):
        yield tuple(slice(first, first + length) for first, length in zip(corner, box, strict=True))
