"""Where the shift stands in a residual block, and what the shortcut still holds of each frame (NumPy only)."""

import numpy as np
from numpy.typing import NDArray

from tsm_demo.core.errors import ShapeError
from tsm_demo.core.shift_table import ZERO_FILLED, source_frames

RESIDUAL, IN_PLACE = "residual", "in_place"  # before the convolutions only; or before the shortcut as well
PLACEMENTS = (RESIDUAL, IN_PLACE)


def shortcut_frames(
    placement: str,
    blocks: int,
    n_segment: int,
    channels: int,
    fold_div: int = 8,
    mode: str = "bidirectional",
) -> NDArray[np.int64]:
    """The frame whose value each cell of the shortcut carries after some blocks in a row.

    Args:
        placement: "residual": the shortcut passes a block unshifted; "in_place": it is shifted in each.
        blocks: how many blocks, at least 0, with as many channels in as out.
        n_segment, channels, fold_div, mode: as `source_frames`.

    Returns:
        (T, C): the frame's number, -1 for a zero that came in at an end of the clip.

    Raises ShapeError for an unknown placement, blocks below 0, and as `source_frames`.
    Source: TSM, arXiv:1811.08383, section 3 and figure 3.
    """
    if placement not in PLACEMENTS:
        raise ShapeError(f"placement is {placement!r}; choose one of {', '.join(PLACEMENTS)}.")
    if blocks < 0:
        raise ShapeError(f"{blocks} blocks: give 0 or more.")
    one_shift = source_frames(n_segment, channels, fold_div, mode)
    frames = np.repeat(np.arange(n_segment, dtype=np.int64)[:, None], channels, axis=1)
    if placement == RESIDUAL:
        return frames
    for _ in range(blocks):
        moved = np.take_along_axis(frames, np.maximum(one_shift, 0), axis=0)
        frames = np.where(one_shift == ZERO_FILLED, ZERO_FILLED, moved)
    return frames


def own_share(frames: NDArray[np.int64]) -> float:
    """The share of cells, 0..1, that hold their own frame's value; frames (T, C) as `shortcut_frames` gives them."""
    return float((frames == np.arange(len(frames))[:, None]).mean())
