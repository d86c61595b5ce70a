"""The drawings show, box by box, what each network's layers read."""

import xml.etree.ElementTree as ET
from collections import Counter

import pytest

from tsm_demo.viz.system_looks import SYSTEMS
from tsm_demo.viz.theme import FUTURE, PAST
from tsm_demo.viz.time_drawing import BOX_WIDTH, SCHEMES, time_drawing

NAMES = ("stem", "1", "2", "3", "4", "head")
SVG = "{http://www.w3.org/2000/svg}"
COLOUR_OF = {
    "tsn": "tsn",
    "lrcn": "lstm",
    "trn": "trn",
    "c3d": "c3d",
    "i3d": "i3d",
    "eco": "eco",
    "gst": "gst",
}
# Maps of different times that leave the stem and each stage, for eight frames in. C3D, arXiv:1412.0767, section 3.2:
# pool1 keeps time, the next three halve it. I3D, arXiv:1705.07750, Fig. 3: halved in the stem, before Mixed 4 and 5.
# ECO, arXiv:1804.09066, section 3: 2D first, then a 3D ResNet-18, which halves it. All others keep every frame.
TIMES = {"c3d": [8, 8, 4, 2, 1], "i3d": [4, 4, 4, 2, 1], "eco": [8, 8, 8, 4, 2]}


def rects(system):
    return [dict(r.attrib) for r in ET.fromstring(time_drawing(system, NAMES)).iter(f"{SVG}rect")]


def outlines(system):
    return [r for r in rects(system) if r["fill"] == "none"]


@pytest.mark.parametrize("system", SCHEMES)
def test_it_is_a_picture_with_all_columns_named(system):
    root = ET.fromstring(time_drawing(system, NAMES))
    assert [t.text for t in root.iter(f"{SVG}text")] == list(NAMES)
    width, height = (float(root.attrib[side]) for side in ("width", "height"))
    for r in root.iter(f"{SVG}rect"):
        assert 0 <= float(r.attrib["x"]) <= width - float(r.attrib["width"])
        assert 0 <= float(r.attrib["y"]) <= height - float(r.attrib["height"]) + 1e-6


@pytest.mark.parametrize("system", SCHEMES)
def test_a_layer_has_a_box_for_each_time_that_is_left(system):
    counts = Counter(float(r["x"]) for r in outlines(system))
    assert [counts[x] for x in sorted(counts)] == TIMES.get(system, [8] * 5)


@pytest.mark.parametrize("system", ["tsn", "lrcn", "trn"])
def test_frames_that_meet_at_the_end_leave_the_layers_grey(system):
    colour = SYSTEMS[COLOUR_OF[system]]
    solid = [r for r in rects(system) if r["fill"] == colour and "fill-opacity" not in r]
    assert solid == []
    assert colour in {
        c.attrib["fill"] for c in ET.fromstring(time_drawing(system, NAMES)).iter(f"{SVG}circle")
    }


@pytest.mark.parametrize("system", ["c3d", "i3d"])
def test_in_3d_every_box_is_coloured_all_over(system):
    coloured = [r for r in rects(system) if r["fill"] == SYSTEMS[system] and "fill-opacity" not in r]
    assert len(coloured) == len(outlines(system))
    assert {float(r["width"]) for r in coloured} == {BOX_WIDTH}


def test_gst_colours_a_quarter_of_every_stage():
    coloured = [r for r in rects("gst") if r["fill"] == SYSTEMS["gst"] and "fill-opacity" not in r]
    assert len(coloured) == 4 * 8
    assert {float(r["width"]) for r in coloured} == {BOX_WIDTH / 4}


def test_tsm_takes_an_eighth_from_each_side_and_nothing_from_outside():
    for colour in (FUTURE, PAST):
        slices = [r for r in rects("tsm") if r["fill"] == colour]
        assert len(slices) == 4 * 7  # the last frame has no next one, the first no previous one
        assert {float(r["width"]) for r in slices} == {BOX_WIDTH / 8}
    tops = sorted({float(r["y"]) for r in outlines("tsm")})
    assert min(float(r["y"]) for r in rects("tsm") if r["fill"] == PAST) == tops[1]
    assert max(float(r["y"]) for r in rects("tsm") if r["fill"] == FUTURE) == tops[-2]
