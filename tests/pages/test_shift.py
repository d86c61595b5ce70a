"""The page The shift, through app.py: its opening, every control through the link and back, and a real clip's maps."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from tsm_demo.core.errors import VideoError
from tsm_demo.core.shift_table import source_frames
from tsm_demo.ui.text import words

ROOT = Path(__file__).parents[2]
W = words("shift")
SLIDERS = {"frames": ("5", 5), "channels": ("32", 32), "fold": ("4", 4)}
BUTTONS = {"mode": "online", "placement": "in_place", "cells": "clip"}
NONSENSE = ["", "-1", "7.5", "../../etc/passwd", "<script>", "x" * 5000, "1e9"]


def open_page(**query: str) -> AppTest:
    app = AppTest.from_file(ROOT / "app.py", default_timeout=60)
    for name, value in query.items():
        app.query_params[name] = value
    app.switch_page("pages/shift.py")
    app.run()
    assert not app.exception
    return app


def grid(app: AppTest) -> dict[str, Any]:
    """What the grid in the browser is given."""
    (shown,) = app.get("bidi_component")
    return json.loads(shown.proto.json)


def test_it_opens_with_its_point() -> None:
    app = open_page()
    assert app.title[0].value == W["title"]
    assert grid(app)["source"] == source_frames(8, 16, 8).tolist()
    assert grid(app)["steps"][0]["code"] == "out[:, :-1, :fold] = x[:, 1:, :fold]"
    assert any("28 change their frame" in text.value for text in app.markdown)
    assert "sheet" not in grid(app)


@pytest.mark.parametrize("name", SLIDERS)
def test_a_slider_goes_to_the_address_and_comes_back_from_it(name: str) -> None:
    spelling, value = SLIDERS[name]
    app = open_page()
    app.select_slider(key=f"shift_{name}").set_value(value).run()
    assert not app.exception
    assert app.query_params[name] == spelling
    moved = grid(app)
    linked = open_page(**{name: spelling})
    assert linked.select_slider(key=f"shift_{name}").value == value
    assert grid(linked) == moved != grid(open_page())


@pytest.mark.parametrize("name", BUTTONS)
def test_a_button_goes_to_the_address_and_comes_back_from_it(name: str) -> None:
    value = BUTTONS[name]
    app = open_page()
    app.segmented_control(key=f"shift_{name}").set_value(value).run()
    assert not app.exception
    assert app.query_params[name] == value
    linked = open_page(**{name: value})
    assert linked.segmented_control(key=f"shift_{name}").value == value
    assert grid(linked) == grid(app) != grid(open_page())


def test_the_whole_state_comes_from_the_address() -> None:
    app = open_page(frames="3", channels="64", fold="2", mode="online", placement="in_place")
    assert grid(app)["source"] == source_frames(3, 64, 2, "online").tolist()
    assert grid(app)["placement"] == "in_place"
    assert len(grid(app)["steps"]) == 2


@pytest.mark.parametrize("nonsense", NONSENSE)
def test_nonsense_in_the_address_falls_back(nonsense: str) -> None:
    names = ("frames", "channels", "fold", "mode", "placement", "cells", "clip", "layer", "step", "cell")
    assert grid(open_page(**dict.fromkeys(names, nonsense))) == grid(open_page())


def test_the_table_is_made_when_it_is_opened() -> None:
    app = open_page()
    assert not app.table
    app.session_state["shift_table"] = True
    app.run()
    assert app.table[0].value.shape == (8, 4)


def test_a_real_clip_s_maps_for_any_number_of_frames_and_any_layer() -> None:
    app = open_page(cells="clip", clip="leaf falls", layer="layer3", frames="5", channels="24")
    first = grid(app)
    assert first["sheet"]
    assert first["film"]
    assert app.selectbox(key="shift_clip").value == "leaf falls"
    app.segmented_control(key="shift_layer").set_value("layer1").run()
    assert not app.exception
    assert grid(app)["sheet"] != first["sheet"]
    assert grid(app)["film"] == first["film"]
    app.selectbox(key="shift_clip").set_value("ball rolls right").run()
    assert grid(app)["film"] != first["film"]
    assert app.query_params["clip"] == "ball rolls right"


def test_a_clip_that_cannot_be_read_leaves_the_numbers(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(clip: str, n_segment: int, layer: str) -> None:
        raise VideoError("The reader was stopped.")

    monkeypatch.setattr("tsm_demo.ui.shift_maps._seen", refuse)
    app = open_page(cells="clip")
    assert app.error[0].value.startswith("The reader was stopped.")
    assert "sheet" not in grid(app)


def test_nothing_imports_torch_before_maps_are_asked_for() -> None:
    script = (
        "import sys; from streamlit.testing.v1 import AppTest; "
        f"app = AppTest.from_file({str(ROOT / 'app.py')!r}, default_timeout=30); "
        "app.switch_page('pages/shift.py').run(); assert not app.exception; "
        "assert app.get('bidi_component'); print('torch' in sys.modules)"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "False"
