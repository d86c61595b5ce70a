"""I3D on a ResNet-50: in every other block the first 1x1 is made 3x1x1, and time is halved three times on the way.

Sources: arXiv:1705.07750, section 2.4, on the ResNet of arXiv:1711.07971, section 4; the layout is that of MMAction2's
`i3d_r50` (`configs/_base_/models/i3d_r50.py` and `backbones/resnet3d.py`): a stem of 5x7x7 with stride 2 in time, a pool
that keeps every second step, and a pool of two steps after the first stage.
"""

from torch import Tensor, nn

from tsm_demo.models.registry import ModelSpec, register
from tsm_demo.models.resnet import RESNET_SETTINGS, Block, Bottleneck, ResNet
from tsm_demo.models.video_network import Limits

INFLATED = (
    (1, 1, 1),
    (1, 0, 1, 0),
    (1, 0, 1, 0, 1, 0),
    (0, 1, 0),
)  # blocks of each stage that look through time


class FlatBottleneck(Bottleneck):
    """A bottleneck that sees each time step alone."""

    kernels = (1, (1, 3, 3), 1)


class InflatedBottleneck(Bottleneck):
    """A bottleneck whose first convolution sees three time steps."""

    kernels = ((3, 1, 1), (1, 3, 3), 1)


@register("i3d_resnet50", frames=32, size=224, settings=RESNET_SETTINGS)
class I3dResNet50(ResNet):
    """Any side is taken; of T frames, halved twice rounding up, the pool after the first stage needs two steps."""

    limits = Limits(frames=(5, None))
    stem_kernel = (5, 7, 7)
    stem_stride = (2, 2, 2)
    pool_stride = (2, 2, 2)

    def __init__(self, spec: ModelSpec) -> None:
        super().__init__(spec, depth=50, dims=3)
        self.pool2 = nn.MaxPool3d((2, 1, 1))

    def block_kind(self, stage: int, index: int) -> type[Block]:
        return InflatedBottleneck if INFLATED[stage][index] else FlatBottleneck

    def run_layer(self, name: str, x: Tensor, steps: int) -> Tensor:
        return super().run_layer(name, self.pool2(x) if name == "layer2" else x, steps)

    def run_head(self, x: Tensor, steps: int) -> Tensor:
        return self.fc(x.mean((2, 3, 4), dtype=self.fc.weight.dtype))
