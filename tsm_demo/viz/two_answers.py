"""A network's answers to one clip shown in two ways, and what the change did to them (NumPy only).

The pages that compare ask for the same words of any answer, stored or just computed, so both are `ScoredClip`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from tsm_demo.core.labels import MOTION_LABELS, reversed_label
from tsm_demo.core.score import CLEAR_SCORE
from tsm_demo.viz.both_orders import ROUNDING

Outcome = Literal["rounding", "guesses", "flips", "changes", "keeps"]


@dataclass(frozen=True, eq=False)
class ScoredClip:
    """What an embedded network says of one window.

    Attributes:
        scores: (12,) float32, one for each of MOTION_LABELS.
        frame_scores: (T, 12) float32, of each frame alone, in the order in which the frames were shown.
    """

    scores: NDArray[np.float32]
    frame_scores: NDArray[np.float32]

    @property
    def best(self) -> int:
        """Index of the label with the highest score."""
        return int(self.scores.argmax())

    @property
    def label(self) -> str:
        return MOTION_LABELS[self.best]

    @property
    def score(self) -> float:
        """Of the best label."""
        return float(self.scores[self.best])


@dataclass(frozen=True, eq=False)
class TwoAnswers:
    """A network's answer to a clip as it was filmed, and as it was changed."""

    filmed: ScoredClip
    shown: ScoredClip

    @property
    def largest_difference(self) -> float:
        """Of all scores, between the two: 0..1."""
        return float(np.abs(self.filmed.scores - self.shown.scores).max())

    @property
    def outcome(self) -> Outcome:
        """The same scores to rounding; no label clearly ahead in either way; the same label with other scores; the
        reversed motion; another label."""
        if self.largest_difference <= ROUNDING:
            return "rounding"
        if max(self.filmed.score, self.shown.score) < CLEAR_SCORE:
            return "guesses"
        if self.filmed.best == self.shown.best:
            return "keeps"
        return "flips" if self.shown.best == reversed_label(self.filmed.best) else "changes"

    def top_labels(self, most: int = 4, each: int = 3) -> list[int]:
        """Indices of the labels to show: both bests, then what either way holds likely, best first."""
        wanted = dict.fromkeys([self.filmed.best, self.shown.best])
        ranked = [np.argsort(-way.scores, kind="stable")[:each] for way in (self.filmed, self.shown)]
        for pair in zip(*ranked, strict=True):
            wanted |= dict.fromkeys(int(label) for label in pair)
        return list(wanted)[:most]


def grouped(answers: dict[str, TwoAnswers], outcomes: Sequence[Outcome]) -> list[str]:
    """Names of the networks on which the change had one of these outcomes, in their order."""
    return [name for name, both in answers.items() if both.outcome in outcomes]
