"""The page What it costs, through app.py: its opening, every control through the link and back, what is no network's."""

from html import unescape
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from tsm_demo.analysis.cost import cost
from tsm_demo.models.registry import ModelSpec
from tsm_demo.ui.cost_choices import RELATIVES
from tsm_demo.ui.text import words

ROOT = Path(__file__).parents[2]
W = words("cost")
SLIDERS = {"frames": ("16", 16), "size": ("112", 112), "batch": ("4", 4), "fold": ("2", 2)}
BUTTONS = {"depth": ("18", 18), "phase": ("training", "training"), "unit": ("flop", "flop")}
NONSENSE = ["", "-1", "7.5", "../../etc/passwd", "<script>", "x" * 5000, "1e9", "."]


def open_page(**query: str) -> AppTest:
    app = AppTest.from_file(ROOT / "app.py", default_timeout=120)
    for name, value in query.items():
        app.query_params[name] = value
    app.switch_page("pages/cost.py")
    app.run()
    assert not app.exception
    return app


def bars(app: AppTest) -> str:
    """The panels' HTML."""
    return unescape(next(element.body for element in app.get("html") if "cost-panels" in element.body))


def said(app: AppTest) -> str:
    return " ".join([*(text.value for text in app.markdown), *(text.value for text in app.caption)])


def test_it_opens_with_its_point():
    app = open_page()
    assert app.title[0].value == W["title"]
    # 32.704 G by hand in architectures.md's table; 3D: conv1 7x, every 3x3 3x
    assert "exactly as many MACs as 2D** (32.7 G)" in said(app)
    assert bars(app).count("× 1<") >= 4  # 2D and TSM, in MACs and parameters
    assert "24.3 M" in bars(app)


@pytest.mark.parametrize("name", SLIDERS)
def test_a_slider_goes_to_the_address_and_comes_back_from_it(name):
    spelling, value = SLIDERS[name]
    app = open_page()
    app.select_slider(key=f"cost_{name}").set_value(value).run()
    assert not app.exception
    assert app.query_params[name] == spelling
    linked = open_page(**{name: spelling})
    assert linked.select_slider(key=f"cost_{name}").value == value
    assert bars(linked) == bars(app)


@pytest.mark.parametrize("name", BUTTONS)
def test_a_button_goes_to_the_address_and_comes_back_from_it(name):
    spelling, value = BUTTONS[name]
    app = open_page()
    app.segmented_control(key=f"cost_{name}").set_value(value).run()
    assert not app.exception
    assert app.query_params[name] == spelling
    assert bars(open_page(**{name: spelling})) == bars(app) != bars(open_page())


def test_which_networks_are_shown_goes_to_the_address_and_comes_back():
    app = open_page()
    app.pills(key="cost_nets").set_value(["2d", "3d"]).run()
    assert app.query_params["nets"] == "2d.3d"
    assert ">TSM<" not in bars(app)
    assert bars(open_page(nets="2d.3d")) == bars(app)
    assert bars(open_page(nets="")) == bars(open_page())


@pytest.mark.parametrize("name", RELATIVES)
def test_every_relative_is_set_beside_them(name):
    app = open_page(added=name)
    shown = bars(app)
    assert f">{W[f'relative_{name}']}<" in shown


def test_a_relative_that_cannot_take_the_clip_says_so_and_is_not_compared():
    app = open_page(added="c3d")
    usual = cost(ModelSpec("c3d"))
    assert (usual.frames, usual.size) == (16, 112)
    assert f"is counted at {usual.frames} frames of {usual.size} × {usual.size}" in said(app)


@pytest.mark.parametrize("value", NONSENSE)
def test_nonsense_in_the_address_falls_back(value):
    names = (*SLIDERS, *BUTTONS, "nets", "added", "look", "measure", "over", "scale", "card")
    app = open_page(**dict.fromkeys(names, value))
    assert bars(app) == bars(open_page())


def test_flops_are_twice_the_macs():
    assert "65.4 G" in bars(open_page(unit="flop"))  # 2 x 32.704
    assert "65.4 G" not in bars(open_page())


def test_the_fold_changes_no_multiplication_but_the_bytes_that_move():
    none, half = open_page(fold="0"), open_page(fold="2")
    macs = ("32.7 G",)
    assert all(text in bars(page) for page in (none, half) for text in macs)
    assert "The shifts move 0 B" in said(none) or "nothing" in said(none)
    assert said(none) != said(half)
