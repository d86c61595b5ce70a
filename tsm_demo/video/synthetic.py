"""Motion-12 clips: one integer draws one clip, its label and the masks of what moves in it; rendered in batches."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor

from tsm_demo.core.errors import ShapeError
from tsm_demo.video.motion_script import ANGLE, SIZE, STANDARD, Difficulty, Script, scene_rng, write_script
from tsm_demo.video.sprites import REACH, SPRITE_SIDE, sprite_alpha
from tsm_demo.video.textures import BANK_SIDE, BANK_SIZE, texture_bank

SEEDS_PER_BANK = 480  # neighbouring seeds share textures; seeds this far apart never do
TextureBank = Callable[[int], Tensor]
AT_ONCE = 6  # clips rendered together: few enough to stay in the processor's cache


@dataclass(frozen=True)
class MotionClips:
    """N drawn clips."""

    frames: Tensor  # (N, T, 3, size, size) uint8
    masks: Tensor  # (N, T, size, size) bool: the moving things; empty where the camera or nothing moves
    labels: Tensor  # (N,) int64, indices into MOTION_LABELS


@dataclass
class _Look:
    """What a scene's light, lens and recorder do, one row a clip."""

    background: list[Tensor]  # (3, side, side) each
    window: np.ndarray  # (N, 3) texture scale and offset of the background
    sprites: list[Tensor]  # (2, 4, side, side) each: colours and opacity
    light: np.ndarray  # (N, 4) shading x, y; shadow; blur
    gain: np.ndarray  # (N, T, 3) brightness and colour, drifting and flickering
    noise: np.ndarray  # (N,) sensor noise, of 1
    coarseness: np.ndarray  # (N,) compression step, of 1


def motion_clips(
    seeds: Sequence[int],
    size: int = 112,
    n_segment: int = 8,
    difficulty: Difficulty = STANDARD,
    bank: TextureBank = texture_bank,
) -> MotionClips:
    """Draw the clips with these numbers. A clip depends on its own number only, not on the batch it is drawn in.

    Seeds 2k and 2k+1 of a reversible pair give the same frames in opposite order. `bank` gives the textures of a bank
    number, (BANK_SIZE, 3, BANK_SIDE, BANK_SIDE) uint8. Raises ShapeError unless size is a
    multiple of 8 and at least 16, n_segment at least 2, and there is a seed.
    """
    if size % 8 or size < 16 or n_segment < 2 or not seeds:
        raise ShapeError(
            f"size {size} must be a multiple of 8, at least 16, and {n_segment} frames at least 2, of at least one clip."
        )
    parts = [
        _draw(seeds[i : i + AT_ONCE], size, n_segment, difficulty, bank)
        for i in range(0, len(seeds), AT_ONCE)
    ]
    frames, masks, labels = (torch.cat(column) for column in zip(*parts, strict=True))
    return MotionClips(frames, masks, labels)


