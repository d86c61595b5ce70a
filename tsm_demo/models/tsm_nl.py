"""TSM with non-local blocks: five of ResNet-50's blocks end by attending to every place of every frame.

Sources: TSM, arXiv:1811.08383, whose authors' code has it as an option; non-local networks, arXiv:1711.07971, sections
3.2 (how places are compared: embedded Gaussian, Gaussian or dot product) and 3.3 (keys and values subsampled by a
pool). The layout is MMAction2's (`tsm_nl_embedded_gaussian_r50` and its kin, and mmcv's `non_local.py`): behind blocks
0 and 2 of the second stage and 0, 2 and 4 of the third, without the scale 1 / sqrt(C). The last 1x1 has no bias, but a
batch norm behind it, drawn as zero, so that a new block changes nothing; the other three have biases. Gaussian
attention compares the maps themselves: it has two 1x1 fewer.
"""

import torch
from torch import Tensor, nn

from tsm_demo.models.registry import DOT_PRODUCT, EMBEDDED_GAUSSIAN, GAUSSIAN, ModelSpec, register
from tsm_demo.models.resnet import TSM_SETTINGS, Block, Bottleneck, TemporalShift, VideoResNet
from tsm_demo.models.video_network import Limits

PLACES = ((1, 0), (1, 2), (2, 0), (2, 2), (2, 4))  # stage from 0, block


class Attention(nn.Module):
    """Queries (N, Q, D), keys (N, K, D) and values (N, K, C) to (N, Q, C): the values by queries keys^T.

    The products become weights by a softmax over the keys or, as MMAction2's dot product has it, by a division by K.
    """

    def __init__(self, softmax: bool) -> None:
        super().__init__()
        self.softmax = softmax

    def forward(self, queries: Tensor, keys: Tensor, values: Tensor) -> Tensor:
        products = torch.matmul(queries, keys.transpose(1, 2))
        return torch.matmul(products.softmax(-1) if self.softmax else products / keys.shape[1], values)


class NonLocal(nn.Module):
    """Maps (N*T, C, h, w) plus what they attend to; the places of all T frames are one sequence."""

    def __init__(self, channels: int, attention: str = EMBEDDED_GAUSSIAN) -> None:
        super().__init__()
        inner = channels // 2
        self.theta, self.phi = (
            nn.Identity() if attention == GAUSSIAN else nn.Conv2d(channels, inner, 1) for _ in range(2)
        )
        self.g = nn.Conv2d(channels, inner, 1)
        self.pool, self.attention = nn.MaxPool2d(2), Attention(softmax=attention != DOT_PRODUCT)
        self.out, self.bn = nn.Conv2d(inner, channels, 1, bias=False), nn.BatchNorm2d(channels)

    def draw(self) -> None:
        """MMAction2's first weights."""
        for name, value in self.named_parameters():
            if name == "bn.weight" or name.endswith("bias"):
                nn.init.zeros_(value)
            elif name != "out.weight":
                nn.init.normal_(value, std=0.01)

    def forward(self, x: Tensor, n_segment: int) -> Tensor:
        queries = _places(self.theta(x), n_segment)
        keys = _places(self.pool(self.phi(x)), n_segment)
        values = _places(self.pool(self.g(x)), n_segment)
        attended = self.attention(queries, keys, values)  # (N, T*h*w, C / 2)
        maps = attended.unflatten(1, (n_segment, *x.shape[2:])).permute(0, 1, 4, 2, 3).flatten(0, 1)
        return x + self.bn(self.out(maps))


def _places(x: Tensor, n_segment: int) -> Tensor:
    """(N*T, C, h, w) to (N, T*h*w, C)."""
    return x.unflatten(0, (-1, n_segment)).permute(0, 1, 3, 4, 2).flatten(1, 3)


class NonLocalBottleneck(Bottleneck):
    """A bottleneck with a non-local block behind its last ReLU."""

    attention = EMBEDDED_GAUSSIAN

    def __init__(
        self, c_in: int, c_mid: int, stride: int, shift: TemporalShift | None, placement: str, dims: int
    ) -> None:
        super().__init__(c_in, c_mid, stride, shift, placement, dims)
        self.non_local = NonLocal(c_mid * self.expansion, self.attention)

    def forward(self, x: Tensor, n_segment: int) -> Tensor:
        return self.non_local(super().forward(x, n_segment), n_segment)


class GaussianBottleneck(NonLocalBottleneck):
    """With Gaussian attention."""

    attention = GAUSSIAN


class DotProductBottleneck(NonLocalBottleneck):
    """With dot-product attention."""

    attention = DOT_PRODUCT


KINDS = {kind.attention: kind for kind in (NonLocalBottleneck, GaussianBottleneck, DotProductBottleneck)}


@register("tsm_resnet50_nl", settings=(*TSM_SETTINGS, "attention"))
class NonLocalTsm(VideoResNet):
    """Any T is taken; the third stage's maps, a sixteenth of the side rounded up, must have two cells to be pooled."""

    limits = Limits(side=(17, None))

    def __init__(self, spec: ModelSpec) -> None:
        super().__init__(spec, depth=50, mode="bidirectional")
        for module in self.modules():
            if isinstance(module, NonLocal):
                module.draw()

    def block_kind(self, stage: int, index: int) -> type[Block]:
        return KINDS[self.spec.attention] if (stage, index) in PLACES else Bottleneck
