"""Training batches, drawn as they are needed: every scene goes in forwards and backwards."""

import numpy as np
import torch
from torch import Tensor
from torch.utils.data import DataLoader, Dataset

from tsm_demo.core.labels import PAIRED_LABELS, reversed_label
from tsm_demo.training.recipe import Recipe, Stage
from tsm_demo.video.motion_script import EASY, HARD, STANDARD, Difficulty
from tsm_demo.video.synthetic import motion_clips

SCENES_A_CYCLE = 6  # five pairs and one of the two labels that are their own reversal


def scene_seed(index: int) -> int:
    """Seed of scene number `index`; with their reversals, every 12 scenes give each label twice."""
    cycle, place = divmod(index, SCENES_A_CYCLE)
    return 12 * cycle + 2 * place + (cycle % 2 if place == SCENES_A_CYCLE - 1 else 0)


class Batches(Dataset[tuple[Tensor, Tensor]]):
    """Batch i of a stage: uint8 frames (batch, T, 3, size, size) and labels (batch,); the same i, the same batch."""

    def __init__(self, recipe: Recipe, stage: Stage, first_scene: int) -> None:
        self.recipe, self.stage, self.first_scene = recipe, stage, first_scene
        self.scenes = recipe.batch_clips // 2
        self.count = stage.clips // recipe.batch_clips

    def __len__(self) -> int:
        return self.count

    def __getitem__(self, index: int) -> tuple[Tensor, Tensor]:
        if not 0 <= index < self.count:
            raise IndexError(index)
        start = self.first_scene + index * self.scenes
        # A recipe's seed moves it to scenes of its own, in whole cycles of the labels.
        seeds = [scene_seed(start + k) + self.recipe.seed * 12_000_000 for k in range(self.scenes)]
        draws = np.random.default_rng([start, self.recipe.seed]).random(self.scenes)
        kinds = [self._difficulty(float(draw)) for draw in draws]
        parts = []
        for difficulty in (EASY, STANDARD, HARD):
            chosen = [seed for seed, kind in zip(seeds, kinds, strict=True) if kind == difficulty]
            if chosen:
                parts.append(motion_clips(chosen, self.stage.size, self.recipe.n_segment, difficulty))
        frames = torch.cat([part.frames for part in parts])
        labels = torch.cat([part.labels for part in parts])
        return torch.cat([frames, frames.flip(1)]), torch.cat([labels, reversed_labels(labels)])

    def _difficulty(self, draw: float) -> Difficulty:
        """The difficulty of a scene, from a number drawn from 0..1."""
        if draw < self.stage.easy_share:
            return EASY
        return HARD if draw >= 1 - self.stage.hard_share else STANDARD


def reversed_labels(labels: Tensor) -> Tensor:
    """(N,) labels of the same clips played backwards."""
    table = torch.tensor([reversed_label(i) for i in range(PAIRED_LABELS + 2)])
    return table[labels]


def batches_from(
    recipe: Recipe, stage: Stage, first_scene: int, start: int
) -> DataLoader[tuple[Tensor, Tensor]]:
    """Batches start, start + 1, ... of a stage in order, drawn by one process ahead of their use."""
    data = Batches(recipe, stage, first_scene)
    order = range(start, len(data))
    return DataLoader(data, batch_size=None, sampler=order, num_workers=1, prefetch_factor=6)
