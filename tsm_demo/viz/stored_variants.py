"""What TSM's weights say of the sample clips under every variant of the shift: stored, read without torch."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from tsm_demo.core.labels import MOTION_LABELS, PAIRED_LABELS, reversed_label
from tsm_demo.viz.both_orders import read_results

VARIANTS = (
    Path(__file__).parents[1] / "assets" / "time_lab" / "variants.npz"
)  # scripts/precompute_lab.py writes it


@dataclass(frozen=True, slots=True)
class Breakage:
    """What a variant does to the answers to all sample clips.

    Attributes:
        right: how many it names, of `clips`.
        reversed: how many it calls by the reversed motion, of `pairs` that have one.
        score: mean of the right label's score, 0..1.
    """

    right: int
    clips: int
    reversed: int
    pairs: int
    score: float


@lru_cache(maxsize=1)
def read_variants() -> dict[str, Breakage]:
    """Variant to what it does."""
    labels = [MOTION_LABELS.index(result.label) for result in read_results()]
    with np.load(VARIANTS, allow_pickle=False) as file:
        return {
            str(name): breakage(scores, labels)
            for name, scores in zip(file["variants"], file["scores"], strict=True)
        }


def write_variants(scores: Mapping[str, NDArray[np.float32]]) -> None:
    """The file that `read_variants` reads; each (clips, 12), clips in the order of `read_results`."""
    np.savez_compressed(VARIANTS, variants=np.array(list(scores)), scores=np.stack(list(scores.values())))


def breakage(scores: NDArray[np.float32], labels: list[int]) -> Breakage:
    """Of (clips, 12) scores, and what the clips show."""
    said = scores.argmax(1).tolist()
    paired = [(got, label) for got, label in zip(said, labels, strict=True) if label < PAIRED_LABELS]
    return Breakage(
        right=sum(got == label for got, label in zip(said, labels, strict=True)),
        clips=len(labels),
        reversed=sum(got == reversed_label(label) for got, label in paired),
        pairs=len(paired),
        score=float(scores[np.arange(len(labels)), labels].mean()),
    )
