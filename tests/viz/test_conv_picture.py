"""The picture of a convolution has as many windows, pixels, maps and frames as it says, at their places."""

from itertools import product
from xml.etree import ElementTree

import pytest

from tsm_demo.core.conv_arithmetic import ConvLayer
from tsm_demo.viz.conv_picture import FACTORS, HEIGHT, NAMES, WIDTH, conv_picture, drawn

OPENING = ConvLayer(3, 64, 64, 56, 56, 8)
SMALL = ConvLayer(3, 3, 2, 5, 7, 4)
SIZES = [
    ConvLayer(K, C, C, H, W, T, stride)
    for K, C, (H, W), T, stride in product(
        (1, 7), (1, 64), ((1, 1), (2, 300), (300, 5), (300, 300)), (1, 64), (1, 2)
    )
]
LABELS = {factor: f"label of {factor}" for factor in FACTORS}
NAMED = {name: name for name in NAMES}
LONG = dict.fromkeys(FACTORS, "4096 channels") | {"positions": "512 × 512 positions"}


def svg(layer: ConvLayer, labels=LABELS) -> ElementTree.Element:
    return ElementTree.fromstring(conv_picture(layer, labels, NAMED))


def group(picture: ElementTree.Element, factor: str) -> ElementTree.Element:
    (found,) = (part for part in picture if part.get("data-factor") == factor)
    return found


def boxes(parent: ElementTree.Element, kind: str) -> list[tuple[float, float, float, float]]:
    """x, y, width and height of the rectangles with a class."""
    return [
        tuple(float(rect.get(side)) for side in ("x", "y", "width", "height"))
        for rect in parent.findall("rect")
        if kind in rect.get("class").split()
    ]


def count(parent: ElementTree.Element, kind: str) -> int:
    return len([node for node in parent if kind in node.get("class", "").split()])


def test_each_factor_is_a_group_with_its_label():
    picture = svg(OPENING)
    for factor in FACTORS:
        assert [text.text for text in group(picture, factor).findall("text")] == [LABELS[factor]]
    assert {text.text for text in picture.findall("text")} >= {*NAMES}


@pytest.mark.parametrize(
    "layer", [SMALL, ConvLayer(1, 5, 5, 12, 1, 8), ConvLayer(7, 1, 1, 4, 4, 1, stride=2)]
)
def test_a_small_layer_is_drawn_whole(layer):
    picture, shown = svg(layer), drawn(layer)
    assert (shown.rows, shown.columns) == (layer.height, layer.width)
    assert (shown.in_maps, shown.out_maps, shown.frames) == (
        layer.in_channels,
        layer.out_channels,
        layer.frames,
    )
    assert count(group(picture, "positions"), "pixel") == layer.positions
    assert count(group(picture, "cin"), "plane") == layer.in_channels - 1  # and the one in front of them
    assert count(group(picture, "cout"), "plane") == layer.out_channels - 1
    assert len(boxes(group(picture, "frames"), "frame")) == layer.frames
    assert len(boxes(picture, "frame")) == layer.frames


@pytest.mark.parametrize("kernel", [1, 3, 5, 7])
def test_the_kernel_is_as_deep_in_time_as_it_is_wide(kernel):
    picture = svg(ConvLayer(kernel, 2, 2, 9, 9, 5))
    depth = group(picture, "depth")
    assert len(boxes(depth, "window")) == kernel
    assert count(depth, "sight") == kernel
    assert len(boxes(depth, "zeros")) == 2 * (kernel // 2)  # at both ends of the clip
    (window,), (pixel, *_) = (
        boxes(group(picture, "kernel"), "window"),
        boxes(group(picture, "positions"), "pixel"),
    )
    assert window[2] / pixel[2] == pytest.approx(kernel, rel=0.02)


def test_the_window_lies_where_its_output_pixel_says():
    for stride in (1, 2):
        picture = svg(ConvLayer(3, 1, 1, 9, 9, 1, stride))
        (window,) = boxes(group(picture, "kernel"), "window")
        (value, _) = boxes(picture, "value")  # the second is a frame
        pixels = boxes(group(picture, "positions"), "pixel")
        assert value in pixels
        side = value[2]
        column = (value[0] - pixels[0][0]) / side
        edge = min(x for x, _, wide, _ in boxes(picture, "zeros"))  # the left end of the padding
        assert (window[0] - edge) / side == pytest.approx(stride * column, abs=0.02)


def test_a_large_layer_is_cut_and_stays_small():
    layer = ConvLayer(7, 4096, 4096, 512, 512, 64)
    shown = drawn(layer)
    assert (shown.rows, shown.columns, shown.in_maps, shown.out_maps, shown.frames) == (12, 12, 5, 5, 8)
    assert len(conv_picture(layer, LABELS, NAMED)) < 25_000
    assert (
        len(boxes(group(svg(layer), "depth"), "zeros")) == 3
    )  # before the first frame: the last is not drawn


@pytest.mark.parametrize("layer", SIZES)
def test_nothing_is_drawn_outside(layer):
    for rect in svg(layer, LONG).iter("rect"):
        x, y, wide, high = (float(rect.get(side)) for side in ("x", "y", "width", "height"))
        assert x >= 0
        assert y >= 0
        assert x + wide <= WIDTH
        assert y + high <= HEIGHT
    tops = [
        float(node.get("d").split(" ")[1].split("v")[0])
        for node in svg(layer).iter("path")
        if node.get("class") == "plane"
    ]
    assert all(top > 30 for top in tops)  # below the labels


def test_words_are_escaped():
    assert "<b>" not in conv_picture(SMALL, LABELS | {"cin": "<b>"}, NAMED)
