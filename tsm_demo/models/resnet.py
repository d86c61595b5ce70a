"""TSN, TSM and online TSM: one 2D ResNet, without a shift, with one, and with one that looks only back.

Sources: ResNet, arXiv:1512.03385 (stride on the 3x3, as in torchvision); TSN, arXiv:1608.00859, section 3;
TSM, arXiv:1811.08383, sections 3 and 4. Parameter names are torchvision's, so its weights load as they are.
"""

from collections.abc import Iterator
from functools import partial

from torch import Tensor, nn

from tsm_demo.core.errors import ModelError, ShapeError
from tsm_demo.core.placement import IN_PLACE
from tsm_demo.core.shift import temporal_shift
from tsm_demo.models.registry import ModelSpec, register

BLOCKS_PER_STAGE = {18: (2, 2, 2, 2), 50: (3, 4, 6, 3), 101: (3, 4, 23, 3)}
STAGES = ("layer1", "layer2", "layer3", "layer4")


class TemporalShift(nn.Module):
    """The shift as a layer without parameters; (N*T, C, H, W) to the same shape."""

    def __init__(self, fold_div: int, mode: str) -> None:
        super().__init__()
        self.fold_div, self.mode = fold_div, mode

    def forward(self, x: Tensor, n_segment: int) -> Tensor:
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

    def __init__(
        self, c_in: int, c_mid: int, stride: int, shift: TemporalShift | None, placement: str, dims: int
    ) -> None:
        super().__init__(c_in, c_mid, stride, shift, placement, dims)
        c_out = c_mid * self.expansion
        self.conv1, self.bn1 = conv(dims, c_in, c_mid, 1), norm(dims, c_mid)
        self.conv2, self.bn2 = conv(dims, c_mid, c_mid, 3, stride), norm(dims, c_mid)
        self.conv3, self.bn3 = conv(dims, c_mid, c_out, 1), norm(dims, c_out)

    def branch(self, x: Tensor) -> Tensor:
        x = self.relu(self.bn1(self.conv1(x)))
        x = self.relu(self.bn2(self.conv2(x)))
        return self.bn3(self.conv3(x))


def conv(dims: int, c_in: int, c_out: int, kernel: int, stride: int = 1) -> nn.Module:
    """A convolution over frames (2) or clips (3) that keeps the size (but for its stride in space), without bias."""
    if dims == 2:
        return nn.Conv2d(c_in, c_out, kernel, stride, padding=kernel // 2, bias=False)
    return nn.Conv3d(c_in, c_out, kernel, (1, stride, stride), padding=kernel // 2, bias=False)


def norm(dims: int, channels: int) -> nn.Module:
    """The batch norm that follows a convolution over frames (2) or clips (3)."""
    return nn.BatchNorm2d(channels) if dims == 2 else nn.BatchNorm3d(channels)


class VideoResNet(nn.Module):
    """A 2D ResNet run on every frame; the clip's logits are the mean of the frames' logits.

    forward: (N, T, 3, H, W) float32, normalised, to (N, num_classes). Any T is taken; `spec.n_segment` is the usual one.
    `features` and `frame_logits` are the two halves of the forward pass, for whoever explains it.
    """

    maxpool: nn.Module
    layer1: nn.ModuleList
    layer2: nn.ModuleList
    layer3: nn.ModuleList
    layer4: nn.ModuleList

    def __init__(self, spec: ModelSpec, depth: int, mode: str | None, dims: int = 2) -> None:
        super().__init__()
        self.spec = spec
        block = BasicBlock if depth == 18 else Bottleneck
        # The authors shift every other block of the 101-layer network, whose third stage has 23 blocks.
        every = 2 if BLOCKS_PER_STAGE[depth][2] >= 23 else 1
        channels = spec.width
        self.conv1, self.bn1 = conv(dims, 3, channels, 7, 2), norm(dims, channels)
        self.relu, self.maxpool = nn.ReLU(inplace=True), nn.MaxPool2d(3, 2, padding=1)
        for stage, count in enumerate(BLOCKS_PER_STAGE[depth]):
            c_mid, blocks = spec.width * 2**stage, nn.ModuleList()
            for index in range(count):
                first = index == 0
                stride = {0: 1, 3: spec.last_stride}.get(stage, 2) if first else 1
                shift = TemporalShift(spec.fold_div, mode) if mode and index % every == 0 else None
                blocks.append(block(channels, c_mid, stride, shift, spec.placement, dims))
                channels = c_mid * block.expansion
            setattr(self, STAGES[stage], blocks)
        self.fc = nn.Linear(channels, spec.num_classes)
        for module in self.modules():
            if isinstance(module, nn.Conv2d | nn.Conv3d):
                nn.init.kaiming_normal_(module.weight, mode="fan_out", nonlinearity="relu")

    def features(self, clips: Tensor, layer: str = "layer4") -> Tensor:
        """The maps that leave a stage: (N, T, 3, H, W) to (N*T, C, h, w). Raises ShapeError, ModelError."""
        x = self._stem(clips)
        for name in STAGES[: _stage_index(layer) + 1]:
            x = self._stage(name, x, clips.shape[1])
        return self._by_frame(x)

    def block_maps(self, clips: Tensor) -> Iterator[Tensor]:
        """The maps that leave the stem, then each block, (N*T, C, h, w) each; the last ones are `features(clips)`."""
        x = self._stem(clips)
        yield self._by_frame(x)
        for name in STAGES:
            for block in getattr(self, name):
                x = block(x, clips.shape[1])
                yield self._by_frame(x)

    def frame_logits(self, features: Tensor, n_segment: int, layer: str = "layer4") -> Tensor:
        """The rest of the network above `layer`: (N*T, C, h, w) to per-frame logits (N, T, num_classes)."""
        above = STAGES[_stage_index(layer) + 1 :]
        if above:
            x = self._arranged(features.unflatten(0, (-1, n_segment)))
            for name in above:
                x = self._stage(name, x, n_segment)
            features = self._by_frame(x)
        return self.fc(features.mean((2, 3))).unflatten(0, (-1, n_segment))

    def forward(self, clips: Tensor) -> Tensor:
        return self.frame_logits(self.features(clips), clips.shape[1]).mean(1)

    def _stem(self, clips: Tensor) -> Tensor:
        if clips.ndim != 5 or clips.shape[2] != 3:
            raise ShapeError(f"The network takes clips (N, T, 3, H, W); this has shape {tuple(clips.shape)}.")
        return self.maxpool(self.relu(self.bn1(self.conv1(self._arranged(clips)))))

    def _arranged(self, clips: Tensor) -> Tensor:
        """(N, T, C, H, W) as the layers take it."""
        return clips.flatten(0, 1)

    def _by_frame(self, x: Tensor) -> Tensor:
        """What the layers give, as (N*T, C, h, w)."""
        return x

    def _stage(self, name: str, x: Tensor, n_segment: int) -> Tensor:
        for block in getattr(self, name):
            x = block(x, n_segment)
        return x


def _stage_index(layer: str) -> int:
    if layer not in STAGES:
        raise ModelError(f"There is no layer called {layer!r}; choose one of {', '.join(STAGES)}.")
    return STAGES.index(layer)


for _depth in BLOCKS_PER_STAGE:
    register(f"tsn_resnet{_depth}")(partial(VideoResNet, depth=_depth, mode=None))
    register(f"tsm_resnet{_depth}")(partial(VideoResNet, depth=_depth, mode="bidirectional"))
    register(f"tsm_online_resnet{_depth}")(partial(VideoResNet, depth=_depth, mode="online"))
