"""Journeys over the page What it costs: the three networks are switched, a layer is opened, a link restores the state."""

import re
import statistics
from collections.abc import Callable

from playwright.sync_api import Page, expect

from tests.browser.conftest import SETTLED

# From the visitor's act to the first picture in which the first panel's text holds some words, or no longer, in ms.
WATCH_BARS = """([act, words, there]) => {
  window.seen = new Promise(done => addEventListener(act, () => {
    const began = performance.now();
    const look = () => {
      const panel = document.querySelector(".cost-panels table");
      if (panel && panel.innerText.includes(words) === there) done(performance.now() - began);
      else requestAnimationFrame(look);
    };
    look();
  }, {capture: true, once: true}));
}"""


def rows(page: Page, panel: int = 0) -> list[list[str]]:
    """The cells of a panel."""
    table = page.locator(".cost-panels").first.locator("table").nth(panel)
    table.wait_for()
    return [row.locator("th, td").all_inner_texts() for row in table.locator("tr").all()]


def test_switching_the_networks_changes_the_bars(visit: Callable[[str], Page]):
    page = visit("cost")
    assert rows(page) == [["2D", "32.7 G", "× 1"], ["TSM", "32.7 G", "× 1"], ["3D", "68.0 G", "× 2.08"]]
    pill = page.get_by_test_id("stButtonGroup").first.get_by_text("3D", exact=True)
    effects = []
    for there in (False, True, False, True, False):
        page.evaluate(WATCH_BARS, ["click", "3D", there])
        pill.click()
        effects.append(page.evaluate("window.seen"))
        page.wait_for_function(SETTLED)
    print(f"a network on or off: {statistics.median(effects):.0f} ms (median of {len(effects)})")
    assert [row[0] for row in rows(page)] == ["2D", "TSM"]
    expect(page).to_have_url(re.compile(r"nets=2d\.tsm"))


def test_another_number_of_frames_is_counted_at_once(visit: Callable[[str], Page]):
    page = visit("cost?frames=1")
    slider, effects = page.get_by_role("slider", name="Frames T"), []
    for frames in (2, 4, 8, 16, 32):
        page.evaluate(WATCH_BARS, ["keydown", f"clip of {frames} ×", True])
        slider.press("ArrowRight")
        effects.append(page.evaluate("window.seen"))
        page.wait_for_function(SETTLED)
    print(f"another number of frames: {statistics.median(effects):.0f} ms (median of {len(effects)})")
    assert rows(page)[0] == ["2D", "131 G", "× 1"]  # four times the 32.704 G of 8 frames


def test_a_row_of_the_table_opens_its_layer(visit: Callable[[str], Page]):
    page = visit("cost?look=3d")
    table = page.get_by_test_id("stDataFrame").first
    table.scroll_into_view_if_needed()
    box = table.bounding_box()
    assert box
    # The table is a canvas: its first column, below the heading, holds the boxes that select rows.
    page.mouse.click(box["x"] + 18, box["y"] + 52)
    opened = page.get_by_text("conv1, 3D convolution")
    expect(opened).to_be_visible()
    # ResNet's first convolution, by hand: 8 frames of 112 x 112, 64 channels out, 3 in, 7 x 7 x 7.
    macs = 8 * 112 * 112 * 64 * 3 * 7 * 7 * 7
    expect(page.get_by_text(f"{macs:,} MACs")).to_be_visible()


def test_a_link_restores_the_state(visit: Callable[[str], Page]):
    page = visit("cost?depth=18&frames=16&size=112&nets=tsm.3d&unit=flop&added=r3d_18&look=r3d_18&over=size")
    assert [row[0] for row in rows(page)] == ["TSM", "3D", "R3D-18"]
    expect(page.get_by_role("slider", name="Frames T")).to_have_attribute("aria-valuetext", "16")
    expect(page.get_by_text("FLOPs", exact=True).first).to_be_visible()
