"""The stored answers to the sample clips: what the networks say now, of the frames that are stored beside them."""

import csv
import subprocess
import sys
from functools import cache
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from tsm_demo.analysis.predict import answer_clip
from tsm_demo.analysis.seeing import read_for
from tsm_demo.core.labels import MOTION_LABELS, reversed_label
from tsm_demo.core.score import Score
from tsm_demo.models.networks import load_network
from tsm_demo.viz import both_orders
from tsm_demo.viz.both_orders import (
    FOLDER,
    NETWORKS,
    Answer,
    BothAnswers,
    BothOrders,
    plainest,
    read_results,
    write_results,
)

ROOT = Path(__file__).parents[2]
SAMPLES = ROOT / "sample_videos"
STALE = (
    "tsm_demo/assets/start does not fit the embedded weights or the sample clips any more. "
    "Bring it up to date with: .venv/bin/python -m scripts.precompute"
)
RESULTS = read_results()


@cache
def sampled(clip: str):
    return read_for(load_network(NETWORKS[0]), SAMPLES / f"{clip.replace(' ', '_')}.mp4")


def frames_of(result: BothOrders) -> NDArray[np.float64]:
    """(T, H, W, 3) of the stored film."""
    film = np.asarray(Image.open(result.film)).astype(float)
    return np.stack(np.split(film, len(result.frame_times_sec), axis=1))


def both(forwards: str, backwards: str, *, scores: tuple[float, float] = (0.9, 0.9)) -> BothAnswers:
    """Answers with one label each."""
    first, second = (
        Answer((Score(label, score),), score > 0.6)
        for label, score in zip((forwards, backwards), scores, strict=True)
    )
    return BothAnswers(first, second)


def clip_of(name: str, label: str, tsm: BothAnswers) -> BothOrders:
    return BothOrders(
        name, label, (0.0, 1.0), {"motion_tsn": both("stays still", "stays still"), "motion": tsm}
    )


def test_all_sample_clips_are_there_and_no_other_files():
    with (SAMPLES / "labels.csv").open(newline="") as file:
        rows = [(Path(row["file"]).stem.replace("_", " "), row["label"]) for row in csv.DictReader(file)]
    assert [(result.clip, result.label) for result in RESULTS] == rows, STALE
    assert {path.name for path in FOLDER.iterdir()} == {
        "results.json",
        *(result.film.name for result in RESULTS),
    }
    assert sum(path.stat().st_size for path in FOLDER.iterdir()) < 2_000_000


@pytest.mark.parametrize("network", NETWORKS)
@pytest.mark.parametrize("result", RESULTS, ids=lambda result: result.clip)
def test_the_networks_say_so(result, network):
    for stored, reverse in zip(result.answers[network].orders, (False, True), strict=True):
        now = answer_clip(load_network(network), sampled(result.clip), len(MOTION_LABELS), reverse=reverse)
        scores = {score.label: score.score for score in now.top}
        assert stored.best.label == now.top[0].label, STALE
        assert stored.clear == now.clear, STALE
        assert len(stored.top) == 3
        for guess in stored.top:  # places two and three may swap where they are level
            assert guess.score == pytest.approx(scores[guess.label], abs=1e-4), STALE
        times_sec = result.frame_times_sec[::-1] if reverse else result.frame_times_sec
        assert times_sec == pytest.approx(now.frame_times_sec), STALE


@pytest.mark.parametrize("result", RESULTS, ids=lambda result: result.clip)
def test_2d_says_the_same_both_ways(result):
    forwards, backwards = (
        {guess.label: guess.score for guess in answer.top} for answer in result.answers["motion_tsn"].orders
    )
    assert forwards == pytest.approx(backwards, abs=1e-5)
    assert result.answers["motion_tsn"].difference == "same_scores"


@pytest.mark.parametrize("result", RESULTS, ids=lambda result: result.clip)
def test_films_hold_the_frames_that_the_networks_looked_at(result):
    stored = frames_of(result)
    seen = sampled(result.clip).window_frames(0).astype(float)
    assert stored.shape == seen.shape, STALE
    apart = np.abs(stored[:, None, ::4, ::4] - seen[None, :, ::4, ::4]).mean((2, 3, 4))  # [stored][seen]
    assert apart.diagonal().max() < 6, STALE  # of 255: what WebP loses of the films' grain
    assert apart.argmin(1).tolist() == list(range(len(seen))), STALE


def test_reading_needs_no_torch():
    script = (
        "import sys; from tsm_demo.viz.both_orders import read_results; read_results(); "
        "print([m for m in ('torch', 'streamlit', 'plotly') if m in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "[]"


def test_what_is_written_is_read(tmp_path, monkeypatch):
    monkeypatch.setattr(both_orders, "RESULTS", tmp_path / "results.json")
    write_results(list(RESULTS))
    assert read_results.__wrapped__() == RESULTS


@pytest.mark.parametrize(
    ("answers", "difference"),
    [
        (both("moves left", "moves left"), "same_scores"),
        (both("moves left", "moves left", scores=(0.9, 0.900005)), "same_scores"),
        (both("moves left", "moves left", scores=(0.9, 0.9001)), "same_label"),
        (both("moves left", "moves right"), "differ"),
    ],
)
def test_what_the_order_made_of_an_answer(answers, difference):
    assert answers.difference == difference


@pytest.mark.parametrize("label", MOTION_LABELS)
def test_backwards_the_opposite_is_right(label):
    opposite = MOTION_LABELS[reversed_label(MOTION_LABELS.index(label))]
    assert clip_of("a", label, both(label, opposite)).right("motion") == (True, True)
    assert clip_of("a", label, both(opposite, label)).right("motion") == (label == opposite,) * 2


def test_the_page_begins_with_the_clip_that_tsm_is_surest_of():
    unsure = clip_of("unsure", "moves left", both("moves left", "moves right", scores=(0.99, 0.5)))
    wrong = clip_of("wrong", "moves left", both("moves right", "moves left"))
    own = clip_of("own", "stays still", both("stays still", "stays still", scores=(1.0, 1.0)))
    sure = clip_of("sure", "moves up", both("moves up", "moves down"))
    sure_too = clip_of("sure too", "moves up", both("moves up", "moves down", scores=(0.901, 0.901)))
    assert plainest((unsure, wrong, own, sure, sure_too)) is sure
