"""Which frames an output may depend on, against paths walked frame by frame."""

import numpy as np
import pytest

from tsm_demo.core.errors import ShapeError
from tsm_demo.core.temporal_reach import BLOCKS, STEPS, frames_seen, temporal_reach

# Offsets that one layer can look at, layer by layer: the stem, then the two convolutions of a block.
STILL, THREE = (0,), (-1, 0, 1)
LAYERS = {
    "2d": (STILL, (STILL, STILL)),
    "online": (STILL, ((-1, 0), STILL)),
    "tsm": (STILL, (THREE, STILL)),
    "3d": (tuple(range(-3, 4)), (THREE, THREE)),
}


def walked(kind: str, n_segment: int, t: int, depth: int) -> list[int]:
    """The frames that paths down from output frame t end in, without ever leaving the clip."""
    stem, block = LAYERS[kind]
    frames = {t}
    for offsets in (*block * depth, stem):
        frames = {s + offset for s in frames for offset in offsets if 0 <= s + offset < n_segment}
    return sorted(frames)


@pytest.mark.parametrize("n_segment", [1, 2, 5, 8, 20])
@pytest.mark.parametrize("kind", STEPS)
def test_every_path_through_the_layers(kind, n_segment):
    reach = temporal_reach(kind, n_segment)
    assert reach.shape == (BLOCKS + 1, n_segment, n_segment)
    for depth in range(BLOCKS + 1):
        for t in range(n_segment):
            assert np.flatnonzero(reach[depth, t]).tolist() == walked(kind, n_segment, t, depth)


def test_frames_seen_in_the_middle_of_a_long_clip():
    counts = {kind: frames_seen(temporal_reach(kind, 99), 49).tolist() for kind in STEPS}
    assert counts["2d"] == [1] * 9
    assert counts["online"] == list(range(1, 10))
    assert counts["tsm"] == list(range(1, 18, 2))
    assert counts["3d"] == list(range(7, 40, 4))


@pytest.mark.parametrize(("kind", "n_segment"), [("4d", 8), ("tsm", 0)])
def test_what_cannot_be_is_refused(kind, n_segment):
    with pytest.raises(ShapeError):
        temporal_reach(kind, n_segment)
