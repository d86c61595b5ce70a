"""The networks are torchvision's ResNets run on every frame, with the published size and cost."""

from functools import lru_cache

import pytest
import torch
import torchvision
from torch import nn
from torch.utils.flop_counter import FlopCounterMode

from tests.models.lively_network import clips, lively, small, tied
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
    ours = {f"{family}_resnet{depth}" for family in FAMILIES for depth in DEPTHS}
    assert ours <= set(list_models())
    assert list_models() == sorted(list_models())


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


@pytest.mark.parametrize("name", ["tsn_resnet18", "tsm_resnet50", "cnn3d_resnet18"])
def test_the_maps_of_the_last_block_are_the_features(name: str) -> None:
    model, x = small(name), clips()
    maps = list(model.block_maps(x))
    assert len(maps) == 1 + sum(len(getattr(model, f"layer{stage}")) for stage in (1, 2, 3, 4))
    torch.testing.assert_close(maps[-1], model.features(x))
    torch.testing.assert_close(maps[-3 if "18" in name else -4], model.features(x, "layer3"))
