"""TensorFlow's "SAME": as many outputs as the size divided by the stride, rounded up, and the odd zero behind."""

import numpy as np
import pytest
import torch
from torch import nn

from tests.models.lively_network import clips
from tsm_demo.models import build_model
from tsm_demo.models.i3d_inception import SamePool, Unit, pad_same


@pytest.mark.parametrize(
    ("size", "kernel", "stride", "before", "behind"),
    [
        (224, 7, 2, 2, 3),  # the first convolution
        (225, 7, 2, 3, 3),
        (112, 3, 2, 0, 1),  # the pools
        (7, 3, 2, 1, 1),
        (14, 2, 2, 0, 0),
        (7, 2, 2, 0, 1),
        (5, 3, 1, 1, 1),
        (1, 7, 2, 3, 3),
        (9, 1, 1, 0, 0),
        (5, 1, 3, 0, 0),  # a stride beyond the kernel pads nothing
    ],
)
def test_where_the_zeros_are(size: int, kernel: int, stride: int, before: int, behind: int) -> None:
    x = torch.arange(1.0, size + 1)
    for axis in (2, 3, 4):
        shape, extent, steps = [1] * 5, [1] * 3, [1] * 3
        shape[axis], extent[axis - 2], steps[axis - 2] = size, kernel, stride
        padded = pad_same(x.view(shape), tuple(extent), tuple(steps)).flatten()
        assert torch.equal(padded, torch.cat([torch.zeros(before), x, torch.zeros(behind)]))


@pytest.mark.parametrize("size", [1, 2, 5, 6])
@torch.no_grad()
def test_a_strided_convolution_and_a_pool_by_hand(size: int) -> None:
    x = torch.rand(1, 1, size, 1, 1)
    unit = Unit(1, 1, 7, stride=2).eval()
    kernel = unit.conv.weight[0, 0, :, 3, 3].numpy()  # what meets the one row and column there is
    row, count = x.flatten().numpy(), -(-size // 2)
    for name, k, ours in (("conv", 7, unit(x)), ("pool", 3, SamePool((3, 3, 3), (2, 2, 2))(x))):
        outside = max((count - 1) * 2 + k - size, 0)
        long = np.concatenate([np.zeros(outside // 2), row, np.zeros(outside - outside // 2)])
        windows = [long[2 * i : 2 * i + k] for i in range(count)]
        expected = [max(w @ kernel, 0) / np.sqrt(1 + 1e-3) if name == "conv" else w.max() for w in windows]
        np.testing.assert_allclose(ours.flatten().numpy(), expected, rtol=1e-5, atol=1e-7)


@torch.no_grad()
def test_the_answer_is_the_mean_over_pairs_of_steps() -> None:
    model, x = build_model("i3d_inception", 5), clips(2, 25).float()
    maps = model.features(x).unflatten(0, (2, -1)).mean((3, 4))  # (N, S, C), S = 4
    assert maps.shape[1] == 4
    step = nn.functional.linear(maps, model.logits.weight[:, :, 0, 0, 0], model.logits.bias)
    a, b, c, d = step.unbind(1)
    torch.testing.assert_close(model(x), ((a + b) / 2 + (b + c) / 2 + (c + d) / 2) / 3, rtol=1e-4, atol=1e-6)
