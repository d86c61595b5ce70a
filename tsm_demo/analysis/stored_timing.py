"""Measurements as JSON, and the reference timing that the project ships; no torch."""

import json
from collections.abc import Sequence
from dataclasses import asdict
from functools import lru_cache
from pathlib import Path
from typing import Any

from tsm_demo.analysis.machine import Machine
from tsm_demo.analysis.timing import Measurement, Runs, Setup, Subject

TIMING = (
    Path(__file__).parents[1] / "assets" / "cost" / "timing.json"
)  # scripts/precompute_timing.py writes it
DIGITS = 3  # of a millisecond


def as_json(measurement: Measurement) -> dict[str, Any]:
    """What `from_json` reads: numbers, texts, lists and dicts alone."""
    runs = [
        {
            "subject": asdict(subject),
            "ms": [round(1000 * sec, DIGITS) for sec in taken.seconds],
            "peak_bytes": taken.peak_bytes,
        }
        for subject, taken in measurement.runs.items()
    ]
    return {
        "date": measurement.date,
        "machine": asdict(measurement.machine),
        "load_before": measurement.load_before,
        "setup": asdict(measurement.setup),
        "runs": runs,
    }


def from_json(stored: Any) -> Measurement:
    """A measurement. Raises ValueError for what is none."""
    try:
        runs = {
            Subject(**entry["subject"]): Runs(
                tuple(float(ms) / 1000 for ms in entry["ms"]), int(entry["peak_bytes"])
            )
            for entry in stored["runs"]
        }
        return Measurement(
            machine=Machine(**stored["machine"]),
            setup=Setup(**stored["setup"]),
            runs=runs,
            load_before=float(stored["load_before"]),
            date=str(stored["date"]),
        )
    except (TypeError, KeyError, AttributeError) as error:
        raise ValueError("this is not a measurement") from error


@lru_cache(maxsize=1)
def reference_timings() -> tuple[Measurement, ...]:
    """The measurements that stand for a visitor's own until there is one."""
    return tuple(from_json(stored) for stored in json.loads(TIMING.read_text(encoding="utf-8")))


def write_reference(measurements: Sequence[Measurement]) -> None:
    """The file that `reference_timings` reads; one network a line."""
    TIMING.parent.mkdir(exist_ok=True)
    TIMING.write_text(_laid_out([as_json(measurement) for measurement in measurements]), encoding="utf-8")
    reference_timings.cache_clear()


def _laid_out(stored: list[dict[str, Any]]) -> str:
    blocks = []
    for measurement in stored:
        lines = [f'  "{name}": {json.dumps(value)}' for name, value in measurement.items() if name != "runs"]
        runs = ",\n".join(f"   {json.dumps(run)}" for run in measurement["runs"])
        blocks.append(" {\n" + ",\n".join([*lines, f'  "runs": [\n{runs}\n  ]']) + "\n }")
    return "[\n" + ",\n".join(blocks) + "\n]\n"
