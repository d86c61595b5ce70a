"""The section on why the shift works: four pictures with their words, true for every setting, and no torch."""

import subprocess
import sys
from pathlib import Path

import pytest
import torch
from streamlit.testing.v1 import AppTest
from torch import nn

from tsm_demo.models import build_model
from tsm_demo.ui.text import words
from tsm_demo.ui.why_view import BLOCKS_TO_COPY

ROOT = Path(__file__).parents[2]
W = words("shift_why")
SCRIPT = "from tsm_demo.ui.why_view import show_why; show_why({}, {}, {}, {!r})"
PICTURES = ("taps", "reach", "placement", "cost")
SETTINGS = [
    (8, 16, 8, "bidirectional"),
    (8, 16, 0, "bidirectional"),
    (8, 16, 2, "bidirectional"),
    (8, 16, 8, "online"),
    (1, 64, 32, "online"),
    (32, 512, 3, "bidirectional"),
    (2, 1, 8, "online"),
]


def shown(*setting: object) -> AppTest:
    app = AppTest.from_string(SCRIPT.format(*setting), default_timeout=60).run()
    assert not app.exception
    return app


def alts(app: AppTest) -> dict[str, str]:
    return dict(zip(PICTURES, (chart.proto.alt for chart in app.get("plotly_chart")), strict=True))


@pytest.mark.parametrize("setting", SETTINGS)
def test_four_pictures_with_claim_and_text_alternative(setting):
    app = shown(*setting)
    assert [title.value for title in app.subheader] == [W[f"{name}_title"] for name in PICTURES]
    assert all(alts(app).values())
    text = " ".join([*(m.value for m in app.markdown), *(c.value for c in app.caption), *alts(app).values()])
    assert not any(placeholder in text for placeholder in ("{moved", "{share", "{blocks", "{frames", "{clip"))


def test_where_nothing_moves_no_sentence_says_that_it_does():
    app = shown(8, 16, 0, "bidirectional")
    text = " ".join(m.value for m in app.markdown)
    assert W["taps_none"] in text
    assert W["placement_none"] in text
    assert "75" not in text
    assert "100 % of the cells hold their own frame. Shift in place:\n100 % do" in alts(app)["placement"]


def test_the_numbers_are_those_of_the_setting():
    app = shown(8, 16, 8, "bidirectional")
    text = " ".join(m.value for m in app.markdown)
    assert W["taps_some"].format(moved=4, channels=16) in text
    assert "75 % of the cells" in text
    # Two of 16 channels each way, two of eight frames of each zero: 4 x 6 of 128 cells moved, 8 zero.
    assert "9 % come from a later frame, 9 % from an earlier one, 6 % are zero" in alts(app)["placement"]
    assert "2 have their 1 at the next frame, 2 at the one before, 12 at the frame" in alts(app)["taps"]


def test_the_reach_in_words():
    assert "2D: 1 and 1; online TSM: 1 and 5; TSM: 1 and 8; 3D: 7 and 8" in alts(shown(*SETTINGS[0]))["reach"]
    assert "At 36 of 36 points" in alts(shown(*SETTINGS[0]))["reach"]


def test_tables_are_made_when_they_are_opened():
    app = shown(8, 16, 8, "bidirectional")
    assert not app.dataframe
    for name in PICTURES:
        app.session_state[f"why {name} table"] = True
    app.run()
    assert not app.exception
    taps, reach, placement, cost = (table.value for table in app.dataframe)
    assert taps.iloc[:, 1:].to_numpy().tolist() == [[0, 0, 1]] * 2 + [[1, 0, 0]] * 2 + [[0, 1, 0]] * 12
    assert reach.shape == (9, 1 + 2 * 4)
    assert placement["channel 0"].tolist() == ["2", "3", "4", "5", "6", "7", "zero", "zero"]
    assert placement["channel 2"].tolist() == ["zero", "zero", "0", "1", "2", "3", "4", "5"]
    assert cost.iloc[:, 2].tolist() == [65_028_096, 12_042_240, 4_064_256, 752_640]


@pytest.mark.parametrize(
    ("block", "name", "side"), [("resnet50", "tsm_resnet50", 224), ("embedded", "tsm_resnet18", 112)]
)
def test_the_blocks_whose_bytes_are_shown_are_the_networks(block, name, side):
    seen = []
    with torch.device("meta"):
        second: nn.Module = (model := build_model(name)).layer1[1]
        second.register_forward_pre_hook(lambda module, args: seen.append(tuple(args[0].shape)))
        model(torch.empty(1, 8, 3, side, side))
    assert seen == [BLOCKS_TO_COPY[block]]


def test_showing_it_needs_no_torch():
    script = (
        "import sys; from streamlit.testing.v1 import AppTest; "
        f"app = AppTest.from_string({SCRIPT.format(*SETTINGS[0])!r}, default_timeout=60).run(); "
        "print(len(app.get('plotly_chart')), len(app.exception), 'torch' in sys.modules)"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert done.stdout.split() == ["4", "0", "False"]
