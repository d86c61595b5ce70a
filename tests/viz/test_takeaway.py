"""What is taken along can be read by others: JSON with the promised keys, CSV, pictures that move."""

import csv
import io
import json
from dataclasses import replace
from itertools import pairwise

import av
import numpy as np
import pytest
from PIL import Image, ImageSequence

from tests.video.clip_factory import draw, number_of
from tsm_demo.analysis.predict import Prediction, Score, WindowAnswer
from tsm_demo.viz.takeaway import animation, as_csv, as_dict

LABELS = ("moves right", "moves left", 'waves, "hello"')
TIMES_SEC = (0.125, 0.375, 0.625, 2 / 3)
FRAME_SCORES = np.float32([[0.1, 0.2, 0.7], [0.5, 0.25, 0.25], [0, 0, 1], [0.3, 0.4, 0.3]])
ANSWER = Prediction(
    model="motion",
    weights="embedded",
    labels=LABELS,
    top=(Score(LABELS[2], 0.5625), Score(LABELS[0], 0.3)),
    windows=(
        WindowAnswer(0.0, 2.0, (Score(LABELS[2], 0.75), Score(LABELS[0], 0.15))),
        WindowAnswer(1.0, 3.0, (Score(LABELS[0], 0.45), Score(LABELS[2], 0.375))),
    ),
    explained=0,
    frames=(3, 9, 15, 16),
    frame_times_sec=TIMES_SEC,
    frame_scores=FRAME_SCORES,
    window_scores=np.float32([[0.15, 0.1, 0.75], [0.45, 0.175, 0.375]]),
    window_frame_scores=np.stack([FRAME_SCORES, FRAME_SCORES]),
    reversed=False,
    warnings=("The clip is short.",),
    seconds={"decode": 0.5, "forward": 0.123456},
    computed="float32 on 2 threads",
)


def test_json() -> None:
    told = json.loads(json.dumps(as_dict(ANSWER)))
    assert told == {
        "model": "motion",
        "weights": "embedded",
        "top": [{"label": LABELS[2], "score": 0.5625}, {"label": LABELS[0], "score": 0.3}],
        "windows": [
            {
                "start_sec": 0.0,
                "end_sec": 2.0,
                "top": [{"label": LABELS[2], "score": 0.75}, {"label": LABELS[0], "score": 0.15}],
            },
            {
                "start_sec": 1.0,
                "end_sec": 3.0,
                "top": [{"label": LABELS[0], "score": 0.45}, {"label": LABELS[2], "score": 0.375}],
            },
        ],
        "frames": [3, 9, 15, 16],
        "frame_times_sec": [0.125, 0.375, 0.625, 0.6667],
        "frame_scores": {LABELS[2]: [0.7, 0.25, 1.0, 0.3], LABELS[0]: [0.1, 0.5, 0.0, 0.3]},
        "explained_window": 0,
        "reversed": False,
        "clear": False,
        "seconds": {"decode": 0.5, "forward": 0.1235},
        "computed": "float32 on 2 threads",
        "warnings": ["The clip is short."],
    }


def test_csv() -> None:
    header, *rows = csv.reader(io.StringIO(as_csv(ANSWER), newline=""))
    assert header == ["frame", "time_sec", *LABELS]
    assert [int(row[0]) for row in rows] == [3, 9, 15, 16]
    assert [float(row[1]) for row in rows] == pytest.approx(TIMES_SEC, abs=1e-4)
    np.testing.assert_allclose([[float(cell) for cell in row[2:]] for row in rows], FRAME_SCORES, atol=1e-5)


def test_a_network_that_scores_no_frames() -> None:
    none = replace(ANSWER, frame_scores=FRAME_SCORES[:0], window_frame_scores=np.zeros((2, 0, 3), np.float32))
    assert as_dict(none) == as_dict(ANSWER) | {"frame_scores": {}}
    assert as_csv(none).split() == as_csv(ANSWER).split("\r\n")[0].split()  # the header alone


FRAMES = np.stack([draw(k) for k in (3, 77, 5, 130, 8, 200, 21, 90)])
T = len(FRAMES)
PACES = [
    ([0.25 * k for k in range(T)], 0.25),
    ([0.25 * k for k in reversed(range(T))], 0.25),  # played backwards
    ([40.0 * k for k in range(T)], 0.7),  # frames of a long clip
    ([0.0] * T, 0.12),  # the one frame of a picture, again and again
]


@pytest.mark.parametrize(("times_sec", "pace_sec"), PACES)
@pytest.mark.parametrize("kind", ["webp", "gif"])
def test_animated_pictures(kind: str, times_sec: list[float], pace_sec: float) -> None:
    with Image.open(io.BytesIO(animation(FRAMES, tuple(times_sec), kind))) as image:
        assert image.format == kind.upper()
        shown = [(number_of(np.asarray(frame.convert("RGB"))), frame.info["duration"]) for frame in
                 ImageSequence.Iterator(image)]  # fmt: skip
    assert shown == [(number_of(frame), pytest.approx(1000 * pace_sec)) for frame in FRAMES]


@pytest.mark.parametrize(("times_sec", "pace_sec"), PACES)
def test_mp4(times_sec: list[float], pace_sec: float) -> None:
    with av.open(io.BytesIO(animation(FRAMES, tuple(times_sec), "mp4"))) as file:
        numbers = [number_of(frame.to_ndarray(format="rgb24")) for frame in file.decode(video=0)]
        assert file.duration / 1e6 == pytest.approx(T * pace_sec, abs=T / 60)  # to half a frame's time
    changes = [numbers[0], *(b for a, b in pairwise(numbers) if a != b)]
    assert changes == [number_of(frame) for frame in FRAMES]


def test_a_single_frame() -> None:
    with Image.open(io.BytesIO(animation(FRAMES[:1], (0.5,), "webp"))) as image:
        assert number_of(np.asarray(image.convert("RGB"))) == 3


def test_clear_is_told() -> None:
    assert as_dict(replace(ANSWER, top=(Score(LABELS[0], 0.9),)))["clear"] is True
