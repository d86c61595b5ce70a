"""What reading a clip gives, and the limits under which it is read."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

MIB = 1024**2


@dataclass(frozen=True, slots=True)
class DecodeLimits:
    """How much of everything one clip may use; memory and CPU time are counted anew for each decoder."""

    max_file_bytes: int = 100 * MIB
    max_duration_sec: float = 600.0
    max_frames: int = 150_000  # 10 minutes at 240 frames a second, with some to spare
    max_width: int = 4096  # as the longer side, whichever way the clip is held
    max_height: int = 2304
    # Address space. The most measured at 4096 x 2304 is 1.2 GB (H.264, 4:4:4, 10 bits, 16 references).
    memory_bytes: int = 1536 * MIB
    cpu_sec: float = 360.0
    wall_sec: float = 180.0  # for all tries together
    stall_sec: float = 20.0  # without a word from the worker: it hangs
    max_output_bytes: int = 256 * MIB  # frames are kept smaller when a plan asks for more pixels


@dataclass(frozen=True, slots=True)
class ClipInfo:
    """The clip itself, as far as it can be decoded; width and height as displayed, in square pixels."""

    frame_count: int
    duration_sec: float
    fps: float  # mean
    width: int
    height: int
    rotation_deg: int  # what the file asks players to turn it by, clockwise: 0, 90, 180 or 270
    decoder: str


@dataclass(frozen=True, slots=True)
class SampledWindow:
    """A stretch of a clip and its T frames, as rows of SampledClip.frames; few frames make rows repeat."""

    start_sec: float
    end_sec: float
    rows: tuple[int, ...]


@dataclass(frozen=True, slots=True, eq=False)
class SampledClip:
    """The frames that a plan asked for, each stored once, in order of time.

    Attributes:
        frames: (F, H, W, 3) uint8 RGB, upright.
        indices: (F,) int64, their numbers in the clip.
        times_sec: (F,) float64, when each appears, the clip's first frame at 0.
        warnings: what a visitor should know about what could not be read, one sentence each.
    """

    frames: NDArray[np.uint8]
    indices: NDArray[np.int64]
    times_sec: NDArray[np.float64]
    windows: tuple[SampledWindow, ...]
    info: ClipInfo
    warnings: tuple[str, ...] = ()

    def window_frames(self, i: int) -> NDArray[np.uint8]:
        """(T, H, W, 3) uint8 RGB: the frames of window i, a copy."""
        return self.frames[list(self.windows[i].rows)]
