"""Frames to files that can be downloaded: animated WebP and GIF, MP4, JPEG."""

from fractions import Fraction
from io import BytesIO

import av
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from tsm_demo.core.errors import ShapeError

_VIDEO_FPS = 30  # what every player shows; a frame that stays longer is repeated


def to_webp(frames: NDArray[np.uint8], seconds_per_frame: float, quality: int = 80) -> bytes:
    """An animated WebP that plays for ever.

    Args:
        frames: (T, H, W, 3) uint8 RGB.

    Raises ShapeError for other arrays, and for a time that is not more than 0.
    """
    return _animation(frames, seconds_per_frame, "WEBP", quality=quality, method=4)


def to_gif(frames: NDArray[np.uint8], seconds_per_frame: float) -> bytes:
    """An animated GIF that plays for ever, in 256 colours a frame; takes and raises what to_webp does.

    GIF counts time in hundredths of a second, and browsers slow down what is faster than two of them.
    """
    return _animation(frames, seconds_per_frame, "GIF", shortest_sec=0.02)


def to_mp4(frames: NDArray[np.uint8], seconds_per_frame: float, crf: int = 18) -> bytes:
    """An H.264 MP4 (yuv420p) that browsers and phones play; takes and raises what to_webp does.

    Each frame is repeated at 30 a second for as long as it stays: players skip frames of slower videos, or
    show them late. Odd heights and widths gain a copy of the last row or column, for yuv420p halves both.
    """
    _check(frames, seconds_per_frame)
    even = np.pad(frames, ((0, 0), (0, frames.shape[1] % 2), (0, frames.shape[2] % 2), (0, 0)), mode="edge")
    repeats = max(1, round(seconds_per_frame * _VIDEO_FPS))
    buffer = BytesIO()
    with av.open(buffer, "w", format="mp4") as file:
        stream = file.add_stream("libx264", rate=_VIDEO_FPS, options={"crf": str(crf), "preset": "veryfast"})
        stream.height, stream.width = even.shape[1:3]
        stream.pix_fmt = "yuv420p"
        for at, rgb in enumerate(np.repeat(even, repeats, axis=0)):
            frame = av.VideoFrame.from_ndarray(rgb, format="rgb24")
            frame.pts, frame.time_base = at, Fraction(1, _VIDEO_FPS)
            file.mux(stream.encode(frame))
        file.mux(stream.encode(None))
    return buffer.getvalue()


def to_jpeg(frame: NDArray[np.uint8], quality: int = 85) -> bytes:
    """One (H, W, 3) uint8 RGB frame as JPEG. Raises ShapeError for other arrays."""
    _check(frame[None], seconds_per_frame=1.0)
    buffer = BytesIO()
    Image.fromarray(frame).save(buffer, "JPEG", quality=quality)
    return buffer.getvalue()


def _animation(
    frames: NDArray[np.uint8],
    seconds_per_frame: float,
    kind: str,
    shortest_sec: float = 0.001,
    **options: int,
) -> bytes:
    _check(frames, seconds_per_frame)
    first, *others = (Image.fromarray(frame) for frame in frames)
    buffer = BytesIO()
    duration_ms = round(max(seconds_per_frame, shortest_sec) * 1000)
    first.save(buffer, kind, save_all=True, append_images=others, duration=duration_ms, loop=0, **options)
    return buffer.getvalue()


def _check(frames: NDArray[np.uint8], seconds_per_frame: float) -> None:
    if frames.ndim != 4 or frames.shape[-1] != 3 or frames.dtype != np.uint8 or 0 in frames.shape:
        raise ShapeError(f"Frames must be (T, H, W, 3) uint8, not {frames.shape} {frames.dtype}.")
    if not 0 < seconds_per_frame < np.inf:
        raise ShapeError("A frame must be shown for more than 0 seconds.")
