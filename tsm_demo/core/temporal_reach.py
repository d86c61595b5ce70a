"""How far through time a ResNet-18 sees at each depth, by the sizes of its kernels and shifts alone (NumPy only)."""

import numpy as np
from numpy.typing import NDArray

from tsm_demo.core.errors import ShapeError

BLOCKS = 8  # of a ResNet-18; depth 0 is behind the stem, depth b behind block b

# Frames (back, ahead) that the stem and then each block add. A shift takes one frame from a side. In 3D the stem's
# kernel is 7 frames long and each block has two that are 3 long.
STEPS = {
    "2d": ((0, 0), (0, 0)),
    "online": ((0, 0), (1, 0)),
    "tsm": ((0, 0), (1, 1)),
    "3d": ((3, 3), (2, 2)),
}


def temporal_reach(kind: str, n_segment: int, blocks: int = BLOCKS) -> NDArray[np.bool_]:
    """Which input frames each output frame may depend on.

    Args:
        kind: "2d" (TSN), "tsm", "online" (TSM that looks only back) or "3d".
        n_segment: T, frames a clip, at least 1.
        blocks: how many residual blocks follow the stem.

    Returns:
        (blocks + 1, T, T) bool: [depth, output frame, input frame]. Ends are cut off: there are no frames beyond.

    Raises ShapeError for an unknown kind, or T below 1.
    Source: TSM, arXiv:1811.08383, section 4 (a shift widens what is seen by 2, as a temporal kernel of 3 does).
    """
    if kind not in STEPS:
        raise ShapeError(f"kind is {kind!r}; choose one of {', '.join(STEPS)}.")
    if n_segment < 1:
        raise ShapeError(f"T = {n_segment} frames: at least 1.")
    stem, block = np.array(STEPS[kind])
    back, ahead = (stem + np.arange(blocks + 1)[:, None] * block).T[:, :, None, None]
    frames = np.arange(n_segment)
    later = frames - frames[:, None]  # [output][input]: by how many frames the input is later
    return (-back <= later) & (later <= ahead)


def frames_seen(reach: NDArray[np.generic], frame: int) -> NDArray[np.int64]:
    """(depths,) how many input frames count for one output frame; reach (depths, T, T) bool, or its measured strength."""
    return np.count_nonzero(reach[:, frame], axis=1)
