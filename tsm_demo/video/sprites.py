"""The outlines of things that move: blobs, boxes, polygons, bars, and things with limbs, drawn from a generator."""

import numpy as np

SPRITE_SIDE = 64  # pixels; the outline's radius is 1 in coordinates from -1.25 to 1.25
REACH = 1.25


def sprite_alpha(rng: np.random.Generator, roundness: bool = True) -> np.ndarray:
    """(side, side) float32 opacity in 0..1 with a soft edge; largest distance from the centre about 1.

    `roundness=False` leaves out outlines whose turning could not be seen.
    """
    kinds = ["blob", "box", "polygon", "bar", "limbs"] + (["disc"] if roundness else [])
    kind = kinds[int(rng.integers(len(kinds)))]
    axis = np.linspace(-REACH, REACH, SPRITE_SIDE, dtype=np.float32)
    x, y = np.meshgrid(axis, axis)
    if kind == "limbs":
        inside = _limbs(rng, x, y)
    elif kind in ("box", "bar"):
        aspect = rng.uniform(2.0, 3.4) if kind == "bar" else rng.uniform(1.0, 1.7)
        power = rng.choice([2.5, 4.0, 10.0])
        half = np.array([1.0, 1.0 / aspect]) * (1.0 if aspect > 1.6 else 0.85)
        inside = 1 - ((abs(x) / half[0]) ** power + (abs(y) / half[1]) ** power) ** (1 / power)
    else:
        inside = _radius(rng, kind, np.arctan2(y, x)) - np.hypot(x, y)
    return np.clip(inside * SPRITE_SIDE / (2 * REACH) + 0.5, 0, 1).astype(np.float32)


def _radius(rng: np.random.Generator, kind: str, angle: np.ndarray) -> np.ndarray:
    """The outline's distance from the centre in each direction."""
    if kind == "disc":
        return np.full_like(angle, 0.95)
    if kind == "polygon":
        sides = int(rng.integers(3, 7))
        sector = 2 * np.pi / sides
        return np.cos(sector / 2) / np.cos((angle % sector) - sector / 2) * 1.0
    radius = np.ones_like(angle)
    for wave in range(1, 6):
        radius += rng.uniform(0, 0.5 / wave) * np.cos(wave * angle + rng.uniform(0, 2 * np.pi))
    return np.maximum(radius / radius.max(), 0.15)


def _limbs(rng: np.random.Generator, x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """A body of overlapping ellipses: a head, a trunk, arms; positive inside."""
    inside = np.full_like(x, -1.0)
    for _ in range(int(rng.integers(3, 6))):
        centre, angle = rng.uniform(-0.5, 0.5, 2), rng.uniform(0, np.pi)
        long, short = rng.uniform(0.35, 0.6), rng.uniform(0.16, 0.35)
        u = (x - centre[0]) * np.cos(angle) + (y - centre[1]) * np.sin(angle)
        v = -(x - centre[0]) * np.sin(angle) + (y - centre[1]) * np.cos(angle)
        inside = np.maximum(inside, (1 - np.hypot(u / long, v / short)) * short)
    return inside
