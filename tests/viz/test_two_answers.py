"""What a change did to an answer, in words that follow from the scores; and the stored answers against the networks."""

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from scripts.precompute_orders import ask
from tsm_demo.analysis.stored_lab import VariantAnswer
from tsm_demo.core.labels import MOTION_LABELS
from tsm_demo.viz import stored_orders
from tsm_demo.viz.both_orders import NETWORKS, read_results
from tsm_demo.viz.breakage import breakage
from tsm_demo.viz.stored_orders import read_stored, write_stored
from tsm_demo.viz.two_answers import ScoredClip, TwoAnswers, grouped

ROOT = Path(__file__).parents[2]
STALE = "tsm_demo/assets/lab is stale: bring it up to date with: .venv/bin/python -m scripts.precompute"


def says(label: str, score: float = 0.9) -> ScoredClip:
    scores = np.full(12, (1 - score) / 11, np.float32)
    scores[MOTION_LABELS.index(label)] = score
    return ScoredClip(scores, np.tile(scores, (8, 1)))


@pytest.mark.parametrize(
    ("filmed", "shown", "outcome"),
    [
        (says("moves left"), says("moves left"), "rounding"),
        (says("moves left"), says("moves left", 0.900005), "rounding"),
        (says("moves left"), says("moves left", 0.9001), "keeps"),
        (says("moves left"), says("moves right"), "flips"),
        (says("moves left"), says("moves up"), "changes"),
        (says("moves left", 0.2), says("moves right", 0.2), "guesses"),
        (says("moves left", 0.2), says("moves left", 0.3), "guesses"),
        (says("moves left", 0.2), says("moves right", 0.9), "flips"),
        (says("stays still"), says("goes back and forth"), "changes"),
    ],
)
def test_outcomes(filmed, shown, outcome):
    assert TwoAnswers(filmed, shown).outcome == outcome


def test_the_largest_difference_is_over_all_labels():
    filmed, shown = says("moves left"), says("moves left")
    shown.scores[5] += 0.03125  # exact in float32, and not the best label
    assert TwoAnswers(filmed, shown).largest_difference == pytest.approx(0.03125, abs=1e-6)


def test_labels_to_show_begin_with_both_bests():
    both = TwoAnswers(says("moves up"), says("goes away"))
    names = [MOTION_LABELS[label] for label in both.top_labels()]
    assert names[:2] == ["moves up", "goes away"]
    assert len(set(names)) == len(names) <= 4


def test_networks_are_grouped_by_outcome():
    same, other = TwoAnswers(*[says("moves up")] * 2), TwoAnswers(says("moves up"), says("moves down"))
    assert grouped({"a": same, "b": other, "c": same}, ("rounding",)) == ["a", "c"]
    assert grouped({"a": same, "b": other}, ("flips", "changes")) == ["b"]


@pytest.mark.parametrize("clip", ["ball rolls right", "lantern swings"])
def test_the_networks_say_what_is_stored(clip):
    now = ask(clip)
    for network, stored in read_stored()[clip].items():
        for then, again in ((stored.filmed, now[network].filmed), (stored.shown, now[network].shown)):
            assert np.abs(then.scores - again.scores).max() < 1e-4, STALE
            assert np.abs(then.frame_scores - again.frame_scores).max() < 1e-3, STALE


def test_every_clip_and_network_is_stored_and_2d_is_blind_to_order():
    assert list(read_stored()) == [result.clip for result in read_results()], STALE
    for clip, answers in read_stored().items():
        assert tuple(answers) == NETWORKS
        assert answers["motion_tsn"].largest_difference < 1e-5, clip
        turned = answers["motion_tsn"].shown.frame_scores[::-1]
        assert np.abs(turned - answers["motion_tsn"].filmed.frame_scores).max() < 1e-5, clip


def test_what_is_written_is_read(tmp_path, monkeypatch):
    stored = read_stored()
    monkeypatch.setattr(stored_orders, "ANSWERS", tmp_path / "answers.npz")
    write_stored(stored)
    again = stored_orders.read_stored.__wrapped__()
    for clip, answers in stored.items():
        for network, both in answers.items():
            assert np.array_equal(both.shown.scores, again[clip][network].shown.scores)


def test_what_breaks_by_hand():
    said = [
        ("moves right", "moves right", 0.9),
        ("moves left", "moves right", 0.1),
        ("moves up", "goes away", 0.2),
    ]
    said.append(("stays still", "stays still", 0.8))
    rows = [
        VariantAnswer(str(at), "any", truth, label, 0.5, score)
        for at, (truth, label, score) in enumerate(said)
    ]
    broken = breakage(rows)
    assert (broken.right, broken.clips, broken.reversed, broken.pairs) == (2, 4, 1, 3)
    assert broken.score == pytest.approx(0.5)


def test_reading_needs_no_torch():
    script = (
        "import sys; from tsm_demo.viz.stored_orders import read_stored; read_stored(); "
        "print('torch' in sys.modules)"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "False"
