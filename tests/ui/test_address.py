"""What stands in the address is what a control shows; nonsense there is as if nothing stood there."""

import pytest
from streamlit.testing.v1 import AppTest

SCRIPT = """import streamlit as st
from tsm_demo.ui.address import Linked, LinkedNumber, follow_address
follow_address()
number, word = LinkedNumber("page", "n", 1, 4096, 64), Linked("page", "way", {"up": 1, "down": -1}, 1)
st.number_input("n", **number.widget())
st.segmented_control("way", **word.widget())
st.text(repr((number.asked(), word.asked())))
"""
NONSENSE = [
    "",
    "0",
    "4097",
    "-3",
    "+3",
    "007",
    "6.5",
    "1e3",
    " 5",
    "٥",
    "5\n",
    "0x10",
    "nan",
    "x" * 5000,
    "9" * 5000,
]


def page(**query: str) -> AppTest:
    app = AppTest.from_string(SCRIPT, default_timeout=60)
    for name, value in query.items():
        app.query_params[name] = value
    app.run()
    assert not app.exception
    return app


@pytest.mark.parametrize("number", [1, 5, 100, 4096])
def test_a_number_comes_from_the_address(number: int) -> None:
    app = page(n=str(number), way="down")
    assert app.text[0].value == repr((number, -1))
    assert app.number_input(key="page_n").value == number


@pytest.mark.parametrize("nonsense", NONSENSE)
def test_nonsense_is_the_default(nonsense: str) -> None:
    app = page(n=nonsense, way=nonsense)
    assert app.text[0].value == "(64, 1)"
    assert app.number_input(key="page_n").value == 64


def test_a_number_goes_to_the_address() -> None:
    app = page()
    assert "n" not in app.query_params
    app.number_input(key="page_n").set_value(7).run()
    assert not app.exception
    assert app.query_params["n"] == "7"
    app.segmented_control(key="page_way").set_value(-1).run()
    assert (app.query_params["n"], app.query_params["way"]) == ("7", "down")
    assert app.text[0].value == "(7, -1)"


def test_a_second_click_does_not_undo_the_first() -> None:
    app = page()
    app.number_input(key="page_n").set_value(7).run()
    del app.query_params["n"]  # the browser clicked before it had heard of the first one's effect
    app.segmented_control(key="page_way").set_value(-1).run()
    assert (app.query_params["n"], app.query_params["way"]) == ("7", "down")
    assert app.text[0].value == "(7, -1)"


def test_back_is_followed() -> None:
    app = page()
    app.number_input(key="page_n").set_value(7).run()
    app.number_input(key="page_n").set_value(8).run()
    app.query_params["n"] = "7"
    app.run()
    assert app.text[0].value == "(7, 1)"
    assert app.number_input(key="page_n").value == 7
