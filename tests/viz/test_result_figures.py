"""Pictures of What it buys show the figures: place, area and words of every mark, slopes, and rows."""

import json
from dataclasses import replace
from itertools import pairwise
from math import log10, pi

import pytest

from tsm_demo.viz.accuracy_cost import Mark, Rise, accuracy_cost_figure
from tsm_demo.viz.measured_here import read_motion12
from tsm_demo.viz.motion12_cost import motion12_figure
from tsm_demo.viz.online_offline import early_figure, online_figure
from tsm_demo.viz.published import read_published
from tsm_demo.viz.slopes import SlopeWords, slopes_figure, spread
from tsm_demo.viz.stored_costs import read_costs

MARKS = [
    Mark(33, 19.7, 24.3, "TSN", "first", "#8A94A0", False),
    Mark(33, 45.6, 24.3, "TSM", "second", "#009E73", False),
    Mark(606, 46.1, 97.2, "I3D", "third", "#CC79A7", True),
]
RISE = Rise(33, 19.7, 45.6, "+25.9 points")


def bubbles(log=True):
    return accuracy_cost_figure(MARKS, [RISE], ("cost", "accuracy"), log)


def slopes():
    pairs = read_published().pairs
    names = {pair.dataset: pair.dataset for pair in pairs}
    return slopes_figure(
        pairs, SlopeWords(names, {"temporal": "order", "appearance": "frame"}, "TSN", "TSM", "%")
    )


def here():
    names = {found.network: found.network for found in read_motion12()}
    return motion12_figure(read_motion12(), read_costs(), names, ("G", "%"), (8.3, "chance"))


def test_a_bubble_stands_at_its_cost_and_accuracy_with_its_words():
    (trace,) = bubbles().data
    drawn = dict(zip(trace.text, zip(trace.x, trace.y, strict=True), strict=True))
    assert drawn == {"first": (33, 19.7), "second": (33, 45.6), "third": (606, 46.1)}


def test_area_is_parameters():
    (trace,) = bubbles().data
    area = dict(zip(trace.text, [pi * (across / 2) ** 2 for across in trace.marker.size], strict=True))
    assert area["third"] / area["first"] == pytest.approx(97.2 / 24.3)
    assert trace.marker.sizemode == "diameter"


@pytest.mark.parametrize("log", [True, False])
def test_every_bubble_has_its_name_and_every_rise_its_points(log):
    figure = bubbles(log)
    named = {a.text: (a.x, a.y) for a in figure.layout.annotations if a.text}
    at = log10 if log else float
    assert named["TSN"] == (at(33), 19.7)
    assert named["I3D"] == (at(606), 46.1)
    assert "<b>+25.9 points</b>" in named
    (line,) = figure.layout.shapes
    assert (line.x0, line.x1, line.y0, line.y1) == (33, 33, 19.7, 45.6)


@pytest.mark.parametrize("log", [True, False])
def test_all_of_it_is_inside_the_axes(log):
    figure = bubbles(log)
    low, high = figure.layout.xaxis.range
    assert low < (log10(33) if log else 33)
    assert high > (log10(606) if log else 606)
    assert figure.layout.yaxis.range[0] < 19.7 < 46.1 < figure.layout.yaxis.range[1]
    if log:
        ticks = figure.layout.xaxis.tickvals
        assert len(ticks) >= 4
        assert all(low <= log10(tick) <= high for tick in ticks)


def test_who_trained_again_is_a_ring():
    (trace,) = bubbles().data
    fill = dict(zip(trace.text, trace.marker.color, strict=True))
    assert fill["third"].endswith("0.12)")
    assert fill["second"].endswith("0.82)")


def test_the_smaller_is_in_front():
    (trace,) = bubbles().data
    assert trace.text[0] == "third"


@pytest.mark.parametrize(
    ("values", "gap", "expected"),
    [
        ([1.0, 9.0], 2.0, [1.0, 9.0]),  # far apart: as they are
        ([5.0, 5.0], 2.0, [4.0, 6.0]),  # each steps back by half
        ([9.0, 1.0, 1.0], 2.0, [9.0, 0.0, 2.0]),
        ([3.0, 1.0, 2.0], 4.0, [6.0, -2.0, 2.0]),  # all about their mean
    ],
)
def test_labels_are_spread_as_little_as_needed(values, gap, expected):
    assert spread(values, gap) == expected


def test_spread_keeps_order_and_gap():
    values = [0.0, 0.1, 0.2, 5.0, 5.1, 6.0, 6.1, 20.0]
    placed = spread(values, 1.5)
    assert placed == sorted(placed)
    assert all(after - before >= 1.5 - 1e-9 for before, after in pairwise(placed))


def test_each_slope_runs_from_tsn_to_tsm_and_says_by_how_much():
    figure = slopes()
    drawn = sorted(trace.y for trace in figure.data)
    assert drawn == sorted((pair.tsn, pair.tsm) for pair in read_published().pairs)
    said = [a.text for a in figure.layout.annotations]
    assert "47.3 <b>something_v1 +26.8</b>" in said
    assert "20.5" in said
    dashes = {trace.line.dash for trace in figure.data}
    assert len(dashes) == 2  # kinds differ by more than colour


def test_online_has_a_mark_a_network_and_data_set():
    results = read_published().online
    datasets = {name: name.upper() for name in results[0].top1}
    figure = online_figure(results, datasets, {one.network: one.network for one in results})
    marks = [trace for trace in figure.data if trace.mode == "markers"]
    assert [list(trace.x) for trace in marks] == [list(one.top1.values()) for one in results]
    assert len({trace.marker.symbol for trace in marks}) == 3


def test_early_bars_are_the_two_accuracies():
    (bars,) = early_figure(read_published().early, ("eco", "tsm")).data
    assert list(zip(bars.y, bars.x, strict=True)) == [("eco", 83.4), ("tsm", 90.0)]


def test_ours_stand_at_their_cost_with_their_interval():
    for trace, found in zip(here().data, read_motion12(), strict=True):
        (x,), (y,) = trace.x, trace.y
        assert x == read_costs()[found.network].macs / 1e9
        assert y == pytest.approx(100 * found.hits / found.clips)
        low, high = found.bounds
        assert y + trace.error_y.array[0] == pytest.approx(100 * high)
        assert y - trace.error_y.arrayminus[0] == pytest.approx(100 * low)


def test_figures_are_small_and_always_the_same():
    for draw in (bubbles, slopes, here):
        assert len(draw().to_json()) < 20_000
        assert json.loads(draw().to_json()) == json.loads(draw().to_json())


def test_one_mark_alone_can_be_drawn():
    figure = accuracy_cost_figure([replace(MARKS[0])], [], ("cost", "accuracy"), True)
    low, high = figure.layout.xaxis.range
    assert low < log10(33) < high
