"""A clip's answer: each number is recomputed from the network's own logits, each frame and time by arithmetic."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from tests.models.relatives import FRAMES as FRAMES_OF_RELATIVES
from tests.models.relatives import RELATIVES, relative
from tests.models.relatives import SIDES as SIDES_OF_RELATIVES
from tests.models.tiny_network import PICTURE_SIZE, save_tiny_network
from tests.video.clip_factory import number_of, write_clip
from tsm_demo.analysis.predict import (
    Prediction,
    Score,
    answer_clip,
    at_window,
    predict,
)
from tsm_demo.analysis.seeing import read_for, window_tensor
from tsm_demo.core.errors import ModelError, TsmDemoError, VideoError
from tsm_demo.core.labels import MOTION_LABELS
from tsm_demo.models.checkpoints import WeightFacts
from tsm_demo.models.networks import Network, load_network
from tsm_demo.models.registry import ModelSpec
from tsm_demo.video.clip import ClipInfo, SampledClip, SampledWindow
from tsm_demo.video.tensors import squeeze_frames

FPS = 24
TEMPERATURE = 0.5
SEED = 5  # its surest window is the last one forwards and the first one backwards
# Windows of 2 s, one a second, of a 5 s clip; a window's eight frames lie 0.25 s apart, from 0.125 s on.
STARTS_SEC = (0, 1, 2, 3)
FRAMES = [[FPS * start + 3 + 6 * k for k in range(8)] for start in STARTS_SEC]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """clip.mp4 of 5 s, whose frames show their numbers; tsm and tsn.safetensors with the same weights."""
    folder = tmp_path_factory.mktemp("predict")
    write_clip(folder / "clip.mp4", 5 * FPS, fps=FPS)
    for name in ("tsm", "tsn"):
        save_tiny_network(folder / f"{name}.safetensors", f"{name}_resnet18", SEED, temperature=TEMPERATURE)
    return folder


@pytest.fixture(scope="module")
def tsm(folder: Path) -> Network:
    return load_network(checkpoint=folder / "tsm.safetensors")


@pytest.fixture(scope="module")
def tsn(folder: Path) -> Network:
    return load_network(checkpoint=folder / "tsn.safetensors")


@pytest.fixture(scope="module")
def clip(folder: Path, tsm: Network) -> SampledClip:
    return read_for(tsm, folder / "clip.mp4")


def logits_by_hand(network: Network, clip: SampledClip, rows: Sequence[int]) -> np.ndarray:
    """(T, 12) float64 logits of the frames in these rows, shown in this order, over the temperature."""
    pictures = squeeze_frames(torch.from_numpy(clip.frames[list(rows)]), PICTURE_SIZE).numpy() / 255
    mean, std = np.array([0.485, 0.456, 0.406]), np.array([0.229, 0.224, 0.225])
    seen = torch.from_numpy((pictures - mean[:, None, None]) / std[:, None, None]).float()[None]
    with torch.no_grad():
        frames = network.model.frame_logits(network.model.features(seen), len(rows))[0]
        torch.testing.assert_close(frames.mean(0), network.model(seen)[0])
    return frames.double().numpy() / network.facts.temperature


def softmax(logits: np.ndarray) -> np.ndarray:
    powers = np.exp(logits)
    return powers / powers.sum(-1, keepdims=True)


def check_against_hand(answer: Prediction, network: Network, clip: SampledClip, reverse: bool) -> None:
    step = -1 if reverse else 1
    logits = [logits_by_hand(network, clip, window.rows[::step]) for window in clip.windows]
    of_windows = np.stack([softmax(each.mean(0)) for each in logits])
    np.testing.assert_allclose(answer.window_scores, of_windows, atol=1e-5)
    np.testing.assert_allclose(answer.frame_scores, softmax(logits[answer.explained]), atol=1e-5)
    assert [window.top for window in answer.windows] == [best(row) for row in answer.window_scores]
    assert answer.top == best(of_windows.mean(0))
    assert answer.explained == of_windows.max(1).argmax()


def best(scores: np.ndarray, count: int = 5) -> tuple[Score, ...]:
    order = np.argsort(-scores)[:count]
    return tuple(Score(MOTION_LABELS[i], pytest.approx(float(scores[i]), abs=1e-5)) for i in order)


def test_everything_an_answer_says(folder: Path, tsm: Network, clip: SampledClip) -> None:
    said: list[tuple[str, float]] = []
    answer = predict(
        folder / "clip.mp4",
        checkpoint=folder / "tsm.safetensors",
        on_progress=lambda *step: said.append(step),
    )
    check_against_hand(answer, tsm, clip, reverse=False)
    assert (answer.model, answer.weights, answer.labels) == ("tsm_resnet18", "file", MOTION_LABELS)
    assert [(w.start_sec, w.end_sec) for w in answer.windows] == [(s, s + 2) for s in STARTS_SEC]
    assert answer.explained == 3, "the first window would be explained without looking at the scores"
    assert answer.frames == tuple(FRAMES[3])
    assert answer.frame_times_sec == pytest.approx([frame / FPS for frame in FRAMES[3]])
    assert answer.frame_scores.shape == (8, 12)
    assert answer.window_scores.shape == (4, 12)
    assert answer.frame_scores.dtype == answer.window_scores.dtype == np.float32
    assert not answer.reversed
    assert answer.warnings == ()
    assert answer.seconds.keys() == {"load", "decode", "prepare", "forward"}
    assert all(value >= 0 for value in answer.seconds.values())
    assert (
        answer.seconds["decode"] > answer.seconds["load"]
    )  # a worker started, against a look into the cache
    assert [step for step, _ in said] == sorted(step for step, _ in said)  # decode, then forward
    assert {("decode", 1.0), ("forward", 1.0)} <= set(said)


def test_the_frames_are_those_of_the_clip(clip: SampledClip) -> None:
    assert [[number_of(picture) for picture in clip.window_frames(w)] for w in range(4)] == FRAMES


@pytest.mark.parametrize("window", range(4))
def test_another_window_when_asked(tsm: Network, clip: SampledClip, window: int) -> None:
    answer, usual = answer_clip(tsm, clip, window=window), answer_clip(tsm, clip)
    assert answer.explained == window
    assert answer.frames == tuple(FRAMES[window])
    scores = softmax(logits_by_hand(tsm, clip, clip.windows[window].rows))
    np.testing.assert_allclose(answer.frame_scores, scores, atol=1e-5)
    assert (answer.top, answer.windows) == (usual.top, usual.windows)


def test_backwards_is_the_same_frames_in_the_other_order(
    folder: Path, tsm: Network, clip: SampledClip
) -> None:
    answer = predict(folder / "clip.mp4", checkpoint=folder / "tsm.safetensors", reverse=True)
    check_against_hand(answer, tsm, clip, reverse=True)
    assert answer.reversed
    assert answer.explained == 0
    assert answer.frames == tuple(FRAMES[0][::-1])  # a reversed file would give 98, 92, ...
    assert answer.frame_times_sec == pytest.approx([frame / FPS for frame in FRAMES[0][::-1]])
    assert [(w.start_sec, w.end_sec) for w in answer.windows] == [(s, s + 2) for s in STARTS_SEC]


def test_only_a_network_with_shift_tells_backwards_from_forwards(
    tsm: Network, tsn: Network, clip: SampledClip
) -> None:
    def change(network: Network) -> float:
        both = [answer_clip(network, clip, reverse=reverse, window=1) for reverse in (False, True)]
        frames = [answer.frame_scores[::step] for answer, step in zip(both, (1, -1), strict=True)]
        pairs = [[answer.window_scores for answer in both], frames]
        return max(float(np.abs(one - other).max()) for one, other in pairs)

    assert change(tsn) < 1e-5
    assert change(tsm) > 1e-2


def test_temperature_divides_logits(tsm: Network, clip: SampledClip) -> None:
    warm = replace(tsm, facts=replace(tsm.facts, temperature=4.0))
    answer = answer_clip(warm, clip)
    check_against_hand(answer, warm, clip, reverse=False)
    assert answer.top[0].score < answer_clip(tsm, clip).top[0].score - 0.1


def test_top_k(tsm: Network, clip: SampledClip) -> None:
    assert len(answer_clip(tsm, clip).top) == 5
    assert len(answer_clip(tsm, clip, top_k=2).windows[3].top) == 2
    everything = answer_clip(tsm, clip, top_k=99).top
    assert {score.label for score in everything} == set(MOTION_LABELS)
    assert sum(score.score for score in everything) == pytest.approx(1)


def test_many_windows_are_answered_one_by_one(tsm: Network) -> None:
    frames = np.random.default_rng(0).integers(0, 256, (136, 48, 64, 3), dtype=np.uint8)
    windows = tuple(SampledWindow(2 * k, 2 * k + 2, tuple(range(8 * k, 8 * k + 8))) for k in range(17))
    info = ClipInfo(136, 34.0, 4.0, 64, 48, 0, "none")
    clip = SampledClip(frames, np.arange(136), np.arange(136) / 4, windows, info, ("A warning.",))
    said: list[float] = []
    answer = answer_clip(tsm, clip, on_progress=lambda step, share: said.append(share))
    check_against_hand(answer, tsm, clip, reverse=False)
    assert answer.warnings == ("A warning.",)
    assert said == pytest.approx([8 / 17, 16 / 17, 1])


@pytest.mark.parametrize(("score", "clear"), [(0.61, True), (0.59, False)])
def test_clearly_ahead(tsm: Network, clip: SampledClip, score: float, clear: bool) -> None:
    assert replace(answer_clip(tsm, clip), top=(Score("moves up", score),)).clear is clear


def test_up_to_three_seconds_are_one_window(folder: Path, tmp_path: Path) -> None:
    short = write_clip(tmp_path / "short.mp4", 3 * FPS, fps=FPS)
    answer = predict(short, checkpoint=folder / "tsm.safetensors")
    assert [(w.start_sec, w.end_sec) for w in answer.windows] == [(0, 3)]
    assert answer.explained == 0
    assert answer.frames == (
        4,
        13,
        22,
        31,
        40,
        49,
        58,
        67,
    )  # the centres of eighths of 72 frames, at 4.5 + 9 k
    assert answer.top == answer.windows[0].top


def test_a_part_of_the_clip(folder: Path) -> None:
    answer = predict(folder / "clip.mp4", checkpoint=folder / "tsm.safetensors", start_sec=1.0, end_sec=3.5)
    assert [(w.start_sec, w.end_sec) for w in answer.windows] == [(1, 3.5)]
    assert answer.frames == (27, 35, 42, 50, 57, 65, 72, 80)  # 24 + 3.75 + 7.5 k, rounded down


def test_random_weights_say_so(folder: Path) -> None:
    answer = predict(folder / "clip.mp4", "tsn_resnet18", top_k=1)
    assert (answer.model, answer.weights) == ("tsn_resnet18", "random")
    assert ["random" in warning for warning in answer.warnings] == [True]
    assert answer.frame_scores.shape == (8, 400)
    assert [(w.start_sec, w.end_sec) for w in answer.windows] == [(0, 5)]  # segments of the whole clip
    assert answer.frames == tuple(7 + 15 * k for k in range(8))


@pytest.mark.parametrize("name", RELATIVES)
def test_every_relative_answers(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    frames = FRAMES_OF_RELATIVES.get(name, 4)
    model = relative(name, monkeypatch)
    facts = WeightFacts(ModelSpec(name, 5, frames), tuple("abcde"), SIDES_OF_RELATIVES.get(name, 32))
    network = Network(name, "random", model, facts)
    pictures = np.random.default_rng(0).integers(0, 256, (2 * frames, 48, 64, 3), dtype=np.uint8)
    windows = tuple(SampledWindow(k, k + 2, tuple(range(k * frames, (k + 1) * frames))) for k in range(2))
    info = ClipInfo(2 * frames, 4.0, frames / 2, 64, 48, 0, "none")
    clip = SampledClip(pictures, np.arange(2 * frames), np.arange(2 * frames) / 4, windows, info)
    with torch.no_grad():
        logits = model(torch.stack([window_tensor(network, clip, k, reverse=True) for k in range(2)])).numpy()
    facts = replace(facts, temperature=float(logits.std()))
    answer = answer_clip(replace(network, facts=facts), clip, reverse=True)
    np.testing.assert_allclose(answer.window_scores, softmax(logits / facts.temperature), atol=1e-4)
    per_frame = frames if name in ("gst_resnet50", "tsm_resnet50_nl") else 0
    assert answer.frame_scores.shape == (per_frame, 5)
    assert answer.window_frame_scores.shape == (2, per_frame, 5)
    assert at_window(answer, clip, 1).frame_scores.shape == (per_frame, 5)
    assert len(answer.frames) == frames


@pytest.mark.parametrize("window", [-1, 4])
def test_no_such_window(tsm: Network, clip: SampledClip, window: int) -> None:
    with pytest.raises(TsmDemoError, match="has 4"):
        answer_clip(tsm, clip, window=window)


def test_no_such_network(folder: Path) -> None:
    with pytest.raises(ModelError, match="choose one of motion,"):
        predict(folder / "clip.mp4", "tsm_resnet19")
    with pytest.raises(ModelError, match="no weights file"):
        predict(folder / "clip.mp4", checkpoint=folder / "none.safetensors")


def test_no_such_clip(folder: Path) -> None:
    with pytest.raises(VideoError, match=r"none\.mp4"):
        predict(folder / "none.mp4", checkpoint=folder / "tsm.safetensors")
