"""The pointing game: whether the hottest place of each frame's map lies on the thing that moves.

Source: Zhang et al., "Top-down Neural Attention by Excitation Backprop", arXiv:1608.00507, section 4.1; here frame by
frame, against the masks of drawn clips.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor

from tsm_demo.analysis.gradcam import TwoHalves, raw_grad_cam
from tsm_demo.video.motion_script import STANDARD, Difficulty
from tsm_demo.video.synthetic import motion_clips
from tsm_demo.video.tensors import normalise

AT_ONCE = 24  # clips drawn together


@dataclass(frozen=True, slots=True)
class Pointing:
    """Shares of frames, 0..1. `grown` counts half a map cell around the mask as on it, `strict` does not."""

    clips: int
    frames: int
    grown: float
    strict: float
    chance_grown: float  # of a place drawn at random
    chance_strict: float
    centre_grown: float  # of always pointing at the middle of the picture
    centre_strict: float
    empty: float  # maps without any heat, which count as misses


def pointing_game(
    model: TwoHalves,
    seeds: Sequence[int],
    size: int,
    layer: str = "layer4",
    difficulty: Difficulty = STANDARD,
    n_segment: int = 8,
) -> Pointing:
    """Play it on those of the clips in which a thing moves; what is explained is the clip's label.

    Frames in which none of the thing is in view do not count.
    """
    found, clips_played = [], 0
    for start in range(0, len(seeds), AT_ONCE):
        clips = motion_clips(seeds[start : start + AT_ONCE], size, n_segment, difficulty)
        for frames, masks, label in zip(clips.frames, clips.masks, clips.labels.tolist(), strict=True):
            if masks.any():
                clips_played += 1
                found.append(judge_maps(raw_grad_cam(model, normalise(frames), label, layer), masks))
    rows = torch.cat(found) if found else torch.zeros(0, 7)
    return Pointing(clips_played, len(rows), *rows.mean(0).tolist())


def judge_maps(maps: Tensor, masks: Tensor) -> Tensor:
    """One row for each frame whose mask is not empty: hit, strict hit, chance, strict, centre, strict, empty map.

    Args:
        maps: (T, h, w) float32, not negative.
        masks: (T, H, W) bool.
    """
    seen = masks.any((1, 2)).nonzero()[:, 0]
    maps, masks = maps[seen], masks[seen]
    height, width = masks.shape[1:]
    cell = height / maps.shape[1]
    grown = grow(masks, cell / 2)
    large = F.interpolate(maps[:, None], (height, width), mode="bilinear", align_corners=False)[:, 0]
    peaks = large.flatten(1).argmax(1)
    hot = maps.amax((1, 2)) > 0
    frames = torch.arange(len(seen))
    centre = (height // 2) * width + width // 2
    areas = (grown.flatten(1), masks.flatten(1))
    columns = [area[frames, peaks] & hot for area in areas]
    columns += [area.float().mean(1) for area in areas]
    columns += [area[:, centre] for area in areas]
    return torch.stack([column.float() for column in [*columns, ~hot]], 1)


def grow(masks: Tensor, radius: float) -> Tensor:
    """(T, H, W) bool masks and all that lies within `radius` pixels of them."""
    reach = int(radius)
    axis = torch.arange(-reach, reach + 1)
    disc = (axis[:, None] ** 2 + axis[None] ** 2 <= radius**2).float()
    return F.conv2d(masks[:, None].float(), disc[None, None], padding=reach)[:, 0] > 0.5
