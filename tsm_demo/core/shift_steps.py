"""The shift told as the lines of its naive implementation: what each line moves, and what all of it comes to."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tsm_demo.core.shift_table import MODES, ZERO_FILLED, fold_offsets, fold_width

# x is (N, T, C, H, W); {d} is fold_div. With the lines of `shift_steps` this is the whole shift, and a test runs it.
SET_UP = ("fold = C // {d}", "out = torch.zeros_like(x)")
SET_UP_NOTHING = ("fold = 0", "out = torch.zeros_like(x)")  # fold_div 0
FROM_NEXT = "out[:, :-1, :fold] = x[:, 1:, :fold]"
FROM_PREVIOUS = "out[:, 1:, fold:2*fold] = x[:, :-1, fold:2*fold]"
STAY = "out[:, :, 2*fold:] = x[:, :, 2*fold:]"
FROM_PREVIOUS_ONLINE = "out[:, 1:, :fold] = x[:, :-1, :fold]"
STAY_ONLINE = "out[:, :, fold:] = x[:, :, fold:]"


@dataclass(frozen=True, slots=True)
class Step:
    """One line of the code, the channels that it fills, and the frame offset that it takes them from."""

    code: str
    first: int  # channel
    end: int  # one past the last channel; equal to `first` where the line moves nothing
    offset: int  # +1 the next frame, -1 the previous one, 0 its own


@dataclass(frozen=True, slots=True)
class Ledger:
    """What becomes of the T x C cells; moved + own + zero_filled = T * C."""

    moved: int  # hold a neighbouring frame's value
    own: int  # hold their own frame's value
    zero_filled: int  # hold zero: there is no such neighbour
    lost: int  # values of the input that are nowhere in the output


def set_up_code(fold_div: int) -> tuple[str, ...]:
    """The lines before the first step."""
    return tuple(line.format(d=fold_div) for line in (SET_UP if fold_div else SET_UP_NOTHING))


def shift_steps(channels: int, fold_div: int = 8, mode: str = "bidirectional") -> tuple[Step, ...]:
    """The lines that fill the output, in order: three, or two where nothing comes from the future.

    Raises ShapeError as `fold_offsets` does. Source: TSM, arXiv:1811.08383, section 3.
    """
    fold_offsets(channels, fold_div, mode)  # raises for what cannot be
    fold = fold_width(channels, fold_div)
    if mode == MODES[1]:
        return Step(FROM_PREVIOUS_ONLINE, 0, fold, -1), Step(STAY_ONLINE, fold, channels, 0)
    return (
        Step(FROM_NEXT, 0, fold, +1),
        Step(FROM_PREVIOUS, fold, 2 * fold, -1),
        Step(STAY, 2 * fold, channels, 0),
    )


def ledger(source: NDArray[np.int64]) -> Ledger:
    """Count a table of `source_frames`, (T, C)."""
    T, C = source.shape
    own = np.arange(T)[:, None]
    zero_filled = int((source == ZERO_FILLED).sum())
    at_home = int((source == own).sum())
    used = np.zeros((T, C), bool)
    kept = source != ZERO_FILLED
    used[source[kept], np.broadcast_to(np.arange(C), (T, C))[kept]] = True
    return Ledger(T * C - at_home - zero_filled, at_home, zero_filled, T * C - int(used.sum()))
