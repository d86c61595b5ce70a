"""A shift and then a 1 x 1 convolution is the convolution over time that the taps say, computed by torch."""

import numpy as np
import pytest
import torch
import torch.nn.functional as F

from tsm_demo.core.errors import ShapeError
from tsm_demo.core.shift import temporal_shift
from tsm_demo.core.shift_table import MODES
from tsm_demo.core.shift_taps import fused_kernel, shift_taps


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("fold_div", [0, 2, 3, 8, 100])
@pytest.mark.parametrize("channels", [3, 8, 17])
@pytest.mark.parametrize("n_segment", [1, 2, 3, 8])
def test_two_steps_are_one_convolution_over_time(n_segment, channels, fold_div, mode):
    generator = torch.Generator().manual_seed(0)
    x = torch.randn(2 * n_segment, channels, 3, 4, generator=generator)
    weight = torch.randn(5, channels, generator=generator)
    two_steps = F.conv2d(temporal_shift(x, n_segment, fold_div, mode), weight[:, :, None, None])
    kernel = torch.from_numpy(fused_kernel(weight.numpy(), fold_div, mode))
    clips = x.unflatten(0, (2, n_segment)).transpose(1, 2)  # (N, C, T, H, W)
    one_step = F.conv3d(clips, kernel[..., None, None], padding=(1, 0, 0)).transpose(1, 2).flatten(0, 1)
    torch.testing.assert_close(one_step, two_steps, atol=1e-6, rtol=1e-5)


def test_the_taps_of_a_small_shift():
    future, past, still = [0, 0, 1], [1, 0, 0], [0, 1, 0]
    assert shift_taps(5, 4).tolist() == [future, past, still, still, still]
    assert shift_taps(5, 4, "online").tolist() == [past, still, still, still, still]
    assert shift_taps(2, 0).tolist() == [still, still]


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize(("channels", "fold_div"), [(16, 8), (7, 2), (64, 3), (9, 0)])
def test_every_channel_has_one_tap(channels, fold_div, mode):
    taps = shift_taps(channels, fold_div, mode)
    assert taps.shape == (channels, 3)
    assert np.unique(taps).tolist() == [0, 1]
    assert (taps.sum(1) == 1).all()


def test_the_kernel_keeps_the_weights_type():
    assert fused_kernel(np.ones((2, 8), np.float32)).dtype == np.float32


def test_an_unknown_mode_is_refused():
    with pytest.raises(ShapeError, match="mode"):
        shift_taps(8, 8, "sideways")
