"""A tiny study: what a run sees, that it is repeatable, resumed and stored; far below what learns anything."""

from dataclasses import replace
from pathlib import Path

import pytest
import torch

from tsm_demo.analysis import stored_folds
from tsm_demo.core.errors import TsmDemoError
from tsm_demo.core.fold_runs import FoldRun
from tsm_demo.core.labels import MOTION_LABELS
from tsm_demo.training import fold_study
from tsm_demo.training.fold_study import ARMS, SEEDS, FoldStudy, drawn_scenes, planned, run_study, train_one
from tsm_demo.video.motion_script import EASY
from tsm_demo.video.synthetic import motion_clips

# Not smaller: on maps of one pixel oneDNN's bfloat16 convolutions with a stride give gradients that are not repeatable.
TINY = FoldStudy(width=8, size=32, n_segment=4, scenes=12, held_out_clips=24, batch_clips=12)
TWO_ARMS = ((0, "residual"), (4, "in_place"))


@pytest.fixture(autouse=True)
def few_runs(monkeypatch: pytest.MonkeyPatch):
    """Two kinds of network, one seed; give the threads back at the end."""
    monkeypatch.setattr(fold_study, "ARMS", TWO_ARMS)
    monkeypatch.setattr(fold_study, "SEEDS", (0,))
    threads = torch.get_num_threads()
    yield
    torch.set_num_threads(threads)


def test_the_issue_of_the_study_is_covered():
    residual = [fold_div for fold_div, placement in ARMS if placement == "residual"]
    assert residual == [0, 16, 8, 4, 2]
    assert {fold_div for fold_div, placement in ARMS if placement == "in_place"} == {8, 4}
    assert len(SEEDS) == 3


def test_scenes_are_drawn_once_and_their_labels_are_the_clips_own(tmp_path: Path):
    frames, labels = drawn_scenes(TINY, tmp_path)
    assert frames.shape == (12, 4, 3, 32, 32)
    (kept,) = tmp_path.iterdir()
    first = kept.stat().st_mtime_ns
    drawn_scenes(TINY, tmp_path)
    assert kept.stat().st_mtime_ns == first
    seeds = [fold_study.scene_seed(index) for index in range(12)]
    clips = motion_clips(seeds, 32, 4, EASY)
    assert torch.equal(clips.labels, labels)
    assert torch.equal(clips.frames, torch.from_numpy(frames.copy()))


def test_with_reversals_a_whole_cycle_holds_every_label_twice(tmp_path: Path):
    _, labels = drawn_scenes(TINY, tmp_path)
    both = torch.cat([labels, fold_study.reversed_labels(labels)])
    assert torch.bincount(both, minlength=len(MOTION_LABELS)).tolist() == [2] * len(MOTION_LABELS)


def test_a_run_is_repeatable_and_its_seed_and_fold_matter(tmp_path: Path):
    frames, labels = drawn_scenes(TINY, tmp_path)
    held_out = fold_study.held_out_clips(TINY)

    def loss(fold_div: int, seed: int) -> float:
        return train_one(TINY, fold_div, "residual", seed, frames, labels, held_out).loss

    assert loss(4, 0) == loss(4, 0)
    assert len({loss(4, 0), loss(4, 1), loss(0, 0)}) == 3


def test_parts_share_the_runs_and_a_finished_one_is_not_run_again(tmp_path: Path):
    assert sorted(planned()[0::2] + planned()[1::2]) == sorted(planned())
    done: list[FoldRun] = []
    run_study(TINY, tmp_path, 0, 2, done.append)
    assert [(run.fold_div, run.placement) for run in done] == [TWO_ARMS[0]]
    run_study(TINY, tmp_path, report=done.append)
    assert [(run.fold_div, run.placement) for run in done] == [*TWO_ARMS]
    assert done[0].clips == 24
    run_study(TINY, tmp_path, report=done.append)
    assert len(done) == 2


def test_what_is_stored_is_what_was_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    target = tmp_path / "fold_fraction.json"
    monkeypatch.setattr(fold_study, "TIMING", replace(fold_study.TIMING, budget_sec=0.0))
    done: list[FoldRun] = []
    run_study(TINY, tmp_path, report=done.append)
    fold_study.store(TINY, tmp_path, target)
    found = stored_folds.read_folds(target)
    assert found.study["scenes"] == 12
    assert [run for arm in found.arms for run in arm.runs] == done
    still, moving = found.arms
    assert still.latency_ratio == 1
    assert moving.latency_ratio is not None
    assert moving.latency_ratio > 0


def test_nothing_to_store_is_said(tmp_path: Path):
    with pytest.raises(TsmDemoError, match="no finished run"):
        fold_study.store(TINY, tmp_path)
