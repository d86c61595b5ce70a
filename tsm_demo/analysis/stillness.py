"""What a network says of a clip in which nothing moves, with what sensors and lamps do to such a clip."""

from collections.abc import Sequence

import torch
from torch import Tensor, nn

from tsm_demo.core.labels import MOTION_LABELS
from tsm_demo.video.synthetic import motion_clips
from tsm_demo.video.tensors import normalise

SENSOR_NOISE = 0.03  # spread of each pixel's error, of 1
FLICKER = 0.04  # spread of each frame's brightness, of 1
KINDS = ("unchanging", "with sensor noise", "with flicker", "with both")
AT_ONCE = 24  # clips a forward pass


def share_still(model: nn.Module, seeds: Sequence[int], size: int, n_segment: int = 8) -> dict[str, float]:
    """For each kind of disturbance: the share of clips that are named `stays still`, of one frame repeated T times."""
    still = MOTION_LABELS.index("stays still")
    hits = dict.fromkeys(KINDS, 0)
    for start in range(0, len(seeds), AT_ONCE):
        drawn = motion_clips(seeds[start : start + AT_ONCE], size, n_segment)
        for kind in KINDS:
            clips = disturbed(drawn.frames[:, :1].expand_as(drawn.frames), kind, seeds[start])
            with torch.inference_mode():
                hits[kind] += int((model(normalise(clips)).argmax(1) == still).sum())
    return {kind: count / len(seeds) for kind, count in hits.items()}


def disturbed(clips: Tensor, kind: str, seed: int) -> Tensor:
    """(N, T, 3, H, W) uint8 with the disturbance of one of KINDS, the same for the same seed."""
    generator = torch.Generator().manual_seed(seed)
    pictures = clips.float() / 255
    if kind in ("with flicker", "with both"):
        shape = (*clips.shape[:2], 1, 1, 1)
        pictures = pictures * (1 + FLICKER * torch.randn(shape, generator=generator))
    if kind in ("with sensor noise", "with both"):
        pictures = pictures + SENSOR_NOISE * torch.randn(clips.shape, generator=generator)
    return (pictures.clamp(0, 1) * 255).round().to(torch.uint8)
