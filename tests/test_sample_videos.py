"""The bundled clips: complete, playable, small, made by the code beside them, moving as their labels say."""

import csv
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from pathlib import Path

import av
import numpy as np
import pytest
from numpy.typing import NDArray

from sample_videos.scenes import SCENES
from tsm_demo.core.labels import MOTION_LABELS

FOLDER = Path(__file__).resolve().parents[1] / "sample_videos"
MAX_BYTES, MAX_BYTES_TOGETHER = 400_000, 3_000_000
WHOLE, LEFT, RIGHT = slice(None), slice(0, 30), slice(30, 60)  # columns of a small picture


@dataclass(frozen=True)
class Decoded:
    codec: str
    pixel_format: str
    duration_sec: float
    frames: NDArray[np.uint8]  # (T, H, W, 3) RGB


@cache
def decoded(name: str) -> Decoded:
    with av.open(str(FOLDER / f"{name}.mp4")) as container:
        stream = container.streams.video[0]
        frames = np.stack([frame.to_ndarray(format="rgb24") for frame in container.decode(stream)])
        seconds = float(stream.duration * stream.time_base)
        return Decoded(stream.codec.canonical_name, stream.pix_fmt, seconds, frames)


@cache
def small_and_grey(name: str) -> NDArray[np.float64]:
    """(T, 45, 60): small enough that a step between frames is about a pixel, or less."""
    grey = decoded(name).frames.astype(float).mean(-1)
    return grey.reshape(len(grey), 45, 8, 60, 8).mean((2, 4))


def flow(name: str, terms: int = 4, columns: slice = WHOLE) -> NDArray[np.float64]:
    """(T-1, terms) shift right, shift down, growth and clockwise turn about the centre between frames.

    In half frames and radians; `terms` = 2 explains all by shifts. Least squares on the brightness constancy
    of the pixels that change: Lucas and Kanade 1981, with one motion for the picture instead of one a window.
    """
    y, x = np.mgrid[0:45, 0:60] / 22.5 - np.array([1, 4 / 3])[:, None, None]
    moves = []
    for before, after in pairwise(small_and_grey(name)):
        down, right = np.gradient((before + after) / 2, 1 / 22.5)
        model = np.stack([right, down, right * x + down * y, down * x - right * y], -1)[:, columns, :terms]
        change = (before - after)[:, columns]
        seen = np.abs(change) > 2
        moves.append(np.linalg.lstsq(model[seen], change[seen], rcond=None)[0])
    return np.array(moves)


def test_labels_file_lists_the_scenes_in_the_order_of_the_labels() -> None:
    with (FOLDER / "labels.csv").open(newline="") as file:
        rows = [(row["file"], row["label"]) for row in csv.DictReader(file)]
    assert rows == [(f"{name}.mp4", scene.label) for name, scene in SCENES.items()]
    assert tuple(label for _, label in rows) == MOTION_LABELS


def test_folder_holds_those_clips_and_no_others() -> None:
    assert {path.name for path in FOLDER.glob("*.mp4")} == {f"{name}.mp4" for name in SCENES}


def test_readme_names_every_clip_with_its_label() -> None:
    lines = (FOLDER / "README.md").read_text().splitlines()
    for name, scene in SCENES.items():
        (line,) = (line for line in lines if f"`{name}.mp4`" in line)
        assert f"`{scene.label}`" in line


def test_clips_are_small() -> None:
    sizes = [(FOLDER / f"{name}.mp4").stat().st_size for name in SCENES]
    assert max(sizes) < MAX_BYTES
    assert sum(sizes) < MAX_BYTES_TOGETHER


@pytest.mark.parametrize("name", SCENES)
def test_browsers_play_it(name: str) -> None:
    clip = decoded(name)
    assert (clip.codec, clip.pixel_format) == ("h264", "yuv420p")
    assert 2 <= clip.duration_sec <= 4
    assert clip.duration_sec == pytest.approx(SCENES[name].seconds, abs=0.05)
    header = (FOLDER / f"{name}.mp4").read_bytes()
    assert header.index(b"moov") < header.index(b"mdat"), "the index must come first"


@pytest.mark.parametrize("name", SCENES)
def test_rendering_again_gives_the_stored_frame(name: str) -> None:
    again = SCENES[name].render(0.0)
    assert again.dtype == np.uint8
    assert np.abs(again - decoded(name).frames[0].astype(float)).mean() < 6
    np.testing.assert_array_equal(SCENES[name].render(0.0), again)


MAIN = {  # label -> which of shift right, shift down, growth, clockwise turn is the largest, and its sign
    "moves right": (0, 1),
    "moves left": (0, -1),
    "moves down": (1, 1),
    "moves up": (1, -1),
    "comes closer": (2, 1),
    "goes away": (2, -1),
    "turns clockwise": (3, 1),
    "turns counter-clockwise": (3, -1),
}


@pytest.mark.parametrize("name", [name for name, scene in SCENES.items() if scene.label in MAIN])
def test_motion_is_what_the_label_says_in_every_quarter(name: str) -> None:
    part, sign = MAIN[SCENES[name].label]
    for quarter in np.array_split(flow(name, terms=2 if part < 2 else 4), 4):
        total = quarter.sum(0)
        assert np.abs(total).argmax() == part
        assert sign * total[part] > 0.05


@pytest.mark.parametrize(("name", "inwards"), [("billiard_balls_meet", 1), ("paper_boats_part", -1)])
def test_both_sides_move_towards_or_away_from_the_middle(name: str, inwards: int) -> None:
    for columns, sign in ((LEFT, 1), (RIGHT, -1)):
        for quarter in np.array_split(flow(name, 2, columns)[:, 0], 4):
            assert sign * inwards * quarter.sum() > 0.05


def test_lantern_goes_out_and_comes_back_to_where_it_began() -> None:
    across, frames = flow("lantern_swings", terms=2)[:, 0], decoded("lantern_swings").frames.astype(float)
    out, back = np.array_split(across, 2)
    assert out.sum() > 0.2
    assert back.sum() < -0.2
    assert np.abs(frames[0] - frames[-1]).mean() < 2


def test_still_life_does_not_move() -> None:
    frames = small_and_grey("fruit_stays_still")
    edges = np.abs(np.diff(frames, axis=2)).reshape(
        len(frames), -1
    )  # flicker scales them, motion would shift them
    assert min(np.corrcoef(edges[0], edge)[0, 1] for edge in edges) > 0.99
    assert np.abs(frames - frames[0]).max() > 0, "a little flicker is wanted"
