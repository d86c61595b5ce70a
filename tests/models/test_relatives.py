"""Each relative of TSM against a computation of its own: torchvision's, a dense kernel's, a loop's, NumPy's."""

import numpy as np
import pytest
import torch
import torch.nn.functional as F
import torchvision
from torch import Tensor

from tests.models.lively_network import clips, lively, small
from tests.models.relatives import RELATIVES, relative, some_clips
from tsm_demo.models import build_model, c3d
from tsm_demo.models.gst import GstBottleneck
from tsm_demo.models.i3d_resnet50 import InflatedBottleneck
from tsm_demo.models.tsm_nl import NonLocal
from tsm_demo.models.video_network import ScoresFrames


@pytest.mark.parametrize("name", RELATIVES)
@torch.no_grad()
def test_clips_keep_to_themselves_and_their_order_matters(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    model, x = relative(name, monkeypatch), some_clips(name)
    logits = model(x)
    assert logits.shape == (2, 5)
    spread = float(logits.std())
    torch.testing.assert_close(model(x[1:]), logits[1:], rtol=1e-3, atol=1e-4 * spread)
    assert (model(x.flip(1)) - logits).abs().max() > 1e-3 * spread


@pytest.mark.parametrize("name", RELATIVES)
@torch.no_grad()
def test_the_two_halves_are_the_whole(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    model, x = relative(name, monkeypatch), some_clips(name)
    whole = model(x)
    for layer in (None, *model.layers):
        maps = model.features(x, layer)
        assert maps.ndim == 4
        halves = model.clip_logits(maps, len(maps) // 2, layer)
        torch.testing.assert_close(halves, whole, rtol=1e-4, atol=1e-5 * float(whole.std()))


@pytest.mark.parametrize("name", RELATIVES)
@torch.no_grad()
def test_which_score_single_frames(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    model, x = relative(name, monkeypatch), some_clips(name)
    assert isinstance(model, ScoresFrames) == (name in ("gst_resnet50", "tsm_resnet50_nl"))
    if isinstance(model, ScoresFrames):
        frames = model.frame_logits(model.features(x), x.shape[1])
        assert frames.shape == (2, x.shape[1], 5)
        torch.testing.assert_close(frames.mean(1), model(x))


@pytest.mark.parametrize(
    ("name", "frames", "side", "maps"),
    [
        (
            "c3d",
            16,
            112,
            {"conv1": (16, 112), "conv2": (16, 56), "conv3": (8, 28), "conv4": (4, 14), "conv5": (2, 7)},
        ),
        ("i3d_inception", 64, 224, {"mixed_3": (32, 28), "mixed_4": (16, 14), "mixed_5": (8, 7)}),
        (
            "i3d_resnet50",
            32,
            224,
            {"layer1": (8, 56), "layer2": (4, 28), "layer3": (4, 14), "layer4": (4, 7)},
        ),
        ("r3d_18", 16, 112, {"layer1": (16, 56), "layer2": (8, 28), "layer3": (4, 14), "layer4": (2, 7)}),
        ("gst_resnet50", 8, 224, {"layer1": (8, 56), "layer2": (8, 28), "layer3": (8, 14), "layer4": (8, 7)}),
        ("cnn_lstm_resnet50", 8, 224, {"layer3": (8, 14), "layer4": (8, 7)}),
    ],
)
def test_time_steps_and_sides_on_the_way(name: str, frames: int, side: int, maps: dict) -> None:
    with torch.device("meta"):
        model = build_model(name)
        found = {layer: model.features(torch.empty(1, frames, 3, side, side), layer) for layer in maps}
    assert {layer: (len(x), x.shape[-1]) for layer, x in found.items()} == maps


def test_the_last_maps_of_c3d_fit_its_fully_connected_layer() -> None:
    with torch.device("meta"):
        model = build_model("c3d")
        pooled = model.pool5(torch.empty(1, 512, 2, 7, 7))
    assert pooled.shape == (1, 512, 1, 4, 4)
    assert model.fc6.in_features == 512 * 4 * 4


@torch.no_grad()
def test_c3d_layer_by_layer(monkeypatch: pytest.MonkeyPatch) -> None:
    model, x = relative("c3d", monkeypatch), some_clips("c3d", 1)
    weights = model.state_dict()
    kernels = [(name, value) for name, value in weights.items() if value.ndim == 5]
    assert [value.shape[1] for _, value in kernels] == [3, 4, 6, 8, 8, 8, 8, 10]
    pools = {1: (1, 2, 2), 2: 2, 4: 2, 6: 2}  # before which convolution
    y = x.transpose(1, 2)
    for place, (name, kernel) in enumerate(kernels):
        if place in pools:
            y = F.max_pool3d(y, pools[place])
        y = F.conv3d(y, kernel, weights[name.replace("weight", "bias")], padding=1).clamp(min=0)
    y = F.max_pool3d(F.pad(y, (1, 1, 1, 1)), 2).flatten(1)  # zeros around: nothing is below them
    for layer in ("fc6", "fc7"):
        y = F.linear(y, weights[f"{layer}.weight"], weights[f"{layer}.bias"]).clamp(min=0)
    torch.testing.assert_close(model(x), F.linear(y, weights["fc8.weight"], weights["fc8.bias"]))


def test_c3ds_channels() -> None:
    assert list(c3d.CHANNELS.values()) == [(64,), (128,), (256, 256), (512, 512), (512, 512)]


@torch.no_grad()
def test_r3d_is_torchvisions() -> None:
    torch.manual_seed(4)
    theirs = torchvision.models.video.r3d_18(weights=None, num_classes=5)
    x = clips(2, 6, 48).float()
    lively(theirs, x.transpose(1, 2))
    ours = build_model("r3d_18", 5)
    ours.load_state_dict(theirs.state_dict())
    torch.testing.assert_close(ours(x), theirs(x.transpose(1, 2)))


@torch.no_grad()
def test_the_lstm_step_by_step() -> None:
    model, x = small("cnn_lstm_resnet50"), clips(2, 4)
    weights = {name.removeprefix("lstm."): value for name, value in model.state_dict().items()}
    hidden = cell = torch.zeros(2, 512, dtype=torch.float64)
    for t in range(4):
        seen = model.features(x[:, t : t + 1]).mean(
            (2, 3)
        )  # a frame alone: the 2D network looks at nothing else
        gates = seen @ weights["weight_ih_l0"].T + hidden @ weights["weight_hh_l0"].T
        gates = gates + weights["bias_ih_l0"] + weights["bias_hh_l0"]
        let_in, forget, new, let_out = gates.chunk(4, 1)
        cell = forget.sigmoid() * cell + let_in.sigmoid() * new.tanh()
        hidden = let_out.sigmoid() * cell.tanh()
    expected = hidden @ model.fc.weight.T + model.fc.bias
    torch.testing.assert_close(model(x), expected)
    flat = small("tsn_resnet50")
    flat.load_state_dict({name: value for name, value in model.state_dict().items() if "lstm" not in name} | {
        "fc.weight": flat.fc.weight, "fc.bias": flat.fc.bias})  # fmt: skip
    assert torch.equal(model.features(x), flat.features(x))


@pytest.mark.parametrize("stride", [1, 2])
@torch.no_grad()
def test_a_gst_block_as_one_dense_kernel(stride: int) -> None:
    block = lively_block(GstBottleneck(32, 8, stride, None, "residual", 3))
    x = torch.randn(2, 32, 5, 7, 7, dtype=torch.float64)
    weights = block.state_dict()
    # Outputs 0 to 5 see inputs 0 to 3 of their own frame only; outputs 6 and 7 see inputs 4 to 7 of three frames.
    dense = torch.zeros(8, 8, 3, 3, 3, dtype=torch.float64)
    dense[:6, :4, 1] = weights["conv2.space.weight"][:, :, 0]
    dense[6:, 4:] = weights["conv2.time.weight"]
    y = bn(F.conv3d(x, weights["conv1.weight"]), weights, "bn1").clamp(min=0)
    y = bn(F.conv3d(y, dense, stride=(1, stride, stride), padding=1), weights, "bn2").clamp(min=0)
    y = bn(F.conv3d(y, weights["conv3.weight"]), weights, "bn3")
    shortcut = x
    if stride == 2:
        shortcut = F.conv3d(x, weights["downsample.0.weight"], stride=(1, 2, 2))
        shortcut = bn(shortcut, weights, "downsample.1")
    torch.testing.assert_close(block(x.clone(), 5), (y + shortcut).clamp(min=0))


def test_gst_is_in_every_block() -> None:
    with torch.device("meta"):
        model = build_model("gst_resnet50")
    blocks = [block for layer in model.layers for block in getattr(model, layer)]
    assert [type(block) for block in blocks] == [GstBottleneck] * 16
    for block in blocks:
        c_mid = block.conv1.out_channels
        assert block.conv2.space.weight.shape == (c_mid * 3 // 4, c_mid // 2, 1, 3, 3)
        assert block.conv2.time.weight.shape == (c_mid // 4, c_mid // 2, 3, 3, 3)
    assert model.conv1.weight.shape == (64, 3, 1, 7, 7)


def test_which_blocks_of_i3d_look_through_time() -> None:
    with torch.device("meta"):
        model = build_model("i3d_resnet50")
    told = {}
    for layer in model.layers:
        told[layer] = [isinstance(block, InflatedBottleneck) for block in getattr(model, layer)]
        for block in getattr(model, layer):
            first = (3, 1, 1) if isinstance(block, InflatedBottleneck) else (1, 1, 1)
            assert (block.conv1.kernel_size, block.conv2.kernel_size) == (first, (1, 3, 3))
            assert block.conv2.stride[0] == block.conv1.stride[0] == 1
    assert told == {
        "layer1": [True, True, True],
        "layer2": [True, False, True, False],
        "layer3": [True, False, True, False, True, False],
        "layer4": [False, True, False],
    }
    assert (model.conv1.kernel_size, model.conv1.stride) == ((5, 7, 7), (2, 2, 2))


@torch.no_grad()
def test_a_non_local_block_by_brute_force() -> None:
    torch.manual_seed(6)
    block = lively_block(NonLocal(6), std=1.0)
    frames, height, width = 3, 4, 5
    x = torch.randn(2 * frames, 6, height, width, dtype=torch.float64)
    weights = {name: value.numpy() for name, value in block.state_dict().items()}

    def project(name: str, maps: np.ndarray) -> np.ndarray:
        kernel = weights[f"{name}.weight"][:, :, 0, 0]
        return np.einsum("oc,tchw->tohw", kernel, maps) + weights[f"{name}.bias"][:, None, None]

    def largest(maps: np.ndarray, t: int, y: int, x: int) -> np.ndarray:
        return maps[t, :, 2 * y : 2 * y + 2, 2 * x : 2 * x + 2].max((1, 2))

    for clip, ours in zip(
        x.unflatten(0, (2, frames)), block(x, frames).unflatten(0, (2, frames)), strict=True
    ):
        maps = clip.numpy()
        theta, phi, g = (project(name, maps) for name in ("theta", "phi", "g"))
        cells = [(t, y, x) for t in range(frames) for y in range(height // 2) for x in range(width // 2)]
        for t, y, x_ in np.ndindex(frames, height, width):
            powers = [np.exp(theta[t, :, y, x_] @ largest(phi, *cell)) for cell in cells]
            seen = sum(p * largest(g, *cell) for p, cell in zip(powers, cells, strict=True)) / sum(powers)
            out = weights["out.weight"][:, :, 0, 0] @ seen
            out = (out - weights["bn.running_mean"]) / np.sqrt(weights["bn.running_var"] + 1e-5)
            out = out * weights["bn.weight"] + weights["bn.bias"]
            np.testing.assert_allclose(ours[t, :, y, x_], maps[t, :, y, x_] + out, atol=1e-9)


@torch.no_grad()
def test_new_non_local_blocks_leave_tsm_as_it_is() -> None:
    torch.manual_seed(5)
    x = clips(2, 4).float()
    tsm = lively(build_model("tsm_resnet50", 5, width=8), x)
    attending = build_model("tsm_resnet50_nl", 5, width=8)
    missing, unexpected = attending.load_state_dict(tsm.state_dict(), strict=False)
    places = {name.split(".non_local.")[0] for name in missing}
    assert places == {"layer2.0", "layer2.2", "layer3.0", "layer3.2", "layer3.4"}
    assert unexpected == []
    assert torch.equal(attending(x), tsm(x))
    for name, value in attending.named_parameters():
        if "non_local.bn" in name:
            value.add_(0.5)
    assert (attending(x) - tsm(x)).abs().max() > 1e-2  # and then they do not


def test_the_non_local_block_of_the_published_size_has_a_bias_where_mmaction2s_has() -> None:
    with torch.device("meta"):
        block = build_model("tsm_resnet50_nl").layer2[0].non_local
    assert {name: tuple(value.shape) for name, value in block.named_parameters()} == {
        **{f"{name}.weight": (256, 512, 1, 1) for name in ("theta", "phi", "g")},
        **{f"{name}.bias": (256,) for name in ("theta", "phi", "g")},
        "out.weight": (512, 256, 1, 1),
        "bn.weight": (512,),
        "bn.bias": (512,),
    }


def lively_block(block: torch.nn.Module, std: float = 0.3) -> torch.nn.Module:
    """The block in float64 and eval mode, every number of it drawn."""
    for name, value in (*block.named_parameters(), *block.named_buffers()):
        if value.is_floating_point():
            torch.nn.init.uniform_(value, 0.5, 1.5) if "var" in name else torch.nn.init.normal_(
                value, std=std
            )
    return block.double().eval()


def bn(x: Tensor, weights: dict[str, Tensor], name: str) -> Tensor:
    mean, var, scale, offset = (
        weights[f"{name}.{part}"].view(-1, 1, 1, 1)
        for part in ("running_mean", "running_var", "weight", "bias")
    )
    return (x - mean) / (var + 1e-5).sqrt() * scale + offset
