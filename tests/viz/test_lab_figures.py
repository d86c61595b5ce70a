"""The figures of Time lab's parts draw the numbers that they are given."""

import numpy as np
import pytest

from tsm_demo.analysis.faithfulness import Curves
from tsm_demo.viz.doubt_figures import alikeness_figure, curves_figure, frame_bars
from tsm_demo.viz.share_bars import share_bars
from tsm_demo.viz.theme import FUTURE, PAST

NAMES = {"deletion": "away", "insertion": "back", "random": "random"}


def test_the_span_of_random_orders_lies_between_the_lowest_and_the_highest():
    curves = Curves(
        np.array([0, 0.5, 1.0]),
        np.float32([1, 0.25, 0]),
        np.float32([0, 0.75, 1]),
        np.float32([[1, 0.5, 0], [1, 0.75, 0], [1, 0.25, 0]]),
    )
    span, random, deletion, insertion = curves_figure(curves, NAMES, "share").data
    assert list(span.y) == [1, 0.75, 0, 0, 0.25, 1]  # along the top, and back along the bottom
    assert list(random.y) == [1, 0.5, 0]
    assert (list(deletion.y), deletion.name) == ([1, 0.25, 0], "away")
    assert (list(insertion.y), insertion.name) == ([0, 0.75, 1], "back")
    assert len({line.line.dash for line in (random, deletion, insertion)}) == 3  # told apart without colour


def test_a_frame_has_a_bar_of_each_method():
    one, other = frame_bars({"a": [0.5, 1.0], "b": [1.0, -0.25]}).data
    assert (list(one.x), list(one.y)) == (["1", "2"], [0.5, 1.0])
    assert list(other.y) == [1.0, -0.25]
    assert one.marker.pattern.shape != other.marker.pattern.shape


def test_alikeness_is_the_mean_with_the_span_of_the_seeds():
    figure = alikeness_figure(("fc", "conv1"), np.array([[0.5, 0.25], [0.0, -0.5]]), 0.5, "axis")
    (line,) = figure.data
    assert list(line.y) == [0.375, -0.25]
    assert list(line.error_y.array) == pytest.approx([0.125, 0.25])
    assert list(line.error_y.arrayminus) == pytest.approx([0.125, 0.25])
    assert figure.layout.shapes[0].y0 == 0.5


def test_bars_of_the_shift_have_its_colours():
    falls = {"future": np.float32([1, 2]), "past": np.float32([0, -1]), "both": np.float32([1, 1])}
    figure = share_bars(["layer1.0", "layer1.1"], falls, {name: name.title() for name in falls}, "fall")
    assert [bar.name for bar in figure.data] == ["Future", "Past", "Both"]
    assert [bar.marker.color for bar in figure.data][:2] == [FUTURE, PAST]
    assert list(figure.data[1].y) == [0, -1]
