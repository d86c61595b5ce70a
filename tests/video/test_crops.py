"""Crops: the squares that TSM's networks were shown, cut out by hand beside the code."""

import numpy as np
import pytest
import torch
from PIL import Image

from tsm_demo.core.errors import ShapeError
from tsm_demo.video.tensors import cut_crops

RNG = np.random.default_rng(5)


def frames(height: int, width: int) -> np.ndarray:
    """(2, height, width, 3) uint8 noise: any other place, and any mirror image, looks different."""
    return RNG.integers(0, 256, (2, height, width, 3), dtype=np.uint8)


def crops(pictures: np.ndarray, *arguments: int) -> list[np.ndarray]:
    """(2, size, size, 3) each."""
    return [crop.permute(0, 2, 3, 1).numpy() for crop in cut_crops(torch.from_numpy(pictures), *arguments)]


def test_the_centre_of_frames_that_have_the_size_already():
    pictures = frames(20, 31)
    (found,) = crops(pictures, 20, 16)
    assert np.array_equal(found, pictures[:, 2:18, 7:23])


@pytest.mark.parametrize(
    ("height", "width", "places"), [(20, 32, [(0, 6), (0, 0), (0, 12)]), (32, 20, [(6, 0), (0, 0), (12, 0)])]
)
def test_three_crops_cover_the_longer_side(height, width, places):
    pictures = frames(height, width)
    found = crops(pictures, 20, 20, 3)
    expected = [pictures[:, y : y + 20, x : x + 20] for y, x in places]
    assert all(np.array_equal(*pair) for pair in zip(found, expected, strict=True))


def test_ten_crops_are_five_and_their_mirror_images():
    pictures = frames(20, 32)
    found = crops(pictures, 20, 16, 10)
    five = [pictures[:, y : y + 16, x : x + 16] for y, x in [(2, 8), (0, 0), (0, 16), (4, 0), (4, 16)]]
    mirrored = [crop[:, :, ::-1] for crop in five]
    assert all(np.array_equal(*pair) for pair in zip(found, five + mirrored, strict=True))


@pytest.mark.parametrize(("height", "width"), [(60, 90), (90, 60), (30, 45), (40, 40)])
def test_frames_keep_their_shape_when_they_are_scaled(height, width):
    # A ramp stays a ramp; Pillow, which MIT's code scales with, is the other opinion.
    ramp = np.add.outer(np.linspace(0, 120, height), np.linspace(0, 120, width)).astype(np.uint8)
    pictures = np.repeat(np.repeat(ramp[None, :, :, None], 3, 3), 2, 0)
    (found,) = crops(pictures, 40, 36)
    size = (40, 40 * height // width) if height > width else (40 * width // height, 40)
    scaled = np.asarray(Image.fromarray(pictures[0]).resize(size, Image.Resampling.BILINEAR))
    top, left = (scaled.shape[0] - 36) // 2, (scaled.shape[1] - 36) // 2
    expected = scaled[top : top + 36, left : left + 36]
    assert np.abs(found[0].astype(int) - expected).max() <= 1


@pytest.mark.parametrize("wrong", [(20, 21, 1), (20, 0, 1), (20, 16, 5)])
def test_crops_that_do_not_exist(wrong):
    with pytest.raises(ShapeError):
        crops(frames(20, 30), *wrong)
