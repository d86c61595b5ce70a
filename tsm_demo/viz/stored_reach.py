"""How far through time the embedded networks see: measured beforehand, read without torch."""

import json
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

REACH = Path(__file__).parents[1] / "assets" / "shift" / "reach.json"  # scripts/precompute.py writes it
CLIP = "ball rolls right"  # the sample clip that it is measured on
DIGITS = 3  # significant ones: what is not zero must not be rounded to it
# Embedded network -> its kind in core/temporal_reach.py, in the order in which more is seen.
KINDS = MappingProxyType({"motion_tsn": "2d", "motion_online": "online", "motion": "tsm", "motion_3d": "3d"})


@lru_cache(maxsize=1)
def read_reach() -> MappingProxyType[str, NDArray[np.float64]]:
    """Network -> (9, T, T) strength by [depth, output frame, input frame], the strongest of each depth 1; read-only."""
    stored = json.loads(REACH.read_text(encoding="utf-8"))
    matrices = {name: np.array(stored[name]) for name in KINDS}
    for matrix in matrices.values():
        matrix.flags.writeable = False
    return MappingProxyType(matrices)


def write_reach(measured: dict[str, NDArray[np.float32]]) -> None:
    """The file that `read_reach` reads, from what `measured_reach` gives; one depth a line."""
    networks = []
    for name in KINDS:
        depths = [json.dumps(_rounded(matrix / matrix.max())) for matrix in measured[name]]
        networks.append(f' "{name}": [\n  ' + ",\n  ".join(depths) + "\n ]")
    REACH.write_text("{\n" + ",\n".join(networks) + "\n}\n", encoding="utf-8")


def _rounded(matrix: NDArray[np.float32]) -> list[list[float]]:
    return [[float(f"{value:.{DIGITS}g}") for value in row] for row in matrix]
