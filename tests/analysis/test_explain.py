"""Maps belong to the frames of the window, in the order in which the network saw them."""

import numpy as np
import pytest
import torch

from tests.models.tiny_network import save_tiny_network
from tsm_demo.analysis.explain import explain, held
from tsm_demo.analysis.gradcam import grad_cam
from tsm_demo.analysis.predict import answer_clip, at_window
from tsm_demo.core.errors import ModelError
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
    expected = grad_cam(network.model, seen, 4, "layer3", "frame").numpy()
    np.testing.assert_allclose(maps, expected, atol=1e-4)


@pytest.mark.parametrize("window", [None, 0, 1])
@pytest.mark.parametrize("reverse", [False, True])
@pytest.mark.parametrize("layer", [None, "layer3", "layer4"])
def test_what_the_prediction_kept_gives_the_same_maps_without_another_look(
    network: Network, layer: str | None, reverse: bool, window: int | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    answer = answer_clip(network, CLIP, reverse=reverse, window=window)
    looked_again = explain(network, CLIP, answer.explained, 4, layer, reverse=reverse)
    other = explain(network, CLIP, 1 - answer.explained, 4, layer, reverse=reverse, answer=answer)
    turned = explain(network, CLIP, answer.explained, 4, layer, reverse=not reverse, answer=answer)
    monkeypatch.setattr(type(network.model), "features_at", None)  # nobody can look at a clip now
    kept = explain(network, CLIP, answer.explained, 4, layer, reverse=reverse, answer=answer)
    np.testing.assert_allclose(kept, looked_again, atol=1e-4)
    assert np.abs(kept - other).max() > 0.01
    assert np.abs(kept - turned).max() > 0.01


def test_the_kept_maps_are_those_of_the_most_confident_window(network: Network) -> None:
    starts = range(0, 33, 3)  # eleven windows: more than are looked at in one batch
    frames = np.random.default_rng(5).integers(0, 256, (40, 48, 64, 3), dtype=np.uint8)
    windows = tuple(SampledWindow(s / 4, s / 4 + 2, tuple(range(s, s + 8))) for s in starts)
    clip = SampledClip(frames, np.arange(40), np.arange(40) / 4, windows, CLIP.info)
    answer = answer_clip(network, clip)
    assert answer.explained == answer.window_scores.max(1).argmax()
    for window in (None, 0, 7, 8, 10):
        asked = answer if window is None else answer_clip(network, clip, window=window)
        kept = explain(network, clip, asked.explained, 4, answer=asked)
        np.testing.assert_allclose(kept, explain(network, clip, asked.explained, 4), atol=1e-4)
    assert at_window(answer, clip, answer.explained).maps
    assert not at_window(answer, clip, (answer.explained + 1) % 11).maps


def test_backwards_moves_the_maps_only_without_a_shift(network: Network) -> None:
    forwards, backwards = (
        explain(network, CLIP, 0, 4, "layer3", reverse=reverse) for reverse in (False, True)
    )
    difference = np.abs(backwards[::-1] - forwards).max()
    if network.name == "tsn_resnet18":
        assert difference < 1e-4
    else:
        assert difference > 0.05


def test_a_network_with_fewer_steps_has_fewer_maps_and_each_is_held(tmp_path) -> None:
    network = load_network(checkpoint=save_tiny_network(tmp_path / "weights.safetensors", "i3d_resnet50"))
    frames = np.random.default_rng(3).integers(0, 256, (32, 48, 64, 3), dtype=np.uint8)
    clip = SampledClip(
        frames, np.arange(32), np.arange(32) / 16, (SampledWindow(0, 2, tuple(range(32))),), CLIP.info
    )
    maps = explain(network, clip, 0, 4)
    assert maps.shape == (4, 2, 2)  # 32 frames: 16, 8, 4
    assert np.array_equal(held(maps, 32), maps.repeat(8, axis=0))
    with pytest.raises(ModelError, match="at layer3 or layer4, not at 'conv5'"):
        explain(network, clip, 0, 4, "conv5")


@pytest.mark.parametrize(
    ("steps", "frames", "which"), [(2, 5, [0, 0, 0, 1, 1]), (3, 3, [0, 1, 2]), (1, 2, [0, 0])]
)
def test_which_map_a_frame_gets(steps: int, frames: int, which: list[int]) -> None:
    maps = np.random.default_rng(1).random((steps, 2, 3), np.float32)
    assert np.array_equal(held(maps, frames), maps[which])
