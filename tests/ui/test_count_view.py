"""The section "count it yourself": its products, its words and its table for every layer, and every control by link."""

import json
import math
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import torch
from streamlit.testing.v1 import AppTest
from torch import nn

from tsm_demo.core.conv_arithmetic import ConvLayer
from tsm_demo.core.shift_bytes import new_tensor_bytes
from tsm_demo.models import build_model
from tsm_demo.ui.count_choices import NUMBERS, OPENING, PRESETS
from tsm_demo.ui.count_told import exhibit, sentence, table
from tsm_demo.ui.text import words

ROOT = Path(__file__).parents[2]
W = words("cost_count")
SCRIPT = "from tsm_demo.ui.count_view import show_count; show_count()"
PLACES = {  # of each preset in torchvision's naming
    "conv1": "conv1",
    "layer1": "layer1.0.conv2",
    "pointwise": "layer1.1.conv1",
    "layer4": "layer4.1.conv2",
}
LAYERS = [
    *PRESETS.values(),
    ConvLayer(1, 1, 1, 1, 1, 1),
    ConvLayer(3, 1, 2, 1, 9, 1, 2),
    ConvLayer(5, 20, 1, 33, 12, 2),
    ConvLayer(7, 4, 3, 5, 6, 9, 2),
    ConvLayer(7, 4096, 4096, 512, 512, 64),
]
SENTENCES = ("confusion", "flops", "alt", "results")


def section(**query: str) -> AppTest:
    app = AppTest.from_string(SCRIPT, default_timeout=60)
    for name, value in query.items():
        app.query_params[name] = value
    app.run()
    assert not app.exception
    return app


def shown(app: AppTest) -> dict[str, Any]:
    """What the browser is given."""
    (component,) = app.get("bidi_component")
    return json.loads(component.proto.json)


def number(text: str) -> int:
    """The first number in a text, with or without commas."""
    found = re.search(r"\d[\d,]*", text)
    assert found
    return int(found[0].replace(",", ""))


def numbers(text: str) -> list[int]:
    return [int(found.replace(",", "")) for found in re.findall(r"\d[\d,]*", text)]


def test_it_opens_with_its_point() -> None:
    data = shown(section())
    assert [factor["number"] for factor in data["factors"]] == ["8", "56 × 56", "64", "64", "3 × 3", "3"]
    assert data["products"] == ["924,844,032", "2,774,532,096"]
    assert "".join(part["text"] for part in data["lines"][0]["parts"]) == (
        "64 channels × 3 × 3 = 576 multiplications, 575 additions"
    )
    assert [(row["against_image"], row["against_clip"]) for row in data["results"]] == [
        ("8 ×", "1 ×"),
        ("8 ×", "1 ×"),
        ("24 ×", "3 ×"),
    ]


@pytest.mark.parametrize("layer", LAYERS)
def test_every_line_is_right_as_it_stands(layer: ConvLayer) -> None:
    for line in exhibit(layer, 8, W).lines:
        left, right = "".join(part.text for part in line.parts).split(" = ")
        result = numbers(right)
        assert math.prod(numbers(left)) == result[0]
        if len(result) == 2:
            assert result[1] == result[0] - 1


@pytest.mark.parametrize("layer", LAYERS)
def test_the_products_are_those_of_their_factors(layer: ConvLayer) -> None:
    data = exhibit(layer, 8, W)
    flat = math.prod(n for factor in data.factors[:-1] for n in numbers(factor.number))
    assert number(data.products[0]) == flat
    assert number(data.products[1]) == flat * number(data.factors[-1].number) == flat * layer.kernel
    two_d, tsm, three_d = data.results
    assert (number(two_d.macs), number(tsm.macs), number(three_d.macs)) == (flat, flat, flat * layer.kernel)
    assert number(three_d.against_image) == layer.kernel * layer.frames
    assert number(three_d.against_clip) == layer.kernel
    assert three_d.share == 1
    assert two_d.share == tsm.share == 1 / layer.kernel


@pytest.mark.parametrize("layer", LAYERS)
def test_nothing_is_left_to_fill_in_and_one_is_not_many(layer: ConvLayer) -> None:
    data = exhibit(layer, 8, W)
    texts = [sentence(name, layer, W) for name in SENTENCES]
    texts += [line.note for line in data.lines] + [factor.note for factor in data.factors]
    texts += [part.text for line in data.lines for part in line.parts]
    texts += [data.picture, data.words["part"]]
    assert not any("{" in text for text in texts)
    many = r"(?<![\d,.])1 (channels|frames|multiplications|additions)|1 × 1 positions"
    assert [found[0] for text in texts if (found := re.search(many, text))] == []


@pytest.mark.parametrize("layer", LAYERS)
def test_flops_as_the_sentence_has_them(layer: ConvLayer) -> None:
    multiplications, additions, flops, twice, more = numbers(sentence("flops", layer, W))[1:6]
    values = layer.out_height * layer.out_width * layer.out_channels * layer.frames
    assert flops == multiplications + additions
    assert twice == 2 * multiplications
    assert more == twice - flops == values


