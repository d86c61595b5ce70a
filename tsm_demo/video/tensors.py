"""Frames to the tensors that networks take."""

import torch
import torch.nn.functional as F
from torch import Tensor

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
    return torch.cat([_squeezed(part, size) for part in frames.split(FRAMES_AT_ONCE)])


def _squeezed(frames: Tensor, size: int) -> Tensor:
    chw = frames.permute(0, 3, 1, 2).float()
    small = F.interpolate(chw, (size, size), mode="bilinear", antialias=True, align_corners=False)
    return small.round_().clamp_(0, 255).to(torch.uint8)
