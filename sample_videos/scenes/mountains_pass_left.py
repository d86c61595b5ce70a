"""The camera pans to the right over mountains at dusk, so that everything it shows moves left."""

from functools import cache

import numpy as np

from .paint import Array, Canvas, Frame, inside, mix, noise, ramp, rgb

# How far things move over the clip, farther when they are nearer. Each range of mountains:
# shift, mean height, relief, peaks per unit, colour of the shade, colour of the sunlit haze.
SKY_SHIFT = 0.85
LAYERS = (
    (0.90, 0.02, 0.62, 0.9, "#7d5a86", "#e79a78"),
    (1.00, 0.30, 0.50, 1.1, "#4b3f6b", "#a8697c"),
    (1.15, 0.62, 0.30, 1.6, "#2a2b4d", "#5a4566"),
)
TREES_SHIFT = 1.20
FIRS = (  # where each stands, and how tall it is
    (-1.86, 0.8), (-1.62, 0.5), (-1.05, 0.6), (-0.88, 0.95), (-0.66, 0.65), (-0.05, 0.45),
    (0.42, 0.75), (0.58, 0.5), (1.12, 0.9), (1.42, 0.55), (1.55, 0.7), (1.95, 0.45),
)  # fmt: skip


def _ridge(along: Array, k: int) -> Array:
    """Height of ridge k: sharp peaks from folded noise."""
    _, height, relief, pitch, _, _ = LAYERS[k]
    fold = 1 - np.abs(2 * noise(along * pitch + 40 * k, 0 * along, seed=81, octaves=5) - 1)
    return height + relief * (0.75 - fold)


def _sky(canvas: Canvas, shift: float) -> None:
    x, y = canvas.x + shift, canvas.y
    high = mix(rgb("#27335f"), rgb("#8d5a86"), ramp(-1.1, -0.25, y))
    canvas.over(mix(high, rgb("#ffb36b"), ramp(-0.55, 0.45, y)))
    away = np.hypot(x - 0.75, y + 0.02)
    canvas.glow(rgb("#ff9a4a"), 0.55 * np.exp(-((away / 0.45) ** 2)))
    canvas.over(rgb("#fff0c4"), inside(away - 0.19, 0.02))
    streaks = noise(x * 1.1 + 2, y * 5.5, seed=82, octaves=5)
    lit = mix(rgb("#6d4a7c"), rgb("#ffc08a"), ramp(-0.8, 0.1, y))
    canvas.over(lit, 0.85 * ramp(0.52, 0.70, streaks))


def _trees(canvas: Canvas, shift: float) -> None:
    """A few dark firs, unevenly spaced, so that no tree comes to stand where another stood."""
    x, y = canvas.x + shift, canvas.y
    ground = 0.88 + 0.08 * np.sin(1.7 * x) + 0.03 * noise(x * 9, 0 * y, seed=83)
    canvas.over(mix(rgb("#20213f"), rgb("#0c0d1e"), ramp(0.8, 1.0, y)), inside(ground - y))
    for middle, tall in FIRS:
        if abs(middle - shift) > 1.6:
            continue  # out of the frame
        part = canvas.part(middle - shift, 0.95, tall)
        beside, below = (
            part.x + shift - middle,
            part.y - (0.95 - tall),
        )  # from the trunk, and down from the tip
        boughs = 0.5 + 0.5 * np.mod(below * 9 / tall**0.5 + 0.5 * np.abs(beside), 1)
        tree = inside(np.abs(beside) - np.clip(below, 0, None) * 0.30 * boughs, 0.012) * (below > 0)
        part.over(mix(rgb("#2b2a4c"), rgb("#0c0d1e"), ramp(-0.1, 0.35, below + beside)), tree)


@cache
def _blank() -> Canvas:
    return Canvas()


def render(t: float) -> Frame:
    """The frame at time t in [0, 1]."""
    canvas = _blank().copy()
    _sky(canvas, (t - 0.5) * SKY_SHIFT + 0.35)
    row = canvas.x[:1]
    for k, (shift, _, _, _, shade, haze) in enumerate(LAYERS):
        along = row + (t - 0.5) * shift
        ridge = _ridge(along, k)
        slope = (_ridge(along + 0.01, k) - ridge) / 0.01
        below = canvas.y - ridge
        far = canvas.x + (t - 0.5) * shift
        rock = noise(far * 3 + below * 4, below * 7 - far * 2, seed=86 + k, octaves=4)
        sunny = ramp(0.40, 0.60, rock + 0.10 * np.clip(slope, -1, 1)) * ramp(0.7, 0.0, below)
        colour = mix(mix(rgb(shade), rgb(haze), 0.75 * sunny), rgb(haze), 0.5 * ramp(0.1, 0.7, below))
        canvas.over(colour, inside(below * -1))
    _trees(canvas, (t - 0.5) * TREES_SHIFT)
    return canvas.frame()
