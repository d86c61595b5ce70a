"""TSN, TSM and online TSM: one 2D ResNet, without a shift, with one, and with one that looks only back.

Sources: ResNet, arXiv:1512.03385 (stride on the 3x3, as in torchvision); TSN, arXiv:1608.00859, section 3;
TSM, arXiv:1811.08383, sections 3 and 4. Parameter names are torchvision's, so its weights load as they are.
"""

from collections.abc import Iterator
from functools import partial

from torch import Tensor, nn

from tsm_demo.core.placement import IN_PLACE
from tsm_demo.core.shift import temporal_shift
from tsm_demo.core.shift_table import fold_width
from tsm_demo.models.registry import ModelSpec, register
from tsm_demo.models.video_network import VideoNetwork, draw_kernels

BLOCKS_PER_STAGE = {18: (2, 2, 2, 2), 50: (3, 4, 6, 3), 101: (3, 4, 23, 3)}
STAGES = ("layer1", "layer2", "layer3", "layer4")
RESNET_SETTINGS = ("width", "last_stride")  # what a ResNet without a shift takes
TSM_SETTINGS = ("fold_div", "placement", *RESNET_SETTINGS)
Extent = int | tuple[int, int, int]  # of a kernel or a stride: in space, or (time, height, width)


def shifted_blocks(depth: int, placement: str) -> set[tuple[int, int]]:
    """Which blocks of a ResNet shift: (stage from 0, block).

    All, but where the shift stands before the convolutions only, the authors shift every other block of the 101-layer
    network, whose third stage has 23 (ops/temporal_shift.py of their code).
    """
    counts = BLOCKS_PER_STAGE[depth]
    every = 2 if counts[2] >= 23 and placement != IN_PLACE else 1
    return {(stage, index) for stage, count in enumerate(counts) for index in range(0, count, every)}


class TemporalShift(nn.Module):
    """The shift as a layer without parameters; (N*T, C, H, W) to the same shape."""

    def __init__(self, fold_div: int, mode: str) -> None:
        super().__init__()
        self.fold_div, self.mode = fold_div, mode

    def forward(self, x: Tensor, n_segment: int) -> Tensor:
        if not fold_width(x.shape[1], self.fold_div):
            return x  # nothing moves: not even into a new tensor
        return temporal_shift(x, n_segment, self.fold_div, self.mode)

    def extra_repr(self) -> str:
        return f"fold_div={self.fold_div}, mode={self.mode!r}"


class Block(nn.Module):
    """A residual block whose input may be shifted in time: for its convolutions only, or for the shortcut too."""

    expansion: int
    downsample: nn.Module | None

    def __init__(
        self, c_in: int, c_mid: int, stride: int, shift: TemporalShift | None, placement: str, dims: int
    ) -> None:
        super().__init__()
        self.shift, self.placement = shift, placement
        self.relu = nn.ReLU(inplace=True)
        c_out = c_mid * self.expansion
        self.downsample = None
        if stride != 1 or c_in != c_out:
            self.downsample = nn.Sequential(conv(dims, c_in, c_out, 1, stride), norm(dims, c_out))

    def branch(self, x: Tensor) -> Tensor:
        """The convolutions of the block, (N*T, C_in, H, W) to (N*T, C_out, H', W'), before the sum."""
        raise TypeError(f"{type(self).__name__} has no branch of its own")

    def forward(self, x: Tensor, n_segment: int) -> Tensor:
        shifted = x if self.shift is None else self.shift(x, n_segment)
        shortcut = shifted if self.placement == IN_PLACE else x
        if self.downsample is not None:
            shortcut = self.downsample(shortcut)
        return self.relu(self.branch(shifted) + shortcut)


class BasicBlock(Block):
    """Two 3x3 convolutions (ResNet-18)."""

    expansion = 1

    def __init__(
        self, c_in: int, c_mid: int, stride: int, shift: TemporalShift | None, placement: str, dims: int
    ) -> None:
        super().__init__(c_in, c_mid, stride, shift, placement, dims)
        self.conv1, self.bn1 = conv(dims, c_in, c_mid, 3, stride), norm(dims, c_mid)
        self.conv2, self.bn2 = conv(dims, c_mid, c_mid, 3), norm(dims, c_mid)

    def branch(self, x: Tensor) -> Tensor:
        return self.bn2(self.conv2(self.relu(self.bn1(self.conv1(x)))))


class Bottleneck(Block):
    """1x1, 3x3, 1x1 (ResNet-50 and deeper)."""

    expansion = 4
    kernels: tuple[Extent, Extent, Extent] = (1, 3, 1)

    def __init__(
        self, c_in: int, c_mid: int, stride: int, shift: TemporalShift | None, placement: str, dims: int
    ) -> None:
        super().__init__(c_in, c_mid, stride, shift, placement, dims)
        first, middle, last = self.kernels
        c_out = c_mid * self.expansion
        self.conv1, self.bn1 = conv(dims, c_in, c_mid, first), norm(dims, c_mid)
        self.conv2, self.bn2 = conv(dims, c_mid, c_mid, middle, stride), norm(dims, c_mid)
        self.conv3, self.bn3 = conv(dims, c_mid, c_out, last), norm(dims, c_out)

    def branch(self, x: Tensor) -> Tensor:
        x = self.relu(self.bn1(self.conv1(x)))
        x = self.relu(self.bn2(self.conv2(x)))
        return self.bn3(self.conv3(x))