def test_a_line_lights_what_it_has_counted() -> None:
    for line in exhibit(OPENING, 8, W).lines:
        named = {part.kind for part in line.parts} - {"", "result"}
        assert named <= set(line.lit)
    value, *_, deep, deep_clip = exhibit(OPENING, 8, W).lines
    assert set(deep.lit) - set(value.lit) == {"depth"}
    assert len(deep_clip.lit) == 6


def test_with_one_pixel_there_is_nothing_to_inflate() -> None:
    pointwise = PRESETS["pointwise"]
    assert "the ratio is 1" in sentence("confusion", pointwise, W)
    assert "nothing to inflate" in exhibit(pointwise, 8, W).lines[4].note
    assert len({row.macs for row in exhibit(pointwise, 8, W).results}) == 1
    assert "hatched" not in " ".join(line.note for line in exhibit(pointwise, 8, W).lines)


@pytest.mark.parametrize(("fold_div", "says"), [(0, "nothing"), (16, "MiB"), (128, "too few channels")])
def test_what_the_shift_moves(fold_div: int, says: str) -> None:
    two_d, tsm, three_d = exhibit(OPENING, fold_div, W).results
    assert says in tsm.moved
    assert two_d.moved == three_d.moved == W["moved_none"]


def test_the_bytes_are_those_of_the_shift() -> None:
    copied = new_tensor_bytes((8, 64, 56, 56), 8, 8).copied
    assert exhibit(OPENING, 8, W).results[1].moved.startswith(f"{copied / 2**20:.1f} MiB")


@pytest.mark.parametrize("name", PRESETS)
def test_a_preset_is_a_layer_of_resnet50(name: str) -> None:
    seen: list[torch.Size] = []
    with torch.device("meta"):
        network = build_model("tsn_resnet50")
        conv = network.get_submodule(PLACES[name])
        assert isinstance(conv, nn.Conv2d)
        conv.register_forward_hook(
            lambda module, inputs, output: seen.extend((inputs[0].shape, output.shape))
        )
        network(torch.empty(1, 8, 3, 224, 224))
    layer = PRESETS[name]
    K, stride = layer.kernel, layer.stride
    assert (conv.kernel_size, conv.stride, conv.padding) == ((K, K), (stride, stride), (K // 2, K // 2))
    assert seen[0] == (8, layer.in_channels, layer.height, layer.width)
    assert seen[1] == (8, layer.out_channels, layer.out_height, layer.out_width)


def test_a_preset_sets_all_but_the_frames() -> None:
    app = section(t="5")
    assert app.segmented_control(key="count_preset").value == "layer1"
    app.segmented_control(key="count_preset").set_value("conv1").run()
    assert not app.exception
    asked = {name: app.query_params[name] for name in ("k", "cin", "cout", "h", "w", "t", "stride")}
    assert asked == {"k": "7", "cin": "3", "cout": "64", "h": "224", "w": "224", "t": "5", "stride": "2"}
    assert [factor["number"] for factor in shown(app)["factors"]] == [
        "5",
        "112 × 112",
        "64",
        "3",
        "7 × 7",
        "7",
    ]
    app.number_input(key="count_cin").set_value(4).run()
    assert app.segmented_control(key="count_preset").value is None
    assert app.query_params["cin"] == "4"


@pytest.mark.parametrize("name", [number.parameter for number in NUMBERS])
def test_a_size_goes_to_the_address_and_comes_back_from_it(name: str) -> None:
    app = section()
    app.number_input(key=f"count_{name}").set_value(11).run()
    assert not app.exception
    assert app.query_params[name] == "11"
    assert shown(section(**{name: "11"})) == shown(app) != shown(section())


@pytest.mark.parametrize(("name", "value"), [("k", 5), ("stride", 2)])
def test_kernel_and_stride_go_to_the_address_and_come_back(name: str, value: int) -> None:
    app = section()
    app.segmented_control(key=f"count_{name}").set_value(value).run()
    assert not app.exception
    assert app.query_params[name] == str(value)
    assert shown(section(**{name: str(value)})) == shown(app) != shown(section())


@pytest.mark.parametrize("nonsense", ["", "-1", "0", "2", "7.5", "<script>", "1e9", "9" * 30, "x" * 5000])
def test_nonsense_in_the_address_falls_back(nonsense: str) -> None:
    query = dict.fromkeys(("k", "lit"), nonsense)
    if nonsense != "2":  # a size like any other, but not a kernel
        query |= dict.fromkeys(("cin", "cout", "h", "w", "t", "stride"), nonsense)
    assert shown(section(**query)) == shown(section())


def test_the_table_is_made_when_it_is_opened() -> None:
    app = section()
    assert not app.table
    app.session_state["count_table"] = True
    app.run()
    assert not app.exception
    assert app.table[0].value.shape == (6, 4)
    what, factors, multiplications, additions = table(OPENING, W).values()
    assert what[0] == W["title_value"]
    assert [math.prod(numbers(row)) for row in factors] == [number(row) for row in multiplications]
    assert number(additions[3]) == 575 * 56 * 56 * 64 * 8


def test_showing_it_needs_no_torch() -> None:
    script = (
        "import sys; from streamlit.testing.v1 import AppTest; "
        f"app = AppTest.from_string({SCRIPT!r}, default_timeout=60).run(); "
        "print(len(app.get('bidi_component')), len(app.exception), 'torch' in sys.modules)"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert done.stdout.split() == ["1", "0", "False"]
