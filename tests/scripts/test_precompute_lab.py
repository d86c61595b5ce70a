"""What is stored of the bundled clips is what the networks say today, and what it says of shifts and maps."""

from dataclasses import asdict

import pytest

from scripts.precompute_lab import ask_variants, judge_map
from tsm_demo.analysis.shift_variants import VARIANTS
from tsm_demo.analysis.stored_lab import LAB, MapTrust, read_lab, write_lab
from tsm_demo.core.labels import MOTION_LABELS, PAIRED_LABELS, reversed_label
from tsm_demo.ui.clips import bundled_labels

STALE = "the stored table is old: run `python -m scripts.precompute`"
PAIRS = [MOTION_LABELS[k : k + 2] for k in range(0, PAIRED_LABELS, 2)]


def trust(label: str) -> MapTrust:
    return next(row for row in read_lab().maps if row.truth == label)


def test_every_clip_is_there_in_order():
    expected = list(bundled_labels().items())
    assert [(row.clip, row.truth) for row in read_lab().maps] == expected
    for variant in VARIANTS:
        assert [(row.clip, row.truth) for row in read_lab().of_variant(variant)] == expected


@pytest.mark.parametrize("clip", ["leaf falls", "lantern swings"])
def test_shifts_are_as_stored(clip):
    stored = [row for row in read_lab().variants if row.clip == clip]
    for row, now in zip(stored, ask_variants(clip), strict=True):
        assert (row.clip, row.variant, row.truth, row.said) == (now.clip, now.variant, now.truth, now.said), (
            STALE
        )
        assert (row.score, row.truth_score) == pytest.approx((now.score, now.truth_score), abs=0.01), STALE


def test_a_map_is_judged_as_stored():
    stored, now = trust("moves up"), judge_map("balloon rises")
    assert asdict(stored.patches) == pytest.approx(asdict(now.patches), abs=0.02), STALE
    assert asdict(stored.frames) == pytest.approx(asdict(now.frames), abs=0.02), STALE
    assert stored.left == pytest.approx(now.left, abs=0.02), STALE


def test_the_file_is_read_as_it_was_written(tmp_path):
    lab = read_lab()
    write_lab(lab.variants, lab.maps, tmp_path / "lab.json")
    assert read_lab(tmp_path / "lab.json") == lab
    assert (tmp_path / "lab.json").read_bytes() == LAB.read_bytes()


def test_what_breaks_with_another_shift():
    lab = read_lab()
    assert lab.right("intact") == 12
    assert lab.right("removed") == 1  # nothing moves, so all stays still
    assert {row.said for row in lab.of_variant("removed")} == {"stays still"}
    for row in lab.of_variant("reversed"):
        assert row.said == MOTION_LABELS[reversed_label(MOTION_LABELS.index(row.truth))]
    assert lab.right("circular") == 12
    assert (
        lab.mean_truth_score("intact")
        > lab.mean_truth_score("halved")
        > lab.mean_truth_score("fold_div_doubled")
    )


@pytest.mark.parametrize("pair", PAIRS, ids="-".join)
def test_deletion_and_insertion_beat_random_orders_on_the_mean_of_a_pair(pair):
    rows = [trust(label) for label in pair]
    for kind in ("patches", "frames"):
        areas = [getattr(row, kind) for row in rows]
        chance = sum(area.chance for area in areas)
        assert sum(area.deletion for area in areas) < chance
        assert sum(area.insertion for area in areas) > chance
