"""A glowing paper lantern swings once to the right and back in a night garden."""

from functools import cache

import numpy as np

from .paint import Canvas, Frame, inside, mix, noise, ramp, rgb, segment, turn
from .solids import lathe, lit, soft_ellipse

PIVOT, LENGTH, SWING = -1.75, 1.90, 0.36  # height of the nail, length of the cord, radians to each side


@cache
def _garden() -> Canvas:
    canvas = Canvas()
    x, y = canvas.x, canvas.y
    canvas.over(mix(rgb("#0d1836"), rgb("#3a4a78"), ramp(-1.0, 0.8, y)))
    leaves = noise(x * 3.5, y * 3.5, seed=61, octaves=5)
    crowns = ramp(
        0.0, 0.25, noise(x * 1.6 + 5, 0 * y, seed=62, octaves=3) * 0.9 + y * 0.9 - 0.35 + 0.3 * leaves
    )
    canvas.over(mix(rgb("#0a1a22"), rgb("#27493f"), ramp(0.3, 0.75, leaves)), crowns)
    rng = np.random.default_rng(63)
    for _ in range(34):  # lamps far away, out of focus
        cx, cy, size = rng.uniform(-1.3, 1.3), rng.uniform(-0.55, 0.9), rng.uniform(0.03, 0.11)
        lamp = inside(np.hypot(x - cx, y - cy) - size, 0.02)
        tint = mix(rgb("#ffb35c"), rgb("#8fb8ff"), float(rng.random() < 0.3))
        canvas.glow(tint, lamp * rng.uniform(0.03, 0.16))
    return canvas


def render(t: float) -> Frame:
    """The frame at time t in [0, 1]: from the left to the right and back."""
    canvas = _garden().copy()
    angle = -SWING * float(np.cos(2 * np.pi * t))
    u, v = turn(canvas.x, canvas.y - PIVOT, -angle)  # v runs down along the cord
    v = v - LENGTH
    canvas.glow(rgb("#ff9a3d"), 0.32 * soft_ellipse(u, v, 1.0, 1.0) ** 2)
    canvas.over(rgb("#1a1210"), inside(segment(u, v, (0, -LENGTH), (0, -0.3)) - 0.008))
    canvas.over(rgb("#c1272d"), inside(segment(u, v, (0, 0.36), (0, 0.62)) - 0.022 - 0.01 * np.sin(v * 9)))
    paper = lathe(u, v, (-0.36, -0.26, 0.0, 0.22, 0.32), (0.16, 0.31, 0.41, 0.31, 0.16), tilt=0.10)
    rib = np.abs(np.mod(paper.height * 11 + 0.5, 1) - 0.5)
    heart = soft_ellipse(u, v - 0.04, 0.48, 0.46)
    silk = mix(rgb("#d8301f"), rgb("#ffb347"), heart) * (0.35 + 1.0 * heart)[..., None]
    silk = silk * (1 - 0.4 * ramp(0.12, 0.0, rib))[..., None] + 0.12 * lit(silk, paper.normal)
    for k in range(5):  # a blossom of five petals
        pu, pv = turn(u, v, k * 2 * np.pi / 5)
        petal = np.hypot(pu / 0.075, (pv + 0.11) / 0.095)
        silk = mix(silk, rgb("#8d1418"), ramp(1.0, 0.9, petal) * ramp(0.25, 0.4, petal + np.abs(pu) * 6))
    silk = mix(silk, rgb("#ffdf8a"), inside(np.hypot(u, v) - 0.032))
    canvas.over(silk, paper.mask)
    for rim in (-0.34, 0.34):
        cap = lathe(u, v - rim, (-0.045, 0.035), (0.16, 0.17), tilt=0.12)
        canvas.over(lit(rgb("#5a3a12"), cap.normal, gloss=0.8) * 0.6, cap.mask)
    return canvas.frame()
