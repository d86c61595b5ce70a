"""The camera closes in on the door of a cottage in its garden."""

from functools import cache

import numpy as np
from PIL import Image

from .paint import HEIGHT, OVERSAMPLE, WIDTH, Canvas, Frame, box, encode, inside, mix, noise, ramp, rgb
from .solids import soft_ellipse

ZOOM = 2.2  # in all, by the same factor in equal times
DETAIL = ZOOM / OVERSAMPLE  # at the end one canvas pixel makes one pixel of the frame


def _land(canvas: Canvas) -> None:
    x, y = canvas.x, canvas.y
    canvas.over(mix(rgb("#5aa9e6"), rgb("#e6f3fb"), ramp(-1.1, 0.1, y)))
    cloud = noise(x * 1.3 + 6, y * 2.4 + 2, seed=141, octaves=6)
    canvas.over(rgb("#ffffff"), 0.95 * ramp(0.5, 0.68, cloud))
    ridge = -0.05 - 0.30 * noise(x * 1.1, 0 * y, seed=142)
    woods = noise(x * 12, y * 12, seed=143)
    canvas.over(mix(rgb("#5f8f78"), rgb("#86b18f"), woods), inside(ridge - y))
    meadow = 0.20 + 0.04 * np.sin(x * 2)
    tufts = noise(x * 9, y * 16, seed=144, octaves=6)
    canvas.over(mix(rgb("#5c9a3c"), rgb("#b5cf63"), ramp(0.3, 0.7, tufts)), inside(meadow - y))
    path = np.abs(x - 0.10 * np.sin(5 * y - 2.2) * ramp(0.42, 0.7, y)) - 0.09 - 0.22 * ramp(0.4, 1.1, y)
    stones = noise(x * 8, y * 16, seed=145, octaves=3)
    canvas.over(
        mix(rgb("#c8ad84"), rgb("#ead9b5"), ramp(0.35, 0.6, stones)), inside(path, 0.03) * ramp(0.42, 0.44, y)
    )


def _house(canvas: Canvas) -> None:
    x, y = canvas.x, canvas.y
    canvas.darken(0.5 * soft_ellipse(x - 0.1, y - 0.47, 0.95, 0.10))
    stone = noise(x * 9, y * 14, seed=146, octaves=3)
    canvas.over(mix(rgb("#a5573f"), rgb("#c98668"), stone), inside(box(x - 0.36, y + 0.58, 0.085, 0.20)))
    canvas.over(rgb("#6d3a2c"), inside(box(x - 0.36, y + 0.79, 0.105, 0.03)))
    plaster = noise(x * 7, y * 7, seed=147, octaves=6)
    wall = mix(rgb("#f2e2c4"), rgb("#fffaf0"), plaster) * (0.72 + 0.3 * ramp(-0.25, 0.0, y))[..., None]
    canvas.over(wall * (1.0 - 0.15 * ramp(-0.6, 0.6, x))[..., None], inside(box(x, y - 0.12, 0.62, 0.34)))
    canvas.over(mix(rgb("#8d8578"), rgb("#b8b0a0"), stone), inside(box(x, y - 0.435, 0.63, 0.035)))
    # Roof: rows of tiles, each row shifted by half a tile.
    row = np.floor((y + 0.70) * 17)
    column = x * 11 + 0.5 * np.mod(row, 2)
    tile = noise(np.floor(column) * 0.77, row * 0.61, seed=148, octaves=1)
    rounded = np.mod((y + 0.70) * 17, 1) + 0.5 * (np.mod(column, 1) - 0.5) ** 2
    roof = mix(rgb("#a63d2a"), rgb("#e0794f"), tile) * (1.15 - 0.55 * ramp(0.5, 1.0, rounded))[..., None]
    slope = 0.50 + 0.26 * (y + 0.66) / 0.50
    canvas.over(roof, inside(np.maximum(np.abs(x) - slope, np.abs(y + 0.41) - 0.25)))
    canvas.darken(0.4 * inside(box(x, y + 0.13, 0.62, 0.035), 0.03))


