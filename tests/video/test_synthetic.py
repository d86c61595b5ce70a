"""A number draws one clip; a pair's two classes hold the same frames; what is marked moves as the label says."""

from functools import lru_cache

import numpy as np
import pytest
import torch
from torch import Tensor

from tsm_demo.core.errors import ShapeError
from tsm_demo.core.labels import PAIRED_LABELS
from tsm_demo.training.recipe import HELD_OUT_SEED
from tsm_demo.video.motion_script import (
    DIFFICULTIES,
    EASY,
    HARD,
    STANDARD,
    Difficulty,
    scene_rng,
    write_script,
)
from tsm_demo.video.synthetic import SEEDS_PER_BANK, MotionClips, motion_clips
from tsm_demo.video.textures import BANK_SIDE, texture_bank

RIGHT, LEFT, DOWN, UP, CLOSER, AWAY, CLOCKWISE, COUNTER_CLOCKWISE, TOGETHER, APART, STILL, BACK_AND_FORTH = (
    range(12)
)
SIZE, CYCLES = 48, 16  # every label is drawn CYCLES times
BOB = 0.12  # half frames: the most that a walker's bob takes off a vertical way


@lru_cache
def drawn(difficulty: str) -> MotionClips:
    return motion_clips(range(12 * CYCLES), SIZE, 8, DIFFICULTIES[difficulty])


def masks_of(label: int, difficulty: str) -> list[Tensor]:
    """(T', size, size) bool for each clip of a label with a moving thing: its frames that show the thing."""
    clips = drawn(difficulty)
    masks = [masks[masks.any(2).any(1)] for masks in clips.masks[clips.labels == label]]
    return [visible for visible in masks if len(visible) >= 2]


def places(mask: Tensor) -> Tensor:
    """(pixels, 2) x and y of a mask's pixels, from the middle of the mask."""
    at = mask.nonzero().flip(1).double()
    return at - at.mean(0)


def centroid(mask: Tensor) -> np.ndarray:
    """x and y, y down."""
    return mask.nonzero().flip(1).double().mean(0).numpy()


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


@pytest.mark.parametrize("difficulty", DIFFICULTIES)
@pytest.mark.parametrize(("label", "way"), [(RIGHT, (1, 0)), (LEFT, (-1, 0)), (DOWN, (0, 1)), (UP, (0, -1))])
def test_things_move_as_the_label_says(difficulty: str, label: int, way: tuple[int, int]) -> None:
    masks = masks_of(label, difficulty)
    moves = np.array([centroid(thing[-1]) - centroid(thing[0]) for thing in masks])
    assert len(moves) > CYCLES // 2
    assert (moves @ way).min() > 0
    assert np.median(moves @ way) > np.median(abs(moves @ way[::-1]))  # more along the axis than across


@pytest.mark.parametrize("difficulty", DIFFICULTIES)
@pytest.mark.parametrize(("label", "sign"), [(CLOSER, 1), (AWAY, -1)])
def test_things_that_come_closer_grow(difficulty: str, label: int, sign: int) -> None:
    areas = np.array([[float(thing[i].sum()) for i in (0, -1)] for thing in masks_of(label, difficulty)])
    assert len(areas) > CYCLES // 4
    assert (sign * (areas[:, 1] - areas[:, 0])).min() > 0


@pytest.mark.parametrize("difficulty", DIFFICULTIES)
@pytest.mark.parametrize(("label", "sign"), [(TOGETHER, 1), (APART, -1)])
def test_things_that_come_together_spread_less(difficulty: str, label: int, sign: int) -> None:
    spread = [
        [places(thing[i]).square().sum(1).mean() for i in (0, -1)] for thing in masks_of(label, difficulty)
    ]
    closer = sign * np.array([before - after for before, after in spread])
    assert len(closer) == CYCLES
    assert (
        np.mean(closer > 0) >= 0.75
    )  # a thing that starts outside the picture adds to the spread as it enters


def turn(before: Tensor, after: Tensor, bins: int = 72) -> int:
    """Steps of 5 degrees, clockwise as seen, that take one outline nearest to the other; at most 8."""
    profiles = []
    for mask in (before, after):
        x, y = places(mask).unbind(1)
        bin_of = ((torch.atan2(y, x) / (2 * torch.pi) + 0.5) * bins).long().clamp(0, bins - 1)  # y is down
        profile = torch.bincount(bin_of, x * x + y * y, minlength=bins)
        profiles.append(profile - profile.mean())
    return max(range(-8, 9), key=lambda k: float(profiles[0].roll(k) @ profiles[1]))


@pytest.mark.parametrize(("label", "sign"), [(CLOCKWISE, 1), (COUNTER_CLOCKWISE, -1)])
def test_things_turn_as_the_label_says(label: int, sign: int) -> None:
    turns = []
    for thing in masks_of(label, "easy"):
        turns.append(sign * sum(turn(thing[t], thing[t + 1]) for t in range(len(thing) - 1)))
    assert len(turns) > CYCLES // 2
    assert np.median(turns) * 5 >= 60  # degrees
    assert np.mean(np.array(turns) > 0) >= 0.75  # an outline with as many corners as a turn hides looks still


