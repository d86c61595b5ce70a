"""The shift in a real browser: cells glide to where the table says, by play, by key and by link, or jump for the calm."""

import re
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.browser.conftest import SETTLED, free_port, wait_until_healthy
from tsm_demo.core.shift_table import source_frames

# Where each cell stands, as [row, channel, its frame], and which places are empty; faded cells are not there.
PLACES = """board => {
  const grid = board.querySelector('.grid').getBoundingClientRect();
  const side = grid.height / board.querySelectorAll('.frames > div').length;
  const there = [...board.querySelectorAll('.cell')].filter(cell => Number(getComputedStyle(cell).opacity) > 0.01);
  const seen = there.map(cell => {
    const box = cell.getBoundingClientRect();
    const row = ((box.top + box.bottom) / 2 - grid.top) / side - 0.5;
    return [row, Number(cell.dataset.channel), Number(cell.dataset.frame)];
  });
  const empty = [...board.querySelectorAll('.empty')].filter(cell => Number(getComputedStyle(cell).opacity) > 0.99);
  return [seen, empty.map(cell => [Number(cell.dataset.row), Number(cell.dataset.channel)])];
}"""
BARE_PAGE = """import plotly.graph_objects as go
import streamlit as st
st.plotly_chart(go.Figure(go.Heatmap(z=[[t for c in range(16)] for t in range(8)])), width="stretch")
"""
# From the key that moves the slider to the first picture with so many rows on the board, in ms.
WATCH_ROWS = """rows => {
  window.seen = new Promise(done => addEventListener("keydown", () => {
    const began = performance.now();
    const look = () => {
      const roots = [...document.querySelectorAll("*")].map(e => e.shadowRoot).filter(Boolean);
      const there = roots.some(r => r.querySelectorAll("section.shift .frames > div").length === rows);
      if (there) done(performance.now() - began); else requestAnimationFrame(look);
    };
    look();
  }, {capture: true, once: true}));
}"""


def shown(page: Page) -> Locator:
    """The grid with its code, drawn."""
    found = page.locator("section.shift[data-step]")
    expect(found).to_be_visible()
    return found


def table(board: Locator) -> list[list[int]]:
    """The (T, C) frames that the cells on the screen belong to, read off their places; -1 where zero is written."""
    seen, empty = board.locator(".board").evaluate(PLACES)
    cells = {(row, channel): -1 for row, channel in empty}  # noqa: C420 - the places come as lists
    for row, channel, frame in seen:
        assert abs(row - round(row)) < 0.12, "a cell is between two rows"
        assert (round(row), channel) not in cells, "two things in one place"
        cells[round(row), channel] = frame
    T, C = (1 + max(place[axis] for place in cells) for axis in (0, 1))
    return [[cells[t, c] for c in range(C)] for t in range(T)]


def test_it_plays_by_itself_to_the_shift(visit: Callable[[str], Page], problems: list[str]) -> None:
    board = shown(visit("shift"))
    expect(board).to_have_attribute("data-playing", "true")
    expect(board.locator(".lines li.lit")).to_contain_text("out[:, :-1, :fold]")
    expect(board.locator(".lines li.lit")).to_contain_text("fold:2*fold")
    expect(board).to_have_attribute("data-playing", "false")
    expect(board).to_have_attribute("data-step", "3")
    assert table(board) == source_frames(8, 16).tolist()
    assert problems == []


@pytest.mark.parametrize(
    ("link", "size"),
    [
        ("frames=3&channels=8&fold=2", (3, 8, 2, "bidirectional")),
        ("frames=16&channels=64&fold=16", (16, 64, 16, "bidirectional")),
        ("frames=5&channels=24&fold=4&mode=online", (5, 24, 4, "online")),
        ("fold=0", (8, 16, 0, "bidirectional")),
    ],
)
def test_a_link_opens_at_its_step(
    visit: Callable[[str], Page], link: str, size: tuple[int, int, int, str], problems: list[str]
) -> None:
    board = shown(visit(f"shift?{link}&step=9"))
    expect(board).to_have_attribute("data-playing", "false")
    assert table(board) == source_frames(*size).tolist()
    before = shown(visit(f"shift?{link}&step=0"))
    assert table(before) == [[t] * size[1] for t in range(size[0])]
    assert problems == []


