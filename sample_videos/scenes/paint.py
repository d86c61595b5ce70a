"""A small painter's kit: a canvas in linear light, soft-edged shapes, noise, and nothing that moves."""

from collections.abc import Sequence
from functools import cache

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

WIDTH, HEIGHT = 480, 360
OVERSAMPLE = 2  # canvas pixels along each side of a finished pixel
PIXEL = 2 / (HEIGHT * OVERSAMPLE)  # side of a canvas pixel, in half frame heights

Array = NDArray[np.floating]
Frame = NDArray[np.uint8]
Point = tuple[float, float]


def rgb(code: str) -> Array:
    """(3,) float32 in linear light of a colour written "#rrggbb"."""
    encoded = np.array([int(code[i : i + 2], 16) for i in (1, 3, 5)], np.float32) / 255
    return np.where(encoded <= 0.04045, encoded / 12.92, ((encoded + 0.055) / 1.055) ** 2.4)


def mix(a: Array, b: Array, amount: Array | float) -> Array:
    """`a` where amount is 0, `b` where it is 1; an (h, w) amount blends colours to (h, w, 3)."""
    weight = amount[..., None] if isinstance(amount, np.ndarray) and amount.ndim == 2 else amount
    return a + (b - a) * weight


def ramp(low: Array | float, high: Array | float, value: Array) -> Array:
    """0 below `low`, 1 above `high`, smooth between; `low` > `high` falls instead of rising."""
    s = np.clip((value - low) / (high - low), 0, 1)
    return s * s * (3 - 2 * s)


def inside(distance: Array, soft: float = PIXEL) -> Array:
    """Coverage in [0, 1] from a signed distance that is negative inside; `soft` is the edge's width."""
    return np.clip(0.5 - distance / soft, 0, 1)


def turn(u: Array, v: Array, radians: float) -> tuple[Array, Array]:
    """Coordinates in the frame of a thing that has turned clockwise, as the viewer sees it."""
    c, s = float(np.cos(radians)), float(np.sin(radians))
    return u * c + v * s, v * c - u * s


def box(u: Array, v: Array, half_width: float, half_height: float, corner: float = 0.0) -> Array:
    """Signed distance to a rectangle about the origin with rounded corners."""
    du, dv = np.abs(u) - half_width + corner, np.abs(v) - half_height + corner
    return np.hypot(np.maximum(du, 0), np.maximum(dv, 0)) + np.minimum(np.maximum(du, dv), 0) - corner


def segment(u: Array, v: Array, a: Point, b: Point) -> Array:
    """Distance to the straight line from a to b."""
    du, dv = b[0] - a[0], b[1] - a[1]
    along = np.clip(((u - a[0]) * du + (v - a[1]) * dv) / (du * du + dv * dv), 0, 1)
    return np.hypot(u - a[0] - along * du, v - a[1] - along * dv)


@cache
def _lattice(seed: int) -> Array:
    return np.random.default_rng(seed).random((256, 256), dtype=np.float32)


def noise(x: Array, y: Array, seed: int, octaves: int = 4) -> Array:
    """Smooth noise in [0, 1], mean 0.5: `octaves` of value noise, each twice as fine and half as strong."""
    total, weight = np.zeros(np.broadcast_shapes(x.shape, y.shape), np.float32), 0.0
    for octave in range(octaves):
        u, v = x * 2**octave + 17.3 * octave, y * 2**octave + 9.1 * octave
        i, j = np.floor(u).astype(np.int32), np.floor(v).astype(np.int32)
        fu, fv = (f * f * (3 - 2 * f) for f in (u - i, v - j))
        table = _lattice(seed)
        near = table[j & 255, i & 255] * (1 - fu) + table[j & 255, (i + 1) & 255] * fu
        far = table[(j + 1) & 255, i & 255] * (1 - fu) + table[(j + 1) & 255, (i + 1) & 255] * fu
        total += (near * (1 - fv) + far * fv) * 0.5**octave
        weight += 0.5**octave
    return total / weight


