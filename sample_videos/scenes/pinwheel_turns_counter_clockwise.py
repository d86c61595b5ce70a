"""A paper pinwheel with four different vanes turns counter-clockwise before a summer sky."""

from functools import cache

import numpy as np

from .paint import Array, Canvas, Frame, blurred, inside, mix, noise, ramp, rgb, turn
from .solids import lathe, lit

TURN = np.radians(
    -160
)  # in all: some 20 degrees between eight samples, far below the 45 that would look reversed
RADIUS, HUB = 0.74, (0.0, -0.10)


@cache
def _meadow() -> Canvas:
    """Sky, clouds, a strip of meadow, and the stick."""
    canvas = Canvas()
    x, y = canvas.x, canvas.y
    canvas.over(mix(rgb("#4f9fdc"), rgb("#d8eefa"), ramp(-1.1, 0.8, y)))
    cloud = noise(x * 1.2 + 1, y * 2.2 + 5, seed=111, octaves=5)
    canvas.over(rgb("#ffffff"), 0.9 * ramp(0.5, 0.72, cloud))
    hill = 0.72 + 0.06 * np.sin(x * 2.2 + 0.6)
    grass = noise(x * 14, y * 22, seed=112, octaves=4)
    canvas.over(
        mix(rgb("#8cbf5a"), rgb("#4b8f3c"), ramp(0.7, 1.05, y)) * (0.8 + 0.4 * grass)[..., None],
        inside(hill - y, 0.02),
    )
    rng = np.random.default_rng(113)
    for _ in range(55):
        cx, cy = rng.uniform(-1.35, 1.35), rng.uniform(0.78, 1.0)
        colour = rgb(("#ffffff", "#ffd95a", "#f2867a")[rng.integers(3)])
        canvas.over(
            colour, inside(np.hypot(x - cx, (y - cy) * 1.3) - 0.010 - 0.022 * (cy - 0.75) / 0.25, 0.012)
        )
    canvas.rgb[:] = blurred(canvas.rgb, 0.006)
    stick = lathe(x - HUB[0], y, (HUB[1], 1.1), (0.026, 0.030))
    canvas.over(lit(rgb("#d9b98a"), stick.normal), stick.mask)
    return canvas


def _vane(canvas: Canvas, k: int, angle: float) -> None:
    """Vane k: a flat triangle of paper, and the corner that is folded over it to the hub."""
    u, v = turn((canvas.x - HUB[0]) / RADIUS, (canvas.y - HUB[1]) / RADIUS, angle)
    front, back = (rgb(code) for code in VANES[k])
    s = np.linspace(0, 1, 24)
    bulge = [
        (0.70 * np.sin(np.pi * a) ** 0.8 * (1 - 0.25 * a), -(1 - a)) for a in s
    ]  # from the tip back to the hub
    curl = [(0.42 * np.sin(np.pi * a) ** 0.9, -0.80 * (1 - a) - 0.05 * np.sin(np.pi * a)) for a in s]

    def mask(points: list[tuple[float, float]]) -> Array:
        c, d = np.cos(angle), np.sin(angle)
        return canvas.polygon(
            [(HUB[0] + RADIUS * (a * c - b * d), HUB[1] + RADIUS * (a * d + b * c)) for a, b in points]
        )

    whole, folded = mask([(0.0, 0.0), *bulge]), mask([(0.0, 0.0), *curl])
    light = 0.72 + 0.4 * ramp(0.0, 0.55, u) + 0.06 * noise(u * 9, v * 9, seed=114 + k)
    canvas.over(_pattern(k, u, v, back) * light[..., None], whole)
    canvas.darken(0.35 * whole * ramp(0.16, 0.0, np.abs(u - 0.30)) * ramp(0.0, -0.3, v))
    shine = 1.08 - 0.75 * ramp(0.02, 0.40, u) + 0.25 * ramp(0.10, 0.02, np.abs(u - 0.10))
    canvas.over(front * shine[..., None], folded)


VANES = (("#e63946", "#f7c6c0"), ("#f4a621", "#fff0c2"), ("#2a9d8f", "#c5ece2"), ("#3d4fa1", "#cfd6f5"))


def _pattern(k: int, u: Array, v: Array, paper: Array) -> Array:
    """The printed side: dots, stripes, plain, or checks, in the vane's own deep colour."""
    ink = rgb(VANES[k][0])
    dots = inside(np.hypot(np.mod(u * 7, 1) - 0.5, np.mod(v * 7, 1) - 0.5) - 0.27, 0.08)
    stripes = inside(np.abs(np.mod((u + v) * 6, 1) - 0.5) - 0.2, 0.08)
    rings = inside(np.abs(np.mod(np.hypot(u, v) * 5.5, 1) - 0.5) - 0.2, 0.08)
    return mix(paper, ink, (dots, stripes, rings, 0.0 * u)[k] * 0.75)


def render(t: float) -> Frame:
    """The frame at time t in [0, 1]."""
    canvas = _meadow().copy()
    part = canvas.part(*HUB, RADIUS * 1.05)
    for k in range(4):
        _vane(part, k, np.radians(20) + TURN * t + k * np.pi / 2)
    knob = np.hypot(part.x - HUB[0], part.y - HUB[1])
    part.darken(0.4 * ramp(0.11, 0.05, np.hypot(part.x - HUB[0] - 0.015, part.y - HUB[1] - 0.02)))
    part.over(mix(rgb("#fff6dd"), rgb("#d8a63c"), ramp(0.0, 0.06, knob + 0.02)), inside(knob - 0.055))
    return canvas.frame()
