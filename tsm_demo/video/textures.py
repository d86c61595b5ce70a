"""Textures with the statistics of natural images, drawn from a seed: dead leaves and noise in many octaves.

Dead leaves: occluding discs and boxes whose sizes follow a power law, as in Lee, Mumford, Huang (2001); such
pictures share the scale invariance and the edges of photographs, without any photograph.
"""

from functools import lru_cache

import numpy as np
import torch
from torch import Tensor

BANK_SIZE = 48  # textures a bank
BANK_SIDE = 192  # pixels


@lru_cache(maxsize=3)
def texture_bank(bank: int, count: int = BANK_SIZE, side: int = BANK_SIDE) -> Tensor:
    """(count, 3, side, side) uint8 textures of bank number `bank`; the same number gives the same textures."""
    rng = np.random.default_rng([0x7E97, bank])
    pictures = [_leaves(rng, side) if rng.random() < 0.65 else _clouds(rng, side) for _ in range(count)]
    return torch.from_numpy(np.stack(pictures)).permute(0, 3, 1, 2).contiguous()


def octave_noise(rng: np.random.Generator, side: int, roughness: float) -> np.ndarray:
    """(side, side) float32 noise, zero mean, unit spread; amplitude falls as `roughness` ** octave."""
    total = np.zeros((side, side), np.float32)
    for octave in range(1, 7):
        cells = 2**octave
        if cells > side:
            break
        grid = torch.from_numpy(rng.standard_normal((1, 1, cells + 1, cells + 1)).astype(np.float32))
        layer = torch.nn.functional.interpolate(grid, (side, side), mode="bilinear", align_corners=True)
        total += roughness**octave * layer[0, 0].numpy()
    return (total - total.mean()) / (total.std() + 1e-6)


def _palette(rng: np.random.Generator, count: int) -> np.ndarray:
    """(count, 3) colours in 0..1 around a few base colours, as one scene's things share their light."""
    bases = rng.uniform(0.05, 0.95, (int(rng.integers(2, 6)), 3))
    grey = rng.uniform(0, 0.8)  # how far colours are drawn towards grey
    bases = bases * (1 - grey) + bases.mean(1, keepdims=True) * grey
    colours = bases[rng.integers(0, len(bases), count)] + rng.normal(0, 0.08, (count, 3))
    return np.clip(colours * rng.uniform(0.6, 1.4, (count, 1)), 0, 1).astype(np.float32)


def _leaves(rng: np.random.Generator, side: int) -> np.ndarray:
    """(side, side, 3) uint8: many discs and boxes over one another, the later ones on top."""
    count = int(rng.integers(60, 260))
    smallest = rng.uniform(3, 9)
    # Inverse transform of p(r) ~ r^-3 between the smallest radius and a third of the picture.
    share = rng.random(count)
    low, high = smallest**-2, (side / 3) ** -2
    radii = (low + share * (high - low)) ** -0.5
    radii[: count // 6] = rng.uniform(side / 8, side / 3, count // 6)  # a ground of large ones
    centres, colours = rng.uniform(0, side, (count, 2)), _palette(rng, count)
    boxes, angles = rng.random(count) < rng.uniform(0, 1), rng.uniform(0, np.pi, count)
    aspects, slopes = np.exp(rng.normal(0, 0.5, count)), rng.normal(0, 0.35, (count, 2))
    picture = np.ones((side, side, 3), np.float32) * _palette(rng, 1)
    for i in range(count):
        reach = radii[i] * max(1.5, aspects[i], 1 / aspects[i])
        x0, x1 = (int(v) for v in np.clip((centres[i, 0] - reach, centres[i, 0] + reach + 1), 0, side))
        y0, y1 = (int(v) for v in np.clip((centres[i, 1] - reach, centres[i, 1] + reach + 1), 0, side))
        y, x = np.ogrid[y0:y1, x0:x1]
        dx, dy = (x - centres[i, 0]) / radii[i], (y - centres[i, 1]) / radii[i]
        u = (dx * np.cos(angles[i]) + dy * np.sin(angles[i])) / aspects[i]
        v = (-dx * np.sin(angles[i]) + dy * np.cos(angles[i])) * aspects[i]
        inside = (np.maximum(abs(u), abs(v)) < 0.85) if boxes[i] else (u * u + v * v < 1)
        shade = 1 + 0.5 * (slopes[i, 0] * dx + slopes[i, 1] * dy)
        patch = picture[y0:y1, x0:x1]
        patch[inside] = (shade[..., None] * colours[i])[inside]
    grain = rng.uniform(0, 0.06) * octave_noise(rng, side, 0.9)
    return _to_bytes(picture + grain[..., None])


def _clouds(rng: np.random.Generator, side: int) -> np.ndarray:
    """(side, side, 3) uint8: two octave noises mixed between three colours."""
    first, second = (octave_noise(rng, side, rng.uniform(0.45, 0.95)) for _ in range(2))
    low, high, third = _palette(rng, 3)
    mix = (1 / (1 + np.exp(-rng.uniform(1, 4) * first)))[..., None]
    return _to_bytes(low * (1 - mix) + high * mix + 0.15 * second[..., None] * (third - 0.5))


def _to_bytes(picture: np.ndarray) -> np.ndarray:
    return (np.clip(picture, 0, 1) * 255).astype(np.uint8)
