"""Timings as they were taken, and what they say: medians, spread, and ratios of runs that came in pairs; no torch.

Source of the way of measuring: runs are interleaved (A B C A B C ...), so that whatever else the machine does slows all
networks alike, and two networks are compared within each round, not by their medians over different moments.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from math import isfinite
from statistics import quantiles
from typing import Protocol

from tsm_demo.analysis.machine import Machine

CLEAR = 0.1  # a factor whose quartiles are further apart than this share of it is told as a range
MIN_RUNS = 5  # fewer are no timing
SHIFTED = "tsm_"  # how names of networks with a shift begin


class Described(Protocol):
    """A network's description, as `models.registry.ModelSpec` gives it."""

    @property
    def name(self) -> str: ...
    @property
    def fold_div(self) -> int: ...
    @property
    def placement(self) -> str: ...
    @property
    def width(self) -> int: ...
    @property
    def last_stride(self) -> int: ...


@dataclass(frozen=True, slots=True)
class Subject:
    """What of a network's description its time depends on. The classes do not count: one small layer in the end."""

    name: str
    width: int
    last_stride: int
    fold_div: int | None = None  # of networks without a shift, None
    placement: str | None = None

    @classmethod
    def of(cls, spec: Described) -> "Subject":
        """Two specs with the same subject do the same work on the same clip."""
        shift = (spec.fold_div, spec.placement) if spec.name.startswith(SHIFTED) else (None, None)
        return cls(spec.name, spec.width, spec.last_stride, *shift)


@dataclass(frozen=True, slots=True)
class Setup:
    """What a network was run on."""

    frames: int
    size: int  # pixels a side
    batch: int = 1  # clips at once


@dataclass(frozen=True, slots=True)
class Spread:
    """The middle of several numbers, and the quartiles: half of them lie between low and high."""

    median: float
    low: float
    high: float

    @classmethod
    def of(cls, values: Sequence[float]) -> "Spread":
        """Quartiles by linear interpolation between the ordered values. Raises ValueError when there are none."""
        if len(values) == 1:
            return cls(values[0], values[0], values[0])
        low, median, high = quantiles(values, n=4, method="inclusive")
        return cls(median, low, high)


def is_clear(ratio: Spread) -> bool:
    """Whether the rounds agree on one number: half of them lie within a tenth of it."""
    return ratio.high - ratio.low <= CLEAR * ratio.median


@dataclass(frozen=True, slots=True)
class Runs:
    """One network's share of a measurement.

    Attributes:
        seconds: of each run, the warm-up not among them; entry i was taken in the i-th round.
        peak_bytes: the most that PyTorch had allocated at once during a call, above weights and clip.
    """

    seconds: tuple[float, ...]
    peak_bytes: int

    def __post_init__(self) -> None:
        """Raises ValueError for what cannot have been measured."""
        if len(self.seconds) < MIN_RUNS or not all(isfinite(sec) and sec > 0 for sec in self.seconds):
            raise ValueError(
                f"a timing is {MIN_RUNS} or more runs of more than 0 seconds, not {self.seconds}"
            )
        if self.peak_bytes < 0:
            raise ValueError(f"a call cannot allocate {self.peak_bytes} bytes")

    def time(self) -> Spread:
        """Seconds a call."""
        return Spread.of(self.seconds)

    def ratio(self, to: "Runs") -> Spread:
        """How many times as long this took as another network's run of the same round."""
        return Spread.of([own / other for own, other in zip(self.seconds, to.seconds, strict=True)])


@dataclass(frozen=True, slots=True)
class Measurement:
    """Networks that took turns on one machine. Raises ValueError when their rounds do not match.

    Attributes:
        runs: in the order of the turns.
        load_before: the machine's load average before anything was run.
        date: ISO, of the day.
    """

    machine: Machine
    setup: Setup
    runs: Mapping[Subject, Runs]
    load_before: float
    date: str

    def __post_init__(self) -> None:
        if len({len(runs.seconds) for runs in self.runs.values()}) != 1:
            raise ValueError("every network runs once a round")

    @property
    def rounds(self) -> int:
        """How often each network ran."""
        return len(next(iter(self.runs.values())).seconds)

    def base(self) -> Subject:
        """What the others are compared with: the first 2D network, else the first."""
        return next(
            (subject for subject in self.runs if subject.name.startswith("tsn_")), next(iter(self.runs))
        )

    def only(self, subjects: Iterable[Subject]) -> "Measurement | None":
        """The same without the others, in the order asked for; None when none of them was measured."""
        kept = {subject: self.runs[subject] for subject in subjects if subject in self.runs}
        return replace(self, runs=kept) if kept else None


def shift_overheads(measurement: Measurement, depth: int = 50) -> dict[int, Spread]:
    """What a shift adds to the 2D network's time, by fold_div, as a share of it (0.137 is 13.7 %).

    fold_div 2 moves every channel, half of them each way: the naive shift of arXiv:1811.08383, section 3.2.
    """
    still = next(runs for subject, runs in measurement.runs.items() if subject.name == f"tsn_resnet{depth}")
    found = {}
    for subject, runs in measurement.runs.items():
        if subject.name == f"tsm_resnet{depth}" and subject.fold_div is not None:
            ratio = runs.ratio(still)
            found[subject.fold_div] = Spread(ratio.median - 1, ratio.low - 1, ratio.high - 1)
    return found
