"""Which published systems are each other's twin but for the shift, and by how much one is ahead."""

from collections.abc import Iterable
from dataclasses import dataclass

from tsm_demo.viz.published import Metric, Result

GROUP_3D = "i3d"


@dataclass(frozen=True, slots=True)
class Twins:
    """TSN and TSM of the same backbone, frames and cost, trained by the same people."""

    tsn: Result
    tsm: Result
    metric: Metric

    @property
    def gain(self) -> float:
        """Points of accuracy."""
        return points(self.tsm, self.tsn, self.metric)


def points(one: Result, other: Result, metric: Metric) -> float:
    """By how many points of accuracy `one` is ahead of `other`, to the one or two decimals that are printed."""
    return round((one.accuracy(metric) or 0.0) - (other.accuracy(metric) or 0.0), 2)


def plotted(results: Iterable[Result], metric: Metric) -> list[Result]:
    """Those that have a cost, a size and this accuracy."""
    return [r for r in results if None not in (r.gmacs, r.params_m, r.accuracy(metric))]


def twins(results: Iterable[Result], metric: Metric) -> list[Twins]:
    """Every pair that differs by the shift alone, in the order given."""
    shown = plotted(results, metric)
    return [
        Twins(tsn, tsm, metric)
        for tsn in shown
        for tsm in shown
        if (tsn.group, tsm.group) == ("tsn", "tsm")
        and (tsn.backbone, tsn.frames, tsn.gmacs, tsn.again)
        == (tsm.backbone, tsm.frames, tsm.gmacs, tsm.again)
    ]


def rival(tsm: Result, results: Iterable[Result], metric: Metric) -> Result | None:
    """The most accurate 3D system that is no better than `tsm` and was trained by others or the same people as it."""
    own = tsm.accuracy(metric) or 0.0
    below = [
        r
        for r in plotted(results, metric)
        if r.group == GROUP_3D and r.again == tsm.again and (r.accuracy(metric) or 0.0) <= own
    ]
    return max(below, key=lambda r: r.accuracy(metric) or 0.0, default=None)
