"""How often a Motion-12 network is right: on all twelve labels, on the pair, and within the pair."""

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from tsm_demo.core.labels import MOTION_LABELS, PAIRED_LABELS
from tsm_demo.video.motion_script import STANDARD, Difficulty
from tsm_demo.video.synthetic import TextureBank, motion_clips
from tsm_demo.video.tensors import normalise
from tsm_demo.video.textures import texture_bank

AT_ONCE = 24  # clips a forward pass


@dataclass(frozen=True, slots=True)
class Accuracy:
    """Shares of clips, 0..1."""

    clips: int
    top1: float
    which_pair: float  # of the clips of a pair: the answer is one of the pair's two labels
    within_pair: float  # of the clips of a pair: the right label scores above its reversal
    within_pair_clips: int
    confusion: tuple[tuple[int, ...], ...]  # [label][answer] counts


def motion_accuracy(
    model: nn.Module,
    seeds: Sequence[int],
    size: int,
    difficulty: Difficulty = STANDARD,
    n_segment: int = 8,
) -> Accuracy:
    """Draw the clips with these seeds and judge the answers of `model`, which takes (N, T, 3, size, size)."""
    return judge(*motion_logits(model, seeds, size, difficulty, n_segment))


def motion_logits(
    model: nn.Module,
    seeds: Sequence[int],
    size: int,
    difficulty: Difficulty = STANDARD,
    n_segment: int = 8,
    bank: TextureBank = texture_bank,
) -> tuple[Tensor, Tensor]:
    """(N, 12) logits of the clips with these seeds, and their (N,) labels."""
    logits, labels = [], []
    for start in range(0, len(seeds), AT_ONCE):
        clips = motion_clips(seeds[start : start + AT_ONCE], size, n_segment, difficulty, bank)
        with torch.inference_mode():
            logits.append(model(normalise(clips.frames)))
        labels.append(clips.labels)
    return torch.cat(logits), torch.cat(labels)


def judge(logits: Tensor, labels: Tensor) -> Accuracy:
    """Accuracy of (N, 12) logits against (N,) labels. A tie within a pair counts as half."""
    classes = len(MOTION_LABELS)
    answers = logits.argmax(1)
    confusion = torch.bincount(labels * classes + answers, minlength=classes**2).view(classes, classes)
    paired = labels < PAIRED_LABELS
    logits, answers, labels = logits[paired], answers[paired], labels[paired]
    own = logits.gather(1, labels[:, None])[:, 0]
    other = logits.gather(1, (labels ^ 1)[:, None])[:, 0]
    within = (own > other).float() + 0.5 * (own == other).float()
    return Accuracy(
        clips=int(confusion.sum()),
        top1=float(confusion.diag().sum() / confusion.sum()),
        which_pair=float((answers // 2 == labels // 2).float().mean()),
        within_pair=float(within.mean()),
        within_pair_clips=int(paired.sum()),
        confusion=tuple(tuple(row) for row in confusion.tolist()),
    )
