"""Where labels stand beside bubbles so that none covers another, in pixels."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import cos, pi, sin

GAP = 3.0  # pixels between a bubble and its label
LINE = 15.0  # height of a label
LETTER = 6.6  # width of one, on average
NEAR_TO_FAR = (0.0, 14.0, 30.0, 48.0)  # further out only where nothing nearer is free
DIRECTIONS = 16


@dataclass(frozen=True, slots=True)
class Bubble:
    """A disc and the text that goes with it; y grows downwards, as on a screen."""

    x: float
    y: float
    radius: float
    text: str


@dataclass(frozen=True, slots=True)
class Box:
    """A label's place: its middle and half its size."""

    x: float
    y: float
    half_width: float
    half_height: float

    def overlap(self, other: "Box") -> float:
        """Square pixels that both cover."""
        wide = self.half_width + other.half_width - abs(self.x - other.x)
        high = self.half_height + other.half_height - abs(self.y - other.y)
        return max(wide, 0) * max(high, 0)


def label_places(
    bubbles: Sequence[Bubble], width: float, height: float, lines: Sequence[Box] = ()
) -> list[tuple[float, float]]:
    """For each bubble, how far the middle of its label is to the right of and below its own middle.

    Args:
        bubbles: all that a label may not cover, with the labels.
        width, height: of the picture; labels stay inside.
        lines: what else a label may not cover.

    Greedy: the most crowded bubble first; each takes the nearest place that covers the least. What is clear in a picture
    of this width stays clear in a wider one, where all bubbles are further apart.
    """
    fixed = [*(Box(b.x, b.y, b.radius, b.radius) for b in bubbles), *lines]
    placed: dict[int, Box] = {}
    for index in sorted(range(len(bubbles)), key=lambda i: -_crowd(bubbles, i)):
        obstacles = [*fixed, *placed.values()]
        placed[index] = min(
            _candidates(bubbles[index]),
            key=lambda box: round(sum(map(box.overlap, obstacles)) + 20 * _outside(box, width, height)),
        )
    return [(placed[i].x - b.x, placed[i].y - b.y) for i, b in enumerate(bubbles)]


def half_width(text: str) -> float:
    """Half of what a label takes from left to right, in pixels."""
    return len(text) * LETTER / 2


def _crowd(bubbles: Sequence[Bubble], index: int) -> float:
    """The larger, the more bubbles are close."""
    own = bubbles[index]
    return sum(
        1 / (1 + (own.x - other.x) ** 2 + (own.y - other.y) ** 2)
        for i, other in enumerate(bubbles)
        if i != index
    )


def _candidates(bubble: Bubble) -> list[Box]:
    """Places around the bubble, nearest first, to its right first."""
    wide, high = half_width(bubble.text), LINE / 2
    found = []
    for further in NEAR_TO_FAR:
        reach = bubble.radius + GAP + further
        for step in range(DIRECTIONS):
            angle = 2 * pi * step / DIRECTIONS
            across, down = cos(angle), sin(angle)
            found.append(
                Box(
                    bubble.x + across * (reach + wide),
                    bubble.y + down * (reach + high),
                    wide,
                    high,
                )
            )
    return found


def _outside(box: Box, width: float, height: float) -> float:
    """Pixels by which a label leaves the picture."""
    return (
        max(box.half_width - box.x, 0)
        + max(box.x + box.half_width - width, 0)
        + max(box.half_height - box.y, 0)
        + max(box.y + box.half_height - height, 0)
    )
