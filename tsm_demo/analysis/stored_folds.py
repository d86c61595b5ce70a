"""The study of the fold fraction as a file: its runs, and the time of a call; read without torch."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from tsm_demo.core.fold_runs import FoldArm, FoldRun, arms

FOLDS = (
    Path(__file__).parents[1] / "assets" / "results" / "fold_fraction.json"
)  # `fold-study --write` makes it


@dataclass(frozen=True, slots=True)
class StoredFolds:
    """What the page shows.

    Attributes:
        study: what all runs have in common, as `training.fold_study.FoldStudy` names it.
        machine: what the times were taken on.
        arms: the runs, by fold and placement.
    """

    study: Mapping[str, Any]
    machine: str
    date: str
    arms: tuple[FoldArm, ...]


def write_folds(
    study: Mapping[str, Any],
    machine: str,
    date: str,
    runs: Sequence[FoldRun],
    latency: Mapping[tuple[int, str], float],
    path: Path = FOLDS,
) -> None:
    """The file that `read_folds` reads; one run a line.

    Args:
        study, machine, date: see `StoredFolds`.
        latency: by (fold_div, placement), the time of a call against that with no shift.
    """
    path.parent.mkdir(exist_ok=True)
    times = [[*key, round(ratio, 4)] for key, ratio in latency.items()]
    head = {"study": dict(study), "machine": machine, "date": date, "latency": times}
    lines = ",\n".join(f"  {json.dumps(asdict(run))}" for run in runs)
    opening = json.dumps(head, indent=1).rstrip("}\n")
    path.write_text(f'{opening},\n "runs": [\n{lines}\n ]\n}}\n', encoding="utf-8")
    read_folds.cache_clear()


@lru_cache(maxsize=2)
def read_folds(path: Path = FOLDS) -> StoredFolds:
    """What `write_folds` wrote."""
    stored = json.loads(path.read_text(encoding="utf-8"))
    latency = {(fold_div, placement): ratio for fold_div, placement, ratio in stored["latency"]}
    runs = [FoldRun(**run) for run in stored["runs"]]
    return StoredFolds(stored["study"], stored["machine"], stored["date"], arms(runs, latency))
