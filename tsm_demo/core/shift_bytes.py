"""What a shift costs although it multiplies nothing: bytes copied, and memory held (arithmetic only)."""

from dataclasses import dataclass

from tsm_demo.core.errors import ShapeError
from tsm_demo.core.shift_table import fold_offsets

FLOAT32_BYTES = 4


@dataclass(frozen=True, slots=True)
class ShiftBytes:
    """The cost, in bytes, of one shift at the head of a block after a ReLU: any block of a ResNet but the first.

    Attributes:
        copied: read and written by the shift.
        held: memory that is taken while the block runs, and would not be without the shift.
        kept: memory that training keeps until the backward pass, and would not without the shift; None: it cannot train.
    """

    copied: int
    held: int
    kept: int | None


def new_tensor_bytes(
    shape: tuple[int, int, int, int],
    n_segment: int,
    fold_div: int = 8,
    mode: str = "bidirectional",
    value_bytes: int = FLOAT32_BYTES,
) -> ShiftBytes:
    """The cost of `temporal_shift`, which writes a whole new tensor, also of the channels that stay.

    The ReLU before goes on needing the old tensor for its gradient, and the first convolution keeps the new one for
    its own: so there are two where a 2D network has one. Each fold is put together first, then all channels.

    Args:
        shape: (N*T, C, H, W) of the shifted activation.
        n_segment, fold_div, mode: as `temporal_shift`.
        value_bytes: of one value; 4 is float32.

    Raises ShapeError when T does not divide N*T, for an unknown mode, or a fold_div that does not fit.
    """
    whole = _whole(shape, value_bytes)
    moved, ends = _moved(shape, n_segment, fold_div, mode, value_bytes)
    return ShiftBytes(copied=2 * whole + 2 * moved + ends, held=whole, kept=whole)


def in_place_bytes(
    shape: tuple[int, int, int, int],
    n_segment: int,
    fold_div: int = 8,
    mode: str = "bidirectional",
    value_bytes: int = FLOAT32_BYTES,
) -> ShiftBytes:
    """The cost of `temporal_shift_`, which touches only the channels that move; arguments and errors as above.

    Nothing more is held, but the old tensor is gone. So the shortcut carries shifted frames (placement "in_place"), and
    PyTorch refuses the backward pass, for which the ReLU before needs the output that was written over.
    """
    moved, ends = _moved(shape, n_segment, fold_div, mode, value_bytes)
    return ShiftBytes(copied=2 * moved - ends, held=0, kept=None)


def _whole(shape: tuple[int, int, int, int], value_bytes: int) -> int:
    rows, channels, height, width = shape
    return rows * channels * height * width * value_bytes


def _moved(
    shape: tuple[int, int, int, int], n_segment: int, fold_div: int, mode: str, value_bytes: int
) -> tuple[int, int]:
    """Bytes of the channels that move, and of those among them that are filled with zero, one frame a clip."""
    rows, channels, height, width = shape
    if n_segment < 1 or rows % n_segment:
        raise ShapeError(f"{rows} frames do not divide into clips of T = {n_segment}.")
    folds = fold_offsets(channels, fold_div, mode)
    frame = sum(part.stop - part.start for part, _ in folds) * height * width * value_bytes
    return rows * frame, rows // n_segment * frame
