"""Clips without motion: what is done to them, and that the shares are counted."""

import pytest
import torch
from torch import Tensor, nn

from tsm_demo.analysis.stillness import FLICKER, KINDS, SENSOR_NOISE, disturbed, share_still
from tsm_demo.core.labels import MOTION_LABELS

STILL = MOTION_LABELS.index("stays still")
GREY = torch.full((3, 8, 3, 32, 32), 128, dtype=torch.uint8)


def test_an_unchanging_clip_is_left_as_it_is() -> None:
    assert torch.equal(disturbed(GREY, "unchanging", 0), GREY)


def test_noise_is_new_in_every_pixel_of_every_frame() -> None:
    seen = disturbed(GREY, "with sensor noise", 0).float() / 255
    assert seen.std(1).mean() == pytest.approx(SENSOR_NOISE, rel=0.1)
    assert seen.mean() == pytest.approx(128 / 255, abs=1e-3)


def test_flicker_changes_whole_frames() -> None:
    seen = disturbed(GREY.repeat(20, 1, 1, 1, 1), "with flicker", 0).float() / 255
    assert (seen.amax((2, 3, 4)) - seen.amin((2, 3, 4))).max() == 0
    assert seen.mean((2, 3, 4)).std() == pytest.approx(FLICKER * 128 / 255, rel=0.15)


def test_the_same_seed_disturbs_alike() -> None:
    assert torch.equal(disturbed(GREY, "with both", 4), disturbed(GREY, "with both", 4))
    assert not torch.equal(disturbed(GREY, "with both", 4), disturbed(GREY, "with both", 5))


class TrustsEqualFrames(nn.Module):
    """`stays still` where all frames are equal, else `moves right`."""

    def forward(self, clips: Tensor) -> Tensor:
        still = (clips == clips[:, :1]).flatten(1).all(1)
        return torch.nn.functional.one_hot(torch.where(still, STILL, 0), 12).float()


def test_shares_are_counted_for_each_kind() -> None:
    shares = share_still(TrustsEqualFrames(), range(30), 16, n_segment=4)
    assert shares == {"unchanging": 1.0, **dict.fromkeys(KINDS[1:], 0.0)}
