"""Where every cell of a shifted tensor came from: the table that pictures and tests share (NumPy only)."""

import numpy as np

from tsm_demo.core.errors import ShapeError

MODES = ("bidirectional", "online")
ZERO_FILLED = -1  # no frame: the cell lies past an end of the clip and holds zero


def fold_width(channels: int, fold_div: int) -> int:
    """Channels that move in one direction: C // fold_div; 0 when fold_div is 0 or more than C.

    Raises ShapeError when fold_div is not an integer, is negative, or is 1 (two folds of C do not fit in C).
    """
    if (
        isinstance(fold_div, bool)
        or not isinstance(fold_div, int | np.integer)
        or fold_div < 0
        or fold_div == 1
    ):
        raise ShapeError(f"fold_div is {fold_div!r}; give an integer of at least 2, or 0 to move nothing.")
    return channels // int(fold_div) if fold_div else 0


def fold_offsets(
    channels: int, fold_div: int = 8, mode: str = "bidirectional"
) -> tuple[tuple[slice, int], ...]:
    """The channel slices that move, each with the frame offset it takes its values from (+1: the next frame).

    Bidirectional: fold 0 (channels [0, C//d)) from t+1, fold 1 (the next C//d) from t-1. Online: fold 0 from t-1.
    Source: TSM, arXiv:1811.08383, section 3 and section 4.2 (online).
    """
    if mode not in MODES:
        raise ShapeError(f"mode is {mode!r}; choose one of {', '.join(MODES)}.")
    fold = fold_width(channels, fold_div)
    if fold == 0:
        return ()
    if mode == "online":
        return ((slice(0, fold), -1),)
    return ((slice(0, fold), +1), (slice(fold, 2 * fold), -1))


def source_frames(
    n_segment: int, channels: int, fold_div: int = 8, mode: str = "bidirectional"
) -> np.ndarray:
    """The frame that each output cell's value came from; -1 where it is filled with zero.

    Args:
        n_segment: T, frames a clip, at least 1.
        channels: C, at least 1.
        fold_div: d; C // d channels move each way. 0, or more than C, moves nothing.
        mode: "bidirectional", or "online" (takes only from the past).

    Returns:
        (T, C) int64.

    Raises ShapeError for sizes below 1, an unknown mode, or a fold_div that does not fit.
    """
    if n_segment < 1 or channels < 1:
        raise ShapeError(f"T = {n_segment} frames and C = {channels} channels: both must be at least 1.")
    source = np.repeat(np.arange(n_segment, dtype=np.int64)[:, None], channels, axis=1)
    for part, offset in fold_offsets(channels, fold_div, mode):
        source[:, part] += offset
    source[(source < 0) | (source >= n_segment)] = ZERO_FILLED
    return source
