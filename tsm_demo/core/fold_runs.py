"""What the study of the fold fraction found: every run, and what the runs of one kind say together; no torch."""

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import mean


@dataclass(frozen=True, slots=True)
class FoldRun:
    """One network trained, and how often it is right on held-out clips."""

    fold_div: int  # 0 moves nothing
    placement: str
    seed: int
    clips: int
    hits: int  # the right label of twelve
    pair_clips: int
    pair_hits: float  # the right label of the two of a pair; a tie counts half
    loss: float  # mean of the last tenth of the training steps
    minutes: float

    @property
    def share(self) -> float:
        """Of clips with the right label, 0..1."""
        return self.hits / self.clips

    @property
    def pair_share(self) -> float:
        """Of the clips of a pair, those where the right one of the two scores higher, 0..1."""
        return self.pair_hits / self.pair_clips


@dataclass(frozen=True, slots=True)
class FoldArm:
    """The runs that differ in their seed alone."""

    fold_div: int
    placement: str
    runs: tuple[FoldRun, ...]
    latency_ratio: float | None = None  # median time of a call against fold_div 0 in the same round

    @property
    def each_way(self) -> float:
        """The share of channels that moves in one direction, 0..1/2."""
        return 1 / self.fold_div if self.fold_div else 0.0

    @property
    def share(self) -> float:
        """Mean over the seeds."""
        return mean(run.share for run in self.runs)

    @property
    def pair_share(self) -> float:
        """Mean over the seeds."""
        return mean(run.pair_share for run in self.runs)

    @property
    def spread(self) -> tuple[float, float]:
        """The worst and the best seed's share."""
        shares = [run.share for run in self.runs]
        return min(shares), max(shares)


def arms(runs: Sequence[FoldRun], latency: dict[tuple[int, str], float] | None = None) -> tuple[FoldArm, ...]:
    """Runs by what they have in common, residual first, from no shift to the largest.

    Args:
        runs: any number for each (fold_div, placement).
        latency: by (fold_div, placement), see `FoldArm.latency_ratio`.
    """
    grouped: dict[tuple[int, str], list[FoldRun]] = {}
    for run in sorted(runs, key=lambda run: run.seed):
        grouped.setdefault((run.fold_div, run.placement), []).append(run)
    found = (FoldArm(*key, tuple(group), (latency or {}).get(key)) for key, group in grouped.items())
    return tuple(sorted(found, key=lambda arm: (arm.placement != "residual", arm.each_way)))
