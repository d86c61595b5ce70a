"""One clip through one decoder, inside the worker: the frames a plan asks for, small, into a raw file."""

from collections.abc import Callable, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from tsm_demo.core.errors import VideoError
from tsm_demo.core.sampling import SamplingPlan, sample
from tsm_demo.video.clip import ClipInfo, DecodeLimits
from tsm_demo.video.container import DAMAGED, Container, read_container
from tsm_demo.video.decoding import BrokenOffError

Report = Callable[[float], None]

SMALLEST_SIDE = 32  # below this a frame shows nothing to a viewer or a network


def extract(
    path: str, out: Path, decoder: str, plan: SamplingPlan, limits: DecodeLimits, report: Report
) -> dict[str, Any]:
    """Write the frames of a plan to `out`, (F, H, W, 3) uint8 RGB without a header, and describe them.

    Raises VideoError with the sentence to show; RefusedError when another decoder should try.
    """
    container = read_container(path, limits)
    usable = len(container.pts)
    while True:
        duration_sec = _end_sec(container, usable)
        windows, ranks = sample(container.times_sec[:usable], duration_sec, plan)
        wanted = np.unique(ranks)
        size = _fit(container.width, container.height, len(wanted), plan, limits)
        try:
            shown = _write(container, decoder, wanted.tolist(), size, out, report)
            break
        except BrokenOffError as end:
            if end.usable == 0:
                raise VideoError(DAMAGED) from end
            usable = end.usable  # always fewer than before, so this ends

    rows = np.searchsorted(wanted, ranks)
    begins_sec = float(container.times_sec[shown[0]]) if shown[0] > wanted[0] else 0.0
    info = ClipInfo(
        frame_count=usable,
        duration_sec=duration_sec,
        fps=usable / duration_sec,
        width=container.width,
        height=container.height,
        rotation_deg=container.rotation_deg,
        decoder=decoder,
    )
    return {
        "shape": [len(wanted), size[1], size[0], 3],
        "indices": wanted.tolist(),
        "times_sec": container.times_sec[wanted].tolist(),
        "windows": [[w.start_sec, w.end_sec, r.tolist()] for w, r in zip(windows, rows, strict=True)],
        "info": asdict(info),
        "warnings": _warnings(container, usable, len(wanted), begins_sec, min(size), plan),
    }


def _end_sec(container: Container, usable: int) -> float:
    """When the last usable frame goes: as the one after it appears."""
    whole = usable == len(container.pts)
    return container.duration_sec if whole else float(container.times_sec[usable])


def _fit(width: int, height: int, frames: int, plan: SamplingPlan, limits: DecodeLimits) -> tuple[int, int]:
    """(W, H) to keep frames at: never more than the clip has, less than planned where all would not fit."""
    scale = min(1.0, plan.short_side / min(width, height))
    room = limits.max_output_bytes / (3 * frames * width * height)  # as a share of the pixels
    if scale**2 > room:
        scale = room**0.5
        if scale * min(width, height) < SMALLEST_SIDE:
            raise VideoError(
                "The clip is too long to keep all the frames that are looked at: choose a shorter part."
            )
        return int(scale * width), int(scale * height)
    return max(1, round(scale * width)), max(1, round(scale * height))


def _write(
    container: Container,
    decoder: str,
    wanted: Sequence[int],
    size: tuple[int, int],
    out: Path,
    report: Report,
) -> list[int]:
    """Write the wanted frames; the ranks of those that were to be had in their places."""
    # Only the decoder in use is loaded: both bring an FFmpeg of their own.
    if decoder == "decord":
        from tsm_demo.video.decode_decord import decode
    else:
        from tsm_demo.video.decode_pyav import decode
    shown: list[int] = []
    with out.open("wb") as file:
        for rank, rgb in decode(container, wanted, alive=lambda: report(len(shown) / len(wanted))):
            file.write(_shrink(rgb, size).tobytes())
            shown.append(rank)
            report(len(shown) / len(wanted))
    return shown


def _shrink(rgb: NDArray[np.uint8], size: tuple[int, int]) -> NDArray[np.uint8]:
    """(H, W, 3) at another size, antialiased."""
    if rgb.shape[1::-1] == size:
        return rgb
    return np.asarray(Image.fromarray(rgb).resize(size, Image.Resampling.BILINEAR, reducing_gap=3.0))


def _warnings(
    container: Container, usable: int, distinct: int, begins_sec: float, short_side: int, plan: SamplingPlan
) -> list[str]:
    warnings = []
    duration_sec = _end_sec(container, usable)
    claimed_sec = container.claimed_sec or 0.0
    if usable < len(container.pts):
        warnings.append(
            f"Decoding fails after {duration_sec:.1f} s of {max(claimed_sec, container.duration_sec):.1f} s; "
            "what comes before is used."
        )
    elif claimed_sec - duration_sec > max(0.5, 0.05 * claimed_sec):
        warnings.append(
            f"The file says it lasts {claimed_sec:.1f} s, but its pictures end after {duration_sec:.1f} s; "
            "those are used."
        )
    if begins_sec:
        warnings.append(
            f"What comes before {begins_sec:.1f} s cannot be decoded; the frame there stands for it."
        )
    if usable == 1:
        warnings.append("The clip has a single frame, so nothing in it can move.")
    elif usable < plan.n_segment:
        warnings.append(f"The clip has only {usable} frames, so some are used more than once.")
    elif distinct < plan.n_segment:
        warnings.append(f"This part has only {distinct} frames, so some are used more than once.")
    if short_side < min(plan.short_side, container.width, container.height):
        warnings.append(
            f"The clip is long, so its frames are kept at {short_side} pixels, not {plan.short_side}."
        )
    return warnings
