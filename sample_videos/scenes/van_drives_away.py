"""A camper van, seen from behind, drives away down a country road."""

from functools import cache

import numpy as np

from .paint import Array, Canvas, Frame, box, inside, mix, noise, ramp, rgb
from .solids import soft_ellipse

HORIZON, NEAR, FAR = -0.08, 1.0, 0.36  # where the road ends; the van's size at the start and at the end


@cache
def _road() -> Canvas:
    canvas = Canvas()
    x, y = canvas.x, canvas.y
    canvas.over(mix(rgb("#6db3e0"), rgb("#fbe9cf"), ramp(-1.1, HORIZON, y)))
    cloud = noise(x * 1.4, y * 3.0, seed=131, octaves=5)
    canvas.over(rgb("#ffffff"), 0.85 * ramp(0.52, 0.72, cloud) * ramp(-0.5, -0.75, y))
    for k, (height, colour) in enumerate(((0.30, "#9db7c9"), (0.16, "#7fa08c"))):
        ridge = HORIZON - height * noise(x * (1.4 + k) + 7 * k, 0 * y, seed=132 + k, octaves=4)
        canvas.over(rgb(colour), inside(ridge - y))

    depth = 1 / np.maximum(y - HORIZON, 0.01)
    field = noise(x * depth * 1.2, depth * 1.6, seed=134, octaves=4)
    meadow = (
        mix(rgb("#b9b04f"), rgb("#5f9a3f"), ramp(0.35, 0.65, field))
        * (0.75 + 0.35 * ramp(1.0, 0.0, y))[..., None]
    )
    canvas.over(meadow, ramp(HORIZON, HORIZON + 0.01, y))
    across = x * depth
    grit = noise(across * 14, depth * 30, seed=135, octaves=3)
    asphalt = mix(rgb("#5a5a60"), rgb("#8b8988"), ramp(0.9, -0.1, y)) * (0.9 + 0.2 * grit)[..., None]
    ground = ramp(HORIZON, HORIZON + 0.01, y)
    canvas.over(rgb("#c9b78d"), ground * ramp(1.24, 1.16, np.abs(across)))
    canvas.over(asphalt, ground * ramp(1.08, 1.04, np.abs(across)))
    canvas.over(rgb("#f3efe2"), ground * ramp(0.045, 0.025, np.abs(np.abs(across) - 0.98)))
    for cx, size, seed in (
        (-1.02, 0.62, 136),
        (1.12, 0.72, 137),
        (-0.62, 0.30, 138),
        (0.60, 0.26, 139),
        (-0.42, 0.16, 140),
    ):
        _tree(canvas, cx, HORIZON + 0.34 * size, size, seed)
    return canvas


def _tree(canvas: Canvas, cx: float, foot: float, size: float, seed: int) -> None:
    u, v = (canvas.x - cx) / size, (canvas.y - foot) / size
    canvas.darken(0.5 * soft_ellipse(u - 0.35, v, 0.9, 0.12))
    canvas.over(rgb("#5b4630"), inside(box(u, v + 0.25, 0.05, 0.28), 0.02))
    leaves = noise(u * 5, v * 5, seed, octaves=4)
    crown = np.hypot(u / 0.48, (v + 0.95) / 0.66) - 0.85 - 0.32 * (leaves - 0.5)
    shade = ramp(-0.5, 0.7, (0.6 * u + 0.7 * (v + 0.95)) + 1.2 * (0.5 - leaves))
    canvas.over(mix(rgb("#8fb84a"), rgb("#2c5a2a"), shade), ramp(0.04, -0.02, crown))


def _van(canvas: Canvas, size: float) -> None:
    """The van's middle is at the horizon, where the camera is, so it shrinks without sinking."""
    x, y = canvas.x / size, (canvas.y - HORIZON) / size
    soft = 0.008 / size

    def block(cx: float, cy: float, half_width: float, half_height: float, corner: float) -> Array:
        return inside(box(x - cx, y - cy, half_width, half_height, corner), soft)

    canvas.darken(0.8 * soft_ellipse(x - 0.06, y - 0.80, 0.92, 0.14))
    for side in (-1, 1):
        canvas.over(rgb("#17171a"), block(0.46 * side, 0.68, 0.11, 0.14, 0.04))
    body = block(0, 0, 0.66, 0.70, 0.17)
    round_off = 0.62 + 0.5 * ramp(0.66, 0.40, np.abs(x + 0.05)) - 0.16 * ramp(0.0, 0.7, y)
    wave = 0.16 - 0.30 * ramp(0.0, 0.62, np.abs(x))
    paint = mix(rgb("#f4ecd8"), rgb("#1f9e97"), ramp(wave - 0.006, wave + 0.006, y))
    paint = mix(paint, rgb("#e8e2d4"), 0.9 * inside(np.abs(y - wave) - 0.014, soft))
    canvas.over(paint * round_off[..., None], body)
    canvas.over(rgb("#3c4146"), block(0, -0.31, 0.50, 0.23, 0.10))
    sky = mix(rgb("#a9d3ea"), rgb("#37556a"), ramp(-0.55, -0.05, y + 0.25 * x))
    canvas.over(sky, block(0, -0.31, 0.46, 0.19, 0.08))
    canvas.over(
        rgb("#f7fbff"),
        0.35 * block(0, -0.31, 0.46, 0.19, 0.08) * inside(np.abs(x + 0.45 * y + 0.2) - 0.07, 0.02),
    )
    canvas.over(rgb("#d9d6cf") * 0.5, inside(np.abs(box(x, y - 0.20, 0.40, 0.22, 0.08)) - 0.006, soft) * 0.6)
    for side in (-1, 1):
        canvas.over(rgb("#e9e4d8"), inside(box(x - 0.53 * side, y - 0.20, 0.075, 0.125, 0.07), soft))
        lamp = mix(rgb("#ff6a4d"), rgb("#b3121d"), ramp(0.10, 0.25, y))
        canvas.over(lamp, inside(box(x - 0.53 * side, y - 0.20, 0.055, 0.105, 0.055), soft))
    canvas.over(rgb("#f3f3ee"), block(0, 0.27, 0.15, 0.055, 0.015))
    canvas.over(rgb("#2f3136"), block(0, 0.27, 0.105, 0.022, 0.01))
    chrome = mix(rgb("#ffffff"), rgb("#7e858c"), ramp(0.50, 0.66, y))
    canvas.over(chrome, block(0, 0.57, 0.72, 0.065, 0.05))


def render(t: float) -> Frame:
    """The frame at time t in [0, 1]; the size falls by the same factor in equal times."""
    canvas = _road().copy()
    _van(canvas, NEAR * (FAR / NEAR) ** t)
    return canvas.frame()
