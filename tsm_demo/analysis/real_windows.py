"""How a network does on windows of real clips that people have labelled by eye."""

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

from tsm_demo.analysis.predict import CLEAR_SCORE, Prediction, answer_clip
from tsm_demo.analysis.seeing import read_for
from tsm_demo.core.errors import VideoError
from tsm_demo.core.labels import MOTION_LABELS, PAIRED_LABELS, reversed_label
from tsm_demo.models.networks import Network

STILL = "stays still"


@dataclass(frozen=True, slots=True)
class LabelledWindow:
    """One line of the table: `label` is empty where no motion is plain."""

    clip: str
    start_sec: float
    end_sec: float
    label: str


@dataclass(frozen=True, slots=True)
class SeenWindow:
    """What a network says of a window and of its frames in reverse."""

    window: LabelledWindow
    answer: str
    score: float
    backwards: str

    @property
    def right(self) -> bool:
        return self.answer == self.window.label

    @property
    def confident_of_a_pair(self) -> bool:
        """Whether the answer is clear and names a motion that reversal turns into another."""
        return self.score > CLEAR_SCORE and MOTION_LABELS.index(self.answer) < PAIRED_LABELS

    @property
    def flips(self) -> bool:
        """Whether the reversed frames get the label of the reversed motion."""
        return self.backwards == MOTION_LABELS[reversed_label(MOTION_LABELS.index(self.answer))]


@dataclass(frozen=True, slots=True)
class Tally:
    """Hits of so many trials."""

    name: str
    hits: int
    trials: int


def tallies(seen: list[SeenWindow]) -> tuple[Tally, ...]:
    """What is counted: labels of plain windows, of those where something moves, by clip; and flips of confident answers.

    Windows overlap, and many come from one clip: so each clip counts once, too, as right when most of its windows are.
    """
    plain = [look for look in seen if look.window.label]
    moving = [look for look in plain if look.window.label != STILL]
    votes = [
        [look.right for look in looks] for _, looks in groupby(moving, key=lambda look: look.window.clip)
    ]
    confident = [look for look in seen if look.confident_of_a_pair]
    return (
        Tally("right label", sum(look.right for look in plain), len(plain)),
        Tally("right where it moves", sum(look.right for look in moving), len(moving)),
        Tally("clips mostly right", sum(2 * sum(vote) > len(vote) for vote in votes), len(votes)),
        Tally("confident and flips", sum(look.flips for look in confident), len(confident)),
    )


def read_table(path: Path) -> list[LabelledWindow]:
    """The windows of a table with columns clip, start_sec, end_sec, label. Raises VideoError for one that is none."""
    try:
        with path.open(newline="", encoding="utf-8") as file:
            windows = [
                LabelledWindow(row["clip"], float(row["start_sec"]), float(row["end_sec"]), row["label"])
                for row in csv.DictReader(file)
            ]
    except (KeyError, TypeError, ValueError) as error:
        raise VideoError(f"{path.name} needs the columns clip, start_sec, end_sec and label.") from error
    unknown = {window.label for window in windows} - {"", *MOTION_LABELS}
    if unknown:
        raise VideoError(f"{path.name} has labels that are none: {', '.join(sorted(unknown))}.")
    return windows


def look_at(network: Network, windows: list[LabelledWindow], folder: Path) -> Iterator[SeenWindow]:
    """Ask a network about each window of the clips in `folder`. Raises VideoError for a clip that is not as listed."""
    for name, rows in groupby(windows, key=lambda window: window.clip):
        clip = read_for(network, folder / name)
        forwards = answer_clip(network, clip)
        backwards = answer_clip(network, clip, reverse=True)
        for row in rows:
            index = _window_at(forwards, row)
            best = forwards.windows[index].top[0]
            yield SeenWindow(row, best.label, best.score, backwards.windows[index].top[0].label)


def _window_at(answer: Prediction, row: LabelledWindow) -> int:
    distances = [abs(window.start_sec - row.start_sec) for window in answer.windows]
    nearest = min(range(len(distances)), key=distances.__getitem__)
    if distances[nearest] > 0.05:
        raise VideoError(f"{row.clip} has no window that starts at {row.start_sec} s: is it another cut?")
    return nearest
