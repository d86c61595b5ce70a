"""Two paper boats, one red and one blue, drift apart on a pond."""

from functools import cache

import numpy as np

from .paint import Array, Canvas, Frame, inside, mix, noise, ramp, rgb
from .solids import soft_ellipse

START, END, WATERLINE, SIZE = 0.38, 0.95, 0.24, 0.37
# Faces of a boat in its own units, y up from the waterline, each with how much light it gets.
FACES = (
    (((-0.42, 0.30), (0.0, 1.12), (0.06, 0.30)), 1.0),
    (((0.0, 1.12), (0.42, 0.30), (0.06, 0.30)), 0.62),
    (((-1.0, 0.56), (-0.06, 0.30), (-0.06, -0.06), (-0.62, -0.06)), 0.92),
    (((1.0, 0.56), (-0.06, 0.30), (-0.06, -0.06), (0.62, -0.06)), 0.70),
)


@cache
def _pond() -> Canvas:
    canvas = Canvas()
    x, y = canvas.x, canvas.y
    depth = ramp(-1.1, 1.1, y)
    canvas.over(mix(rgb("#a9d6d0"), rgb("#1f6f7d"), depth))
    ripple = noise(x * 2.2, y * 13 / (1.2 + y * 0.45), seed=91, octaves=4)
    canvas.over(rgb("#e9f7ef"), 0.5 * ramp(0.52, 0.75, ripple) * (1 - 0.6 * depth))
    canvas.over(rgb("#0f4a5c"), 0.4 * ramp(0.45, 0.25, ripple))
    bank = noise(x * 2.5, 0 * y, seed=92, octaves=3) * 0.12
    shade = noise(x * 8, y * 14, seed=93, octaves=4)
    canvas.over(rgb("#3f6b4a"), 0.55 * ramp(-0.35, -0.75, y - bank))
    canvas.over(mix(rgb("#4c7c3c"), rgb("#a9c765"), shade), ramp(-0.70, -0.71, y - bank * 0.3))
    for k, (colour, seed) in enumerate(
        (("#2c5a3a", 95), ("#3f7a3f", 96), ("#6ba04a", 97))
    ):  # three rows of reeds
        blades = noise(x * (26 - 4 * k) + 9 * k, 0 * y, seed, octaves=2)
        clump = ramp(0.35, 0.65, noise(x * 1.7 + 4 * k, 0 * y, seed + 5, octaves=2))
        tall = (0.10 + 0.26 * blades) * (0.25 + 0.75 * clump)
        foot = -0.72 + 0.03 * k + bank * 0.3
        canvas.over(rgb(colour), inside(foot - tall - y, 0.02) * ramp(foot + 0.01, foot, y))
    for cx, cy, size in (
        (-1.12, 0.74, 0.20),
        (-0.80, 0.88, 0.15),
        (1.1, 0.82, 0.22),
        (1.2, -0.42, 0.1),
        (-0.98, -0.48, 0.08),
    ):
        pad = np.hypot((x - cx) / size, (y - cy) / (size * 0.45))
        notch = np.abs(np.arctan2(y - cy, (x - cx) * 0.45) + 0.9) < 0.28
        canvas.darken(0.4 * ramp(1.25, 0.9, np.hypot((x - cx) / size, (y - cy - 0.025) / (size * 0.45))))
        green = mix(rgb("#8fc05a"), rgb("#4c8a3a"), ramp(0.1, 1.0, pad))
        canvas.over(green, ramp(1.0, 0.96, pad) * ~notch)
    return canvas


def _boat(canvas: Canvas, cx: float, paper: Array, sway: float) -> None:
    """One boat with its reflection and the ring of ripples about it."""
    c, s = np.cos(sway), np.sin(sway)

    def place(points: tuple[tuple[float, float], ...], up: float) -> list[tuple[float, float]]:
        turned = [(a * c - b * s, (a * s + b * c) * up) for a, b in points]
        return [(cx + SIZE * a, WATERLINE - SIZE * b) for a, b in turned]

    part = canvas.part(cx, WATERLINE, SIZE * 1.6)
    u, v = part.x - cx, part.y - WATERLINE
    for points, light in FACES:
        mirrored = part.polygon(place(points, -0.8))
        part.over(paper * light * 0.55, mirrored * 0.6 * ramp(SIZE, 0.0, v) * (0.75 + 0.25 * np.sin(v * 70)))
    part.darken(0.55 * soft_ellipse(u, v - 0.02, SIZE * 0.85, 0.07))
    for points, light in FACES:
        mask = part.polygon(place(points, 1.0))
        fold = 0.9 + 0.16 * noise(u * 7 + 3 * light, v * 7, seed=94, octaves=3) - 0.12 * ramp(-0.2, 0.1, v)
        part.over(paper * (light * fold)[..., None], mask)
    rings = np.hypot(u / (SIZE * 1.1), (v - 0.03) / 0.10)
    part.over(rgb("#f2fbf5"), 0.55 * ramp(0.08, 0.0, np.abs(rings - 0.85)) * (v > 0.015))


def render(t: float) -> Frame:
    """The frame at time t in [0, 1]."""
    canvas = _pond().copy()
    away = START + (END - START) * t
    sway = 0.04 * float(np.sin(4 * np.pi * t))
    _boat(canvas, -away, rgb("#e8483f"), sway)
    _boat(canvas, away, rgb("#f6f0df"), -sway)
    return canvas.frame()
