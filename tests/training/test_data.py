"""Training batches hold every label as often, and are the same whenever they are drawn."""

from dataclasses import replace

import pytest
import torch

from tsm_demo.core.labels import reversed_label
from tsm_demo.training.data import Batches, batches_from, reversed_labels, scene_seed
from tsm_demo.training.recipe import HELD_OUT_SEED, PICTURE_SIZE, SCHEDULES, Recipe, Stage
from tsm_demo.video.motion_script import EASY, HARD, STANDARD, Difficulty
from tsm_demo.video.synthetic import SEEDS_PER_BANK, motion_clips

STAGE = Stage("small", 48, 32, 1.0, 2e-3, last_stride=2)
MIXED = replace(STAGE, clips=36, size=40, easy_share=0.5)
RECIPE = Recipe(stages=(STAGE, MIXED), batch_clips=12, n_segment=4)


@pytest.mark.parametrize("first", [0, 12, 24, 1200])
def test_twelve_scenes_and_their_reversals_give_each_label_twice(first: int) -> None:
    labels = [scene_seed(index) % 12 for index in range(first, first + 12)]
    labels += [reversed_label(label) for label in labels]
    assert sorted(labels) == sorted([*range(12)] * 2)


def test_no_scene_is_drawn_twice() -> None:
    seeds = [scene_seed(index) for index in range(6000)]
    scenes = {seed // 2 if seed % 12 < 10 else (seed,) for seed in seeds}  # a pair's two seeds are one scene
    assert len(scenes) == len(seeds)


@pytest.mark.parametrize("stages", SCHEDULES.values(), ids=SCHEDULES)
def test_no_run_reaches_the_held_out_textures(stages: tuple[Stage, ...]) -> None:
    last = scene_seed(sum(stage.clips for stage in stages) // 2)
    assert last // SEEDS_PER_BANK < HELD_OUT_SEED // SEEDS_PER_BANK


def test_a_batch_is_scenes_and_then_their_reversals() -> None:
    frames, labels = Batches(RECIPE, STAGE, 0)[1]
    assert (frames.shape, frames.dtype) == ((12, 4, 3, 32, 32), torch.uint8)
    assert (labels.shape, labels.dtype) == ((12,), torch.int64)
    assert torch.equal(frames[6:], frames[:6].flip(1))
    assert labels[6:].tolist() == [reversed_label(label) for label in labels[:6].tolist()]
    assert torch.equal(
        reversed_labels(torch.arange(12)), torch.tensor([1, 0, 3, 2, 5, 4, 7, 6, 9, 8, 10, 11])
    )


def test_frames_and_labels_belong_together() -> None:
    hard = replace(STAGE, easy_share=0.0)
    frames, labels = Batches(RECIPE, hard, 60)[0]
    seeds = [scene_seed(index) for index in range(60, 66)]
    drawn = motion_clips(seeds, 32, 4, STANDARD)
    assert torch.equal(frames[:6], drawn.frames)
    assert torch.equal(labels[:6], drawn.labels)


@pytest.mark.parametrize(("easy", "hard", "difficulty"), [(1, 0, EASY), (0, 1, HARD), (0, 0, STANDARD)])
def test_a_stage_draws_what_its_shares_say(easy: float, hard: float, difficulty: Difficulty) -> None:
    frames, _ = Batches(RECIPE, replace(STAGE, easy_share=easy, hard_share=hard), 60)[0]
    assert torch.equal(
        frames[:6], motion_clips([scene_seed(index) for index in range(60, 66)], 32, 4, difficulty).frames
    )


def test_the_shares_of_easy_and_hard_clips() -> None:
    batches = Batches(RECIPE, replace(STAGE, easy_share=0.2, hard_share=0.3), 0)
    kinds = [batches._difficulty(draw / 1000) for draw in range(1000)]
    assert [kinds.count(kind) for kind in (EASY, STANDARD, HARD)] == [200, 500, 300]


def test_two_batches_hold_each_label_twice() -> None:
    batches = Batches(RECIPE, MIXED, 24)  # easy and standard clips
    labels = torch.cat([batches[0][1], batches[1][1]])
    assert torch.bincount(labels, minlength=12).tolist() == [2] * 12


def test_a_batch_is_the_same_whenever_it_is_drawn() -> None:
    batches = Batches(RECIPE, MIXED, 24)
    late = [batches[2], batches[1]]
    fresh = list(batches_from(RECIPE, MIXED, 24, start=1))  # in the other process
    assert len(fresh) == 2
    for (frames, labels), (same_frames, same_labels) in zip(fresh, reversed(late), strict=True):
        assert torch.equal(frames, same_frames)
        assert torch.equal(labels, same_labels)


def test_the_batches_of_a_stage_end() -> None:
    batches = Batches(RECIPE, STAGE, 0)
    assert len(batches) == 4
    with pytest.raises(IndexError):
        batches[4]


def test_another_seed_trains_on_other_scenes() -> None:
    first, second = (Batches(replace(RECIPE, seed=seed), STAGE, 0)[0] for seed in (0, 1))
    assert torch.equal(first[1], second[1])
    assert not any(torch.equal(a, b) for a in first[0] for b in second[0])


@pytest.mark.parametrize("stages", SCHEDULES.values(), ids=SCHEDULES)
def test_the_stages_are_whole_batches_and_end_at_full_size(stages: tuple[Stage, ...]) -> None:
    assert [stage.clips % Recipe().batch_clips for stage in stages] == [0] * len(stages)
    assert stages[-1].size == PICTURE_SIZE == 112
