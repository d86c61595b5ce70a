"""Figures of a measurement: what is drawn is what was measured, and a disturbed run does not squeeze the rest."""

import pytest

from tsm_demo.analysis.timing import Runs
from tsm_demo.models import list_models
from tsm_demo.viz.families import OTHER, THREE_D, TSM, TWO_D, look_of
from tsm_demo.viz.timing import Row, axis_end_ms, ms, times_figure, weights_figure

STILL = Row("tsn_resnet50", "2D", "3 ms", Runs((0.001, 0.002, 0.003, 0.004, 0.005), 3 << 20))
DEEP = Row("cnn3d_resnet50", "3D", "8 ms", Runs((0.006, 0.007, 0.008, 0.009, 0.010), 6 << 20))
DISTURBED = Row("tsm_resnet50", "TSM", "2 ms", Runs((0.002, 0.002, 0.002, 0.002, 0.9), 0))


def test_every_run_its_quartiles_and_its_median():
    figure = times_figure([STILL, DEEP], "ms a call")
    runs, half, median = figure.data[3:6]
    assert list(runs.x) == pytest.approx([6, 7, 8, 9, 10])
    assert list(half.x) == pytest.approx([7, 9])
    assert list(median.x) == pytest.approx([8])
    assert set(half.y) == set(median.y) == {1}
    assert figure.layout.xaxis.range[0] == 0
    assert figure.layout.xaxis.range[1] > 10
    assert [note.text for note in figure.layout.annotations] == ["<b>2D</b>  3 ms", "<b>3D</b>  8 ms"]


def test_a_disturbed_run_is_an_arrow_at_the_end_of_the_axis():
    end = axis_end_ms([STILL, DISTURBED])
    assert end == pytest.approx(1.6 * 4)  # of the slowest upper quartile
    runs = times_figure([STILL, DISTURBED], "ms").data[3]
    assert runs.x[4] == end
    assert runs.customdata[4] == 900
    assert list(runs.marker.symbol) == ["line-ns-open"] * 4 + ["arrow-right"]


def test_the_axis_of_quiet_runs_ends_at_the_slowest():
    assert axis_end_ms([STILL, DEEP]) == pytest.approx(10)


def test_a_bar_is_the_peak_in_mib():
    figure = weights_figure([STILL, DEEP], "MiB")
    assert list(figure.data[0].x) == [3, 6]
    assert figure.layout.xaxis.range[1] > 6


def test_nothing_allocated_still_has_an_axis():
    assert weights_figure([DISTURBED], "MiB").layout.xaxis.range[1] > 0


@pytest.mark.parametrize(
    ("seconds", "written"),
    [(1.2345, "1234 ms"), (0.1, "100 ms"), (0.09994, "99.9 ms"), (0.00987, "9.9 ms"), (0.0004, "0.40 ms")],
)
def test_milliseconds_are_written_with_three_digits_or_so(seconds, written):
    assert ms(seconds) == written


def test_families_differ_in_colour_and_in_mark():
    looks = {look_of(name) for name in list_models()} | {OTHER}
    assert looks == {TWO_D, TSM, THREE_D, OTHER}
    assert len({look.colour for look in looks}) == len({look.symbol for look in looks}) == 4
    assert look_of("tsm_online_resnet18") == TSM
    assert look_of("i3d_inception") == look_of("c3d") == THREE_D
    assert look_of("gst_resnet50") == OTHER