def test_a_link_brings_back_what_was_seen(visit: Callable[[str], Page]) -> None:
    page = visit("shift?step=0&frames=4")
    board = shown(page)
    board.get_by_role("button", name="One line on").click()
    expect(board).to_have_attribute("data-step", "1")
    board.locator(".board").focus()
    page.keyboard.press("ArrowRight")  # to frame 3, channel 0
    page.keyboard.press("ArrowRight")
    expect(board.locator(".reading .index")).to_have_text("out[n, 3, 1] = 0")
    page.get_by_text("online", exact=True).click()
    expect(board.locator(".lines li")).to_have_count(2)
    expect(page).to_have_url(re.compile("cell=3.1"))
    asked = parse_qs(urlsplit(page.url).query)
    assert asked == {"step": ["1"], "frames": ["4"], "cell": ["3.1"], "mode": ["online"]}
    again = shown(visit(f"shift?{urlsplit(page.url).query}"))
    assert (again.get_attribute("data-step"), table(again)) == ("1", table(board))
    expect(again.locator(".reading .index")).to_have_text("out[n, 3, 1] = x[n, 2, 1]")


def test_it_can_be_stepped_and_scrubbed_by_keys(visit: Callable[[str], Page], problems: list[str]) -> None:
    page = visit("shift?step=0")
    board = shown(page)
    board.get_by_role("button", name="One line on").focus()
    for step in ("1", "2", "3"):
        page.keyboard.press("Enter")
        expect(board).to_have_attribute("data-step", step)
    assert table(board) == source_frames(8, 16).tolist()
    page.keyboard.press("Shift+Tab")  # the last line is done: that button cannot be used now
    board.get_by_role("button", name="One line back").press("Enter")
    expect(board).to_have_attribute("data-step", "2")
    board.get_by_role("slider").press("Home")
    expect(board).to_have_attribute("data-step", "0")
    board.get_by_role("slider").press("ArrowRight")
    expect(board).to_have_attribute("data-step", "0.05")
    assert problems == []


def test_a_line_plays_its_own_cells(visit: Callable[[str], Page]) -> None:
    board = shown(visit("shift?step=0"))
    line = board.locator(".lines button").nth(1)
    line.hover()
    expect(board.locator(".fold.away")).to_have_count(2)  # all cells but the line's own step back
    expect(board.locator(".fold.previous-frame.away")).to_have_count(0)
    line.click()
    expect(board).to_have_attribute("data-step", "2")
    expect(board.locator(".told")).to_contain_text("The previous frame lends.")
    expect(board.locator(".lines li.lit")).to_have_count(1)


def test_a_cell_says_where_its_value_came_from(visit: Callable[[str], Page]) -> None:
    board = shown(visit("shift?step=3"))
    grid = board.locator(".grid")
    box = grid.bounding_box()
    assert box is not None
    for (t, c), words in {
        (3, 1): "Frame 3, channel 1 now holds frame 4's value",
        (3, 2): "Frame 3, channel 2 now holds frame 2's value",
        (7, 0): "Frame 7, channel 0 holds zero: the last frame has no next one",
        (0, 3): "Frame 0, channel 3 holds zero: the first frame has no previous one",
        (5, 9): "Frame 5, channel 9 keeps its own value",
    }.items():
        grid.hover(position={"x": box["width"] * (c + 0.5) / 16, "y": box["height"] * (t + 0.5) / 8})
        expect(board.locator(".reading .words")).to_contain_text(words)