def _door(canvas: Canvas) -> None:
    x, y = canvas.x, canvas.y
    arch = np.maximum(np.where(y < 0.16, np.hypot(x, y - 0.16), np.abs(x)), y - 0.3) - 0.15
    canvas.over(rgb("#b9a88a"), inside(arch - 0.035) * (y < 0.45))
    planks = 0.8 + 0.25 * ramp(0.04, 0.1, np.abs(np.mod(x * 18, 1) - 0.5)) * noise(x * 30, y * 4, seed=149)
    canvas.over(rgb("#2a6f73") * planks[..., None], inside(arch) * (y < 0.45))
    canvas.over(rgb("#ffd98a"), inside(box(x, y - 0.14, 0.06, 0.06, 0.01)))
    canvas.over(
        rgb("#1d4a4d"),
        inside(np.minimum(np.abs(x), np.abs(y - 0.14)) - 0.008) * (np.hypot(x, y - 0.14) < 0.07),
    )
    canvas.over(rgb("#f0c75e"), inside(np.hypot(x - 0.095, y - 0.29) - 0.016))
    canvas.over(rgb("#d8c9a8"), inside(box(x, y - 0.465, 0.22, 0.025, 0.01)))
    for cx in (-0.40, 0.40):
        u, v = x - cx, y - 0.12
        canvas.over(rgb("#ffffff"), inside(box(u, v, 0.115, 0.13)))
        glass = mix(rgb("#7fb2cf"), rgb("#24405a"), ramp(-0.15, 0.15, u + v))
        panes = (np.abs(u) > 0.008) * (np.abs(v) > 0.008)
        canvas.over(glass, inside(box(u, v, 0.095, 0.11)) * panes)
        for side in (-1, 1):
            slats = 0.75 + 0.3 * ramp(0.2, 0.5, np.abs(np.mod(v * 28, 1) - 0.5))
            canvas.over(rgb("#2a6f73") * slats[..., None], inside(box(u - 0.155 * side, v, 0.036, 0.135)))
        canvas.over(rgb("#7a4a2b"), inside(box(u, v - 0.175, 0.14, 0.03)))
        bloom = noise(u * 44, v * 44, seed=150, octaves=2)
        blossom = mix(rgb("#3f7d3a"), rgb("#e84a6f"), ramp(0.5, 0.56, bloom))
        canvas.over(blossom, ramp(0.06, 0.05, np.abs(v - 0.135) + 0.04 * (bloom - 0.5)) * (np.abs(u) < 0.135))


def _garden(canvas: Canvas) -> None:
    x, y = canvas.x, canvas.y
    leaves = noise(x * 6, y * 6, seed=151, octaves=6)
    for cx, cy, wide, tall, trunk in ((-1.02, -0.22, 0.42, 0.50, True), (1.08, 0.02, 0.30, 0.38, True)):
        canvas.over(rgb("#6a4b30"), inside(box(x - cx, y - cy - 0.5, 0.05, 0.28)) * trunk)
        crown = np.hypot((x - cx) / wide, (y - cy) / tall) - 0.9 - 0.45 * (leaves - 0.5)
        shade = ramp(-0.4, 0.9, (x - cx) + (y - cy) + 1.6 * (0.5 - leaves))
        canvas.over(mix(rgb("#9cc653"), rgb("#27582d"), shade), ramp(0.03, -0.01, crown))
    rng = np.random.default_rng(152)
    for _ in range(330):  # flower beds on both sides of the path
        side = rng.choice((-1, 1))
        cy = rng.uniform(0.48, 1.0)
        cx = side * rng.uniform(0.22 + 0.3 * max(cy - 0.5, 0), 1.35)
        colour = rgb(("#ffffff", "#ffd84d", "#f0607e", "#a06cd5", "#ff914d")[rng.integers(5)])
        part = canvas.part(cx, cy, 0.06)
        u, v = part.x - cx, part.y - cy
        size = 0.016 + 0.016 * (cy - 0.48) / 0.5
        petals = np.hypot(u, v) - size * (0.8 + 0.3 * np.cos(5 * np.arctan2(v, u)))
        part.over(rgb("#3c7a2f"), 0.7 * inside(np.hypot(u, v - 0.02) - size))
        part.over(colour, inside(petals))
        part.over(rgb("#8a5a1e"), inside(np.hypot(u, v) - size * 0.3))


@cache
def _picture() -> Image.Image:
    canvas = Canvas(DETAIL)
    for paint in (_land, _house, _door, _garden):
        paint(canvas)
    return Image.fromarray(encode(canvas.rgb))


def render(t: float) -> Frame:
    """The frame at time t in [0, 1]; the door stays in the middle."""
    picture = _picture()
    wide, tall = (side / ZOOM**t for side in picture.size)
    left, top = (picture.width - wide) / 2, (picture.height - tall) * 0.56
    view = (left, top, left + wide, top + tall)
    return np.asarray(picture.resize((WIDTH, HEIGHT), Image.Resampling.LANCZOS, box=view))
