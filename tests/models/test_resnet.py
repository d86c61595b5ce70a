"""The networks are torchvision's ResNets on every frame, with the published cost, and a shift where it belongs."""

from functools import lru_cache

import pytest
import torch
import torch.nn.functional as F
import torchvision
from torch import Tensor, nn
from torch.utils.flop_counter import FlopCounterMode

from tsm_demo.core.errors import ModelError, ShapeError
from tsm_demo.models import build_model, list_models

DEPTHS = (18, 50, 101)
FAMILIES = ("tsn", "tsm", "tsm_online")
TOLERANCE = 1e-5

# Depth, classes, frames, pixels a side; parameters and 10^9 multiply-adds of the convolutions and the last layer, by
# hand. MMAction2 prints the same 24,327,632, 23,864,558 and 42.86 M; the paper prints 24.3 M, 33 G and 65 G.
# The last line: torchvision's figures for its ResNet-18, one picture.
PUBLISHED = (
    (50, 400, 8, 224, 24_327_632, 32.704),
    (50, 400, 16, 224, 24_327_632, 65.407),
    (50, 400, 25, 224, 24_327_632, 102.199),
    (50, 400, 8, 256, 24_327_632, 42.713),
    (50, 174, 8, 224, 23_864_558, 32.700),
    (101, 174, 8, 224, 42_856_686, 62.398),
    (18, 1000, 1, 224, 11_689_512, 1.814),
)


def lively(model: nn.Module, example: Tensor, seed: int = 0) -> nn.Module:
    """The network with batch norms that have seen data: as built they pass everything on as it is."""
    torch.manual_seed(seed)
    for module in model.modules():
        if isinstance(module, nn.BatchNorm2d):
            nn.init.uniform_(module.weight, 0.5, 1.5)
            nn.init.normal_(module.bias, 0, 0.2)
            module.momentum = 1.0  # one pass gives the means and spreads
    with torch.no_grad():
        model.train()(example)
    return model.eval()


def small(name: str, **sizes: object) -> nn.Module:
    """A slim network with lively batch norms, in float64."""
    torch.manual_seed(1)
    return lively(build_model(name, **{"num_classes": 5, "width": 8, **sizes}).double(), clips(4))


def clips(n: int = 2, n_segment: int = 4, side: int = 32) -> Tensor:
    """(n, n_segment, 3, side, side) float64; large patches of colour, so that frames differ after all pooling."""
    patches = torch.randn(n * n_segment, 3, 3, 3, generator=torch.Generator().manual_seed(7)).double()
    return F.interpolate(2 * patches, side, mode="bilinear").unflatten(0, (n, n_segment))


def tied(name: str, model: nn.Module, **sizes: object) -> nn.Module:
    """Another network with the same weights."""
    other = small(name, **sizes)
    other.load_state_dict(model.state_dict())
    return other


def frame_logits(model: nn.Module, x: Tensor) -> Tensor:
    """(N, T, classes)."""
    return model.frame_logits(model.features(x), x.shape[1])


def macs(model: nn.Module, shape: tuple[int, ...]) -> float:
    """Multiply-adds of one forward pass; nothing is computed."""
    with FlopCounterMode(display=False) as counter, torch.no_grad():
        model(torch.empty(shape, device="meta"))
    return counter.get_total_flops() / 2


@lru_cache
def outline(name: str, classes: int = 400) -> nn.Module:
    """A network without numbers: sizes and costs can be read off it."""
    with torch.device("meta"):
        return build_model(name, classes)


def params(model: nn.Module) -> int:
    return sum(p.numel() for p in model.parameters())


@pytest.mark.parametrize(("depth", "classes", "frames", "side", "parameters", "giga_macs"), PUBLISHED)
def test_size_and_cost_are_the_published_ones(
    depth: int, classes: int, frames: int, side: int, parameters: int, giga_macs: float
) -> None:
    model = outline(f"tsm_resnet{depth}", classes)
    assert params(model) == parameters
    assert macs(model, (1, frames, 3, side, side)) / 1e9 == pytest.approx(giga_macs, rel=1e-3)


@pytest.mark.parametrize("depth", DEPTHS)
def test_the_shift_costs_nothing(depth: int) -> None:
    models = [outline(f"{family}_resnet{depth}") for family in FAMILIES]
    assert len({params(model) for model in models}) == 1
    assert len({macs(model, (1, 8, 3, 64, 64)) for model in models}) == 1


@pytest.mark.parametrize("depth", DEPTHS)
def test_parameter_names_and_shapes_are_torchvisions(depth: int) -> None:
    with torch.device("meta"):
        theirs = described(getattr(torchvision.models, f"resnet{depth}")(num_classes=400))
    for family in FAMILIES:
        assert described(outline(f"{family}_resnet{depth}")) == theirs


def described(model: nn.Module) -> dict[str, tuple[torch.Size, torch.dtype]]:
    return {name: (value.shape, value.dtype) for name, value in model.state_dict().items()}


def test_the_list_of_networks() -> None:
    assert list_models() == sorted(f"{family}_resnet{depth}" for family in FAMILIES for depth in DEPTHS)


