"""The film of Time lab: which frames stand where, and which numbers they carry."""

import io

import numpy as np
import pytest
from PIL import Image

from tsm_demo.ui.lab_frames import other_speed_film, reordered_film
from tsm_demo.ui.lab_view import nearest
from tsm_demo.video.clip import ClipInfo, SampledClip, SampledWindow

INFO = ClipInfo(9, 2.25, 4.0, 40, 20, 0, "none")


def clip(*rows: int) -> SampledClip:
    """Nine frames, each of its own grey, of which a window shows these."""
    frames = np.repeat(np.arange(9, dtype=np.uint8)[:, None, None, None] * 25, 20, axis=1)
    frames = np.ascontiguousarray(np.broadcast_to(frames, (9, 20, 40, 3)))
    return SampledClip(frames, np.arange(9), np.arange(9) / 4, (SampledWindow(0, 2.25, rows),), INFO)


def greys(picture: bytes, count: int) -> list[int]:
    film = np.asarray(Image.open(io.BytesIO(picture)).convert("L")).astype(int)
    return [round(part[:, 8:-8].mean() / 25) for part in np.split(film, count, axis=1)]


def test_another_order_shows_the_same_film():
    film = reordered_film(clip(0, 2, 4, 6), (3, 0, 2, 1))
    assert greys(film.picture, 4) == [0, 2, 4, 6]
    assert film.numbers == ("1", "2", "3", "4")
    assert film.numbers_of(film.shown) == ("4", "1", "3", "2")
    assert film.aspect == pytest.approx(2)
    assert film.frame_sec == pytest.approx(0.5)


def test_a_still_picture_has_a_pace():
    assert reordered_film(clip(3, 3, 3), (2, 1, 0)).frame_sec > 0


def test_another_speed_adds_the_frames_between_and_numbers_them_by_their_time():
    film = other_speed_film(clip(0, 2, 4, 6), clip(2, 3, 4, 5))
    assert greys(film.picture, 6) == [0, 2, 3, 4, 5, 6]
    assert film.numbers_of(film.filmed) == ("1", "2", "3", "4")
    assert film.numbers_of(film.shown) == ("2", "2.5", "3", "3.5")


def test_a_click_freezes_on_the_nearest_sampled_frame():
    film = other_speed_film(clip(0, 2, 4, 6), clip(2, 3, 4, 5))
    assert [nearest(film, at) for at in range(6)] == [0, 1, 1, 2, 2, 3]
