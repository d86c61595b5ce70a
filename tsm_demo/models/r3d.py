"""R3D-18: torchvision's 3D ResNet-18, for clips laid out as everywhere here, on 16 frames of 112 x 112.

Source: arXiv:1711.11248, section 3.2, as `torchvision.models.video.r3d_18`: a stem of 3x7x7 without a pool, then 3x3x3
throughout, with stride 2 in time, too, at the start of stages 2 to 4. Parameter names are torchvision's.
"""

from torch import Tensor, nn

from tsm_demo.models.registry import ModelSpec, register
from tsm_demo.models.video_network import VideoNetwork


@register("r3d_18", frames=16, size=112)
class R3d18(VideoNetwork):
    """Any T and any side are taken."""

    layers = ("layer1", "layer2", "layer3", "layer4")
    stem: nn.Module
    avgpool: nn.Module
    fc: nn.Module

    def __init__(self, spec: ModelSpec) -> None:
        from torchvision.models.video import r3d_18  # takes a second: not when the other networks are used

        super().__init__(spec)
        for name, part in r3d_18(weights=None, num_classes=spec.num_classes).named_children():
            self.add_module(name, part)

    def run_stem(self, x: Tensor) -> Tensor:
        return self.stem(x)

    def run_head(self, x: Tensor, steps: int) -> Tensor:
        return self.fc(self.avgpool(x).flatten(1))
