"""The overlay in a file is the one in the browser: the same colours, the same opacity, in the same places."""

import re
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

import tsm_demo
from tsm_demo.core.errors import ShapeError
from tsm_demo.viz.heat import ALPHA_GAIN, OPACITY, PLASMA, heat_colours, overlay_heat, shrink_frames

PLAYER = Path(tsm_demo.__file__).parent / "ui" / "components" / "cam_player"
HOTTEST = np.array([0xF0, 0xF9, 0x21])


def noise(height: int, width: int, frames: int = 2) -> np.ndarray:
    return np.random.default_rng(5).integers(0, 256, (frames, height, width, 3), dtype=np.uint8)


def test_colours_and_opacity_are_those_of_the_player() -> None:
    heat = (PLAYER / "heat.js").read_text(encoding="utf-8")
    (stops,) = re.findall(r'const PLASMA = "([0-9a-f ]+)"', heat)
    assert tuple(stops.split()) == PLASMA
    (gain,) = re.findall(r"Math\.min\(1, ([\d.]+) \* value\)", heat)
    assert float(gain) == ALPHA_GAIN
    (opacity,) = re.findall(r"opacity: (\d+)", (PLAYER / "player.js").read_text(encoding="utf-8"))
    assert float(opacity) / 100 == OPACITY


def test_stops_are_met_and_mixed_between() -> None:
    at_stops, _ = heat_colours(np.arange(10, dtype=np.float32) / 9)
    np.testing.assert_allclose(at_stops, [list(bytes.fromhex(stop)) for stop in PLASMA], atol=1e-3)
    halfway, _ = heat_colours(np.float32([[0.5]]))
    assert halfway.shape == (1, 1, 3)
    np.testing.assert_allclose(
        halfway[0, 0], [(0xBD + 0xD8) / 2, (0x37 + 0x57) / 2, (0x86 + 0x6B) / 2], atol=1e-3
    )


def test_heat_grows_opaque_and_stays_so() -> None:
    _, alpha = heat_colours(np.float32([0, 0.2, 0.5, 2 / 3, 0.8, 1]))
    assert alpha == pytest.approx([0, 0.3, 0.75, 1, 1, 1])


@pytest.mark.parametrize(("height", "width"), [(40, 60), (37, 53), (1, 1)])
def test_no_heat_leaves_the_picture(height: int, width: int) -> None:
    frames = noise(height, width)
    shown = overlay_heat(frames, np.zeros((2, 7, 7), np.float32))
    assert shown.dtype == np.uint8
    assert np.array_equal(shown, frames)


def test_no_heat_leaves_the_shrunk_picture() -> None:
    frames = noise(90, 160)
    shown = overlay_heat(frames, np.zeros((2, 7, 7), np.float32), side=80)
    for picture, frame in zip(shown, frames, strict=True):
        expected = Image.fromarray(frame).resize((80, 45), Image.Resampling.BILINEAR)
        assert np.abs(picture.astype(int) - np.asarray(expected)).max() <= 1


@pytest.mark.parametrize(
    ("height", "width", "side", "expected"),
    [
        (90, 160, 480, (90, 160)),  # never enlarged
        (90, 160, 160, (90, 160)),
        (180, 320, 101, (57, 101)),
        (321, 181, 100, (100, 56)),
        (500, 2, 100, (100, 1)),
    ],
)
def test_sizes(height: int, width: int, side: int, expected: tuple[int, int]) -> None:
    frames = noise(height, width)
    assert overlay_heat(frames, np.ones((2, 3, 4), np.float32), side=side).shape == (2, *expected, 3)
    assert shrink_frames(frames, side).shape == (2, *expected, 3)


@pytest.mark.parametrize("opacity", [0.0, 0.4, OPACITY, 1.0])
def test_full_heat_everywhere(opacity: float) -> None:
    shown = overlay_heat(np.full((1, 8, 8, 3), 100, np.uint8), np.ones((1, 2, 2), np.float32), opacity)
    assert np.abs(shown - (100 * (1 - opacity) + HOTTEST * opacity)).max() <= 0.51


def test_a_hot_cell_lights_its_place_in_its_frame() -> None:
    frames, maps = np.zeros((3, 90, 120, 3), np.uint8), np.zeros((3, 3, 4), np.float32)
    maps[1, 1, 2] = 1  # rows 30 to 59, columns 60 to 89
    light = overlay_heat(frames, maps).astype(int).sum(3)
    assert not light[[0, 2]].any()
    y, x = np.argwhere(light[1] == light[1].max()).mean(0)
    assert (y, x) == pytest.approx((44.5, 74.5), abs=0.6)
    # Mixed bilinearly, it reaches as far as the centres of its neighbours, and no further.
    lit = np.argwhere(light[1])
    assert lit.min(0) == pytest.approx((16, 46), abs=1)
    assert lit.max(0) == pytest.approx((73, 103), abs=1)
    assert light[1, 30:60, 60:90].min() > 0
    assert np.array_equal(light[1], light[1, ::-1])


def test_frames_played_backwards() -> None:
    frames, maps = noise(30, 40, frames=4), np.random.default_rng(1).random((4, 3, 3), dtype=np.float32)
    backwards = overlay_heat(frames[::-1], maps[::-1])
    assert np.array_equal(backwards[::-1], overlay_heat(frames, maps))


@pytest.mark.parametrize("maps", [1, 3])
def test_as_many_maps_as_frames(maps: int) -> None:
    with pytest.raises(ShapeError, match=rf"2 frames and {maps} maps"):
        overlay_heat(noise(8, 8), np.zeros((maps, 2, 2), np.float32))