@pytest.mark.parametrize("difficulty", DIFFICULTIES)
def test_nothing_is_marked_where_the_camera_moves_or_nothing_does(difficulty: str) -> None:
    clips = drawn(difficulty)
    marked = clips.masks.flatten(1).any(1)
    share = torch.stack([marked[clips.labels == label].float().mean() for label in range(12)])
    assert share[STILL] == 0
    assert (share[[TOGETHER, APART]] == 1).all()
    others = [label for label in range(12) if label not in (TOGETHER, APART, STILL)]
    assert 0.5 < share[others].mean() < 0.95
    for seed in range(12 * CYCLES):
        script = write_script(seed, 8, DIFFICULTIES[difficulty], scene_rng(seed))
        if not marked[seed]:
            assert not script.moving.any()
            assert np.ptp(script.camera, axis=0).max() > 0.1 or seed % 12 == STILL


def content_shift(before: Tensor, after: Tensor) -> np.ndarray:
    """x and y, in pixels, by which the content of a grey picture (size, size) moved: phase correlation."""
    window = torch.outer(*[torch.hann_window(SIZE)] * 2)
    first, second = (torch.fft.fft2((picture - picture.mean()) * window) for picture in (before, after))
    cross = first.conj() * second
    y, x = divmod(int(torch.fft.ifft2(cross / (cross.abs() + 1e-3)).real.argmax()), SIZE)
    return np.array([(x + SIZE // 2) % SIZE - SIZE // 2, (y + SIZE // 2) % SIZE - SIZE // 2])


@pytest.mark.parametrize(("label", "way"), [(RIGHT, (1, 0)), (LEFT, (-1, 0)), (DOWN, (0, 1)), (UP, (0, -1))])
def test_the_content_moves_as_the_label_says_when_the_camera_does(label: int, way: tuple[int, int]) -> None:
    clips = drawn("easy")
    chosen = (clips.labels == label) & ~clips.masks.flatten(1).any(1)
    grey = clips.frames[chosen].float().mean(2)
    assert len(grey) >= 2
    for clip in grey:
        path = sum(content_shift(clip[t], clip[t + 1]) for t in range(7))
        assert path @ way >= EASY.displacement[0] * SIZE / 2 * 0.8
        assert path @ way > 2 * abs(path @ way[::-1])


def test_still_clips_are_still() -> None:
    clips = drawn("easy")
    change = clips.frames.float().diff(dim=1).abs().mean((1, 2, 3, 4))  # of 255
    assert change[clips.labels == STILL].max() < 3
    moving = change[clips.labels != STILL]
    assert (moving > change[clips.labels == STILL].median()).all()
    assert moving.median() > 5


@pytest.mark.parametrize("name", DIFFICULTIES)
def test_motions_have_their_least_size(name: str) -> None:
    difficulty = DIFFICULTIES[name]
    ahead = difficulty.displacement[0] * np.cos(np.deg2rad(difficulty.off_axis_deg))
    for seed in range(12 * 60):
        label = seed % 12
        script = write_script(seed, 8, difficulty, scene_rng(seed))
        tracks = script.things[script.moving] if script.moving.any() else script.camera[None]
        shake = 4 * 0.012 * difficulty.disturbance  # of the camera, four spreads
        x, y, log_size, angle = np.moveaxis(tracks[:, -1] - tracks[:, 0], 1, 0)
        if label in (
            RIGHT,
            LEFT,
        ):  # a script is written forwards, and rendered backwards for the second of a pair
            assert (x >= ahead - shake).all()
        elif label in (DOWN, UP):
            assert (y >= ahead - shake - BOB).all()
        elif label in (CLOSER, AWAY):
            assert (np.exp(log_size) >= difficulty.zoom[0] - 1e-9).all()
        elif label in (CLOCKWISE, COUNTER_CLOCKWISE):
            assert (np.rad2deg(angle) >= difficulty.turn_deg[0] - 1e-9).all()
        elif label in (TOGETHER, APART):
            gap = np.hypot(*(script.things[0] - script.things[1])[:, :2].T)
            assert gap[0] - gap[-1] >= 0.5
        elif label == STILL:
            assert not script.moving.any()
            assert np.ptp(script.camera, axis=0).max() < 2 * shake
        else:
            there = np.ptp(tracks, axis=1)
            assert (
                (np.hypot(there[:, 0], there[:, 1]) >= 0.8 * difficulty.displacement[0])
                | (np.exp(there[:, 2]) >= difficulty.zoom[0] ** 0.8)
                | (np.rad2deg(there[:, 3]) >= 0.8 * difficulty.turn_deg[0])
            ).all()
        assert script.backwards == (label < PAIRED_LABELS and label % 2 == 1)


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


def test_held_out_clips_share_no_texture_with_training_clips() -> None:
    trained, held_out = (texture_bank(seed // SEEDS_PER_BANK) for seed in (0, HELD_OUT_SEED))
    pictures = {picture.numpy().tobytes() for picture in trained}
    assert len(pictures) == len(trained)
    assert pictures.isdisjoint(picture.numpy().tobytes() for picture in held_out)


def test_textures_have_the_spectrum_of_natural_pictures() -> None:
    grey = texture_bank(0).double().mean(1)
    window = torch.outer(*[torch.hann_window(BANK_SIDE, dtype=torch.float64)] * 2)
    power = torch.fft.fft2((grey - grey.mean((1, 2), keepdim=True)) * window).abs().square().numpy()
    waves = np.fft.fftfreq(BANK_SIDE, 1 / BANK_SIDE)  # a picture
    ring = np.hypot(waves[:, None], waves[None]).round().astype(int)
    chosen = np.arange(3, 65)
    slopes = []
    for spectrum in power:
        by_ring = np.bincount(ring.ravel(), spectrum.ravel()) / np.bincount(ring.ravel())
        slopes.append(np.polyfit(np.log(chosen), np.log(by_ring[chosen]), 1)[0])
    assert max(slopes) < -1
    assert -4 < np.mean(slopes) < -2