@pytest.mark.parametrize("depth", DEPTHS)
def test_tsn_is_the_mean_of_torchvisions_frame_scores(depth: int) -> None:
    theirs = lively(getattr(torchvision.models, f"resnet{depth}")(num_classes=10), clips(2, 4)[0].float())
    ours = build_model(f"tsn_resnet{depth}", num_classes=10)
    ours.load_state_dict(theirs.state_dict())
    x = clips(2, 3, 48).float()
    with torch.no_grad():
        expected = torch.stack([theirs(clip).mean(0) for clip in x])
        assert ours(x).shape == (2, 10)
        assert (ours(x) - expected).abs().max() <= TOLERANCE * max(1, expected.abs().max())


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


@pytest.mark.parametrize("depth", DEPTHS)
def test_last_stride_1_doubles_the_map(depth: int) -> None:
    coarse = small(f"tsm_resnet{depth}")
    fine = tied(f"tsm_resnet{depth}", coarse, last_stride=1)
    with torch.no_grad():
        assert coarse.features(clips(1, 2, 64)).shape[-2:] == (2, 2)
        assert fine.features(clips(1, 2, 64)).shape[-2:] == (4, 4)
        assert fine.features(clips(1, 2, 64), "layer3").shape[-2:] == (4, 4)


def test_the_pictures_of_the_embedded_networks_give_maps_of_7x7() -> None:
    with torch.device("meta"):
        model = build_model("tsm_resnet18", last_stride=1)
        assert model.features(torch.empty(1, 8, 3, 112, 112)).shape == (8, 512, 7, 7)


@pytest.mark.parametrize("layer", ["layer1", "layer2", "layer3", "layer4"])
@torch.no_grad()
def test_the_two_halves_are_the_whole(layer: str) -> None:
    model, x = small("tsm_resnet18"), clips()
    scores = model.frame_logits(model.features(x, layer), 4, layer)
    assert scores.shape == (2, 4, 5)
    assert torch.allclose(scores.mean(1), model(x), rtol=1e-12)


@pytest.mark.parametrize(("depth", "last"), [(18, 512), (50, 2048), (101, 2048)])
def test_width_scales_every_layer(depth: int, last: int) -> None:
    with torch.device("meta"):
        full, slim = (build_model(f"tsm_resnet{depth}", width=width) for width in (64, 16))
    assert full.fc.in_features == last
    for wide, narrow in zip(full.state_dict().values(), slim.state_dict().values(), strict=True):
        fixed = (3, 7, 1, 400)  # colours, kernels, classes
        assert all(b == (a if a in fixed else a // 4) for a, b in zip(wide.shape, narrow.shape, strict=True))


@pytest.mark.parametrize("n_segment", [1, 2, 3, 7])
@torch.no_grad()
def test_other_numbers_of_frames(n_segment: int) -> None:
    model = small("tsm_resnet18", n_segment=8)
    x = clips(3, n_segment)
    assert model(x).shape == (3, 5)
    assert torch.allclose(model(x)[1:2], model(x[1:2]), rtol=1e-9)  # clips of a batch keep to themselves


def test_each_build_is_a_network_of_its_own() -> None:
    first, second = build_model("tsm_resnet18", 5, width=8), build_model("tsm_resnet18", 5, width=8)
    assert not first.training
    assert not any(module.training for module in first.modules())
    assert {p.dtype for p in first.parameters()} == {torch.float32}
    assert not torch.equal(first.conv1.weight, second.conv1.weight)  # drawn anew
    kept = [p.clone() for p in second.parameters()]
    with torch.no_grad():
        for p in first.parameters():
            p.zero_()
    assert all(torch.equal(a, b) for a, b in zip(kept, second.parameters(), strict=True))


def test_an_unknown_name_is_answered_with_the_known_ones() -> None:
    with pytest.raises(ModelError, match=r"no network called 'tsm_resnet34'; choose one of .*tsm_resnet18"):
        build_model("tsm_resnet34")


@pytest.mark.parametrize(
    "wrong",
    [
        {"placement": "inplace"},
        {"num_classes": 0},
        {"n_segment": 0},
        {"width": 0},
        {"last_stride": 0},
        {"last_stride": 3},
    ],
)
def test_what_cannot_be_built(wrong: dict) -> None:
    with pytest.raises(ModelError, match=next(iter(wrong))):
        build_model("tsm_resnet18", **wrong)


@pytest.mark.parametrize("name", ["tsm_resnet18", "tsn_resnet18"])
@pytest.mark.parametrize("fold_div", [1, -8, 8.0, True])
def test_an_impossible_fold(name: str, fold_div: object) -> None:
    with pytest.raises(ShapeError, match="fold_div"):
        build_model(name, fold_div=fold_div)


@pytest.mark.parametrize("shape", [(8, 3, 32, 32), (1, 8, 4, 32, 32), (1, 3, 8, 32, 32), (3, 32, 32)])
def test_what_is_not_a_batch_of_clips(shape: tuple[int, ...]) -> None:
    with pytest.raises(ShapeError, match=r"takes clips \(N, T, 3, H, W\); this has shape"):
        small("tsm_resnet18")(torch.zeros(shape, dtype=torch.float64))


def test_an_unknown_layer() -> None:
    model = small("tsm_resnet18")
    with pytest.raises(ModelError, match="no layer called 'layer5'; choose one of layer1"):
        model.features(clips(), "layer5")
    with pytest.raises(ModelError, match="'conv1'"):
        model.frame_logits(torch.zeros(4, 64, 1, 1), 4, "conv1")
