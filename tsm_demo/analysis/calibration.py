"""Whether a score means what it says: temperature scaling, and how far scores are off.

Source: Guo, Pleiss, Sun, Weinberger, arXiv:1706.04599, sections 2 and 4.2.
"""

import torch
import torch.nn.functional as F
from torch import Tensor

BINS = 15
SEARCH = (0.05, 20.0)  # temperatures that are looked at
STEPS = 60  # each narrows the search to 0.62 of what it was


def fit_temperature(logits: Tensor, labels: Tensor) -> float:
    """The number to divide (N, K) logits by, so that the softmax fits (N,) labels best (least cross-entropy).

    The cross-entropy has one minimum along the temperature, which a golden-section search closes in on.
    """
    golden = (5**0.5 - 1) / 2
    low, high = (torch.tensor(bound, dtype=torch.float64).log() for bound in SEARCH)

    def loss(log_temperature: Tensor) -> float:
        return float(F.cross_entropy(logits.double() / log_temperature.exp(), labels))

    for _ in range(STEPS):
        left, right = high - golden * (high - low), low + golden * (high - low)
        if loss(left) < loss(right):
            high = right
        else:
            low = left
    return float(((low + high) / 2).exp())


def calibration_error(logits: Tensor, labels: Tensor, temperature: float = 1.0) -> float:
    """Expected calibration error, 0..1: how far the best score is from the share of right answers, on average.

    Clips are binned by their best score into 15 equal parts of 0..1; the bins' gaps are weighted by their clips.
    """
    scores, answers = (logits / temperature).softmax(1).max(1)
    bins = (scores * BINS).long().clamp(max=BINS - 1)
    gaps = torch.zeros(BINS).index_add_(0, bins, (answers == labels).float() - scores)
    return float(gaps.abs().sum() / len(labels))


def share_right(
    logits: Tensor, labels: Tensor, low: float, high: float, temperature: float = 1.0
) -> tuple[float, int]:
    """Of the answers whose score lies from `low` up to `high`: the share of right ones, and how many they are."""
    scores, answers = (logits / temperature).softmax(1).max(1)
    chosen = (scores >= low) & (scores < high)
    count = int(chosen.sum())
    return (float((answers == labels)[chosen].float().mean()) if count else 0.0), count
