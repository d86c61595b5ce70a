"""What others have published of accuracy and cost: read from one file, each figure with its source; no torch."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType
from typing import Any, Literal

PUBLISHED = Path(__file__).parents[1] / "assets" / "results" / "published.json"  # written by hand
Metric = Literal["top1", "top5"]
Confidence = Literal["high", "medium"]
PER_VIDEO = frozenset({"something_v1"})  # data sets whose costs are compared a video, not a clip


@dataclass(frozen=True, slots=True)
class Result:
    """One system on one data set; accuracies in percent, G = 1e9 multiply-adds, M = 1e6 parameters."""

    id: str
    group: str  # "tsm", "tsn", "i3d" ...
    system: str
    label: str  # in a picture
    dataset: str
    backbone: str
    frames: str  # of a clip, as printed: "8", "16 + 8"
    clips: int  # a video
    crop: str  # "centre" (224 x 224), "full" (resolution), "three" or "ten"
    again: bool  # trained again by OpenMMLab
    gmacs_per_clip: float | None  # None: not published
    params_m: float | None
    top1: float
    top5: float | None
    source: str  # of the accuracy
    cost_source: str  # of cost and parameters; "" where the same
    top5_source: str  # "" where the same
    counted_by_us: tuple[str, ...]  # "cost", "params": not published, but follow from the architecture
    confidence: Confidence
    note: str

    @property
    def gmacs(self) -> float | None:
        """What the picture shows: of a video where the data set's papers compare that, else of one clip."""
        if self.gmacs_per_clip is None or self.dataset not in PER_VIDEO:
            return self.gmacs_per_clip
        return self.gmacs_per_clip * self.clips

    def accuracy(self, metric: Metric) -> float | None:
        return self.top1 if metric == "top1" else self.top5


@dataclass(frozen=True, slots=True)
class Pair:
    """The same network without and with the shift on one data set, top-1 in percent."""

    dataset: str
    kind: Literal["appearance", "temporal"]
    tsn: float
    tsm: float
    source: str
    confidence: Confidence

    @property
    def gain(self) -> float:
        """Points; printed figures have one decimal."""
        return round(self.tsm - self.tsn, 1)


@dataclass(frozen=True, slots=True)
class OnlineResult:
    """One of TSN, offline and online TSM; milliseconds a frame, top-1 in percent by data set."""

    network: str
    latency_ms: float | None
    top1: Mapping[str, float]
    source: str
    confidence: Confidence


@dataclass(frozen=True, slots=True)
class Early:
    """Accuracy when only the beginning of a video has been seen."""

    dataset: str
    frames_seen: float  # share of the video
    tsm: float
    points_over_eco: float
    source: str
    confidence: Confidence

    @property
    def eco(self) -> float:
        """Of the best ECO: only the difference is printed."""
        return round(self.tsm - self.points_over_eco, 1)


@dataclass(frozen=True, slots=True)
class Published:
    """All of the file."""

    results: tuple[Result, ...]
    pairs: tuple[Pair, ...]
    online: tuple[OnlineResult, ...]
    early: Early

    def of(self, dataset: str) -> tuple[Result, ...]:
        return tuple(result for result in self.results if result.dataset == dataset)

    def result(self, id: str) -> Result:
        """Raises KeyError for an id that is none."""
        return {result.id: result for result in self.results}[id]


@lru_cache(maxsize=1)
def read_published() -> Published:
    """Everything, in the order of the file."""
    stored = json.loads(PUBLISHED.read_text(encoding="utf-8"))
    sources = stored["sources"]
    return Published(
        results=tuple(_result(row, sources) for row in stored["results"]),
        pairs=tuple(Pair(**_sourced(row, sources)) for row in stored["pairs"]),
        online=tuple(
            OnlineResult(**_sourced(row | {"top1": MappingProxyType(row["top1"])}, sources))
            for row in stored["online"]
        ),
        early=Early(**_sourced(stored["early"], sources)),
    )


def _result(row: dict[str, Any], sources: Mapping[str, str]) -> Result:
    rest = {name: value for name, value in row.items() if not name.endswith("_sources")}
    rest |= {
        "again": row.get("again", False),
        "counted_by_us": tuple(row.get("counted_by_us", ())),
        "note": row.get("note", ""),
        "cost_source": _joined(row.get("cost_sources", ()), sources),
        "top5_source": _joined(row.get("top5_sources", ()), sources),
    }
    return Result(**_sourced(rest, sources))


def _sourced(row: dict[str, Any], sources: Mapping[str, str]) -> dict[str, Any]:
    rest = {name: value for name, value in row.items() if name != "sources"}
    return rest | {"source": _joined(row["sources"], sources)}


def _joined(keys: list[str], sources: Mapping[str, str]) -> str:
    return "; ".join(sources[key] for key in keys)
