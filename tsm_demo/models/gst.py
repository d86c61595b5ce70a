"""GST: in every bottleneck, half of the channels go through a 3x3 in space, the other half through a 3x3x3.

Source: Grouped Spatial-Temporal Aggregation, arXiv:1909.13130, section 3, with the authors' alpha = 4 (a quarter of the
3x3's outputs are spatio-temporal) and beta = 2 (the inputs are split in halves). Time is never strided, and a clip's
logits are the mean of its frames', as in TSN. Dropout, which inference does without, is left out.
"""

import torch
from torch import Tensor, nn

from tsm_demo.core.errors import ModelError
from tsm_demo.models.registry import ModelSpec, register
from tsm_demo.models.resnet import RESNET_SETTINGS, Block, Bottleneck, TemporalShift, VideoResNet, conv

ALPHA = 4  # of ALPHA outputs one is spatio-temporal


class GroupedConv(nn.Module):
    """(N, C, T, H, W) to as many channels: 3x3 of the first half of them, then 3x3x3 of the second half."""

    def __init__(self, channels: int, stride: int) -> None:
        super().__init__()
        half, c_time = channels // 2, channels // ALPHA
        self.halves = (half, channels - half)
        self.space = conv(3, half, channels - c_time, (1, 3, 3), stride)
        self.time = conv(3, channels - half, c_time, 3, stride)

    def forward(self, x: Tensor) -> Tensor:
        first, second = x.split(self.halves, dim=1)
        return torch.cat([self.space(first), self.time(second)], dim=1)


class GstBottleneck(Bottleneck):
    """1x1, the grouped convolution, 1x1."""

    def __init__(
        self, c_in: int, c_mid: int, stride: int, shift: TemporalShift | None, placement: str, dims: int
    ) -> None:
        super().__init__(c_in, c_mid, stride, shift, placement, dims)
        self.conv2 = GroupedConv(c_mid, stride)


@register("gst_resnet50", settings=RESNET_SETTINGS)
class GstResNet50(VideoResNet):
    """Any T and any side are taken."""

    stem_kernel = (1, 7, 7)

    def __init__(self, spec: ModelSpec) -> None:
        if spec.width < ALPHA:
            raise ModelError(
                f"{spec.name} splits its channels into quarters: give a width of at least {ALPHA}."
            )
        super().__init__(spec, depth=50, dims=3)

    def block_kind(self, stage: int, index: int) -> type[Block]:
        return GstBottleneck
