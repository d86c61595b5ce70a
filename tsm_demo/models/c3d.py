"""C3D: eight 3x3x3 convolutions and three fully connected layers on 16 frames of 112 x 112.

Source: arXiv:1412.0767, section 3.3 and figure 3. The last pool pads a row and a column, as in the authors' Caffe
network, so that 16 x 112 x 112 becomes 1 x 4 x 4. There is no batch norm; dropout, which inference does without, is left
out.
"""

from itertools import pairwise

from torch import Tensor, nn

from tsm_demo.models.registry import ModelSpec, register
from tsm_demo.models.video_network import Limits, VideoNetwork, draw_kernels

CHANNELS = {"conv1": (64,), "conv2": (128,), "conv3": (256, 256), "conv4": (512, 512), "conv5": (512, 512)}
POOLED = 512 * 1 * 4 * 4  # what fc6 has weights for: C x T x H x W
HIDDEN = 4096


@register("c3d", frames=16, size=112)
class C3d(VideoNetwork):
    """Each layer but the first opens with the pool before it, so that its maps are those of its last convolution."""

    layers = tuple(CHANNELS)
    # Four pools halve T, five halve the side, rounding down but for the last: (6 or 7) x 16 and up to 15 more give 4.
    limits = Limits(frames=(16, 31), side=(96, 127))

    def __init__(self, spec: ModelSpec) -> None:
        super().__init__(spec)
        before = 3
        for name, channels in CHANNELS.items():
            parts: list[nn.Module] = []
            if name != "conv1":
                parts.append(nn.MaxPool3d((1, 2, 2) if name == "conv2" else 2))
            for c_in, c_out in pairwise((before, *channels)):
                parts += [nn.Conv3d(c_in, c_out, 3, padding=1), nn.ReLU(inplace=True)]
            setattr(self, name, nn.Sequential(*parts))
            before = channels[-1]
        self.pool5 = nn.MaxPool3d(2, padding=(0, 1, 1))
        self.fc6, self.relu6 = nn.Linear(POOLED, HIDDEN), nn.ReLU(inplace=True)
        self.fc7, self.relu7 = nn.Linear(HIDDEN, HIDDEN), nn.ReLU(inplace=True)
        self.fc8 = nn.Linear(HIDDEN, spec.num_classes)
        draw_kernels(self)

    def run_head(self, x: Tensor, steps: int) -> Tensor:
        x = self.relu6(self.fc6(self.pool5(x).flatten(1)))
        return self.fc8(self.relu7(self.fc7(x)))
