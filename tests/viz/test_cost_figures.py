"""The icicle adds up, the lines grow by the power that is said, and their names do not lie on each other."""

import pytest

from tsm_demo.viz.cost_growth import Growth, growth_figure, slope
from tsm_demo.viz.cost_icicle import cost_icicle
from tsm_demo.viz.quantity import amount

LAYERS = [("conv1", 4), ("layer1.0.conv1", 10), ("layer1.0.relu", 0), ("layer1.1.conv1", 20), ("fc", 6)]


def nodes(layers):
    trace = cost_icicle(layers, "TSM", amount).data[0]
    return dict(zip(trace.ids, zip(trace.parents, trace.values, strict=True), strict=True))


def test_every_part_holds_what_its_layers_cost():
    assert nodes(LAYERS) == {
        "whole": ("", 40),
        "conv1": ("whole", 4),
        "layer1": ("whole", 30),
        "layer1.0": ("layer1", 10),
        "layer1.0.conv1": ("layer1.0", 10),
        "layer1.1": ("layer1", 20),
        "layer1.1.conv1": ("layer1.1", 20),
        "fc": ("whole", 6),
    }


def test_shares_are_of_the_whole():
    trace = cost_icicle(LAYERS, "TSM", amount).data[0]
    assert trace.text[list(trace.ids).index("layer1")] == "30, 75.0%"


def test_letters_on_dark_parts_are_white():
    trace = cost_icicle(LAYERS, "TSM", amount).data[0]
    pairs = set(zip(trace.marker.colors, trace.textfont.color, strict=True))
    for colour, ink in pairs:
        levels = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
        light = sum(
            w * (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4)
            for w, c in zip((0.2126, 0.7152, 0.0722), levels, strict=True)
        )
        contrast = 1.05 / (light + 0.05) if ink == "white" else (light + 0.05) / 0.058
        assert contrast >= 4.3, (colour, ink)


@pytest.mark.parametrize("power", [0, 1, 2])
def test_the_slope_is_the_power_of_growth(power):
    line = Growth("a", "#111111", (2, 4, 16), [3 * at**power for at in (2, 4, 16)])
    assert slope(line) == pytest.approx(power, abs=1e-12)


@pytest.mark.parametrize("logarithmic", [False, True])
def test_equal_lines_have_names_apart_and_are_told_apart(logarithmic):
    same = [Growth(name, "#111111", (4, 8), (10.0, 20.0)) for name in "ab"]
    figure = growth_figure(
        [*same, Growth("c", "#222222", (4, 8), (30.0, 60.0))], ("T", "MACs"), 8, logarithmic
    )
    heights = [note.y for note in figure.layout.annotations]
    assert heights[0] != heights[1]
    assert heights[2] == max(heights)
    assert len({(trace.line.dash, trace.line.width) for trace in figure.data}) == 3
    assert figure.layout.xaxis.type == ("log" if logarithmic else "linear")
