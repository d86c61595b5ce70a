"""A journey through Time lab in a real browser: turn round, shuffle, click a frame, take the report along."""

import re
from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Browser, Locator, Page, expect

ROWS = "section.order[data-step]"


def headline(page: Page) -> Locator:
    return page.get_by_role("heading", level=2)


def shown(page: Page, before: list[str] | None = None) -> list[str]:
    """Numbers of the frames in the lower row, once it is there and no longer shows `before`."""
    numbers = page.locator(f"{ROWS} .below .number")
    expect(numbers).to_have_count(8)
    if before:
        expect(numbers).not_to_have_text(before)
    return numbers.all_text_contents()


def test_turn_round_shuffle_click_a_frame_and_save_the_report(
    visit: Callable[[str], Page], browser: Browser, tmp_path: Path, problems: list[str]
) -> None:
    page = visit("time_lab")
    expect(headline(page)).to_contain_text("Backwards: no difference to 2D; another answer from TSM")
    assert shown(page) == list("87654321")

    page.get_by_role("radio", name="forwards").click()
    expect(headline(page)).to_contain_text("As filmed")
    page.get_by_role("radio", name="backwards").click()
    expect(page.locator(f"{ROWS} .below .number")).to_have_text(list("87654321"))

    page.get_by_role("radio", name="shuffled").click()
    expect(headline(page)).to_contain_text("Shuffled: no difference to 2D")
    first = shown(page, before=list("87654321"))
    assert sorted(first) == list("12345678")
    page.get_by_role("button", name="Shuffle again").click()
    expect(page).to_have_url(re.compile(r"seed=\d+"))
    assert sorted(shown(page, before=first)) == list("12345678")
    expect(headline(page)).to_contain_text("no difference to 2D")

    page.locator(f"{ROWS} .above button[data-frame='3']").click()
    expect(headline(page)).to_contain_text("Frozen on frame 3")
    expect(page).to_have_url(re.compile("order=frozen.*frame=3|frame=3.*order=frozen"))
    expect(page.locator(f"{ROWS} .below .number")).to_have_text(["3"] * 8)

    with page.expect_download(timeout=120_000) as download:
        page.get_by_role("button", name="Save the report").click()
    file = tmp_path / "report.html"
    download.value.save_as(file)
    assert problems == []

    requests: list[str] = []
    context = browser.new_context(offline=True)
    report = context.new_page()
    report.on("request", lambda request: requests.append(request.url))
    report.goto(file.as_uri())
    expect(report.get_by_role("heading", level=1)).to_contain_text("Frozen on frame 3")
    assert report.evaluate("[...document.images].every(image => image.naturalWidth > 0)")
    assert report.locator("img").count() == 2 + 4 + 2 * 4  # two rows, four overlays, two courses a network
    assert [url for url in requests if not url.startswith(("file:", "data:"))] == []
    context.close()


def test_a_link_brings_back_the_state(visit: Callable[[str], Page], problems: list[str]) -> None:
    page = visit("time_lab?clip=leaf+falls&order=shuffled&seed=11&networks=2d.tsm")
    expect(headline(page)).to_contain_text("Shuffled")
    before = shown(page)
    again = visit("time_lab?clip=leaf+falls&order=shuffled&seed=11&networks=2d.tsm")
    expect(headline(again)).to_contain_text("Shuffled")
    assert shown(again) == before
    assert problems == []


def test_nothing_is_cut_off_on_a_phone(page: Page, visit: Callable[[str], Page], problems: list[str]) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    visit("time_lab")
    expect(headline(page)).to_be_in_viewport()
    expect(page.locator(f"{ROWS} .below .number")).to_have_count(8)
    assert page.get_by_test_id("stMain").evaluate("main => main.scrollWidth") <= 390
    assert problems == []
