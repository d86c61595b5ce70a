"""A confetti-spotted ball rolls to the right across a wooden table."""

from functools import cache

import numpy as np

from .paint import Array, Frame, mix, ramp, rgb
from .solids import ball, cast, lit
from .table import wooden_table

RADIUS, REACH, FLOOR = 0.42, 0.74, 0.48
# Seen from fifty degrees above, the roll carries the spots to the right more than it turns them.
FROM_ABOVE = np.array([[1, 0, 0], [0, 0.64, -0.77], [0, 0.77, 0.64]], np.float32)
PAINTS = tuple(rgb(code) for code in ("#f6e3c5", "#f2b544", "#6b1d26"))


@cache
def _spots() -> tuple[Array, Array]:
    """Centres (70, 3) on the unit ball, and the spots' angular radii (70,)."""
    rng = np.random.default_rng(3)
    centres = rng.normal(size=(70, 3)).astype(np.float32)
    centres /= np.linalg.norm(centres, axis=1, keepdims=True)
    return centres, rng.uniform(0.06, 0.22, 70).astype(np.float32)


def _spotted(point: Array) -> Array:
    """(h, w, 3) colour at points (h, w, 3) of the unit ball."""
    colour = np.broadcast_to(rgb("#cf4630"), point.shape)
    for k, (centre, size) in enumerate(zip(*_spots(), strict=True)):
        angle = np.arccos(np.clip(point @ centre, -1, 1))
        colour = mix(colour, PAINTS[k % 3], ramp(size, size - 0.03, angle))
    return colour


def render(t: float) -> Frame:
    """The frame at time t in [0, 1]."""
    canvas = wooden_table().copy()
    cx, cy = REACH * (2 * t - 1), FLOOR - RADIUS * 0.84
    canvas.darken(cast(canvas.x, canvas.y, cx, FLOOR, RADIUS))
    part = canvas.part(cx, cy, RADIUS + 0.02)
    seen = ball(part.x - cx, part.y - cy, RADIUS)
    roll = 2 * REACH * t / RADIUS
    c, s = np.cos(roll), np.sin(roll)
    unroll = np.array([[c, s, 0], [-s, c, 0], [0, 0, 1]], np.float32) @ FROM_ABOVE
    part.over(lit(_spotted(seen.normal @ unroll.T), seen.normal, gloss=0.9), seen.mask)
    return canvas.frame()
