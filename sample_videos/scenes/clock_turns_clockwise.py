"""A day-and-night clock: its painted disc and its hand turn clockwise together."""

from functools import cache

import numpy as np

from .paint import Array, Canvas, Frame, box, inside, mix, noise, ramp, rgb, segment, turn
from .solids import LAMP, soft_ellipse

START, TURN = np.radians(-70), np.radians(165)
DISC, DIAL, CASE = 0.60, 0.80, 0.90  # radii


@cache
def _clock() -> Canvas:
    """The wall, the case and the dial: everything that does not turn."""
    canvas = Canvas()
    x, y = canvas.x, canvas.y
    stripe = 0.5 + 0.5 * np.cos(x * 26)
    paper = mix(rgb("#8d4a4a"), rgb("#a45c55"), ramp(0.3, 0.7, stripe))
    canvas.over(paper * (0.92 + 0.16 * noise(x * 30, y * 30, seed=101, octaves=2))[..., None])
    canvas.rgb *= (0.55 + 0.6 * soft_ellipse(x + 0.5, y + 0.5, 2.4, 2.2))[..., None]
    canvas.darken(0.65 * soft_ellipse(x - 0.09, y - 0.13, 1.12, 1.10) ** 0.5)
    far = np.hypot(x, y)
    bevel = np.clip((far - DIAL) / (CASE - DIAL), 0, 1) * 2 - 1
    facing = (bevel * x * LAMP[0] + bevel * y * LAMP[1]) / far + np.sqrt(np.clip(1 - bevel**2, 0, 1)) * LAMP[
        2
    ]
    brass = mix(rgb("#5b3a12"), rgb("#e9bd62"), ramp(-0.5, 0.9, facing))
    canvas.over(brass + 0.7 * ramp(0.85, 1.0, facing)[..., None], inside(far - CASE))
    dial = mix(rgb("#f8eed6"), rgb("#dcc9a0"), ramp(-0.6, 1.1, x + y))
    canvas.over(dial * (0.97 + 0.06 * noise(x * 12, y * 12, seed=102)[..., None]), inside(far - DIAL))
    canvas.darken(0.5 * ramp(0.10, 0.0, DIAL - far - 0.04 * (x + y) / far) * inside(far - DIAL))
    for hour in range(12):
        u, v = turn(x, y, hour * np.pi / 6)
        tall = 0.045 if hour % 3 else 0.065
        canvas.over(rgb("#3a2a22"), inside(box(u, v + 0.70, 0.012 if hour % 3 else 0.022, tall, 0.008)))
    return canvas


def _painted(u: Array, v: Array) -> Array:
    """Colour of the disc: day with its sun above, night with moon and stars below."""
    day = mix(rgb("#3d9be0"), rgb("#bfe3f5"), ramp(-0.6, 0.0, v))
    cloud = noise(u * 5 + 1, v * 9, seed=103, octaves=4)
    day = mix(day, rgb("#ffffff"), ramp(0.55, 0.75, cloud))
    sun = np.hypot(u - 0.18, v + 0.30)
    rays = np.cos(12 * np.arctan2(v + 0.30, u - 0.18))
    day = mix(day, rgb("#ffd45e"), ramp(0.0, -0.02, sun - 0.155 - 0.03 * rays))
    day = mix(day, rgb("#f59a23"), inside(sun - 0.115))
    night = mix(rgb("#141d4a"), rgb("#3b2f78"), ramp(0.6, 0.0, v))
    moon = inside(np.hypot(u + 0.17, v - 0.30) - 0.15) * (1 - inside(np.hypot(u + 0.10, v - 0.26) - 0.125))
    night = mix(night, rgb("#f6efcf"), moon)
    for cx, cy, size in (
        (0.12, 0.18, 0.035),
        (0.30, 0.28, 0.03),
        (0.16, 0.40, 0.04),
        (-0.40, 0.22, 0.028),
        (0.02, 0.51, 0.028),
    ):
        star = np.hypot(u - cx, v - cy) * (1 + 0.45 * np.cos(5 * np.arctan2(v - cy, u - cx)))
        night = mix(night, rgb("#ffe9a8"), inside(star - size, 0.008))
    hills = v - 0.05 * np.sin(u * 6) - 0.02
    return mix(mix(day, rgb("#5da052"), ramp(-0.10, -0.09, hills)), night, ramp(-0.004, 0.004, hills))


def render(t: float) -> Frame:
    """The frame at time t in [0, 1]."""
    canvas = _clock().copy()
    part = canvas.part(0.0, 0.0, DIAL)
    u, v = turn(part.x, part.y, START + TURN * t)
    far = np.hypot(u, v)
    part.over(_painted(u, v), inside(far - DISC))
    part.over(rgb("#b58a3a"), inside(np.abs(far - DISC) - 0.012))
    lu, lv = turn(part.x - 0.02, part.y - 0.03, START + TURN * t)
    for a, b, shade in ((lu, lv, True), (u, v, False)):
        wide = 0.045 * np.clip((0.80 + b) / 0.5, 0, 1) + 0.004
        hand = segment(a, b, (0.0, 0.16), (0.0, -0.72)) - wide
        knob = np.hypot(a, b) - 0.085
        shape = inside(np.minimum(hand, knob), 0.05 if shade else 0.007)
        if shade:
            part.darken(0.4 * shape)
        else:
            part.over(mix(rgb("#3b1414"), rgb("#d8342b"), ramp(0.03, -0.02, a)), shape)
    part.over(rgb("#f2cf7a"), inside(np.hypot(part.x, part.y) - 0.04))
    return canvas.frame()
