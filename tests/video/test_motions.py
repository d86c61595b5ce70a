"""What is marked in a clip, or its whole content, moves as the label says, and far enough to be seen."""

import numpy as np
import pytest
import torch
from torch import Tensor

from tests.video.drawn_clips import CYCLES, SIZE, drawn
from tsm_demo.core.labels import PAIRED_LABELS
from tsm_demo.video.motion_script import DIFFICULTIES, EASY, scene_rng, write_script

RIGHT, LEFT, DOWN, UP, CLOSER, AWAY, CLOCKWISE, COUNTER_CLOCKWISE, TOGETHER, APART, STILL = range(11)
BOB = 0.12  # half frames: the most that a walker's bob takes off a vertical way


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
