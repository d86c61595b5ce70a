"""What another shift does to the answers to all sample clips: how much breaks, and how much is turned round; no torch."""

from collections.abc import Sequence
from dataclasses import dataclass

from tsm_demo.analysis.stored_lab import VariantAnswer
from tsm_demo.core.labels import MOTION_LABELS, PAIRED_LABELS, reversed_label


@dataclass(frozen=True, slots=True)
class Breakage:
    """What a variant does.

    Attributes:
        right: how many clips it names, of `clips`.
        reversed: how many it calls by the reversed motion, of `pairs` that have one.
        score: mean of the right label's score, 0..1.
    """

    right: int
    clips: int
    reversed: int
    pairs: int
    score: float


def breakage(answers: Sequence[VariantAnswer]) -> Breakage:
    """Of one variant's answers, one for each clip."""
    paired = [answer for answer in answers if MOTION_LABELS.index(answer.truth) < PAIRED_LABELS]
    return Breakage(
        right=sum(answer.said == answer.truth for answer in answers),
        clips=len(answers),
        reversed=sum(
            answer.said == MOTION_LABELS[reversed_label(MOTION_LABELS.index(answer.truth))]
            for answer in paired
        ),
        pairs=len(paired),
        score=sum(answer.truth_score for answer in answers) / len(answers),
    )
