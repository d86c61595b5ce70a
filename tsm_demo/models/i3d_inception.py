"""I3D on RGB: Inception-v1 with every kernel and pool inflated to three dimensions, on 64 frames of 224 x 224.

Sources: arXiv:1705.07750, section 2.4 and figure 3; Inception-v1, arXiv:1409.4842, table 1. As in the authors' code, maps
are padded as TensorFlow's "SAME" does it, branch 2 of a module has a 3x3x3 kernel in place of the 5x5, and the logits are
averaged over time after an average pool of two steps. Dropout, which inference does without, is left out.
"""

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from tsm_demo.models.registry import ModelSpec, register
from tsm_demo.models.video_network import Limits, VideoNetwork, draw_kernels

# Channels of each module: branch 0; branch 1, reduced and out; branch 2, reduced and out; branch 3, behind its pool.
MIXED = {
    "mixed_3": ((64, 96, 128, 16, 32, 32), (128, 128, 192, 32, 96, 64)),
    "mixed_4": (
        (192, 96, 208, 16, 48, 64),
        (160, 112, 224, 24, 64, 64),
        (128, 128, 256, 24, 64, 64),
        (112, 144, 288, 32, 64, 64),
        (256, 160, 320, 32, 128, 128),
    ),
    "mixed_5": ((256, 160, 320, 32, 128, 128), (384, 192, 384, 48, 128, 128)),
}
# Kernel and stride of the pool that opens each layer.
POOLS = {
    "mixed_3": ((1, 3, 3), (1, 2, 2)),
    "mixed_4": ((3, 3, 3), (2, 2, 2)),
    "mixed_5": ((2, 2, 2), (2, 2, 2)),
}
Extent = tuple[int, int, int]  # time, height, width


class Unit(nn.Module):
    """Convolution (k x k x k), batch norm and ReLU; the size is divided by the stride, rounded up."""

    def __init__(self, c_in: int, c_out: int, kernel: int, stride: int = 1) -> None:
        super().__init__()
        self.kernel, self.stride = (kernel, kernel, kernel), (stride, stride, stride)
        self.conv = nn.Conv3d(c_in, c_out, kernel, stride, padding="same" if stride == 1 else 0, bias=False)
        self.bn, self.relu = nn.BatchNorm3d(c_out, eps=1e-3), nn.ReLU(inplace=True)

    def forward(self, x: Tensor) -> Tensor:
        if self.stride != (1, 1, 1):
            x = pad_same(x, self.kernel, self.stride)
        return self.relu(self.bn(self.conv(x)))


class SamePool(nn.Module):
    """A max pool; the size is divided by the stride, rounded up. Zeros around maps change no maximum after a ReLU."""

    def __init__(self, kernel: Extent, stride: Extent) -> None:
        super().__init__()
        self.kernel, self.stride, self.pool = kernel, stride, nn.MaxPool3d(kernel, stride)

    def forward(self, x: Tensor) -> Tensor:
        return self.pool(pad_same(x, self.kernel, self.stride))


class Mixed(nn.Module):
    """An Inception module: four branches side by side, their channels one after the other."""

    def __init__(self, c_in: int, channels: tuple[int, ...]) -> None:
        super().__init__()
        c0, reduced1, c1, reduced2, c2, c3 = channels
        self.branch0 = Unit(c_in, c0, 1)
        self.branch1 = nn.Sequential(Unit(c_in, reduced1, 1), Unit(reduced1, c1, 3))
        self.branch2 = nn.Sequential(Unit(c_in, reduced2, 1), Unit(reduced2, c2, 3))
        self.branch3 = nn.Sequential(nn.MaxPool3d(3, 1, padding=1), Unit(c_in, c3, 1))
        self.c_out = c0 + c1 + c2 + c3

    def forward(self, x: Tensor) -> Tensor:
        return torch.cat([self.branch0(x), self.branch1(x), self.branch2(x), self.branch3(x)], dim=1)


@register("i3d_inception", frames=64, size=224)
class I3dInception(VideoNetwork):
    """Any side is taken: the last pool covers the whole map. T, halved three times rounding up, must leave two steps."""

    layers = tuple(MIXED)
    limits = Limits(frames=(9, None))

    exact = ("logits",)

    def __init__(self, spec: ModelSpec) -> None:
        super().__init__(spec)
        self.conv_1a, self.pool_2a = Unit(3, 64, 7, stride=2), SamePool((1, 3, 3), (1, 2, 2))
        self.conv_2b, self.conv_2c = Unit(64, 64, 1), Unit(64, 192, 3)
        channels = 192
        for name, modules in MIXED.items():
            parts: list[nn.Module] = [SamePool(*POOLS[name])]
            for branches in modules:
                mixed = Mixed(channels, branches)
                parts.append(mixed)
                channels = mixed.c_out
            setattr(self, name, nn.Sequential(*parts))
        draw_kernels(self)
        self.logits = nn.Conv3d(channels, spec.num_classes, 1)

    def run_stem(self, x: Tensor) -> Tensor:
        return self.conv_2c(self.conv_2b(self.pool_2a(self.conv_1a(x))))

    def run_head(self, x: Tensor, steps: int) -> Tensor:
        x = x.to(self.logits.weight.dtype)
        pairs = F.avg_pool3d(x, (2, *x.shape[3:]), stride=1)  # (N, C, S - 1, 1, 1)
        return self.logits(pairs).mean((2, 3, 4))


def pad_same(x: Tensor, kernel: Extent, stride: Extent) -> Tensor:
    """(N, C, T, H, W) with the zeros around it that TensorFlow's "SAME" adds: where they are odd, one more behind."""
    sides: list[int] = []
    for size, k, s in zip(x.shape[2:], kernel, stride, strict=True):
        outside = max((-(-size // s) - 1) * s + k - size, 0)
        sides = [outside // 2, outside - outside // 2, *sides]  # F.pad begins with the last dimension
    return F.pad(x, sides)
