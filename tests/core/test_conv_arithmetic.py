"""The products are what a convolution written as loops is seen to multiply and add, and what torch counts."""

from itertools import product

import pytest
import torch
import torch.nn.functional as F
from torch.utils.flop_counter import FlopCounterMode

from tsm_demo.core.conv_arithmetic import (
    ConvLayer,
    Count,
    clip_count,
    image_count,
    map_count,
    value_count,
)
from tsm_demo.core.errors import ShapeError

# K, C_in, C_out, H, W, T, stride: small enough for loops in Python
SMALL = [
    (1, 3, 2, 4, 3, 3, 1),
    (3, 2, 3, 5, 4, 4, 1),
    (3, 1, 1, 1, 1, 1, 1),
    (3, 2, 2, 5, 6, 3, 2),
    (5, 1, 2, 4, 4, 2, 1),
    (7, 1, 1, 3, 8, 2, 2),
]
REAL = [
    (7, 3, 64, 224, 224, 8, 2),
    (3, 64, 64, 56, 56, 8, 1),
    (1, 256, 64, 56, 56, 8, 1),
    (3, 512, 512, 7, 7, 16, 1),
    (5, 20, 30, 13, 9, 5, 2),
]


class Tallied:
    """A convolution as loops over its output, which notes every product and every sum of two numbers."""

    def __init__(self) -> None:
        self.multiplications = self.additions = 0

    def __call__(self, x: torch.Tensor, w: torch.Tensor, stride: int) -> torch.Tensor:
        """x (C_in, D, H, W), w (C_out, C_in, kD, K, K), both padded by half; stride in space."""
        depth, kernel = w.shape[2], w.shape[3]
        half, deep = kernel // 2, depth // 2
        x = F.pad(x, (half, half, half, half, deep, deep))
        sizes = [x.shape[1] - depth + 1, *((side - kernel) // stride + 1 for side in x.shape[2:])]
        out = torch.zeros(len(w), *sizes, dtype=x.dtype)
        for o, t, r, c in product(range(len(w)), *map(range, sizes)):
            window = x[:, t : t + depth, r * stride : r * stride + kernel, c * stride : c * stride + kernel]
            total = None
            for a, b in zip(window.flatten().tolist(), w[o].flatten().tolist(), strict=True):
                self.multiplications += 1
                if total is None:
                    total = a * b
                else:
                    self.additions += 1
                    total = total + a * b
            out[o, t, r, c] = total
        return out


def flops_of_torch(convolve, *arguments, **options) -> int:
    with FlopCounterMode(display=False) as counter:
        convolve(*arguments, **options)
    return counter.get_total_flops()


@pytest.mark.parametrize("size", SMALL)
def test_2d_is_what_loops_do(size):
    layer = ConvLayer(*size)
    K, C_in, C_out, H, W, T, stride = size
    tally = Tallied()
    x, w = (
        torch.randint(-9, 9, (C_in, 1, H, W)).double(),
        torch.randint(-9, 9, (C_out, C_in, 1, K, K)).double(),
    )
    out = tally(x, w, stride)
    assert torch.equal(out[:, 0], F.conv2d(x[:, 0][None], w[:, :, 0], stride=stride, padding=K // 2)[0])
    assert out.shape == (C_out, 1, layer.out_height, layer.out_width)
    assert image_count(layer) == Count(tally.multiplications, tally.additions)
    assert clip_count(layer) == Count(T * tally.multiplications, T * tally.additions)


@pytest.mark.parametrize("size", SMALL)
def test_3d_is_what_loops_do(size):
    layer = ConvLayer(*size)
    K, C_in, C_out, H, W, T, stride = size
    tally = Tallied()
    x, w = (
        torch.randint(-9, 9, (C_in, T, H, W)).double(),
        torch.randint(-9, 9, (C_out, C_in, K, K, K)).double(),
    )
    out = tally(x, w, stride)
    assert torch.equal(out, F.conv3d(x[None], w, stride=(1, stride, stride), padding=K // 2)[0])
    assert out.shape[1] == T
    assert clip_count(layer, depth=K) == Count(tally.multiplications, tally.additions)


@pytest.mark.parametrize("size", REAL)
def test_it_is_half_of_the_flops_that_torch_counts(size):
    layer = ConvLayer(*size)
    K, C_in, C_out, H, W, T, stride = size
    with torch.device("meta"):
        flat = torch.empty(T, C_in, H, W), torch.empty(C_out, C_in, K, K)
        deep = torch.empty(1, C_in, T, H, W), torch.empty(C_out, C_in, K, K, K)
    in_2d = flops_of_torch(F.conv2d, *flat, stride=stride, padding=K // 2)
    in_3d = flops_of_torch(F.conv3d, *deep, stride=(1, stride, stride), padding=K // 2)
    assert (2 * clip_count(layer).multiplications, 2 * clip_count(layer, K).multiplications) == (in_2d, in_3d)


def test_a_layer_by_hand():
    layer = ConvLayer(kernel=3, in_channels=64, out_channels=64, height=56, width=56, frames=8)
    assert value_count(layer) == Count(576, 575)
    assert map_count(layer).multiplications == 1_806_336
    assert image_count(layer).multiplications == 115_605_504  # the count that ResNet papers print for it
    assert clip_count(layer) == Count(924_844_032, 923_238_400)
    assert clip_count(layer).flops == 1_848_082_432
    assert value_count(layer, depth=3) == Count(1728, 1727)
    assert clip_count(layer, depth=3).multiplications == 24 * 115_605_504 == 3 * 924_844_032


def test_a_kernel_of_one_pixel_costs_the_same_in_3d():
    layer = ConvLayer(1, 256, 64, 56, 56, 8)
    assert clip_count(layer, depth=layer.kernel) == clip_count(layer)


@pytest.mark.parametrize(("size", "stride", "out"), [(56, 1, 56), (224, 2, 112), (7, 2, 4), (1, 2, 1)])
def test_padding_keeps_the_size_and_a_stride_halves_it(size, stride, out):
    for kernel in (1, 3, 5, 7):
        layer = ConvLayer(kernel, 1, 1, size, 2 * size, 1, stride)
        assert (layer.out_height, layer.out_width) == (out, 2 * size // stride)
        assert layer.positions == layer.out_height * layer.out_width


@pytest.mark.parametrize(
    ("size", "says"),
    [((0, 1, 1, 1, 1, 1), "kernel is 0"), ((3, 1, 1, 1, 1, -8), "frames is -8"), ((4, 1, 1, 1, 1, 1), "odd")],
)
def test_what_cannot_be_is_refused(size, says):
    with pytest.raises(ShapeError, match=says):
        ConvLayer(*size)
