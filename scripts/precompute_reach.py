"""How far the embedded networks see through time, measured; `python -m scripts.precompute` runs it with the rest.

Writes tsm_demo/assets/shift/reach.json.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from tsm_demo.analysis.measured_reach import measured_reach
from tsm_demo.analysis.seeing import read_for, window_tensor
from tsm_demo.models.networks import load_network
from tsm_demo.ui.clips import bundled_clip
from tsm_demo.viz.stored_reach import CLIP, KINDS, REACH, write_reach


def measure(name: str, outputs: Sequence[int] | None = None) -> NDArray[np.float32]:
    """`measured_reach` of an embedded network on the sample clip."""
    network = load_network(name)
    with bundled_clip(CLIP).on_disk() as path:
        clip = read_for(network, path)
    return measured_reach(network.model, window_tensor(network, clip, 0), outputs)  # type: ignore[arg-type]


def precompute() -> None:
    """Measure and write for every embedded network."""
    REACH.parent.mkdir(exist_ok=True)
    measured = {}
    for name in KINDS:
        measured[name] = measure(name)
        print(f"{name}  reach measured", flush=True)
    write_reach(measured)
