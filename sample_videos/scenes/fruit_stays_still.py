"""A still life: a jug, a pear and two oranges; only the light flickers a little, and the film has grain."""

from functools import cache

import numpy as np

from .paint import Array, Canvas, Frame, encode, inside, mix, noise, ramp, rgb, segment, turn
from .solids import ball, cast, lathe, lit
from .table import wooden_table


def _jug(canvas: Canvas) -> None:
    u, v = canvas.x + 0.42, canvas.y
    handle = np.abs(np.hypot((u - 0.30) / 0.9, (v + 0.30) / 1.15) - 0.21) - 0.032
    canvas.over(rgb("#234e7a") * (0.6 + 0.9 * ramp(0.0, -0.35, v + 0.3 + 0.3 * u))[..., None], inside(handle))
    body = lathe(
        u,
        v,
        (-0.74, -0.66, -0.48, -0.22, 0.10, 0.32, 0.40),
        (0.215, 0.185, 0.175, 0.30, 0.375, 0.29, 0.20),
        tilt=0.22,
    )
    v = body.height
    glaze = mix(
        rgb("#f1ead9"),
        rgb("#2f6aa3"),
        ramp(-0.33, -0.29, v + 0.03 * np.sin(u * 14) + 0.02 * noise(u * 6, v * 6, seed=121)),
    )
    band = inside(np.abs(v - 0.06) - 0.075, 0.01)
    around = np.arctan2(body.normal[..., 0], body.normal[..., 2])
    wave = inside(np.abs(v - 0.06 - 0.035 * np.sin(around * 9)) - 0.014, 0.01)
    glaze = mix(mix(glaze, rgb("#f1ead9"), band), rgb("#1d4a7d"), wave)
    glaze = glaze * (0.92 + 0.16 * noise(u * 14, v * 14, seed=122))[..., None]
    canvas.over(lit(glaze, body.normal, gloss=0.8), body.mask)
    mouth = np.hypot(u / 0.213, (canvas.y + 0.735) / 0.05)
    canvas.over(mix(rgb("#f6f0e2"), rgb("#3c4650"), ramp(0.9, 0.8, mouth)), ramp(1.03, 0.99, mouth))


def _pear(canvas: Canvas) -> None:
    u, v = turn(canvas.x - 0.14, canvas.y - 0.30, 0.10)
    canvas.over(rgb("#4b3320"), inside(segment(u, v, (0.0, -0.40), (0.05, -0.56)) - 0.016))
    body = lathe(
        u, v, (-0.42, -0.38, -0.20, 0.02, 0.16, 0.25, 0.29), (0.03, 0.10, 0.15, 0.265, 0.25, 0.165, 0.09)
    )
    blush = ramp(0.35, 0.75, noise(u * 2 + 3, v * 2, seed=123) + 0.7 * u)
    skin = mix(
        mix(rgb("#c9c24a"), rgb("#9fae3c"), noise(u * 4, v * 4, seed=124)), rgb("#c9703a"), 0.8 * blush
    )
    freckles = ramp(0.66, 0.74, noise(u * 38, v * 38, seed=125, octaves=1))
    canvas.over(lit(mix(skin, rgb("#7d6a2c"), 0.5 * freckles), body.normal, gloss=0.35), body.mask)


def _orange(canvas: Canvas, cx: float, cy: float, radius: float, seed: int) -> None:
    part = canvas.part(cx, cy, radius + 0.02)
    seen = ball(part.x - cx, part.y - cy, radius)
    a, b, c = (seen.normal[..., k] for k in range(3))
    pores = np.stack([noise(a * 26 + k, b * 26 + c * 9, seed, octaves=2) for k in (0, 50, 100)], -1) - 0.5
    normal = seen.normal + 0.28 * pores
    normal /= np.linalg.norm(normal, axis=-1, keepdims=True)
    peel = mix(rgb("#ee8a1d"), rgb("#f6a530"), noise(a * 2, b * 2 + c, seed + 1))
    navel = np.hypot(a - 0.35, (b + 0.55) * 1.2)
    peel = mix(peel, rgb("#5d6b2a"), ramp(0.09, 0.06, navel))
    part.over(lit(peel, normal, gloss=0.55), seen.mask)


@cache
def _arranged() -> Array:
    """(360, 480, 3) linear light of the things on the table."""
    canvas = wooden_table().copy()
    for cx, floor, radius in (
        (-0.42, 0.36, 0.36),
        (0.14, 0.55, 0.26),
        (0.56, 0.40, 0.27),
        (0.88, 0.62, 0.25),
    ):
        canvas.darken(cast(canvas.x, canvas.y, cx, floor, radius))
    _jug(canvas)
    _orange(canvas, 0.56, 0.17, 0.27, seed=126)
    _pear(canvas)
    _orange(canvas, 0.88, 0.41, 0.25, seed=128)
    height, width = (side // 2 for side in canvas.x.shape)
    return canvas.rgb.reshape(height, 2, width, 2, 3).mean((1, 3))


def render(t: float) -> Frame:
    """The frame at time t in [0, 1]."""
    rng = np.random.default_rng(round(t * 10_000))
    flicker = 1 + 0.03 * np.sin(2 * np.pi * 3 * t) * np.cos(2 * np.pi * 1.3 * t)
    grain = 1 + 0.03 * rng.standard_normal(_arranged().shape[:2], dtype=np.float32)
    return encode(_arranged() * flicker * grain[..., None])
