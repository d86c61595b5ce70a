"""What the two decoders share: how they ask to be replaced, and how they report damage."""

from collections.abc import Callable, Iterator

import numpy as np
from numpy.typing import NDArray

# Two threads: each one more keeps a whole undecoded frame in memory, 4096 x 2304 pixels at the worst.
THREADS = 2

# One pair for each frame asked for: the rank of the frame that is given, which is another only where that one
# does not exist, and the frame, (H, W, 3) uint8 RGB, upright.
Frames = Iterator[tuple[int, NDArray[np.uint8]]]
# Called often enough that silence means that the decoder hangs.
Alive = Callable[[], None]


class RefusedError(Exception):
    """This decoder cannot be trusted with this clip; another should try."""


class BrokenOffError(Exception):
    """Decoding failed part way: only the first `usable` frames of the clip can be had."""

    def __init__(self, usable: int) -> None:
        super().__init__(f"decoding broke off after {usable} frames")
        self.usable = usable
