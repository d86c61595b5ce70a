"""Maps belong to the frames of the window, in the order in which the network saw them."""

import numpy as np
import pytest
import torch

from tests.models.tiny_network import save_tiny_network
from tsm_demo.analysis.explain import explain
from tsm_demo.analysis.gradcam import grad_cam
from tsm_demo.models.networks import Network, load_network
from tsm_demo.video.clip import ClipInfo, SampledClip, SampledWindow
from tsm_demo.video.tensors import normalise, squeeze_frames

CLIP = SampledClip(
    frames=np.random.default_rng(3).integers(0, 256, (10, 48, 64, 3), dtype=np.uint8),
    indices=np.arange(10),
    times_sec=np.arange(10) / 4,
    windows=(SampledWindow(0, 2, tuple(range(8))), SampledWindow(0.5, 2.5, (2, 3, 4, 5, 6, 7, 8, 8))),
    info=ClipInfo(10, 2.5, 4.0, 64, 48, 0, "none"),
)


@pytest.fixture(params=["tsm_resnet18", "tsn_resnet18"])
def network(request: pytest.FixtureRequest, tmp_path) -> Network:
    return load_network(checkpoint=save_tiny_network(tmp_path / "weights.safetensors", request.param))


@pytest.mark.parametrize("reverse", [False, True])
def test_the_maps_of_a_window(network: Network, reverse: bool) -> None:
    frames = CLIP.frames[[2, 3, 4, 5, 6, 7, 8, 8]][:: -1 if reverse else 1].copy()
    seen = normalise(squeeze_frames(torch.from_numpy(frames), 64))
    maps = explain(network, CLIP, 1, 4, "layer3", "frame", reverse)
    assert maps.dtype == np.float32
    assert maps.shape == (8, 4, 4)
    assert np.array_equal(maps, grad_cam(network.model, seen, 4, "layer3", "frame").numpy())


def test_backwards_moves_the_maps_only_without_a_shift(network: Network) -> None:
    forwards, backwards = (
        explain(network, CLIP, 0, 4, "layer3", reverse=reverse) for reverse in (False, True)
    )
    difference = np.abs(backwards[::-1] - forwards).max()
    if network.name == "tsn_resnet18":
        assert difference < 1e-4
    else:
        assert difference > 0.05
