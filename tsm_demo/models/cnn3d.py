"""The like-for-like 3D network: the same ResNet with every K x K convolution (K > 1) made K x K x K.

No stride in time, so that there is a score for every frame, as in the 2D network and TSM. What it costs is K times the
2D network's multiplications, layer by layer. Sources: C3D, arXiv:1412.0767 (3 x 3 x 3 throughout); the inflated ResNet of
I3D, arXiv:1705.07750, section 2.4.
"""

from functools import partial

from torch import Tensor, nn

from tsm_demo.models.registry import ModelSpec, register
from tsm_demo.models.resnet import VideoResNet


class Cnn3dResNet(VideoResNet):
    """`VideoResNet` over (N, C, T, H, W); what goes in and comes out is the same."""

    def __init__(self, spec: ModelSpec, depth: int) -> None:
        super().__init__(spec, depth, mode=None, dims=3)
        self.maxpool = nn.MaxPool3d((1, 3, 3), (1, 2, 2), padding=(0, 1, 1))

    def _arranged(self, clips: Tensor) -> Tensor:
        return clips.transpose(1, 2)

    def _by_frame(self, x: Tensor) -> Tensor:
        return x.transpose(1, 2).flatten(0, 1)


for _depth in (18, 50):
    register(f"cnn3d_resnet{_depth}")(partial(Cnn3dResNet, depth=_depth))
