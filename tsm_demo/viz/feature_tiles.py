"""Feature maps as one sheet of small pictures, and a clip's frames as one film beside them."""

from io import BytesIO

import numpy as np
from numpy.typing import NDArray
from PIL import Image

SIDES = (32, 16)  # pixels of a tile: the larger while the sheet has at most MANY of them
MANY = 300
FRAME_SIDE = 48  # pixels
QUALITY = 82
GAMMA = 0.6  # lifts middling values: small pictures are read by their shapes
DARK = 24  # grey of a map's zero: its outline is seen on black ground


def tile_levels(maps: NDArray[np.float32]) -> NDArray[np.uint8]:
    """(T, C, h, w) maps, not negative, to greys; a channel's largest value in the whole clip is white."""
    top = maps.max((0, 2, 3), keepdims=True)
    share = (maps / np.where(top > 0, top, 1)) ** GAMMA
    return (DARK + (255 - DARK) * share).round().astype(np.uint8)


def tile_sheet(maps: NDArray[np.float32]) -> bytes:
    """(T, C, h, w) maps as a WebP picture: T rows of C square tiles."""
    T, C = maps.shape[:2]
    side = SIDES[T * C > MANY]
    rows = [np.hstack([_resized(Image.fromarray(tile), side) for tile in row]) for row in tile_levels(maps)]
    return _webp(np.vstack(rows))


def film_strip(frames: NDArray[np.uint8]) -> bytes:
    """(T, H, W, 3) frames as a WebP picture: squeezed to squares, one above the other."""
    return _webp(np.vstack([_resized(Image.fromarray(frame), FRAME_SIDE) for frame in frames]))


def _resized(picture: Image.Image, side: int) -> NDArray[np.uint8]:
    return np.asarray(picture.resize((side, side), Image.Resampling.BILINEAR))


def _webp(picture: NDArray[np.uint8]) -> bytes:
    buffer = BytesIO()
    Image.fromarray(picture).save(buffer, "WEBP", quality=QUALITY, method=4)
    return buffer.getvalue()
