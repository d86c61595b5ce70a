"""The four pictures show what the tables say, cell by cell and bar by bar."""

import json

import numpy as np
import pytest

from tsm_demo.core.placement import IN_PLACE, RESIDUAL
from tsm_demo.core.shift_bytes import ShiftBytes
from tsm_demo.core.shift_table import MODES, source_frames
from tsm_demo.viz.placement import placement_figure
from tsm_demo.viz.reach import LOOKS, ReachWords, reach_figure
from tsm_demo.viz.shift_cost import shift_cost_figure
from tsm_demo.viz.shown_channels import MOST, shown_channels
from tsm_demo.viz.stored_reach import KINDS, read_reach
from tsm_demo.viz.taps import taps_figure
from tsm_demo.viz.theme import FUTURE, INK, PAST, STAYS

SIZES = [(1, 8), (2, 0), (16, 8), (16, 2), (7, 3), (64, 8), (64, 32), (512, 2), (100, 0)]  # C, fold_div
HEADINGS = {RESIDUAL: "residual", IN_PLACE: "in place"}
WORDS = ReachWords({name: name for name in KINDS}, "stem", "depth", "seen", "output", "input")


def kilobytes(figure) -> float:
    return len(figure.to_json()) / 1000


def taps(channels: int, fold_div: int, mode: str):
    return taps_figure(channels, fold_div, mode, ("past", "own", "future"), "channel")


def placement(T: int, channels: int, fold_div: int, mode: str, blocks: int = 2):
    return placement_figure(blocks, T, channels, fold_div, mode, HEADINGS, ("first", "last"))


def offsets(channels: int, fold_div: int, mode: str) -> np.ndarray:
    """(C,) how many frames from its own each channel is taken, in the middle of a clip."""
    return source_frames(3, channels, fold_div, mode)[1] - 1


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize(("channels", "fold_div"), SIZES)
def test_each_kind_of_channel_is_shown_in_its_share(channels, fold_div, mode):
    shown = shown_channels(channels, fold_div, mode)
    assert len(shown) == min(channels, MOST)
    assert (np.diff(shown) > 0).all()
    every = offsets(channels, fold_div, mode)
    for offset in np.unique(every):
        share, expected = (np.mean(some == offset) for some in (every[shown], every))
        assert share > 0
        assert share == pytest.approx(expected, abs=1 / MOST)


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize(("channels", "fold_div"), SIZES)
def test_each_tap_is_in_its_row_and_colour(channels, fold_div, mode):
    figure = taps(channels, fold_div, mode)
    cells, ones = figure.data
    channels_shown = [int(text) for text in figure.layout.xaxis.ticktext]
    rows = offsets(channels, fold_div, mode)[channels_shown] + 1  # t-1, t, t+1
    assert list(zip(ones.x, ones.y, strict=True)) == list(enumerate(rows))
    assert set(ones.text) == {"1"}
    scale = dict(cells.colorscale)  # the last colour at a place is the one above it
    for (column, row), ink in zip(enumerate(rows), ones.textfont.color, strict=True):
        place = (cells.z[row][column] - cells.zmin) / (cells.zmax - cells.zmin)
        colour = scale[max(edge for edge in scale if edge < place)]
        assert colour == {0: PAST, 1: STAYS, 2: FUTURE}[row]
        assert ink == INK[colour]
    assert np.count_nonzero(cells.z) == len(rows)


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("T", [1, 3, 8])
@pytest.mark.parametrize(("channels", "fold_div"), [(16, 8), (5, 2), (8, 0)])
def test_each_cell_of_the_shortcut_has_its_colour_and_letters(channels, fold_div, T, mode):
    source = source_frames(T, channels, fold_div, mode)
    own = np.arange(T)[:, None]
    drawn = {"x": {}, "x2": {}}  # axis -> cell -> colour or hatch, letters
    for trace in placement(T, channels, fold_div, mode, blocks=1).data:
        letters = trace.text or [None] * len(trace.x)
        for column, base, text in zip(trace.x, trace.base, letters, strict=True):
            cell = round(base + 0.43), column
            assert cell not in drawn[trace.xaxis]
            drawn[trace.xaxis][cell] = (trace.marker.pattern.shape or trace.marker.color, text)
    for (t, c), frame in np.ndenumerate(source):
        expected = (
            ("/", None)
            if frame < 0
            else {0: (STAYS, None), 1: (FUTURE, "+1"), -1: (PAST, "−1")}[int(frame - own[t, 0])]
        )
        assert drawn["x2"][t, c] == expected
        assert drawn["x"][t, c] == (STAYS, None)
    assert len(drawn["x"]) == len(drawn["x2"]) == T * channels


def test_lines_are_theory_and_markers_measurement():
    weak = {name: matrices.copy() for name, matrices in read_reach().items()}
    weak["motion"][3, 4, 7] = 0  # as if the network did not reach where it may
    courses = [trace for trace in reach_figure(weak, WORDS).data if trace.xaxis is None]
    lines, markers = ([trace.y for trace in courses if trace.mode == mode] for mode in ("lines", "markers"))
    assert lines == [
        (1,) * 9,
        (1, 2, 3, 4, 5, 5, 5, 5, 5),
        (1, 3, 5, 7, 8, 8, 8, 8, 8),
        (7, 8, 8, 8, 8, 8, 8, 8, 8),
    ]
    assert markers == [lines[0], lines[1], (1, 3, 5, 6, 8, 8, 8, 8, 8), lines[3]]


def test_the_outline_runs_around_what_theory_allows():
    figure = reach_figure(read_reach(), WORDS)
    edges = {trace.xaxis: sum(x is None for x in trace.x) for trace in figure.data if trace.xaxis and trace.x}
    assert edges == {
        "x2": 8 * 4,
        "x3": 4 * 8,
        "x4": 4 * 8,
        "x5": 4 * 8,
    }  # eight cells; a staircase; two squares
    for trace in figure.data:
        if trace.type == "heatmap":
            stored = read_reach()[list(KINDS)[int(trace.xaxis[1:]) - 2]][-1]
            assert [[value or 0 for value in row] for row in trace.z] == stored.tolist()


def test_networks_are_told_apart_by_more_than_colour():
    looks = [LOOKS[name] for name in KINDS]
    assert len({look.symbol for look in looks}) == len({look.colour for look in looks}) == len(KINDS)
    assert not {look.colour for look in looks} & {FUTURE, PAST}


def test_bars_are_mebibytes_and_what_cannot_be_is_said():
    new, in_place = ShiftBytes(3 * 2**20, 2**20, 2**19), ShiftBytes(2**18, 0, None)
    bars = shift_cost_figure(new, in_place, ("a", "b", "c"), ("new", "in place"), "no").data[0]
    assert bars.x == (3, 0.25, 1, 0, 0.5, 0)
    assert bars.text == ("3.0 MiB", "0.2 MiB", "1.0 MiB", "0 MiB", "0.5 MiB", "no")


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("T", [1, 8, 32])
@pytest.mark.parametrize(("channels", "fold_div"), SIZES)
def test_figures_are_small_and_always_the_same(channels, fold_div, T, mode):
    for draw in (lambda: taps(channels, fold_div, mode), lambda: placement(T, channels, fold_div, mode)):
        assert kilobytes(draw()) < 60
        assert json.loads(draw().to_json()) == json.loads(draw().to_json())
    assert kilobytes(reach_figure(read_reach(), WORDS)) < 60
