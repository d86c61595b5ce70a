"""Parameters, to the digit, and multiply-adds of every kind of network, against figures that are not this code's."""

from functools import lru_cache

import pytest
import torch
from torch import nn
from torch.utils.flop_counter import FlopCounterMode

from tsm_demo.models import build_model, list_models, usual_input

# By hand, for the published layer tables: parameters, and 10^9 multiply-adds of convolutions, fully connected layers,
# LSTM and (apart, in the last column) attention. What others print of the same networks:
#   c3d: MMAction2 78,409,573 and 38.5 G with 101 classes. i3d_inception: arXiv:1705.07750, table 1, 25 M for its two
#   streams, 12.70 M and 12.68 M. i3d_resnet50: MMAction2 28.0 M, 43.5 G at 256 pixels. gst_resnet50: arXiv:1909.13130,
#   21.0 M with 174 classes. r3d_18: torchvision 33,371,472 and 40.697 G. tsm_resnet50_nl: MMAction2 31,682,000.
SIZES = (  # name, classes, frames, side, parameters, 10^9 multiply-adds, of them attention
    ("c3d", 400, 16, 112, 79_634_576, 38.549, 0),
    ("c3d", 101, 16, 112, 78_409_573, 38.547, 0),
    ("c3d", 487, 16, 112, 79_991_015, 38.549, 0),
    ("i3d_inception", 400, 64, 224, 12_697_264, 111.153, 0),
    ("i3d_inception", 400, 32, 224, 12_697_264, 55.576, 0),
    ("i3d_inception", 400, 16, 224, 12_697_264, 27.788, 0),
    ("i3d_resnet50", 400, 32, 224, 28_043_472, 33.128, 0),
    ("i3d_resnet50", 400, 32, 256, 28_043_472, 43.27, 0),
    ("gst_resnet50", 400, 8, 224, 21_498_320, 29.004, 0),
    ("gst_resnet50", 174, 8, 224, 21_035_246, 29.001, 0),
    ("gst_resnet50", 174, 16, 224, 21_035_246, 58.001, 0),
    ("r3d_18", 400, 16, 112, 33_371_472, 40.697, 0),
    ("cnn_lstm_resnet50", 400, 8, 224, 28_960_208, 32.739, 0),
    ("tsm_resnet50_nl", 400, 8, 224, 31_682_000, 61.104, 11.959),
    ("cnn3d_resnet18", 400, 8, 224, 33_409_104, 46.995, 0),
    ("cnn3d_resnet50", 400, 8, 224, 47_018_576, 67.963, 0),
)
R50 = 23_508_032  # torchvision's ResNet-50 without its last layer: 25,557,032 - 2049 * 1000


@lru_cache
def outline(name: str, classes: int = 400) -> nn.Module:
    """A network without numbers: sizes and costs can be read off it."""
    with torch.device("meta"):
        return build_model(name, classes)


def params(model: nn.Module) -> int:
    return sum(p.numel() for p in model.parameters())


@pytest.mark.parametrize("size", SIZES, ids=lambda size: "-".join(map(str, size[:4])))
def test_size_and_cost(size: tuple[str, int, int, int, int, float, float]) -> None:
    name, classes, frames, side, parameters, giga_macs, of_attention = size
    model = outline(name, classes)
    assert params(model) == parameters
    with FlopCounterMode(display=False) as counter, torch.no_grad():
        model(torch.empty(1, frames, 3, side, side, device="meta"))
    assert counter.get_total_flops() / 2e9 == pytest.approx(giga_macs, rel=1e-3)
    attention = counter.get_flop_counts()["Global"].get(torch.ops.aten.bmm, 0)
    assert attention / 2e9 == pytest.approx(of_attention, rel=1e-3)


def test_what_an_lstm_costs_by_hand() -> None:
    weights, biases = 4 * 512 * (2048 + 512), 2 * 4 * 512
    assert params(outline("cnn_lstm_resnet50")) == R50 + weights + biases + 513 * 400


def test_what_attention_costs_by_hand() -> None:
    # Places of 8 frames at 224 pixels: 28 x 28 in the second stage, 14 x 14 in the third. Theta, phi, g and out are 1x1
    # to and from half of the channels; the pool leaves a quarter of the places as keys and values.
    blocks = [(8 * 28 * 28, 512)] * 2 + [(8 * 14 * 14, 1024)] * 3
    convolutions = sum(4 * places * c * (c // 2) for places, c in blocks)
    attention = sum(2 * places * (places // 4) * (c // 2) for places, c in blocks)
    assert convolutions / 1e9 == pytest.approx(16.442, abs=1e-3)
    assert attention / 1e9 == pytest.approx(11.959, abs=1e-3)
    assert 32.704 + (convolutions + attention) / 1e9 == pytest.approx(61.104, abs=2e-3)  # as the table says
    more = sum(4 * c * (c // 2) + 3 * (c // 2) + 2 * c for _, c in blocks)  # kernels, biases, batch norm
    assert params(outline("tsm_resnet50_nl")) - params(outline("tsm_resnet50")) == more == 7_354_368


@pytest.mark.parametrize("name", ["cnn3d_resnet18", "cnn3d_resnet50"])
def test_what_is_inflated_by_hand(name: str) -> None:
    flat = outline(name.replace("cnn3d", "tsn"))
    kernels = [p for p in flat.parameters() if p.ndim == 4 and p.shape[-1] > 1]
    more = sum(p.numel() * (p.shape[-1] - 1) for p in kernels)  # K x K made K x K x K
    assert len(kernels) == 17  # the stem; two 3x3 in each of 8 blocks, or one in each of 16
    assert params(outline(name)) == params(flat) + more


def test_every_network_is_of_a_kind_that_is_held_here_or_among_the_2d_ones() -> None:
    families = {"tsn", "tsm", "tsm_online"}
    two_dimensional = {f"{family}_resnet{depth}" for family in families for depth in (18, 50, 101)}
    assert set(list_models()) == two_dimensional | {size[0] for size in SIZES}


@pytest.mark.parametrize(
    ("name", "frames", "size"),
    [
        ("tsm_resnet50", 8, 224),
        ("tsn_resnet18", 8, 224),
        ("tsm_online_resnet101", 8, 224),
        ("cnn3d_resnet50", 8, 224),
        ("cnn_lstm_resnet50", 8, 224),
        ("c3d", 16, 112),
        ("i3d_inception", 64, 224),
        ("i3d_resnet50", 32, 224),
        ("gst_resnet50", 8, 224),
        ("r3d_18", 16, 112),
        ("tsm_resnet50_nl", 8, 224),
    ],
)
def test_the_usual_input(name: str, frames: int, size: int) -> None:
    assert (usual_input(name).frames, usual_input(name).size) == (frames, size)
    assert outline(name).spec.n_segment == frames
    assert outline(name)(torch.empty(2, frames, 3, size, size, device="meta")).shape == (2, 400)