def conv(dims: int, c_in: int, c_out: int, kernel: Extent, stride: Extent = 1) -> nn.Module:
    """A convolution over frames (2) or clips (3) that keeps the size (but for its stride), without bias.

    A kernel given as one number is as long in time as in space; a stride given as one number is in space only.
    """
    t, h, w = (kernel, kernel, kernel) if isinstance(kernel, int) else kernel
    steps = _in_space(stride)
    if dims == 2:
        return nn.Conv2d(c_in, c_out, (h, w), steps[1:], (h // 2, w // 2), bias=False)
    return nn.Conv3d(c_in, c_out, (t, h, w), steps, (t // 2, h // 2, w // 2), bias=False)


def norm(dims: int, channels: int) -> nn.Module:
    """The batch norm that follows a convolution over frames (2) or clips (3)."""
    return nn.BatchNorm2d(channels) if dims == 2 else nn.BatchNorm3d(channels)


def _in_space(stride: Extent) -> tuple[int, int, int]:
    return (1, stride, stride) if isinstance(stride, int) else stride


class ResNet(VideoNetwork):
    """A ResNet over frames (dims 2) or clips (3); the clip's logits are the mean of its time steps' logits.

    Relatives are subclasses that say what is different: the blocks, the stem, the head.
    """

    layers: tuple[str, ...] = STAGES
    exact: tuple[str, ...] = ("fc",)
    stem_kernel: Extent = 7
    stem_stride: Extent = 2
    pool_stride: Extent = 2

    def __init__(self, spec: ModelSpec, depth: int, mode: str | None = None, dims: int = 2) -> None:
        super().__init__(spec)
        self.depth, self.dims = depth, dims
        shifted = shifted_blocks(depth, spec.placement) if mode else set()
        channels = spec.width
        self.conv1 = conv(dims, 3, channels, self.stem_kernel, self.stem_stride)
        self.bn1, self.relu = norm(dims, channels), nn.ReLU(inplace=True)
        self.maxpool: nn.Module = nn.MaxPool2d(3, 2, padding=1)
        if dims == 3:
            self.maxpool = nn.MaxPool3d((1, 3, 3), _in_space(self.pool_stride), padding=(0, 1, 1))
        for stage, count in enumerate(BLOCKS_PER_STAGE[depth]):
            c_mid, blocks = spec.width * 2**stage, nn.ModuleList()
            for index in range(count):
                stride = {0: 1, 3: spec.last_stride}.get(stage, 2) if index == 0 else 1
                shift = TemporalShift(spec.fold_div, mode) if mode and (stage, index) in shifted else None
                kind = self.block_kind(stage, index)
                blocks.append(kind(channels, c_mid, stride, shift, spec.placement, dims))
                channels = c_mid * kind.expansion
            setattr(self, STAGES[stage], blocks)
        self.fc = nn.Linear(channels, spec.num_classes)
        draw_kernels(self)

    def block_kind(self, stage: int, index: int) -> type[Block]:
        """The class of a block, by its place: stage 0 to 3, and which one of the stage."""
        return BasicBlock if self.depth == 18 else Bottleneck

    def run_stem(self, x: Tensor) -> Tensor:
        return self.maxpool(self.relu(self.bn1(self.conv1(x))))

    def run_layer(self, name: str, x: Tensor, steps: int) -> Tensor:
        for block in getattr(self, name):
            x = block(x, steps)
        return x

    def run_head(self, x: Tensor, steps: int) -> Tensor:
        return self._step_logits(x, steps).mean(1)

    def _step_logits(self, x: Tensor, steps: int) -> Tensor:
        """The last maps, as the layers give them, to logits (N, S, num_classes)."""
        pooled = self._by_step(x).mean((2, 3), dtype=self.fc.weight.dtype)
        return self.fc(pooled).unflatten(0, (-1, steps))

    def _arranged(self, x: Tensor) -> Tensor:
        return x.flatten(0, 1) if self.dims == 2 else super()._arranged(x)

    def _by_step(self, x: Tensor) -> Tensor:
        return x if self.dims == 2 else super()._by_step(x)


class VideoResNet(ResNet):
    """A ResNet without stride in time, so that each of the T frames has its own maps and its own logits.

    Any T is taken; `spec.n_segment` is the usual one.
    """

    def block_maps(self, clips: Tensor) -> Iterator[Tensor]:
        """The maps that leave the stem, then each block, (N*T, C, h, w) each; the last ones are `features(clips)`."""
        x = self.run_stem(self._arranged(self._checked(clips)))
        yield self._by_step(x)
        for name in STAGES:
            for block in getattr(self, name):
                x = block(x, clips.shape[1])
                yield self._by_step(x)

    def frame_logits(self, features: Tensor, n_segment: int, layer: str | None = None) -> Tensor:
        """The rest of the network above `layer`: (N*T, C, h, w) to per-frame logits (N, T, num_classes)."""
        return self._leaving(self._step_logits(self._last_maps(features, n_segment, layer), n_segment))


for _depth in BLOCKS_PER_STAGE:
    register(f"tsn_resnet{_depth}", settings=RESNET_SETTINGS)(partial(VideoResNet, depth=_depth))
    for _family, _mode in (("tsm", "bidirectional"), ("tsm_online", "online")):
        register(f"{_family}_resnet{_depth}", settings=TSM_SETTINGS)(
            partial(VideoResNet, depth=_depth, mode=_mode)
        )
