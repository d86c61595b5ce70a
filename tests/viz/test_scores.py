"""The figures of scores, for classes whose names are sentences and clips of many frames."""

from types import SimpleNamespace

import numpy as np

from tsm_demo.core.score import Score
from tsm_demo.models.zoo import read_labels
from tsm_demo.viz.scores import course, top_bars, wrapped


def test_a_label_is_broken_between_words_and_loses_nothing():
    for label in read_labels("sthv2.txt"):
        lines = wrapped(label).split("<br>")
        assert " ".join(lines) == label
        assert all(len(line) <= 24 or " " not in line for line in lines)


def test_bars_of_long_labels_get_the_height_they_need():
    short = top_bars([Score("moves up", 0.6), Score("moves down", 0.4)])
    sentence = "Pretending or failing to wipe something off of something"
    long = top_bars([Score(sentence, 0.6), Score("moves down", 0.4)])
    lines = dict(zip(long.layout.yaxis.tickvals, long.layout.yaxis.ticktext, strict=True))
    assert lines[sentence] == "Pretending or failing to<br>wipe something off of<br>something"
    assert long.layout.height > short.layout.height


def test_many_frames_have_few_times_below_them():
    for T in (4, 8, 16, 32, 50):
        answer = SimpleNamespace(
            frames=range(T),
            frame_times_sec=tuple(k / 4 for k in range(T)),
            frame_scores=np.full((T, 2), 0.5),
            labels=("a", "b"),
        )
        axis = course(answer, [], ["a"], "seconds").layout.xaxis
        assert len(axis.ticktext) == len(axis.tickvals) <= 8
        assert [float(text) for text in axis.ticktext] == [round(k / 4, 2) for k in axis.tickvals]
