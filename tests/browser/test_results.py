"""What it buys in a real browser: controls change picture and address, links restore both, a point says its source."""

import re
from collections.abc import Callable
from urllib.parse import parse_qs, urlsplit

from playwright.sync_api import Locator, Page, expect


def labels(page: Page) -> Locator:
    """The names at the bubbles of the first picture."""
    return page.locator(".js-plotly-plot").first.locator(".annotation-text")


def test_a_control_changes_picture_claim_and_address(
    visit: Callable[[str], Page], problems: list[str]
) -> None:
    page = visit("results")
    expect(page.get_by_role("heading", name="The same cost, 25.9 points more")).to_be_visible()
    expect(labels(page).filter(has_text="+25.9 points")).to_be_visible()
    expect(labels(page).filter(has_text="ECO 8f")).to_be_visible()
    page.get_by_role("radio", name="Kinetics").click()
    expect(page.get_by_role("heading", name="The same cost, 3.5 points more")).to_be_visible()
    expect(labels(page).filter(has_text="ECO 8f")).to_have_count(0)
    # Those that Kinetics does not have are gone before one is clicked: no visitor sees the others that long.
    expect(page.get_by_role("button", name="ECO", exact=True)).to_have_count(0)
    page.get_by_role("button", name="I3D (3D)").click()  # takes it away
    expect(labels(page).filter(has_text="I3D")).to_have_count(0)
    expect(page).to_have_url(re.compile("systems=tsn.tsm"))
    query = urlsplit(page.url).query
    assert parse_qs(query) == {"data": ["kinetics"], "systems": ["tsn.tsm"]}
    shown = sorted(labels(page).all_text_contents())

    again = visit(f"results?{query}")
    expect(again.get_by_role("heading", name="The same cost, 3.5 points more")).to_be_visible()
    expect(labels(again)).to_have_count(len(shown))
    assert sorted(labels(again).all_text_contents()) == shown
    assert problems == []


def test_a_point_says_where_it_is_from(visit: Callable[[str], Page], problems: list[str]) -> None:
    page = visit("results?systems=tsn")
    expect(labels(page)).to_have_text(["TSN 8f"])
    point = page.locator(".js-plotly-plot").first.locator(".point").bounding_box()
    assert point is not None
    page.mouse.move(point["x"] + point["width"] / 2, point["y"] + point["height"] / 2)
    hover = page.locator(".hoverlayer .hovertext")
    expect(hover).to_contain_text("arXiv:1811.08383")
    expect(hover).to_contain_text("Confidence: high")
    assert problems == []


def test_nothing_is_cut_off_on_a_phone(page: Page, visit: Callable[[str], Page], problems: list[str]) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    visit("results")
    expect(labels(page).filter(has_text="TSM 8f")).to_be_visible()
    for box in [label.bounding_box() for label in labels(page).all()]:
        assert box is not None
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= 390
    drawings = page.locator('[data-testid="stImage"] img')
    expect(drawings).to_have_count(8)
    for drawing in drawings.all():
        assert drawing.get_attribute("alt")
        assert drawing.evaluate("image => image.naturalWidth") > 0
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    assert problems == []
