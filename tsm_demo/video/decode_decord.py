"""Frames through decord, the first choice wherever it can be shown to find the right ones."""

import sys
from collections.abc import Sequence
from typing import Any

import numpy as np

from tsm_demo.video.container import Container
from tsm_demo.video.decoding import THREADS, Alive, Frames, RefusedError


def decode(container: Container, wanted: Sequence[int], alive: Alive) -> Frames:
    """Yield the wanted frames of a clip; see tsm_demo.video.decoding for what is yielded.

    Args:
        wanted: ranks in order of display, ascending.

    Raises RefusedError where decord fails, or would not return the frames that were asked for.
    """
    # With torch's CUDA libraries in sight decord loads all of them: 700 MB that this process never uses.
    sys.modules["nvidia"] = None  # type: ignore[assignment]
    import decord

    decord.logging.set_level(decord.logging.QUIET)
    try:
        reader = decord.VideoReader(container.path, num_threads=THREADS)
        alive()
        _check_index(container, reader)
        for rank in wanted:
            rgb = reader.get_batch([rank]).asnumpy()[0]
            if rgb.shape[:2] != container.upright_shape:
                raise RefusedError(f"decord gave {rgb.shape[:2]}, not {container.upright_shape}")
            yield rank, rgb
    except (decord.DECORDError, RuntimeError, AssertionError) as error:
        raise RefusedError(f"decord: {error}") from error


def _check_index(container: Container, reader: Any) -> None:
    """Refuse a clip in which decord's frame numbers are not the order of display.

    Measured with decord2 3.4.0: it counts key frames in the order of the file, so a seek lands one to three
    frames off in open groups of pictures (which is how x265 writes HEVC), and AVI files with B-frames have no
    timestamps for it.
    """
    if len(reader) != len(container.pts):
        raise RefusedError(f"decord counts {len(reader)} frames, the container {len(container.pts)}")
    starts_sec = reader.get_frame_timestamp(np.arange(len(reader)))[:, 0].astype(np.float64)
    if not np.allclose(starts_sec - starts_sec[0], container.times_sec, rtol=0, atol=1e-3):
        raise RefusedError("decord's timestamps differ from the container's")
    if reader.get_key_indices() != container.keyframes.tolist():
        raise RefusedError("decord would seek to the wrong frames")