def test_the_calm_see_steps_without_movement(browser: Browser, app_url: str) -> None:
    page = browser.new_page(base_url=app_url, reduced_motion="reduce")
    page.goto("/shift")
    board = shown(page)
    expect(board).to_have_attribute("data-step", "3")  # done, with nothing having moved
    assert board.get_attribute("data-playing") == "false"
    board.evaluate(
        "root => { window.steps = []; new MutationObserver(() => window.steps.push(root.dataset.step))"
        ".observe(root, { attributeFilter: ['data-step'] }); }"
    )
    board.get_by_role("button", name="Play").click()
    expect(board).to_have_attribute("data-playing", "true")
    expect(board).to_have_attribute("data-playing", "false")
    assert sorted(set(page.evaluate("window.steps"))) == ["1", "2", "3"]  # no place in between
    page.close()


def test_a_real_clip_s_maps_travel(visit: Callable[[str], Page], problems: list[str]) -> None:
    board = shown(visit("shift?cells=clip&channels=8&step=3"))
    expect(board.locator(".lens figure")).to_have_count(3)
    assert table(board) == source_frames(8, 8).tolist()
    pictures = board.locator(".cell").evaluate_all(
        "cells => new Set(cells.map(cell => getComputedStyle(cell).backgroundPosition)).size"
    )
    assert pictures == 8 * 8
    assert problems == []


def test_nothing_is_cut_off_on_a_phone(page: Page, visit: Callable[[str], Page], problems: list[str]) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    board = shown(visit("shift?channels=64&step=3"))
    assert page.get_by_test_id("stMain").evaluate("main => main.scrollWidth") <= 390
    for part in (".board", ".transport", ".code", ".legend"):
        box = board.locator(part).bounding_box()
        assert box is not None
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= 390
    assert problems == []


def test_how_fast_it_is(
    browser: Browser, app_url: str, tmp_path: Path, visit: Callable[[str], Page], page: Page
) -> None:
    """Printed, not judged: a busy machine would decide. Run with -s to see it."""
    script, log, port = tmp_path / "bare.py", tmp_path / "bare.log", free_port()
    script.write_text(BARE_PAGE)
    command = [sys.executable, "-m", "streamlit", "run", script, "--server.headless", "true"]
    with log.open("w") as out:
        server = subprocess.Popen([*command, "--server.port", str(port)], stdout=out, stderr=out)
    try:
        wait_until_healthy(f"http://localhost:{port}", server, log)
        peers = {
            "the shift": (f"{app_url}/shift", "section.shift[data-step]"),
            "one bare figure": (f"http://localhost:{port}", ".js-plotly-plot .main-svg"),
        }
        for name, (url, picture) in peers.items():
            cold, warm = opening_sec(browser, url, picture)
            print(f"{name}: {cold:.2f} s cold, {warm:.2f} s warm")
    finally:
        server.terminate()
        server.wait(timeout=15)
    board = shown(visit("shift?step=3"))
    slider = page.get_by_role("slider", name="Frames T")
    effects = []
    for frames in range(9, 14):
        # Playwright looks again after 100, then 250 ms: the browser itself has to say when it was there.
        page.evaluate(WATCH_ROWS, frames)
        slider.press("ArrowRight")
        effects.append(page.evaluate("window.seen"))
        page.wait_for_function(SETTLED)
    print(f"a control's effect: {statistics.median(effects):.0f} ms (median of {len(effects)})")
    assert table(board) == source_frames(13, 16).tolist()


def opening_sec(browser: Browser, url: str, picture: str, times: int = 3) -> tuple[float, float]:
    """Medians from going there to the picture: with an empty browser cache, and with a full one."""
    cold, warm = [], []
    for _ in range(times):
        context = browser.new_context(viewport={"width": 1440, "height": 900})
        for found in (cold, warm):
            page = context.new_page()
            began = time.perf_counter()
            page.goto(url, wait_until="commit")
            page.locator(picture).first.wait_for()
            found.append(time.perf_counter() - began)
            page.wait_for_function(SETTLED)
            page.close()
        context.close()
    return statistics.median(cold), statistics.median(warm)
