"""Two billiard balls roll towards each other over green cloth until they touch."""

from functools import cache

import numpy as np

from .paint import Array, Canvas, Frame, mix, noise, ramp, rgb
from .solids import ball, cast, lit, soft_ellipse

RADIUS, START, FLOOR = 0.33, 0.96, 0.48
RAIL = -0.38  # where the cloth ends and the far cushion begins


@cache
def _cloth() -> Canvas:
    canvas = Canvas()
    x, y = canvas.x, canvas.y
    weave = noise(x * 60, y * 90, seed=21, octaves=2)
    cloth = mix(rgb("#0f5a46"), rgb("#2f9a72"), soft_ellipse(x + 0.1, y - 0.25, 2.0, 1.25))
    canvas.over(cloth * (0.88 + 0.24 * weave)[..., None])
    cushion = mix(rgb("#0a4434"), rgb("#1f7a5c"), ramp(RAIL, RAIL - 0.13, y))
    canvas.over(cushion * (0.92 + 0.16 * weave)[..., None], ramp(RAIL, RAIL - 0.006, y))
    grain = noise(x * 1.5, y * 30, seed=22, octaves=5)
    wood = mix(rgb("#4a2314"), rgb("#94552f"), grain) * (0.7 + 0.5 * ramp(-1.0, -0.55, y))[..., None]
    canvas.over(wood, ramp(RAIL - 0.14, RAIL - 0.146, y))
    for k in (-1, 0, 1):  # the sights, inlaid diamonds of mother-of-pearl
        diamond = np.abs(x - 0.85 * k) * 1.2 + np.abs(y + 0.74)
        canvas.over(rgb("#efe3c8"), ramp(0.05, 0.042, diamond))
    canvas.over(rgb("#1b1413"), ramp(-0.9, -0.91, y))
    canvas.darken(0.5 * ramp(RAIL + 0.1, RAIL, y) * (y > RAIL))
    return canvas


def _striped(point: Array, colour: Array) -> Array:
    """Ivory with a wide band of the colour, and a small ivory disc upon it."""
    band = ramp(0.60, 0.57, np.abs(point[..., 1]))
    disc = ramp(0.93, 0.94, point[..., 2])
    return mix(mix(rgb("#f4ead2"), colour, band), rgb("#f4ead2"), disc)


def _solid(point: Array, colour: Array) -> Array:
    """The colour, with one ivory disc that carries a dark ring."""
    disc = ramp(0.86, 0.87, point[..., 2])
    ring = ramp(0.91, 0.92, point[..., 2]) * ramp(0.955, 0.945, point[..., 2])
    return mix(mix(colour, rgb("#f4ead2"), disc), rgb("#2b2320"), ring)


def render(t: float) -> Frame:
    """The frame at time t in [0, 1]."""
    canvas = _cloth().copy()
    away = START + (RADIUS - START) * t
    cy = FLOOR - RADIUS * 0.84
    for cx in (-away, away):
        canvas.darken(cast(canvas.x, canvas.y, cx, FLOOR, RADIUS))
    for cx, paint, colour in ((-away, _striped, "#d99a1c"), (away, _solid, "#b3262c")):
        part = canvas.part(cx, cy, RADIUS + 0.02)
        seen = ball(part.x - cx, part.y - cy, RADIUS)
        roll = (cx - np.sign(cx) * RADIUS) / RADIUS + 0.35 * np.sign(cx)
        c, s = np.cos(roll), np.sin(roll)
        unroll = np.array([[c, s, 0], [-s, c, 0], [0, 0, 1]], np.float32)
        tilt = np.array([[1, 0, 0], [0, 0.75, 0.66], [0, -0.66, 0.75]], np.float32)
        light = lit(
            paint(seen.normal @ (tilt @ unroll).T, rgb(colour)), seen.normal, 1.0, rgb("#2c7a5c") * 0.5
        )
        part.over(light, seen.mask)
    return canvas.frame()
