"""A number draws one clip, whatever it is drawn with, and a pair's two classes hold the same frames."""

import pytest
import torch

from tests.video.drawn_clips import CYCLES, drawn
from tsm_demo.core.errors import ShapeError
from tsm_demo.core.labels import PAIRED_LABELS
from tsm_demo.training.recipe import HELD_OUT_SEED
from tsm_demo.video.motion_script import DIFFICULTIES, EASY, HARD, STANDARD, Difficulty
from tsm_demo.video.synthetic import motion_clips
from tsm_demo.video.textures import texture_bank

STILL = 10


@pytest.mark.parametrize("difficulty", [EASY, STANDARD, HARD], ids=DIFFICULTIES)
@pytest.mark.parametrize("n_segment", [2, 5, 8])
def test_a_clip_does_not_depend_on_its_batch(difficulty: Difficulty, n_segment: int) -> None:
    batch = motion_clips(range(20), 32, n_segment, difficulty)
    order = [13, 2, 19, 7, 0, 11, 5]
    shuffled = motion_clips(order, 32, n_segment, difficulty)
    assert torch.equal(shuffled.frames, batch.frames[order])
    assert torch.equal(shuffled.masks, batch.masks[order])
    assert torch.equal(shuffled.labels, batch.labels[order])
    for seed in (3, 11, 16):
        alone = motion_clips([seed], 32, n_segment, difficulty)
        assert torch.equal(alone.frames[0], batch.frames[seed])
        assert torch.equal(alone.masks[0], batch.masks[seed])


def test_a_number_draws_the_same_clip_anew() -> None:
    before = motion_clips(range(12), 32)
    texture_bank.cache_clear()
    after = motion_clips(range(12), 32)
    assert torch.equal(before.frames, after.frames)
    assert torch.equal(before.masks, after.masks)


def test_other_numbers_draw_other_scenes() -> None:
    frames = drawn("standard").frames[:, 0]
    scenes = {frames[seed].numpy().tobytes() for seed in range(0, len(frames), 2)}
    assert len(scenes) == len(frames) // 2


@pytest.mark.parametrize("difficulty", DIFFICULTIES)
def test_a_pairs_two_classes_hold_the_same_frames_in_opposite_order(difficulty: str) -> None:
    clips = drawn(difficulty)
    forwards = [seed for seed in range(0, 12 * CYCLES, 2) if seed % 12 < PAIRED_LABELS]
    backwards = [seed + 1 for seed in forwards]
    assert (clips.labels[forwards] ^ 1 == clips.labels[backwards]).all()
    assert torch.equal(clips.frames[forwards], clips.frames[backwards].flip(1))
    assert torch.equal(clips.masks[forwards], clips.masks[backwards].flip(1))
    assert not torch.equal(clips.frames[forwards], clips.frames[backwards])


def test_the_other_two_classes_have_scenes_of_their_own() -> None:
    frames = drawn("standard").frames
    for seed in range(STILL, 12 * CYCLES, 12):
        assert not torch.equal(frames[seed], frames[seed + 1].flip(0))


@pytest.mark.parametrize("first", [0, 7, HELD_OUT_SEED])
def test_labels_are_balanced(first: int) -> None:
    labels = motion_clips(range(first, first + 36), 16, 2).labels
    assert torch.bincount(labels, minlength=12).tolist() == [3] * 12
    assert labels[0] == first % 12


@pytest.mark.parametrize(("size", "n_segment"), [(16, 2), (24, 5), (40, 8)])
def test_sizes_and_dtypes(size: int, n_segment: int) -> None:
    clips = motion_clips([0, 5, 10], size, n_segment)
    assert (clips.frames.shape, clips.frames.dtype) == ((3, n_segment, 3, size, size), torch.uint8)
    assert (clips.masks.shape, clips.masks.dtype) == ((3, n_segment, size, size), torch.bool)
    assert (clips.labels.tolist(), clips.labels.dtype) == ([0, 5, 10], torch.int64)


def test_pictures_are_neither_flat_nor_burnt_out() -> None:
    frames = drawn("standard").frames.float()
    assert 50 < frames.mean() < 200
    assert frames.flatten(1).std(1).median() > 20
    assert ((frames == 0) | (frames == 255)).float().mean() < 0.2


@pytest.mark.parametrize(
    ("seeds", "size", "n_segment"), [([0], 20, 8), ([0], 8, 8), ([0], 0, 8), ([0], 32, 1), ([], 32, 8)]
)
def test_what_cannot_be_drawn(seeds: list[int], size: int, n_segment: int) -> None:
    with pytest.raises(
        ShapeError, match=r"multiple of 8, at least 16, .* frames at least 2, of at least one"
    ):
        motion_clips(seeds, size, n_segment)
