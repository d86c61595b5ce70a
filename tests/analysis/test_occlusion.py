"""Covered boxes agree with captum's, with arithmetic on a sum, and a shared network is left as it was."""

import pytest
import torch
from captum.attr import Occlusion
from torch import nn

from tests.analysis.line_network import line_network
from tests.analysis.untouched import untouched
from tests.models.tiny_network import tiny_network
from tsm_demo.analysis.occlusion import occlude_frames, occlude_space, occlusion
from tsm_demo.analysis.seeing import read_for, window_tensor
from tsm_demo.core.errors import ModelError, ShapeError
from tsm_demo.models.networks import Network, load_network
from tsm_demo.ui.clips import bundled_clip

T, SIDE = 4, 30
CLIP = torch.randn(T, 3, SIDE, SIDE, generator=torch.Generator().manual_seed(3))
BOXES = [
    ((1, 30, 30), (1, 30, 30)),  # frames
    ((4, 10, 10), (1, 10, 10)),  # places
    ((2, 12, 9), (1, 7, 6)),  # overlapping boxes, cut off at the ends
]


class Calibrated(nn.Module):
    """What captum is to differ: calibrated logits."""

    def __init__(self, network: Network) -> None:
        super().__init__()
        self.network = network

    def forward(self, clips):
        return self.network.model(clips) / self.network.facts.temperature


def tiny(name: str) -> Network:
    return Network("tiny", "random", tiny_network(name).requires_grad_(False), load_network("motion").facts)


def of_captum(network, clip, target, box, stride, instead):
    (frames, height, width), (step, down, across) = box, stride
    with torch.no_grad():
        given = Occlusion(Calibrated(network)).attribute(
            clip[None],
            sliding_window_shapes=(frames, 3, height, width),
            strides=(step, 3, down, across),
            baselines=instead.expand_as(clip)[None],
            target=target,
            perturbations_per_eval=8,
        )
    assert torch.equal(given[0, :, 0], given[0, :, 2])
    return given[0, :, 0].float()


@pytest.mark.parametrize(("box", "stride"), BOXES)
@pytest.mark.parametrize("name", ["tsm_resnet18", "tsn_resnet18"])
def test_agrees_with_captum(name, box, stride):
    network, grey = tiny(name), torch.zeros(1)
    for instead in (grey, CLIP.mean(0, keepdim=True)):
        ours = occlusion(network, CLIP, 4, box, stride, instead)
        theirs = of_captum(network, CLIP, 4, box, stride, instead)
        torch.testing.assert_close(ours, theirs, rtol=0, atol=1e-5)
        assert ours.std() > 1e-3, "a flat map would agree with anything"


def test_agrees_with_captum_on_a_bundled_clip():
    network = load_network("motion")
    with bundled_clip("ball rolls right").on_disk() as path:
        clip = window_tensor(network, read_for(network, path), 0)
    box, stride = (4, 56, 56), (4, 56, 56)
    with untouched(network.model):
        ours = occlusion(network, clip, 0, box, stride)
    theirs = of_captum(network, clip, 0, box, stride, clip.mean(0, keepdim=True))
    torch.testing.assert_close(ours, theirs, rtol=1e-5, atol=1e-5)
    assert ours.max() > 1


def test_on_a_sum_a_frame_brings_its_own_terms():
    weights = torch.randn(T, 3, 7, 7, generator=torch.Generator().manual_seed(4)) / 10
    clip = CLIP[:, :, :7, :7]
    brings = ((clip - clip.mean(0)) * weights).sum((1, 2, 3)) / 0.5  # temperature
    falls = occlude_frames(line_network(weights, temperature=0.5), clip, 0)
    torch.testing.assert_close(falls, brings, rtol=1e-4, atol=1e-5)


def test_the_map_in_space_has_the_cells_of_grad_cam_and_peaks_where_the_sum_looks():
    weights = torch.zeros(T, 3, 14, 14)
    weights[:, :, 4:6, 8:10] = CLIP[:, :, 4:6, 8:10]
    clip = CLIP[:, :, :14, :14]
    falls = occlude_space(line_network(weights), clip, 0)
    assert falls.shape == (7, 7)
    assert divmod(int(falls.argmax()), 7) == (2, 4)
    # The four boxes of 4 x 4 pixels that hold the cell cover it whole, so cells around it share its fall.
    expected = ((clip - clip.mean(0)) * weights).sum()
    torch.testing.assert_close(falls[2, 4], expected, rtol=1e-4, atol=1e-5)
    assert falls[0, 0] == pytest.approx(0, abs=1e-5)


@pytest.mark.parametrize(
    ("error", "change"),
    [
        (ShapeError, {"clip": CLIP[None]}),
        (ShapeError, {"box": (5, 10, 10)}),
        (ShapeError, {"stride": (1, 11, 10)}),
        (ShapeError, {"stride": (0, 10, 10)}),
        (ModelError, {"target": 12}),
    ],
)
def test_what_cannot_be_covered(error, change):
    asked = {"clip": CLIP, "target": 0, "box": (4, 10, 10), "stride": (4, 10, 10)} | change
    with pytest.raises(error):
        occlusion(tiny("tsm_resnet18"), **asked)
