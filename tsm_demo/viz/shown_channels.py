"""Which channels a small picture shows: all, or some of each fold, so that what moves keeps its share."""

import numpy as np
from numpy.typing import NDArray

from tsm_demo.core.shift_table import fold_offsets

MOST = 16  # columns that a phone can show with a letter in each


def shown_channels(channels: int, fold_div: int = 8, mode: str = "bidirectional") -> NDArray[np.int64]:
    """Numbers of at most 16 channels, in order, at least one of each fold; arguments and errors as `fold_offsets`."""
    if channels <= MOST:
        return np.arange(channels)
    ends = [part.stop for part, _ in fold_offsets(channels, fold_div, mode)]
    groups = [group for group in np.split(np.arange(channels), ends) if len(group)]
    counts = [max(1, round(MOST * len(group) / channels)) for group in groups]
    counts[-1] += MOST - sum(counts)  # what rounding left goes to the channels that stay
    return np.concatenate(
        [group[len(group) * np.arange(count) // count] for group, count in zip(groups, counts, strict=True)]
    )
