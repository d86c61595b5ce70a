"""A prediction as files to take along: scores as JSON and CSV, the overlay as animated pictures."""

import csv
import io
from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tsm_demo.analysis.predict import Prediction
from tsm_demo.video.animate import to_gif, to_mp4, to_webp

WRITERS = {"webp": to_webp, "gif": to_gif, "mp4": to_mp4}
LEAST_SEC, MOST_SEC = 0.12, 0.7  # a frame's time on screen: frames of a long clip may lie minutes apart


def as_dict(answer: Prediction) -> dict[str, Any]:
    """What `predict --json` prints. Per-frame scores are given for the top labels, in the order of `frames`.

    There are none (an empty object) of a network that scores a clip only as a whole.
    """
    scored = answer.top if len(answer.frame_scores) else ()
    wanted = {score.label: answer.labels.index(score.label) for score in scored}
    return {
        "model": answer.model,
        "weights": answer.weights,
        "top": _scores(answer.top),
        "windows": [
            {"start_sec": w.start_sec, "end_sec": w.end_sec, "top": _scores(w.top)} for w in answer.windows
        ],
        "frames": list(answer.frames),
        "frame_times_sec": [round(t, 4) for t in answer.frame_times_sec],
        "frame_scores": {
            label: [round(float(v), 5) for v in answer.frame_scores[:, i]] for label, i in wanted.items()
        },
        "explained_window": answer.explained,
        "reversed": answer.reversed,
        "clear": answer.clear,
        "seconds": {step: round(value, 4) for step, value in answer.seconds.items()},
        "computed": answer.computed,
        "warnings": list(answer.warnings),
    }


def as_csv(answer: Prediction) -> str:
    """One row a sampled frame of the explained window, one column a label; no rows where frames have no scores."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(["frame", "time_sec", *answer.labels])
    rows = zip(answer.frames, answer.frame_times_sec, answer.frame_scores, strict=True)
    for frame, time_sec, scores in rows if len(answer.frame_scores) else ():
        writer.writerow([frame, f"{time_sec:.4f}", *(f"{value:.5f}" for value in scores)])
    return out.getvalue()


def animation(frames: NDArray[np.uint8], times_sec: tuple[float, ...], kind: str) -> bytes:
    """(T, H, W, 3) uint8 frames as a "webp", "gif" or "mp4" that plays at the pace of the sampled frames."""
    gaps = np.abs(np.diff(times_sec))
    pace = float(np.clip(gaps.mean() if len(gaps) else MOST_SEC, LEAST_SEC, MOST_SEC))
    return WRITERS[kind](frames, pace)


def _scores(top: tuple[Any, ...]) -> list[Mapping[str, Any]]:
    return [{"label": score.label, "score": round(score.score, 5)} for score in top]
