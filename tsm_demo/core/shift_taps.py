"""The shift as what it is to the convolution after it: a temporal kernel with one fixed tap a channel (NumPy only)."""

import numpy as np
from numpy.typing import NDArray

from tsm_demo.core.shift_table import fold_offsets

TAPS = (-1, 0, +1)  # frames seen from the output's own


def shift_taps(channels: int, fold_div: int = 8, mode: str = "bidirectional") -> NDArray[np.int64]:
    """The temporal kernel of each channel, in the order in which a network's convolution slides it.

    Args:
        channels: C.
        fold_div: d; C // d channels move each way. 0, or more than C, moves nothing.
        mode: "bidirectional" or "online".

    Returns:
        (C, 3) of 0 and 1 over the frames t-1, t, t+1: one 1 a channel, at the frame it takes its value from.

    Raises ShapeError for an unknown mode, or a fold_div that does not fit.
    Source: TSM, arXiv:1811.08383, section 3 (a convolution is a shift and a multiply-accumulate).
    """
    offset_of = np.zeros(channels, dtype=np.int64)
    for part, offset in fold_offsets(channels, fold_div, mode):
        offset_of[part] = offset
    return (offset_of[:, None] == TAPS).astype(np.int64)


def fused_kernel(
    weight: NDArray[np.floating], fold_div: int = 8, mode: str = "bidirectional"
) -> NDArray[np.floating]:
    """The one temporal convolution that does what a shift and then a 1 x 1 convolution do.

    Args:
        weight: (C_out, C_in) of the 1 x 1 convolution.
        fold_div, mode: as `shift_taps`.

    Returns:
        (C_out, C_in, 3) over t-1, t, t+1, for a clip padded with one frame of zeros at each end; dtype as weight.
    """
    taps = shift_taps(weight.shape[1], fold_div, mode)
    return weight[:, :, None] * taps.astype(weight.dtype)