def blurred(picture: Array, radius: float, pixel: float = PIXEL) -> Array:
    """An (h, w) or (h, w, 3) picture out of focus: three box filters each way, near enough a Gaussian."""
    reach = max(1, round(radius / pixel))
    for axis in (0, 1, 0, 1, 0, 1):
        padding = [(reach + 1, reach) if a == axis else (0, 0) for a in range(picture.ndim)]
        sums = np.cumsum(np.pad(picture, padding, mode="edge"), axis=axis, dtype=np.float64)
        size = picture.shape[axis]
        upper = sums.take(range(2 * reach + 1, 2 * reach + 1 + size), axis)
        lower = sums.take(range(size), axis)
        picture = ((upper - lower) / (2 * reach + 1)).astype(np.float32)
    return picture


class Canvas:
    """A picture in the making: x to the right and y down, in half frame heights from the centre.

    `x`, `y`: (h, w) float32. `rgb`: (h, w, 3) float32, linear light. Shapes are (h, w) masks in [0, 1].
    """

    def __init__(self, detail: float = 1.0) -> None:
        """A black frame; `detail` multiplies the number of canvas pixels along each side."""
        height, width = round(HEIGHT * OVERSAMPLE * detail), round(WIDTH * OVERSAMPLE * detail)
        rows = (np.arange(height, dtype=np.float32) + 0.5) / height * 2 - 1
        columns = ((np.arange(width, dtype=np.float32) + 0.5) / width * 2 - 1) * (WIDTH / HEIGHT)
        self.x: Array
        self.y: Array
        self.x, self.y = np.meshgrid(columns, rows)
        self.rgb: Array = np.zeros((height, width, 3), np.float32)

    def copy(self) -> "Canvas":
        """The same coordinates over a picture of its own."""
        return self._sharing(self.x, self.y, self.rgb.copy())

    def part(self, cx: float, cy: float, reach: float) -> "Canvas":
        """The pixels within `reach` of a point, sharing this picture's memory: quicker to paint on."""
        rows = np.flatnonzero(np.abs(self.y[:, 0] - cy) <= reach)
        columns = np.flatnonzero(np.abs(self.x[0] - cx) <= reach)
        where = slice(rows[0], rows[-1] + 1), slice(columns[0], columns[-1] + 1)
        return self._sharing(self.x[where], self.y[where], self.rgb[where])

    @classmethod
    def _sharing(cls, x: Array, y: Array, rgb: Array) -> "Canvas":
        canvas = cls.__new__(cls)
        canvas.x, canvas.y, canvas.rgb = x, y, rgb
        return canvas

    def over(self, colour: Array, mask: Array | float = 1.0) -> None:
        """Cover with a colour, (3,) or (h, w, 3), where the mask is."""
        self.rgb[:] = mix(self.rgb, colour, mask)

    def darken(self, amount: Array) -> None:
        """Take away the share `amount` of the light: a shadow."""
        self.rgb *= (1 - amount)[..., None]

    def glow(self, colour: Array, amount: Array) -> None:
        """Add light."""
        self.rgb += colour * amount[..., None]

    def polygon(self, points: Sequence[Point]) -> Array:
        """The mask of a filled polygon, drawn four times finer than the canvas and averaged."""
        fine = 4
        step, (height, width) = float(self.x[0, 1] - self.x[0, 0]), self.x.shape
        left, top = float(self.x[0, 0]) - step / 2, float(self.y[0, 0]) - step / 2
        drawing = Image.new("L", (width * fine, height * fine))
        scaled = [((px - left) / step * fine, (py - top) / step * fine) for px, py in points]
        ImageDraw.Draw(drawing).polygon(scaled, fill=255)
        return np.asarray(drawing.reduce(fine), np.float32) / 255

    def frame(self) -> Frame:
        """The finished (360, 480, 3) uint8 picture in sRGB, averaged in linear light."""
        factor = self.rgb.shape[0] // HEIGHT
        light = self.rgb.reshape(HEIGHT, factor, WIDTH, factor, 3).mean((1, 3))
        return encode(light)


def encode(light: Array) -> Frame:
    """Linear light to uint8 sRGB, any shape."""
    light = np.clip(light, 0, 1)
    encoded = np.where(light <= 0.0031308, light * 12.92, 1.055 * light ** (1 / 2.4) - 0.055)
    return np.rint(encoded * 255).astype(np.uint8)
