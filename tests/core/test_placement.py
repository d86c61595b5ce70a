"""What the shortcut carries is what real blocks whose convolutions add nothing give, and what shifting by hand gives."""

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from tsm_demo.core.errors import ShapeError
from tsm_demo.core.placement import IN_PLACE, PLACEMENTS, RESIDUAL, own_share, shortcut_frames
from tsm_demo.core.shift import temporal_shift
from tsm_demo.core.shift_table import MODES
from tsm_demo.models.registry import build_model

ARCHITECTURES = {"bidirectional": "tsm_resnet18", "online": "tsm_online_resnet18"}
SIZES = ((1, 8), (2, 8), (5, 16), (8, 17))  # T, C


def unique_cells(n_segment: int, channels: int) -> Tensor:
    """(T, C, 1, 1) whose cells are 1, 2, 3, ... by frame, then channel: positive, so that a ReLU changes none."""
    return torch.arange(1.0, 1 + n_segment * channels).view(n_segment, channels, 1, 1)


def frames_of(cells: Tensor) -> np.ndarray:
    """(T, C): the frame that each of the unique cells was of, -1 where there is zero; its channel must be its own."""
    numbers = cells[:, :, 0, 0].numpy().astype(int) - 1
    channels = numbers.shape[1]
    assert (numbers % channels == np.arange(channels))[numbers >= 0].all()
    return np.where(numbers < 0, -1, numbers // channels)


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("fold_div", [0, 2, 4, 8])
@pytest.mark.parametrize("blocks", [0, 1, 2, 3, 9])
@pytest.mark.parametrize(("n_segment", "channels"), SIZES)
def test_in_place_is_one_shift_a_block(n_segment, channels, blocks, fold_div, mode):
    x = unique_cells(n_segment, channels)
    for _ in range(blocks):
        x = temporal_shift(x, n_segment, fold_div, mode)
    found = shortcut_frames(IN_PLACE, blocks, n_segment, channels, fold_div, mode)
    assert (found == frames_of(x)).all()


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("placement", PLACEMENTS)
@pytest.mark.parametrize("fold_div", [0, 2, 8])
def test_blocks_whose_convolutions_add_nothing_give_what_the_shortcut_carries(fold_div, placement, mode):
    n_segment, channels = 5, 16
    model = build_model(ARCHITECTURES[mode], fold_div=fold_div, placement=placement, width=channels)
    x = unique_cells(n_segment, channels)
    with torch.no_grad():
        for blocks, block in enumerate(model.layer1, start=1):
            nn.init.zeros_(block.bn2.weight)  # its bias is zero as built
            x = block(x, n_segment)
            found = shortcut_frames(placement, blocks, n_segment, channels, fold_div, mode)
            assert (found == frames_of(x)).all()
    assert blocks == 2


@pytest.mark.parametrize(
    ("fold_div", "mode", "share"),
    [(8, "bidirectional", 0.75), (8, "online", 0.875), (2, "bidirectional", 0), (0, "bidirectional", 1)],
)
def test_the_share_that_survives(fold_div, mode, share):
    for blocks in (1, 2, 3):
        for placement, kept in ((RESIDUAL, 1), (IN_PLACE, share)):
            assert own_share(shortcut_frames(placement, blocks, 8, 16, fold_div, mode)) == kept


@pytest.mark.parametrize(("placement", "blocks"), [("sideways", 1), (RESIDUAL, -1)])
def test_what_cannot_be_is_refused(placement, blocks):
    with pytest.raises(ShapeError):
        shortcut_frames(placement, blocks, 8, 16)
