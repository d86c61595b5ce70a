"""A wooden table before a plain wall, seen from a little above: the stage of three scenes."""

from functools import cache

import numpy as np

from .paint import Canvas, mix, noise, ramp, rgb
from .solids import soft_ellipse

BACK = -0.22  # where the table's far edge meets the wall
HORIZON = -1.1  # where its planks would meet


@cache
def wooden_table() -> Canvas:
    """Planks of walnut that run from left to right, a wall, and light that falls from the left."""
    canvas = Canvas()
    x, y = canvas.x, canvas.y
    wall = mix(rgb("#6f8f88"), rgb("#c9d6c4"), ramp(1.5, -0.6, np.hypot(x + 0.7, y + 0.9)))
    canvas.over(wall * (0.97 + 0.06 * noise(x * 9, y * 9, seed=4)[..., None]))
    across, down = x + 0.45 * y - 0.05, y + 0.10 * x  # a window's light, thrown aslant upon the wall
    panes = np.minimum(0.36 - np.abs(across), np.abs(across) - 0.018)
    panes = np.minimum(panes, np.minimum(0.42 - np.abs(down + 0.68), np.abs(down + 0.66) - 0.018))
    canvas.glow(rgb("#ffe2b0"), 0.30 * ramp(-0.02, 0.02, panes))

    depth = 1 / np.maximum(y - HORIZON, 0.2)
    across, away = x * depth, depth * 7.5
    plank = np.floor(away)
    shift = plank * 7.31
    fibre = noise(across * 2.2 + shift, away * 22, seed=5, octaves=5)
    swirl = noise(across * 1.1 + shift, away * 1.6 + shift, seed=6, octaves=3)
    rings = 0.5 + 0.5 * np.sin(34 * swirl + 9 * away)
    wood = mix(rgb("#7a4a2b"), rgb("#b57b4a"), 0.55 * fibre + 0.35 * rings * fibre + 0.2 * swirl)
    wood = wood * (0.85 + 0.3 * np.mod(plank * 0.37, 1))[..., None]
    gap = np.abs(away - np.rint(away))
    wood = wood * (1 - 0.75 * ramp(0.03, 0.008, gap))[..., None]
    wood = wood * (0.72 + 0.75 * soft_ellipse(x + 0.35, y - 0.2, 2.2, 1.6))[..., None]
    canvas.over(wood, ramp(BACK, BACK + 0.008, y))
    canvas.darken(0.45 * ramp(BACK - 0.16, BACK, y) * (y < BACK))
    return canvas
