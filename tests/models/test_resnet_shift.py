"""The shift sits where it is said to, and it alone makes a network see the order of frames."""

import pytest
import torch
import torch.nn.functional as F
from torch import Tensor, nn

from tests.models.lively_network import clips, lively, small, tied
from tsm_demo.models import build_model

DEPTHS = (18, 50, 101)
TOLERANCE = 1e-5


def frame_logits(model: nn.Module, x: Tensor) -> Tensor:
    """(N, T, classes)."""
    return model.frame_logits(model.features(x), x.shape[1])


@pytest.mark.parametrize("depth", DEPTHS)
@torch.no_grad()
def test_only_the_shift_sees_the_order_of_frames(depth: int) -> None:
    x = clips(1, 8).float()
    tsn = lively(build_model(f"tsn_resnet{depth}", num_classes=12), x)
    tsm = lively(build_model(f"tsm_resnet{depth}", num_classes=12), x)
    for order in (torch.arange(7, -1, -1), torch.tensor([3, 0, 7, 1, 5, 2, 6, 4])):
        assert (tsn(x[:, order]) - tsn(x)).abs().max() <= TOLERANCE
        assert (tsm(x[:, order]) - tsm(x)).abs().max() > 100 * TOLERANCE


@pytest.mark.parametrize("placement", ["residual", "in_place"])
@pytest.mark.parametrize("name", ["tsm_resnet18", "tsm_online_resnet18", "tsm_resnet50"])
@torch.no_grad()
def test_without_folds_it_is_tsn(name: str, placement: str) -> None:
    tsn = small(f"tsn_{name.split('_')[-1]}")
    for fold_div in (0, 1000):
        still = tied(name, tsn, fold_div=fold_div, placement=placement)
        assert torch.allclose(still(clips()), tsn(clips()), rtol=1e-12)
    moving = tied(name, tsn, fold_div=8, placement=placement)
    assert not torch.allclose(moving(clips()), tsn(clips()), rtol=1e-3)


def shift_by_hand(x: Tensor, n_segment: int, fold: int, online: bool) -> Tensor:
    """The first fold from the next frame and the second from the one before; online, the first from the past."""
    out = x.clone()
    for row in range(len(x)):
        before = x[row - 1] if row % n_segment else torch.zeros_like(x[row])
        after = x[row + 1] if (row + 1) % n_segment else torch.zeros_like(x[row])
        out[row, :fold] = before[:fold] if online else after[:fold]
        if not online:
            out[row, fold : 2 * fold] = before[fold : 2 * fold]
    return out


def block_by_hand(block: nn.Module, x: Tensor, shifted: Tensor, shortcut: Tensor, stride: int) -> Tensor:
    """A residual block from its weights alone: convolutions of `shifted` plus `shortcut`."""
    weights = block.state_dict()

    def conv_bn(x: Tensor, conv: str, bn: str, stride: int) -> Tensor:
        kernel = weights[f"{conv}.weight"]
        x = F.conv2d(x, kernel, stride=stride, padding=kernel.shape[-1] // 2)
        mean, var, scale, offset = (
            weights[f"{bn}.{part}"].view(-1, 1, 1)
            for part in ("running_mean", "running_var", "weight", "bias")
        )
        return (x - mean) / (var + 1e-5).sqrt() * scale + offset

    deep = "conv3.weight" in weights
    y = conv_bn(shifted, "conv1", "bn1", 1 if deep else stride).clamp(min=0)
    y = conv_bn(y, "conv2", "bn2", stride if deep else 1)
    y = conv_bn(y.clamp(min=0), "conv3", "bn3", 1) if deep else y
    if "downsample.0.weight" in weights:
        shortcut = conv_bn(shortcut, "downsample.0", "downsample.1", stride)
    return (y + shortcut).clamp(min=0)


@pytest.mark.parametrize("placement", ["residual", "in_place"])
@pytest.mark.parametrize("mode", ["tsm", "tsm_online"])
@pytest.mark.parametrize(
    ("depth", "stage", "index", "channels", "stride"),
    [
        (18, "layer1", 0, 8, 1),
        (18, "layer2", 0, 8, 2),
        (50, "layer1", 0, 8, 1),
        (50, "layer3", 0, 64, 2),
        (50, "layer4", 2, 256, 1),
    ],
)
@torch.no_grad()
def test_where_the_shift_sits(
    placement: str, mode: str, depth: int, stage: str, index: int, channels: int, stride: int
) -> None:
    model = small(f"{mode}_resnet{depth}", placement=placement, fold_div=4)
    block = getattr(model, stage)[index]
    x = torch.randn(6, channels, 5, 5, dtype=torch.float64)
    shifted = shift_by_hand(x, 3, channels // 4, online=mode == "tsm_online")
    shortcut = {"residual": x, "in_place": shifted}[placement]
    assert torch.allclose(block(x.clone(), 3), block_by_hand(block, x, shifted, shortcut, stride))


@pytest.mark.parametrize(("depth", "every"), [(18, 1), (50, 1), (101, 2)])
@torch.no_grad()
def test_which_blocks_shift(depth: int, every: int) -> None:
    model = small(f"tsm_resnet{depth}")
    x = torch.randn(4, 8, 4, 4, dtype=torch.float64)
    for stage in (model.layer1, model.layer2, model.layer3, model.layer4):
        shifts = []
        for block in stage:
            out = block(x, 4)
            shifts.append(not torch.allclose(block(x.flip(0), 4), out.flip(0)))
            x = out
        assert shifts == [index % every == 0 for index in range(len(stage))]


@pytest.mark.parametrize("depth", DEPTHS)
@torch.no_grad()
def test_online_looks_only_back(depth: int) -> None:
    model, x = small(f"tsm_online_resnet{depth}"), clips(1, 5)
    scores = frame_logits(model, x)
    for t in range(4):
        changed = x.clone()
        changed[:, t + 1 :] = clips(1, 9)[:, t + 5 :]
        assert torch.allclose(frame_logits(model, changed)[:, : t + 1], scores[:, : t + 1], rtol=1e-12)
    changed = x.clone()
    changed[:, 1] = 0
    moved = (frame_logits(model, changed) - scores).abs().amax((0, 2)) > 1e-9
    assert moved.tolist() == [False, True, True, True, True]


@torch.no_grad()
def test_bidirectional_looks_ahead() -> None:
    model, x = small("tsm_resnet18"), clips(1, 5)
    changed = x.clone()
    changed[:, 4] = 0
    assert not torch.allclose(frame_logits(model, changed)[:, 0], frame_logits(model, x)[:, 0], rtol=1e-4)
