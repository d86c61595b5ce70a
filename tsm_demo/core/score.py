"""A label and how sure a network is of it."""

from dataclasses import dataclass

CLEAR_SCORE = 0.6  # below it, no class is clearly ahead


@dataclass(frozen=True, slots=True)
class Score:
    """A label and its probability, 0..1."""

    label: str
    score: float
