"""A red maple leaf falls through an autumn park."""

from functools import cache

import numpy as np

from .paint import Canvas, Frame, inside, mix, noise, ramp, rgb, segment, turn
from .solids import soft_ellipse

SIZE, HIGH, LOW = 0.50, -0.48, 0.48  # half the leaf's height; where its middle is at the start and at the end
FOOT = (0.0, 0.36)  # where the stalk meets the blade, in leaf heights, y down
RIGHT_HALF = (
    (0.0, -1.0), (0.08, -0.84), (0.11, -0.70), (0.26, -0.74), (0.20, -0.55), (0.17, -0.30), (0.38, -0.46),
    (0.48, -0.64), (0.58, -0.50), (0.80, -0.56), (0.76, -0.38), (0.94, -0.28), (0.72, -0.14), (0.46, 0.00),
    (0.62, 0.06), (0.78, 0.22), (0.56, 0.26), (0.42, 0.36), (0.22, 0.32), FOOT,
)  # fmt: skip
TIPS = ((0.0, -0.93), (0.74, -0.42), (-0.74, -0.42), (0.64, 0.19), (-0.64, 0.19))


@cache
def _park() -> Canvas:
    canvas = Canvas()
    x, y = canvas.x, canvas.y
    canvas.over(mix(rgb("#9cc7b4"), rgb("#2f5d4a"), ramp(-1.1, 0.7, y)))
    crowns = noise(x * 1.5, y * 1.9, seed=71, octaves=3)
    canvas.over(
        mix(rgb("#d39a3a"), rgb("#5c8a4f"), ramp(0.35, 0.65, noise(x, y, seed=72))),
        0.8 * ramp(0.42, 0.62, crowns - 0.25 * y),
    )
    for cx, width, colour in (
        (-1.02, 0.12, "#2a2f2a"),
        (-0.52, 0.05, "#45534a"),
        (0.80, 0.08, "#36413a"),
        (1.18, 0.05, "#45534a"),
    ):
        canvas.over(rgb(colour), 0.8 * ramp(width + 0.05, width - 0.05, np.abs(x - cx - 0.04 * y)))
    canvas.over(
        mix(rgb("#b7772f"), rgb("#5c4520"), ramp(0.6, 1.1, y)),
        0.9 * ramp(0.5, 0.75, y + 0.05 * np.sin(3 * x)),
    )
    rng = np.random.default_rng(73)
    for _ in range(60):  # light through the leaves, out of focus
        cx, cy, size = rng.uniform(-1.35, 1.35), rng.uniform(-1.0, 0.75), rng.uniform(0.05, 0.15)
        tint = mix(rgb("#ffe9a8"), rgb("#f0a24a"), float(rng.random()))
        canvas.over(tint, inside(np.hypot(x - cx, y - cy) - size, 0.025) * rng.uniform(0.06, 0.28))
    canvas.rgb *= (0.62 + 0.4 * soft_ellipse(x, y, 2.2, 1.9))[..., None]
    return canvas


def render(t: float) -> Frame:
    """The frame at time t in [0, 1]."""
    canvas = _park().copy()
    cx, cy, tilt = 0.05, HIGH + (LOW - HIGH) * t, 0.30 + 0.12 * float(np.sin(2 * np.pi * t))
    part = canvas.part(cx, cy, SIZE * 1.35)
    u, v = turn((part.x - cx) / SIZE, (part.y - cy) / SIZE, tilt)

    outline = [*RIGHT_HALF, *((-a, b) for a, b in RIGHT_HALF[-2:0:-1])]
    c, s = np.cos(tilt), np.sin(tilt)
    blade = part.polygon([(cx + SIZE * (a * c - b * s), cy + SIZE * (a * s + b * c)) for a, b in outline])
    stalk = segment(u, v, FOOT, (0.05, 0.98))
    part.over(rgb("#8c2f1b"), inside(stalk - 0.028 - 0.012 * v, 0.02))

    flesh = noise(u * 2.2 + 4, v * 2.2, seed=74, octaves=5)
    colour = mix(rgb("#a3161a"), rgb("#ef6a22"), ramp(0.25, 0.75, flesh - 0.25 * v))
    colour = mix(colour, rgb("#f4b63c"), 0.8 * soft_ellipse(u, v - 0.2, 0.5, 0.6))
    vein = np.min([segment(u, v, FOOT, tip) + 0.006 for tip in TIPS], axis=0)
    light = 0.85 + 0.3 * ramp(0.05, -0.05, u) + 0.25 * ramp(0.0, 0.14, vein) - 0.12 * np.abs(u)
    colour = colour * light[..., None]
    part.over(mix(colour, rgb("#ffd27a"), 0.75 * ramp(0.032, 0.012, vein)), blade)
    return canvas.frame()
