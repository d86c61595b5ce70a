"""What the embedded networks say of each sample clip, forwards and backwards: computed beforehand, read without torch."""

import json
from dataclasses import asdict, dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal

from tsm_demo.core.labels import MOTION_LABELS, reversed_label
from tsm_demo.core.score import Score

FOLDER = Path(__file__).parents[1] / "assets" / "start"  # scripts/precompute.py writes all that is in it
RESULTS = FOLDER / "results.json"
NETWORKS = ("motion_tsn", "motion", "motion_online", "motion_3d")  # Start shows the first two
ROUNDING = 1e-5  # adding the same numbers up in another order moves a score by less

Difference = Literal["same_scores", "same_label", "differ"]


@dataclass(frozen=True, slots=True)
class Answer:
    """What a network says of a clip in one order: its top labels, best first, and whether one is clearly ahead."""

    top: tuple[Score, ...]
    clear: bool

    @property
    def best(self) -> Score:
        return self.top[0]


@dataclass(frozen=True, slots=True)
class BothAnswers:
    """What one network says of a clip in both orders."""

    forwards: Answer
    backwards: Answer

    @property
    def orders(self) -> tuple[Answer, Answer]:
        return self.forwards, self.backwards

    @property
    def difference(self) -> Difference:
        """Whether the order of the frames made a difference."""
        if self.forwards.best.label != self.backwards.best.label:
            return "differ"
        apart = abs(self.forwards.best.score - self.backwards.best.score)
        return "same_scores" if apart <= ROUNDING else "same_label"


@dataclass(frozen=True, slots=True)
class BothOrders:
    """A sample clip and the networks' answers to it.

    Attributes:
        clip: its name, "ball rolls right".
        label: what it shows.
        frame_times_sec: (T,) when the sampled frames appear, forwards.
        answers: the name of each network of NETWORKS to what it says.
    """

    clip: str
    label: str
    frame_times_sec: tuple[float, ...]
    answers: dict[str, BothAnswers]

    @property
    def film(self) -> Path:
        """A WebP picture of the T sampled frames, side by side, the first one on the left."""
        return FOLDER / f"{self.clip.replace(' ', '_')}.webp"

    @property
    def shows(self) -> tuple[str, str]:
        """What is seen forwards and backwards; the same for a motion that is its own reversal."""
        return self.label, MOTION_LABELS[reversed_label(MOTION_LABELS.index(self.label))]

    def right(self, network: str) -> tuple[bool, bool]:
        """Whether a network names what is seen: forwards, backwards."""
        said = self.answers[network]
        forwards, backwards = self.shows
        return said.forwards.best.label == forwards, said.backwards.best.label == backwards


def plainest(results: tuple[BothOrders, ...]) -> BothOrders:
    """The clip to begin with: TSM is right of both orders, and most sure, to a percent; the first of equals."""

    def sureness(result: BothOrders) -> float:
        said = result.answers["motion"]
        decided = said.difference == "differ" and all(result.right("motion"))
        return round(min(said.forwards.best.score, said.backwards.best.score), 2) if decided else 0.0

    return max(results, key=sureness)


@lru_cache(maxsize=1)
def read_results() -> tuple[BothOrders, ...]:
    """All sample clips, in the order of their labels."""
    return tuple(_clip(entry) for entry in json.loads(RESULTS.read_text(encoding="utf-8")))


def write_results(results: list[BothOrders]) -> None:
    """The file that `read_results` reads."""
    text = json.dumps([asdict(result) for result in results], indent=1)
    RESULTS.write_text(text + "\n", encoding="utf-8")


def _clip(entry: dict[str, Any]) -> BothOrders:
    answers = {
        network: BothAnswers(_answer(both["forwards"]), _answer(both["backwards"]))
        for network, both in entry["answers"].items()
    }
    return BothOrders(entry["clip"], entry["label"], tuple(entry["frame_times_sec"]), answers)


def _answer(entry: dict[str, Any]) -> Answer:
    return Answer(tuple(Score(**score) for score in entry["top"]), entry["clear"])
