"""Frames to the tensors that networks take."""

import torch
import torch.nn.functional as F
from torch import Tensor

from tsm_demo.core.errors import ShapeError

# Means and spreads of ImageNet's red, green and blue in 0..1, as torchvision, TSM and MMAction2 use them.
IMAGENET_MEAN = (0.485, 0.456, 0.406)
IMAGENET_STD = (0.229, 0.224, 0.225)
FRAMES_AT_ONCE = 64  # as float32 a frame takes four times its memory, and a long clip has thousands


def normalise(frames: Tensor) -> Tensor:
    """(..., 3, H, W) uint8 to float32 with ImageNet's mean and spread."""
    mean = torch.tensor(IMAGENET_MEAN).view(3, 1, 1)
    std = torch.tensor(IMAGENET_STD).view(3, 1, 1)
    return (frames.float() / 255 - mean) / std


def squeeze_frames(frames: Tensor, size: int) -> Tensor:
    """(F, H, W, 3) uint8 to (F, 3, size, size) uint8: the whole frame, squeezed to a square, antialiased.

    Nothing is cropped, so that what is seen, explained and drawn is the same picture.
    """
    return torch.cat([_resized(part, (size, size)) for part in frames.split(FRAMES_AT_ONCE)])


def _resized(frames: Tensor, size: tuple[int, int]) -> Tensor:
    chw = frames.permute(0, 3, 1, 2).float()
    small = F.interpolate(chw, size, mode="bilinear", antialias=True, align_corners=False)
    return small.round_().clamp_(0, 255).to(torch.uint8)


def cut_crops(frames: Tensor, short_side: int, size: int, crops: int = 1) -> tuple[Tensor, ...]:
    """Views of frames as TSM's networks are shown them: scaled, keeping their shape, then squares cut out.

    Args:
        frames: (F, H, W, 3) uint8.
        short_side: pixels that the frames' shorter side is scaled to.
        size: of a square, pixels a side, at most `short_side`.
        crops: 1, the centre; 3, along the longer side, the centre first; 10, the centre and the four corners, then the
            mirror images of these five.

    Returns:
        `crops` times (F, 3, size, size) uint8. Raises ShapeError for other sizes and numbers.

    Source: MMAction2 4d6c934, CenterCrop, ThreeCrop and TenCrop; MIT's code at 1f6a834, ops/transforms.py.
    """
    if crops not in (1, 3, 10) or not 0 < size <= short_side:
        raise ShapeError(f"There are 1, 3 or 10 crops of at most {short_side} pixels; not {crops} of {size}.")
    scaled = _scaled(frames, short_side)
    height, width = scaled.shape[2] - size, scaled.shape[3] - size
    places = [(height // 2, width // 2)]
    if crops == 3:
        places += (
            [(0, width // 2), (height, width // 2)]
            if height > width
            else [(height // 2, 0), (height // 2, width)]
        )
    if crops == 10:
        places += [(0, 0), (0, width), (height, 0), (height, width)]
    cut = [scaled[:, :, y : y + size, x : x + size] for y, x in places]
    return (*cut, *(one.flip(3) for one in cut)) if crops == 10 else tuple(cut)


def _scaled(frames: Tensor, short_side: int) -> Tensor:
    """(F, H, W, 3) uint8 to (F, 3, H', W') uint8 whose shorter side has that many pixels."""
    height, width = frames.shape[1:3]
    if min(height, width) == short_side:
        return frames.permute(0, 3, 1, 2)
    scale = short_side / min(height, width)
    size = max(short_side, round(height * scale)), max(short_side, round(width * scale))
    return torch.cat([_resized(part, size) for part in frames.split(FRAMES_AT_ONCE)])