def _draw(
    seeds: Sequence[int], size: int, n_segment: int, difficulty: Difficulty, bank: TextureBank
) -> tuple[Tensor, Tensor, Tensor]:
    """Frames, masks and labels of a few clips."""
    rngs = [scene_rng(seed) for seed in seeds]
    scripts = [write_script(seed, n_segment, difficulty, rng) for seed, rng in zip(seeds, rngs, strict=True)]
    textures = [bank(seed // SEEDS_PER_BANK) for seed in seeds]
    look = _draw_look(textures, rngs, scripts, n_segment, difficulty.disturbance)
    pictures, masks = _render(scripts, look, size)
    for row, rng in enumerate(rngs):
        if look.noise[row] > 0:
            shape = pictures[row].shape
            pictures[row] += look.noise[row] * torch.from_numpy(rng.standard_normal(shape, np.float32))
    pictures = _compress(pictures, torch.from_numpy(look.coarseness))
    frames = (pictures.clamp_(0, 1) * 255).round_().to(torch.uint8)
    for row, script in enumerate(scripts):
        if script.backwards:
            frames[row], masks[row] = frames[row].flip(0), masks[row].flip(0)
    return frames, masks, torch.tensor([script.label for script in scripts])


def _draw_look(
    textures: list[Tensor],
    rngs: list[np.random.Generator],
    scripts: list[Script],
    n_segment: int,
    level: float,
) -> _Look:
    look = _Look([], np.zeros((len(rngs), 3)), [], *(np.zeros(0) for _ in range(4)))
    lights, gains, noises, steps = [], [], [], []
    u = np.linspace(-1, 1, n_segment)[:, None]
    for row, (bank, rng, script) in enumerate(zip(textures, rngs, scripts, strict=True)):
        ground = bank[int(rng.integers(BANK_SIZE))].float() / 255
        if rng.random() < 0.35:  # a calmer ground, as walls and skies are
            ground = ground.mean((1, 2), keepdim=True) + (
                ground - ground.mean((1, 2), keepdim=True)
            ) * rng.uniform(0.3, 1)
        look.background.append(ground)
        look.window[row] = rng.uniform(0.4, 0.75), *rng.uniform(-0.3, 0.3, 2)
        look.sprites.append(torch.stack([_sprite(rng, bank, ground, script) for _ in range(2)]))
        lights.append(
            [*rng.normal(0, 0.25, 2), 0.4 * rng.random() * (rng.random() < 0.4), min(level, 1) * rng.random()]
        )
        drift = level * (
            rng.normal(0, 0.05) * u + rng.normal(0, 0.015, (n_segment, 1)) * (rng.random() < 0.4)
        )
        gains.append((rng.uniform(0.75, 1.15) + drift) * (1 + level * rng.normal(0, 0.05, 3)))
        noises.append(level * 0.05 * rng.random() ** 2 * (rng.random() < 0.7))
        steps.append(level * 0.05 * rng.random() * (rng.random() < 0.5))
    look.light, look.gain = np.array(lights), np.array(gains)
    look.noise, look.coarseness = np.array(noises), np.array(steps, np.float32)
    return look


def _sprite(rng: np.random.Generator, bank: Tensor, ground: Tensor, script: Script) -> Tensor:
    """(4, side, side): a texture cut out by an outline, brighter or darker than the ground behind it."""
    side = SPRITE_SIDE
    y, x = rng.integers(0, BANK_SIDE - side, 2)
    colours = bank[int(rng.integers(BANK_SIZE)), :, y : y + side, x : x + side].float() / 255
    mean = colours.mean((1, 2), keepdim=True)
    plain = rng.random() < 0.3 and not script.turning_visible
    colours = mean + (colours - mean) * (rng.uniform(0, 0.3) if plain else rng.uniform(0.8, 1.3))
    contrast = float(mean.mean() - ground.mean())
    least = rng.uniform(0.2, 0.35)
    if abs(contrast) < least:
        colours = colours + (least if ground.mean() < 0.5 else -least) - contrast
    alpha = torch.from_numpy(sprite_alpha(rng, roundness=not (script.turning_visible and plain)))
    return torch.cat([colours.clamp(0, 1), alpha[None]])


def _render(scripts: list[Script], look: _Look, size: int) -> tuple[Tensor, Tensor]:
    """(N, T, 3, size, size) float32 in 0..1, and the masks (N, T, size, size)."""
    N, T = len(scripts), len(scripts[0].camera)
    axis = (torch.arange(size, dtype=torch.float32) + 0.5) * 2 / size - 1
    screen = torch.stack(torch.meshgrid(axis, axis, indexing="xy"), -1)  # (H, W, 2) as x, y
    screen = screen.expand(N, T, size, size, 2)
    scene = _undo(screen, _column(scripts, "camera"))
    window = torch.from_numpy(look.window).float()
    ground_at = scene * window[:, None, None, None, :1] + window[:, None, None, None, 1:]
    pictures = _look_up(torch.stack(look.background), ground_at, "reflection")
    sprites, light = torch.stack(look.sprites), torch.from_numpy(look.light).float()
    masks = torch.zeros(N, T, size, size, dtype=torch.bool)
    tracks, wobbles = _column(scripts, "things"), _column(scripts, "wobble")
    present, moving, attached = (_column(scripts, name) for name in ("present", "moving", "attached"))
    for index in (1, 0):  # the first thing is the one that moves when only one does: nothing may lie on it
        rows = present[:, index].bool().nonzero()[:, 0]
        if len(rows) == 0:
            continue
        base = torch.where(attached[rows, index].bool()[:, None, None, None, None], scene[rows], screen[rows])
        at = _undo(base, tracks[rows, index])
        at = at + _wobble(at, wobbles[rows, index])
        rgba = _look_up(sprites[rows, index], at / REACH, "zeros")
        alpha = rgba[:, :, 3:]
        away = (
            base - tracks[rows, index][:, :, None, None, :2]
        )  # unrotated: light does not turn with the thing
        shade = 1 + (away * light[rows][:, None, None, None, :2]).sum(-1).unsqueeze(2) / 0.35
        shadow = F.pad(alpha, (3, -3, 4, -4)) * light[rows, 2].view(-1, 1, 1, 1, 1)
        under = pictures[rows] * (1 - shadow)
        pictures[rows] = under * (1 - alpha) + rgba[:, :, :3] * shade.clamp(0.5, 1.6) * alpha
        masks[rows] |= (alpha[:, :, 0] > 0.5) & moving[rows, index].bool()[:, None, None, None]
    blurred = F.avg_pool2d(pictures.flatten(0, 1), 3, 1, 1, count_include_pad=False).view_as(pictures)
    pictures = torch.lerp(pictures, blurred, light[:, 3].view(-1, 1, 1, 1, 1))
    return pictures * torch.from_numpy(look.gain).float()[..., None, None], masks


def _column(scripts: list[Script], name: str) -> Tensor:
    return torch.from_numpy(np.stack([getattr(script, name) for script in scripts])).float()


def _undo(points: Tensor, track: Tensor) -> Tensor:
    """Where a moved thing's points come from: (N, T, H, W, 2) and a track (N, T, 4) to (N, T, H, W, 2)."""
    away = points - track[:, :, None, None, :2]
    cos = (torch.cos(track[..., ANGLE]) / torch.exp(track[..., SIZE]))[..., None, None]
    sin = (torch.sin(track[..., ANGLE]) / torch.exp(track[..., SIZE]))[..., None, None]
    x, y = away.unbind(-1)
    return torch.stack((cos * x + sin * y, cos * y - sin * x), -1)


def _wobble(at: Tensor, wobble: Tensor) -> Tensor:
    """A travelling sine across the thing, as limbs and cloth have: (N, T, H, W, 2) displacements."""
    amplitude, waves_x, waves_y, turns, phase = wobble.view(-1, 5, 1, 1, 1).unbind(1)
    time = torch.linspace(0, 1, at.shape[1]).view(1, -1, 1, 1)
    wave = torch.sin(at[..., 0] * waves_x + at[..., 1] * waves_y + 6.28 * turns * time + phase)
    return (amplitude * wave).unsqueeze(-1).expand(at.shape)


def _look_up(pictures: Tensor, at: Tensor, outside: str) -> Tensor:
    """(N, C, h, w) pictures at (N, T, H, W, 2) points, to (N, T, C, H, W)."""
    N, T, H, W, _ = at.shape
    flat = F.grid_sample(pictures, at.reshape(N, T * H, W, 2), padding_mode=outside, align_corners=False)
    return flat.view(N, -1, T, H, W).transpose(1, 2).contiguous()


def _compress(pictures: Tensor, step: Tensor) -> Tensor:
    """What a block codec loses: 8x8 cosine coefficients rounded to multiples of a step that grows with frequency."""
    rows = (step > 0).nonzero()[:, 0]
    if len(rows) == 0:
        return pictures
    k = torch.arange(8, dtype=torch.float32)
    basis = torch.cos((2 * k[None] + 1) * k[:, None] * torch.pi / 16) * 0.5
    basis[0] *= 0.5**0.5
    chosen = pictures[rows]
    size = chosen.shape[-1]
    blocks = chosen.unflatten(-1, (size // 8, 8)).unflatten(-3, (size // 8, 8)).transpose(-3, -2)
    wave = basis @ blocks @ basis.T
    steps = step[rows].view(-1, *[1] * (wave.ndim - 1)) * (1 + 0.7 * (k[:, None] + k[None]))
    coarse = basis.T @ (torch.round(wave / steps) * steps) @ basis
    pictures[rows] = coarse.transpose(-3, -2).flatten(-2).flatten(-3, -2)
    return pictures
