"""Sampling as trained: crops, many views and other numbers of frames, recomputed from the network's own logits."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from tests.models.tiny_network import PICTURE_SIZE, save_tiny_network
from tests.video.clip_factory import write_clip
from tsm_demo.analysis.explain import explain
from tsm_demo.analysis.predict import answer_clip
from tsm_demo.analysis.seeing import read_for, window_pictures, window_tensor
from tsm_demo.core.errors import ModelError
from tsm_demo.core.views import Views
from tsm_demo.models.networks import Network, load_network
from tsm_demo.video.tensors import normalise

SHORT_SIDE = 80  # pixels; the network sees PICTURE_SIZE of them, the clip is 192 x 128


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("views")
    write_clip(folder / "clip.mp4", 120, fps=24)
    save_tiny_network(folder / "tsm.safetensors")
    return folder


@pytest.fixture(scope="module")
def network(folder: Path) -> Network:
    """Fed as published networks are: segments, a centre crop; thoroughly two samples of three crops, and these larger."""
    plain = load_network(checkpoint=folder / "tsm.safetensors")
    facts = replace(
        plain.facts,
        sampling="segments",
        short_side=SHORT_SIDE,
        thorough=Views(clips=2, crops=3, size=SHORT_SIDE),
    )
    return replace(plain, facts=facts)


def scores(network: Network, pictures: np.ndarray) -> np.ndarray:
    """(num_classes,) probabilities of one view (T, H, W, 3) uint8."""
    clips = normalise(torch.from_numpy(pictures.copy()).permute(0, 3, 1, 2))[None]
    with torch.no_grad():
        return network.model(clips)[0].softmax(0).numpy()


def test_one_view_is_the_centre_of_each_frame(network, folder):
    clip = read_for(network, folder / "clip.mp4")
    assert clip.frames.shape[1:3] == (80, 120)  # kept as large as they are looked at
    assert clip.indices.tolist() == [7, 22, 37, 52, 67, 82, 97, 112]  # int(120 (k + 1/2) / 8)
    centre = clip.frames[:, 8:72, 28:92]
    answer = answer_clip(network, clip)
    assert len(answer.windows) == 1
    assert answer.window_scores[0] == pytest.approx(scores(network, centre), abs=1e-5)
    assert np.array_equal(window_pictures(network, clip, 0), centre)


def test_what_is_drawn_and_explained_is_what_was_seen(network, folder):
    clip = read_for(network, folder / "clip.mp4")
    for reverse in (False, True):
        drawn = torch.from_numpy(window_pictures(network, clip, 0, reverse)).permute(0, 3, 1, 2)
        assert torch.equal(normalise(drawn), window_tensor(network, clip, 0, reverse))
    assert drawn.shape == (8, 3, PICTURE_SIZE, PICTURE_SIZE)
    assert explain(network, clip, 0, 3).shape == (8, 2, 2)


@pytest.mark.parametrize("reverse", [False, True])
def test_thorough_is_the_mean_of_all_views(network, folder, reverse):
    clip = read_for(network, folder / "clip.mp4", thorough=True)
    told: list[float] = []
    answer = answer_clip(
        network, clip, reverse=reverse, thorough=True, on_progress=lambda _, share: told.append(share)
    )
    rows = [window.rows for window in clip.windows]
    assert [clip.indices[list(r)].tolist() for r in rows] == [
        [7, 22, 37, 52, 67, 82, 97, 112],
        [0, 15, 30, 45, 60, 75, 90, 105],
    ]
    step = -1 if reverse else 1
    by_hand = [
        np.mean([scores(network, clip.frames[list(r)][::step][:, :, x : x + 80]) for x in (20, 0, 40)], 0)
        for r in rows
    ]
    assert answer.window_scores == pytest.approx(np.stack(by_hand), abs=1e-5)
    assert answer.top[0].score == pytest.approx(np.mean(by_hand, 0).max(), abs=1e-5)
    assert told[-1] == 1
    assert len(told) >= 3
    assert told == sorted(told)


def test_another_number_of_frames_is_used_and_said(network, folder):
    clip = read_for(network, folder / "clip.mp4", frames=16)
    assert clip.indices.tolist() == [int(120 * (k + 0.5) / 16) for k in range(16)]
    answer = answer_clip(network, clip)
    assert len(answer.frames) == len(answer.frame_scores) == 16
    assert "trained with 8 frames and is given 16" in answer.warnings[-1]
    assert "0.5 times as far apart" in answer.warnings[-1]
    assert answer_clip(network, read_for(network, folder / "clip.mp4")).warnings == ()


@pytest.mark.parametrize("frames", [0, 65, -1])
def test_numbers_of_frames_that_are_none(network, folder, frames):
    with pytest.raises(ModelError, match="1 to 64 frames"):
        read_for(network, folder / "clip.mp4", frames=frames)


def test_a_network_that_sees_whole_frames_has_no_thorough_view(folder):
    plain = load_network(checkpoint=folder / "tsm.safetensors")
    with pytest.raises(ModelError, match="one way to look"):
        read_for(plain, folder / "clip.mp4", thorough=True)


def test_what_thorough_costs():
    assert Views(clips=2, crops=3, size=256).count == 6
    assert Views(clips=1, crops=10, size=224).cost_factor(224) == 10
    assert Views(clips=2, crops=3, size=256).cost_factor(224) == pytest.approx(6 * 65536 / 50176)
