"""The card's HTML says what the answers hold: lengths of bars, points of curves, numbers of frames."""

import re
from base64 import b64decode

import numpy as np
import pytest

from tsm_demo.core.labels import MOTION_LABELS
from tsm_demo.viz.answer_card import EDGE, HEIGHT, WIDTH, Way, answer_bars, answer_courses
from tsm_demo.viz.two_answers import ScoredClip, TwoAnswers


def says(label: int, score: float, frames: list[float]) -> ScoredClip:
    scores = np.full(12, (1 - score) / 11, np.float32)
    scores[label] = score
    of_frames = np.full((len(frames), 12), 0.0, np.float32)
    of_frames[:, label] = frames
    return ScoredClip(scores, of_frames)


BOTH = TwoAnswers(says(0, 0.75, [0.0, 0.5, 1.0]), says(1, 0.5, [0.25, 0.25, 0.75]))


def test_bars_are_as_long_as_scores():
    page = answer_bars(BOTH, "motion", "alt")
    widths = [float(width) for width in re.findall(r"width:([\d.]+)%", page)]
    labels = re.findall(r'lab-label">([^<]+)<', page)
    assert labels[:2] == [MOTION_LABELS[0], MOTION_LABELS[1]]
    assert widths[:4] == pytest.approx([75, 100 * 0.5 / 11, 100 * 0.25 / 11, 50], abs=0.01)
    assert len(widths) == 2 * len(labels)


def test_a_clip_as_filmed_has_one_bar_a_label():
    page = answer_bars(TwoAnswers(BOTH.filmed, BOTH.filmed), "motion", "alt", same=True)
    assert page.count("width:") == page.count("lab-label")


def test_curves_go_through_the_frames_scores():
    page = answer_courses(
        BOTH, "motion", (Way("filmed", ("1", "2", "3")), Way("back", ("3", "2", "1"))), "alt"
    )
    filmed, shown = (b64decode(code).decode() for code in re.findall(r"svg\+xml;base64,([^\"]+)", page))
    line = re.findall(r'points="([^"]+)"', filmed)[0]
    points = [tuple(map(float, point.split(","))) for point in line.split()]
    assert [x for x, _ in points] == pytest.approx([WIDTH / 6, WIDTH / 2, 5 * WIDTH / 6], abs=0.1)
    assert [y for _, y in points] == pytest.approx([HEIGHT - EDGE, HEIGHT / 2, EDGE], abs=0.1)
    assert shown.count("<polyline") == 2
    assert shown.count("stroke-dasharray") == 1
    assert re.findall(r"<span>(\d)</span>", page) == ["1", "2", "3", "3", "2", "1"]


def test_long_frame_numbers_stand_at_every_other_frame():
    way = Way("slow", ("2.7", "3.2", "3.8"))
    page = answer_courses(BOTH, "motion", (way, way), "alt")
    assert "3.2" not in page
    assert page.count("3.8") == 2
