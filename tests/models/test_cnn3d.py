"""The 3D network is the 2D one with K x K made K x K x K, in size and in cost; on a still clip, see test_inflate."""

import pytest
import torch
from torch import nn
from torch.utils.flop_counter import FlopCounterMode

from tests.models.lively_network import clips, small
from tsm_demo.analysis.gradcam import grad_cam
from tsm_demo.models import build_model

DEPTHS = (18, 50)


def kernels(model: nn.Module) -> dict[str, tuple[int, ...]]:
    return {name: tuple(p.shape) for name, p in model.state_dict().items() if p.ndim > 2}


@pytest.mark.parametrize("depth", DEPTHS)
def test_every_kernel_is_as_long_in_time_as_in_space(depth: int) -> None:
    with torch.device("meta"):
        flat, deep = (kernels(build_model(f"{kind}_resnet{depth}")) for kind in ("tsn", "cnn3d"))
    assert deep == {name: (*shape[:2], shape[2], *shape[2:]) for name, shape in flat.items()}


@pytest.mark.parametrize("depth", DEPTHS)
def test_what_it_costs_is_k_times_the_2d_networks_layer_by_layer(depth: int) -> None:
    counted = {}
    for kind in ("tsn", "cnn3d"):
        with torch.device("meta"):
            model = build_model(f"{kind}_resnet{depth}")
        with FlopCounterMode(display=False, depth=9) as counter, torch.no_grad():
            model(torch.empty(1, 8, 3, 64, 64, device="meta"))
        # The counter calls a network by its class, and its layers by their place in it.
        counted[kind] = {
            layer.split(".", 1)[1]: sum(found.values())
            for layer, found in counter.get_flop_counts().items()
            if "." in layer and (".conv" in layer or "downsample" in layer)
        }
        shapes = kernels(model)
    assert counted["tsn"].keys() == counted["cnn3d"].keys()
    assert len(counted["tsn"]) >= 20
    for layer, flops in counted["tsn"].items():
        kernel = shapes.get(f"{layer}.weight", (0, 0, 1))[2]
        assert counted["cnn3d"][layer] == kernel * flops


def test_the_half_width_network_of_the_embedded_family() -> None:
    with torch.device("meta"):
        model = build_model("cnn3d_resnet18", 12, width=32)
    # By hand: stem 3*32*343; 3x3x3 kernels 27 * (4*32² + 32*64+3*64² + 64*128+3*128² + 128*256+3*256²);
    # 1x1x1 kernels of the shortcuts 32*64 + 64*128 + 128*256; batch norms 2 * (5*32 + 5*64 + 5*128 + 5*256); fc 257*12.
    by_hand = 3 * 32 * 343 + 27 * (4 * 32**2 + 7 * 32 * 64 + 7 * 64 * 128 + 7 * 128 * 256)
    by_hand += 32 * 64 + 64 * 128 + 128 * 256 + 2 * 5 * (32 + 64 + 128 + 256) + 257 * 12
    assert sum(p.numel() for p in model.parameters()) == by_hand == 8_322_924


@torch.no_grad()
def test_there_is_a_score_for_every_frame_and_their_order_matters() -> None:
    model, x = small("cnn3d_resnet18"), clips(2, 4)
    scores = model.frame_logits(model.features(x), 4)
    assert scores.shape == (2, 4, 5)
    assert torch.allclose(scores.mean(1), model(x))
    assert (model(x) - model(x.flip(1))).abs().max() > 1e-3


@pytest.mark.parametrize("layer", ["layer3", "layer4"])
def test_grad_cam_gives_a_map_for_every_frame(layer: str) -> None:
    model, clip = small("cnn3d_resnet18", last_stride=1), clips(1, 4, 64)[0]
    with torch.no_grad():
        halves = model.frame_logits(model.features(clip[None], layer), 4, layer)
        assert torch.allclose(halves.mean(1), model(clip[None]))
    maps = grad_cam(model, clip, 1, layer)  # type: ignore[arg-type]
    assert maps.shape == (4, 4, 4)
    assert maps.amax() == 1
