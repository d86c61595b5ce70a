"""Files to frames, the server's side: no byte of a visitor's file is parsed in this process."""

import os
import stat
import sys
import time
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np

from tsm_demo.core.errors import VideoError
from tsm_demo.core.sampling import SamplingPlan
from tsm_demo.video.clip import MIB, ClipInfo, DecodeLimits, SampledClip, SampledWindow
from tsm_demo.video.supervise import Bounds, Trade, WorkerEndedError, run_worker

__all__ = ["ClipInfo", "DecodeLimits", "SampledClip", "SampledWindow", "read_clip"]

DECODERS = ("decord", "pyav")  # tried in this order, each in a process of its own
DECODING = Trade(
    name="decoding worker",
    command=(sys.executable, "-m", "tsm_demo.video.worker"),
    too_slow="Decoding took too long and was stopped: choose a smaller clip or a shorter part of it.",
    too_much_memory="Decoding needs more memory than one clip may use: scale the clip down.",
    crashed="The decoder crashed on this clip: convert the clip to H.264 in MP4.",
    failed="The decoder failed on this clip, and the server's log says why: try it converted to H.264 in MP4.",
    # Address space is limited: neither NumPy's threads nor malloc's arenas should reserve it.
    environment={"OPENBLAS_NUM_THREADS": "1", "MALLOC_ARENA_MAX": "2"},
)


def read_clip(
    path: str | os.PathLike[str],
    plan: SamplingPlan = SamplingPlan(),  # noqa: B008, frozen
    limits: DecodeLimits = DecodeLimits(),  # noqa: B008, frozen
    on_progress: Callable[[float], None] | None = None,
) -> SampledClip:
    """Decode the frames that a plan asks for, in a worker process.

    Args:
        on_progress: called with the share of frames that are ready, 0 to 1, never less; may raise to cancel.

    Raises VideoError, with one sentence that says what to do, for a clip that cannot be used.
    """
    _check_file(Path(path), limits)
    highest = 0.0

    def report(said: dict[str, Any]) -> None:
        nonlocal highest
        highest = min(1.0, max(highest, float(said["progress"])))
        if on_progress:
            on_progress(highest)

    bounds = Bounds(limits.memory_bytes, limits.stall_sec, time.monotonic() + limits.wall_sec)
    with TemporaryDirectory(prefix="tsm-clip-") as name:
        folder = Path(name)
        clip, out = folder / "clip", folder / "frames.raw"
        clip.symlink_to(Path(path).resolve())  # decoders read meaning into some names; this one has none
        request: dict[str, Any] = {
            "clip": str(clip),
            "out": str(out),
            "plan": asdict(plan),
            "limits": asdict(limits),
        }
        problem = DECODING.crashed
        for decoder in DECODERS:
            try:
                answer = run_worker(DECODING, request | {"decoder": decoder}, folder, bounds, report)
            except WorkerEndedError as end:
                problem = str(end)
                continue
            if "done" in answer:
                return _load(answer["done"], out, limits)
            if "failed" in answer:
                raise VideoError(answer["failed"])
            problem = DECODING.too_much_memory
        raise VideoError(problem)


def _check_file(path: Path, limits: DecodeLimits) -> None:
    try:
        status = path.stat()
    except (OSError, ValueError) as error:
        raise VideoError(
            f"There is no readable file {path.name!r}: check the name and the folder."
        ) from error
    if not stat.S_ISREG(status.st_mode):
        raise VideoError(f"{path.name!r} is not a file: choose a video file.")
    if status.st_size == 0:
        raise VideoError("The file is empty (0 bytes): choose another, or upload it again.")
    if status.st_size > limits.max_file_bytes:
        most = f"{limits.max_file_bytes / MIB:g} MB"
        raise VideoError(
            f"The file has {status.st_size / MIB:.1f} MB; at most {most} are read: cut or compress it."
        )


def _load(done: dict[str, Any], out: Path, limits: DecodeLimits) -> SampledClip:
    """The worker's frames and what it says of them; it has touched a stranger's file, so both are checked."""
    try:
        shape = tuple(int(n) for n in done["shape"])
        size_bytes = int(np.prod(shape, dtype=object))
        if len(shape) != 4 or shape[3] != 3 or min(shape) < 1:
            raise ValueError(f"frames of shape {shape}")
        if not size_bytes == out.stat().st_size <= limits.max_output_bytes:
            raise ValueError(f"{out.stat().st_size} bytes for frames of shape {shape}")
        clip = SampledClip(
            frames=np.fromfile(out, dtype=np.uint8).reshape(shape),
            indices=np.array(done["indices"], dtype=np.int64),
            times_sec=np.array(done["times_sec"], dtype=np.float64),
            windows=tuple(
                SampledWindow(float(a), float(b), tuple(map(int, rows))) for a, b, rows in done["windows"]
            ),
            info=ClipInfo(**done["info"]),
            warnings=tuple(map(str, done["warnings"])),
        )
        if not len(clip.indices) == len(clip.times_sec) == shape[0]:
            raise ValueError("frames, indices and times differ in number")
        if not clip.windows or any(not 0 <= row < shape[0] for window in clip.windows for row in window.rows):
            raise ValueError("a window refers to frames that are not there")
    except (KeyError, TypeError, ValueError, OSError) as error:
        raise VideoError(DECODING.crashed) from error
    return clip
