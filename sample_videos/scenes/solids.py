"""Round things under one lamp: where a ball or a turned shape is, which way it faces, and how it is lit."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from .paint import Array, inside, mix, ramp, rgb

LAMP = np.array([-0.45, -0.7, 0.55], np.float32)  # towards the lamp: left, up, and in front of the picture
LAMP /= np.linalg.norm(LAMP)
KEY, SKY, GROUND = rgb("#fff4e0") * 1.05, rgb("#b9c7da") * 0.75, rgb("#8a6a4c") * 0.5


@dataclass(frozen=True, slots=True)
class Solid:
    """What is seen of a solid."""

    mask: Array  # (h, w) coverage
    normal: Array  # (h, w, 3) unit: right, down, towards the viewer
    height: Array  # (h, w) how far down the thing the seen point lies


def ball(u: Array, v: Array, radius: float) -> Solid:
    """A ball about the origin of u, v."""
    across, down = u / radius, v / radius
    front = np.sqrt(np.clip(1 - across**2 - down**2, 0, 1))
    normal = np.stack([across, down, front], -1)
    normal /= np.maximum(np.linalg.norm(normal, axis=-1, keepdims=True), 1e-6)
    return Solid(inside(np.hypot(u, v) - radius), normal, v)


def lathe(u: Array, v: Array, heights: Sequence[float], radii: Sequence[float], tilt: float = 0.0) -> Solid:
    """A shape turned about the axis u = 0, its radius running smoothly through the given ones.

    heights: increasing values of v, downwards; radii: the radius at each; tilt: sine of the angle from which
    it is seen from above, which bends its rings into ellipses.
    """
    fine = np.linspace(heights[0], heights[-1], 400)
    outline = _smooth(fine, np.asarray(heights), np.asarray(radii))
    radius = np.interp(v, fine, outline).astype(np.float32)
    v = v - tilt * np.sqrt(np.clip(radius**2 - u**2, 0, None))  # the seen point lies in front of the axis
    radius = np.interp(v, fine, outline).astype(np.float32)
    slope = np.interp(v, fine, np.gradient(outline, fine)).astype(np.float32)
    across = np.clip(u / np.maximum(radius, 1e-4), -1, 1)
    normal = np.stack([across, -slope, np.sqrt(1 - across**2)], -1)
    normal /= np.linalg.norm(normal, axis=-1, keepdims=True)
    side = (np.abs(u) - radius) / np.hypot(1, slope)
    ends = np.maximum(heights[0] - v, v - heights[-1])
    return Solid(inside(np.maximum(side, ends)), normal, v)


def _smooth(at: Array, knots: Array, values: Array) -> Array:
    """Cubic Hermite through the knots with the tangents of their neighbours (Catmull-Rom)."""
    tangents = np.gradient(values, knots)
    i = np.clip(np.searchsorted(knots, at) - 1, 0, len(knots) - 2)
    width = knots[i + 1] - knots[i]
    s = (at - knots[i]) / width
    return (
        values[i] * (1 + 2 * s) * (1 - s) ** 2
        + tangents[i] * width * s * (1 - s) ** 2
        + values[i + 1] * s**2 * (3 - 2 * s)
        + tangents[i + 1] * width * s**2 * (s - 1)
    )


def lit(albedo: Array, normal: Array, gloss: float = 0.0, ground: Array = GROUND) -> Array:
    """(h, w, 3) light that leaves a surface: lamp, sky from above, ground from below, and a highlight."""
    facing = normal @ LAMP
    key = np.clip((facing + 0.15) / 1.15, 0, 1)
    above = 0.5 - 0.5 * normal[..., 1]
    light = albedo * (KEY * key[..., None] + mix(ground, SKY, above))
    middle = LAMP + np.array([0, 0, 1], np.float32)
    sheen = np.clip(normal @ (middle / np.linalg.norm(middle)), 0, 1)
    window = ramp(0.955, 0.985, sheen) * 0.55 + sheen**18 * 0.16  # a soft box and its halo
    rim = np.clip(1 - normal[..., 2], 0, 1) ** 3 * above * 0.35
    return light + gloss * (KEY * window[..., None] + SKY * rim[..., None])


def soft_ellipse(u: Array, v: Array, half_width: float, half_height: float) -> Array:
    """1 in the middle, 0 at the edge, smooth between: shadows, glows and lights out of focus."""
    return ramp(1.0, 0.0, np.hypot(u / half_width, v / half_height))


def cast(x: Array, y: Array, cx: float, cy: float, radius: float) -> Array:
    """The shadow in [0, 1] of something round on a table at (cx, cy): dark beneath, and long to the right."""
    contact = soft_ellipse(x - cx - radius * 0.05, y - cy - radius * 0.06, radius * 0.85, radius * 0.28)
    fall = soft_ellipse(x - cx - radius * 0.75, y - cy + radius * 0.06, radius * 1.75, radius * 0.62)
    return 1 - (1 - 0.8 * contact) * (1 - 0.7 * fall)
