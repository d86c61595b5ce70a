"""A striped hot-air balloon rises over a valley in the morning."""

from functools import cache

import numpy as np

from .paint import Array, Canvas, Frame, inside, mix, noise, ramp, rgb, segment
from .solids import lathe, lit

SIZE, LOW, HIGH = 0.86, 0.36, -0.58  # the balloon; where its widest part is at the start and at the end
GORES = tuple(rgb(code) for code in ("#e4572e", "#f6e7cb", "#2e86ab", "#f3a712"))


@cache
def _valley() -> Canvas:
    canvas = Canvas()
    x, y = canvas.x, canvas.y
    canvas.over(mix(rgb("#5fa3d3"), rgb("#fde8cf"), ramp(-1.1, 0.55, y)))
    cloud = noise(x * 1.3 + 3, y * 3.2, seed=31, octaves=6)
    canvas.over(rgb("#fff8ee"), ramp(0.5, 0.72, cloud) * ramp(0.6, -0.2, y) * 0.9)
    ridges = ((0.30, 0.20, "#8fa9c4"), (0.46, 0.14, "#6f97a0"), (0.60, 0.11, "#5d9468"))
    for k, (height, relief, colour) in enumerate(ridges):
        ridge = height + relief * 2 * (
            noise(x * (1.2 + 0.5 * k) + 23 * k, 0 * y, seed=32 + k, octaves=5) - 0.5
        )
        woods = noise(x * 9, y * 14, seed=36 + k, octaves=4)
        mist = ramp(0.0, 0.30, y - ridge)  # thicker towards the valley's floor
        canvas.over(
            mix(rgb(colour) * (0.75 + 0.5 * woods)[..., None], rgb("#f7e6d2"), 0.75 * mist), inside(ridge - y)
        )
    ridge = 0.74 + 0.05 * np.sin(2.1 * x + 0.4) - 0.05 * x
    depth = 1 / (y - ridge + 0.16)
    strip = np.floor(x * depth * 0.8 + 0.35 * depth) + 7 * np.floor(depth * 0.9)
    crop = noise(strip * 0.618, 0 * y, seed=40, octaves=1)
    furrow = 0.92 + 0.12 * np.sin((x * depth * 0.8 + 0.35 * depth) * 40)
    canvas.over(
        mix(rgb("#6f9a3a"), rgb("#d9bb54"), crop)
        * (furrow * (0.8 + 0.2 * noise(x * 20, y * 30, 41)))[..., None],
        inside(ridge - y),
    )
    hedge = ridge + 0.02 - 0.06 * noise(x * 11, 0 * y, seed=42, octaves=4)
    canvas.over(rgb("#3c6a35"), inside(hedge - y, 0.01) * ramp(0.03, 0.02, y - ridge))
    return canvas


def _balloon(canvas: Canvas, cx: float, cy: float) -> None:
    """Envelope, ropes and basket; the envelope's widest part is at (cx, cy)."""
    part = canvas.part(cx, cy + 0.11, 0.62 * SIZE)
    u, v = (part.x - cx) / SIZE, (part.y - cy) / SIZE
    for side in (-1, 1):
        for foot in (0.04, 0.075):
            rope = segment(u, v, (side * (foot + 0.03), 0.42), (side * foot, 0.585))
            part.over(rgb("#4a3524"), inside(rope - 0.004))
    wicker = noise(u * 60, v * 90, seed=50, octaves=1)
    basket = lathe(u, v, (0.565, 0.69), (0.095, 0.08), tilt=-0.12)
    part.over(lit(mix(rgb("#7a4c27"), rgb("#c08a55"), wicker), basket.normal), basket.mask)
    part.over(rgb("#4b2a16"), basket.mask * inside(np.abs(basket.height - 0.58) - 0.012))
    polar = np.linspace(0, np.pi / 2, 7)  # a round crown that narrows to the mouth
    heights = (*(-0.42 * np.cos(polar)), 0.12, 0.24, 0.36, 0.46)
    radii = (*(0.42 * np.sin(polar)), 0.385, 0.30, 0.19, 0.10)
    skin = lathe(u, v, heights, radii, tilt=-0.16)
    part.over(lit(_gores(skin.normal, skin.height), skin.normal, gloss=0.25), skin.mask)


def _gores(normal: Array, v: Array) -> Array:
    """Sixteen panels from crown to mouth in four colours, with darker seams and a dark belt."""
    around = np.arctan2(normal[..., 0], normal[..., 2]) / (2 * np.pi) * 16 + 0.5
    panel = np.floor(around).astype(int) % 4
    colour = np.stack(GORES)[panel]
    seam = np.abs(around - np.rint(around))
    colour = colour * (1 - 0.35 * ramp(0.06, 0.0, seam))[..., None]
    return mix(colour, rgb("#27374d"), inside(np.abs(v - 0.07) - 0.035, 0.01))


def render(t: float) -> Frame:
    """The frame at time t in [0, 1]."""
    canvas = _valley().copy()
    _balloon(canvas, -0.12, LOW + (HIGH - LOW) * t)
    return canvas.frame()
