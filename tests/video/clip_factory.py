"""Clips whose frames carry their own numbers, so that a test sees which frames came back."""

from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np

WIDTH, HEIGHT, BITS = 192, 128, 8


def draw(number: int) -> np.ndarray:
    """(128, 192, 3) uint8: eight bars on top spell the number, lowest bit first; the corner below is red."""
    picture = np.full((HEIGHT, WIDTH, 3), 60, np.uint8)
    for bit, bar in enumerate(np.split(np.arange(WIDTH), BITS)):
        picture[: HEIGHT // 2, bar] = 235 if number >> bit & 1 else 20
    picture[HEIGHT // 2 :, : WIDTH // 4] = 220, 30, 30
    return picture


def number_of(picture: np.ndarray) -> int:
    """The number that an upright picture of any size spells; AssertionError where its corner is not red."""
    height, width = picture.shape[:2]
    corner = picture[height * 5 // 8 : height * 7 // 8, : width // 5].reshape(-1, 3).mean(0)
    assert corner[0] > 150 > 90 > corner[1:].max(), "not upright, or not RGB"
    bars = np.array_split(picture[height // 8 : height * 3 // 8].mean((0, 2)), BITS)
    return sum(int(np.median(bar) > 128) << bit for bit, bar in enumerate(bars))


def write_clip(
    path: Path,
    frames: int = 60,
    codec: str = "libx264",
    fps: int = 30,
    times_ms: Sequence[int] | None = None,
    pixels: str = "yuv420p",
    pictures: Sequence[np.ndarray] | None = None,
    turn_deg: int | None = None,
    options: dict[str, str] | None = None,
    container_options: dict[str, str] | None = None,
    **stream_attributes: Any,
) -> Path:
    """Write draw(0), draw(1), ..., or other pictures, evenly or at given times; key frames every 12."""
    pictures = [draw(k) for k in range(frames)] if pictures is None else pictures
    time_base = Fraction(1, fps) if times_ms is None else Fraction(1, 1000)
    with av.open(path, "w", options=container_options or {}) as file:
        stream = file.add_stream(codec, rate=fps, options=options or {})
        stream.height, stream.width = pictures[0].shape[:2]
        stream.pix_fmt, stream.gop_size = pixels, 12
        stream.codec_context.time_base = time_base
        for name, value in stream_attributes.items():
            setattr(stream.codec_context, name, value)
        if turn_deg is not None:
            stream.set_display_rotation(turn_deg)
        for k, picture in enumerate(pictures):
            frame = av.VideoFrame.from_ndarray(np.ascontiguousarray(picture), format="rgb24")
            frame = frame.reformat(format=pixels)
            frame.pts, frame.time_base = k if times_ms is None else times_ms[k], time_base
            file.mux(stream.encode(frame))
        file.mux(stream.encode(None))
    return path


def write_sound(path: Path) -> Path:
    """Half a second of silence, and no picture."""
    with av.open(path, "w") as file:
        stream = file.add_stream("aac", rate=44100)
        frame = av.AudioFrame.from_ndarray(np.zeros((2, 22050), np.float32), format="fltp", layout="stereo")
        frame.sample_rate = 44100
        file.mux(stream.encode(frame))
        file.mux(stream.encode(None))
    return path
