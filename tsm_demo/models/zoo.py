"""The published checkpoints that can be fetched: where each lies, what it is, and how it is to be fed.

The facts are data, `assets/zoo/zoo.json`, whose head says where they were read. Nothing here opens a network connection.
"""

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Literal

from tsm_demo.core.errors import ModelError
from tsm_demo.models.registry import ModelSpec

ZOO = Path(__file__).parents[1] / "assets" / "zoo"
DEFAULT = "tsm_r50_8f_k400"  # names what people do
DEFAULT_FOR_TIME = (
    "tsm_r50_8f_sthv2"  # names what happens to things: here a network without time falls behind
)

Colour = tuple[float, float, float]  # of red, green and blue


@dataclass(frozen=True, slots=True)
class PublishedAccuracy:
    """Per cent right, as published, with how it was measured."""

    top1: float
    top5: float | None
    protocol: str


@dataclass(frozen=True, slots=True)
class ZooEntry:
    """A published checkpoint."""

    name: str  # on the command line
    title: str
    source: Literal["MMAction2", "MIT"]  # whose spelling the tensors' names have
    url: str
    sha256: str  # the first hex digits of the file's; "" where none is published
    nbytes: int  # about: counted from the tensors, to be shown, not to be checked against
    dataset: str
    labels_file: str  # in `assets/zoo/labels`, in this checkpoint's own order
    spec: ModelSpec
    sampling: Literal["uniform", "dense"]  # segments of the whole clip, or every `frame_stride`-th frame
    frame_stride: int | None  # of dense sampling
    short_side: int  # pixels; then the centre is cut out,
    crop: int  # this many pixels a side
    mean: Colour  # of pixels in 0..1
    std: Colour
    accuracy: tuple[PublishedAccuracy, ...]
    reported_in: str  # where the accuracies were read
    licence: str  # of the code base that publishes the file

    @property
    def file_name(self) -> str:
        return self.url.rsplit("/", 1)[1]

    def labels(self) -> tuple[str, ...]:
        """Names of the classes, in the order of the network's outputs."""
        return read_labels(self.labels_file)


def list_zoo() -> list[str]:
    """Names that `zoo_entry` takes, MMAction2's first."""
    return list(_entries())


def zoo_entry(name: str) -> ZooEntry:
    """Raises ModelError for a name that is none."""
    if name not in _entries():
        raise ModelError(
            f"There is no published checkpoint called {name!r}; choose one of {', '.join(list_zoo())}."
        )
    return _entries()[name]


@cache
def read_labels(file_name: str) -> tuple[str, ...]:
    """The lines of a file in `assets/zoo/labels`."""
    return tuple((ZOO / "labels" / file_name).read_text(encoding="utf-8").splitlines())


@cache
def _entries() -> dict[str, ZooEntry]:
    facts = json.loads((ZOO / "zoo.json").read_text(encoding="utf-8"))
    return {row["name"]: _entry({**facts["shared"], **row}) for row in facts["checkpoints"]}


def _entry(row: dict) -> ZooEntry:
    changed = {
        "spec": ModelSpec(**row["spec"]),
        "mean": tuple(row["mean"]),
        "std": tuple(row["std"]),
        "accuracy": tuple(PublishedAccuracy(**one) for one in row["accuracy"]),
    }
    return ZooEntry(**{**row, **changed})
