"""The sheet has every map at its place, each channel on its own scale; the film has the frames in order."""

from io import BytesIO

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from tsm_demo.viz.feature_tiles import DARK, FRAME_SIDE, SIDES, film_strip, tile_levels, tile_sheet


def pixels(webp: bytes) -> NDArray[np.uint8]:
    return np.asarray(Image.open(BytesIO(webp)).convert("RGB"))


def test_every_map_is_at_its_place() -> None:
    T, C = 3, 5
    maps = np.zeros((T, C, 4, 4), np.float32)
    maps[2, 1] = 7
    sheet = pixels(tile_sheet(maps))[..., 0]
    side = SIDES[0]
    assert sheet.shape == (T * side, C * side)
    bright = sheet[2 * side + 4 : 3 * side - 4, side + 4 : 2 * side - 4]
    assert bright.min() > 240
    sheet = sheet.copy()
    sheet[2 * side - 2 : 3 * side + 2, side - 2 : 2 * side + 2] = 0
    assert sheet.max() < DARK + 25


def test_a_channel_has_one_scale_for_the_whole_clip() -> None:
    maps = np.zeros((2, 2, 1, 1), np.float32)
    maps[:, 0, 0, 0] = 1, 2
    levels = tile_levels(maps)[:, :, 0, 0]
    assert levels[1, 0] == 255
    assert DARK < levels[0, 0] < 255  # half as much is darker, in the other frame
    assert levels[:, 1].tolist() == [DARK, DARK]  # an empty channel divides by nothing


def test_many_tiles_are_smaller() -> None:
    maps = np.random.default_rng(0).random((16, 64, 7, 7), np.float32)
    sheet = tile_sheet(maps)
    assert pixels(sheet).shape[:2] == (16 * SIDES[1], 64 * SIDES[1])
    assert len(sheet) < 300_000  # as text a third more: under 400 kB with noise, the worst there is


def test_the_film_shows_the_frames_in_order() -> None:
    frames = np.stack([np.full((20, 30, 3), shade, np.uint8) for shade in (10, 120, 240)])
    film = pixels(film_strip(frames))
    assert film.shape == (3 * FRAME_SIDE, FRAME_SIDE, 3)
    middle = film[FRAME_SIDE // 2 :: FRAME_SIDE, FRAME_SIDE // 2, 0]
    assert np.abs(middle.astype(int) - [10, 120, 240]).max() < 6
