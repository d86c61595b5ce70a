"""Start in a real browser: both ways at once, playing and stepping, another clip, the way to Your clip, a phone."""

import re
from collections.abc import Callable

from playwright.sync_api import Browser, Locator, Page, expect

from tsm_demo.ui.start_view import NAMES
from tsm_demo.viz.both_orders import plainest, read_results

OPENING = plainest(read_results())
OTHER = next(result for result in read_results() if result is not OPENING)
T = len(OPENING.frame_times_sec)


def exhibit(page: Page) -> Locator:
    """The films and answers, with every picture loaded."""
    shown = page.locator(".exhibit[data-step]")
    images = shown.locator("img")
    expect(images).to_have_count(2 * (1 + T))
    for image in images.all():
        expect(image).to_have_js_property("complete", True)
    assert min(images.evaluate_all("all => all.map(image => image.naturalWidth)")) > 0
    return shown


def labels(shown: Locator) -> list[str]:
    """2D and TSM forwards, then 2D and TSM backwards."""
    return shown.locator(".said .label").all_inner_texts()


def fits(part: Locator, width: int, height: int) -> bool:
    """Whether all of it is seen in a window of this size."""
    box = part.bounding_box()
    assert box is not None
    right, bottom = box["x"] + box["width"], box["y"] + box["height"]
    return box["x"] >= 0 and box["y"] >= 0 and right <= width and bottom <= height


def test_the_point_is_seen_at_once(visit: Callable[[str], Page], problems: list[str]):
    shown = exhibit(visit(""))
    assert fits(shown, 1440, 900)
    flat, tsm, flat_backwards, tsm_backwards = labels(shown)
    assert flat == flat_backwards
    assert tsm != tsm_backwards
    assert shown.locator(".sign").all_inner_texts() == ["=", "≠"]
    assert shown.locator(".number").all_inner_texts() == [
        str(n) for n in [*range(1, T + 1), *range(T, 0, -1)]
    ]
    assert problems == []


def test_both_films_play_in_step_and_stop_where_they_are_told(visit: Callable[[str], Page]):
    shown = exhibit(visit(""))
    expect(shown).to_have_attribute("data-playing", "true")
    expect(shown).not_to_have_attribute("data-step", "0")  # it plays, without being asked
    shown.get_by_role("button", name="Pause").first.click()
    expect(shown).to_have_attribute("data-playing", "false")

    third = shown.get_by_role("radio", name="Frame 3")  # the third forwards, the third from the end backwards
    third.first.check()
    expect(shown).to_have_attribute("data-step", "2")
    assert shown.locator(".count").all_inner_texts() == ["3", str(T - 2)]
    third.first.press("ArrowRight")
    expect(shown).to_have_attribute("data-step", "3")
    third.last.check()
    assert shown.locator(".count").all_inner_texts() == [str(T - 2), "3"]

    shown.get_by_role("button", name="Play").last.click()
    expect(shown).to_have_attribute("data-playing", "true")


def test_nothing_moves_for_those_who_asked_for_that(browser: Browser, app_url: str):
    page = browser.new_page(base_url=app_url, reduced_motion="reduce")
    page.goto("/")
    shown = exhibit(page)
    expect(shown).to_have_attribute("data-playing", "false")
    expect(shown).to_have_attribute("data-step", "0")
    page.close()


def test_another_clip_has_its_own_answers_address_and_link(visit: Callable[[str], Page], problems: list[str]):
    page = visit("")
    exhibit(page)
    page.get_by_role("combobox").click()
    page.get_by_role("option", name=OTHER.clip).click()
    expect(page.get_by_role("img", name=f"“{OTHER.clip}”")).to_have_count(2)
    said = [OTHER.answers[network] for network in NAMES]
    assert labels(exhibit(page)) == [both.orders[which].best.label for which in (0, 1) for both in said]
    expect(page).to_have_url(re.compile(r"\?clip="))

    page.go_back()
    expect(page.get_by_role("img", name=f"“{OPENING.clip}”")).to_have_count(2)
    page.go_forward()
    expect(page.get_by_role("img", name=f"“{OTHER.clip}”")).to_have_count(2)

    page.get_by_test_id("stPageLink").get_by_role("link").click()
    expect(page).to_have_url(re.compile(r"/your_clip\?clip="))
    expect(page.get_by_role("heading", level=2)).to_have_text(OTHER.answers["motion"].forwards.best.label)
    assert problems == []


def test_nothing_is_cut_off_on_a_phone(page: Page, visit: Callable[[str], Page], problems: list[str]):
    page.set_viewport_size({"width": 390, "height": 844})
    longest = max(read_results(), key=lambda result: len(result.label))
    shown = exhibit(visit(f"?clip={longest.clip}"))
    assert page.get_by_test_id("stMain").evaluate("main => main.scrollWidth") <= 390
    for part in [
        *shown.locator("figure").all(),
        *shown.locator(".said").all(),
        *shown.locator(".text").all(),
    ]:
        assert fits(part, 390, 2000)
    first, second = (way.bounding_box() for way in shown.locator("figure").all())
    assert first is not None
    assert second is not None
    assert second["y"] > first["y"] + first["height"]  # one above the other
    assert problems == []
