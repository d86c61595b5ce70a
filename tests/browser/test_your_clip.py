"""Journeys through Your clip in a real browser: a clip by upload, playing, turning time round, and a bad file."""

import re
from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Locator, Page, expect

SAMPLES = Path(__file__).parents[2] / "sample_videos"
READY = ".player[data-frame]"


def drop(page: Page, name: str, content: bytes) -> None:
    file = {"name": name, "mimeType": "video/mp4", "buffer": content}
    page.locator("input[type=file]").set_input_files(files=[file])


def headline(page: Page) -> Locator:
    return page.get_by_role("heading", level=2)


def player_of(page: Page, label: str) -> Locator:
    """The player that explains `label`: the last answer's stays on the page until the new script run has ended."""
    return page.locator(READY).filter(has_text=f"“{label}”")


def test_a_dropped_clip_gets_its_label_plays_and_flips_backwards(
    visit: Callable[[str], Page], problems: list[str]
):
    page = visit("your_clip")
    expect(headline(page)).to_have_text("moves right")  # the bundled clip is answered already

    drop(page, "my balloon.mp4", (SAMPLES / "balloon_rises.mp4").read_bytes())
    expect(headline(page)).to_have_text("moves up")
    expect(page.get_by_text("backwards moves down")).to_be_visible()

    player = player_of(page, "moves up")
    expect(player).to_have_attribute("data-playing", "true")
    seen = player.get_attribute("data-frame")
    expect(player).not_to_have_attribute("data-frame", seen or "")  # it plays, without being asked

    player.locator(".toggle").click()
    expect(player).to_have_attribute("data-playing", "false")
    held = int(player.get_attribute("data-frame") or 0)
    player.locator(".forward").click()
    expect(player).to_have_attribute("data-frame", str((held + 1) % 8))

    page.get_by_role("radio", name="backwards").click()
    expect(headline(page)).to_have_text("moves down")
    expect(player_of(page, "moves down").locator(".badge")).to_be_visible()
    expect(page).to_have_url(re.compile("order=backwards"))
    assert problems == []


def test_playing_asks_nothing_of_the_server(page: Page, visit: Callable[[str], Page]):
    sent: list[int] = []
    page.on("websocket", lambda socket: socket.on("framesent", lambda data: sent.append(1)))
    page.on("request", lambda request: sent.append(1))
    visit("your_clip")
    player = page.locator(READY)
    expect(player).to_have_attribute("data-playing", "true")
    assert sent  # what is counted is counted
    page.wait_for_load_state("networkidle")
    sent.clear()
    for _ in range(9):  # once round
        seen = player.get_attribute("data-frame")
        expect(player).not_to_have_attribute("data-frame", seen or "")
    assert sent == []


def test_a_text_file_gets_its_sentence_and_the_page_still_works(
    visit: Callable[[str], Page], problems: list[str]
):
    page = visit("your_clip")
    expect(page.locator(READY)).to_be_visible()
    drop(page, "notes.mp4", b"these are only words\n" * 50)
    sentence = page.get_by_test_id("stAlert")
    expect(sentence).to_contain_text("not a video")

    page.get_by_role("combobox").first.click()
    page.get_by_role("option", name="leaf falls").click()
    expect(headline(page)).to_have_text("moves down")
    expect(sentence).to_have_count(0)
    assert problems == []


def test_another_clip_starts_afresh(visit: Callable[[str], Page]):
    page = visit("your_clip?explain=moves+up")
    expect(page.get_by_text("Score of “moves up” frame by frame")).to_be_visible()
    page.get_by_role("combobox").first.click()
    page.get_by_role("option", name="leaf falls").click()
    expect(page.get_by_text("Score of “moves down” frame by frame")).to_be_visible()
    expect(page).not_to_have_url(re.compile("explain="))


def test_a_link_brings_back_the_exact_state(visit: Callable[[str], Page]):
    page = visit("your_clip?clip=van+drives+away&order=backwards&layer=layer3&explain=goes+away")
    expect(headline(page)).to_have_text("comes closer")
    expect(page.get_by_role("radio", name="layer3")).to_be_checked()
    expect(page.locator(READY).locator(".small")).to_have_count(8)
    expect(page.get_by_text("Score of “goes away” frame by frame")).to_be_visible()


def test_nothing_is_cut_off_on_a_phone(visit: Callable[[str], Page], problems: list[str]):
    page = visit("")
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto("/your_clip")
    expect(page.locator(READY)).to_be_visible()
    main = page.get_by_test_id("stMain")
    assert main.evaluate("main => main.scrollWidth") <= 390
    box = page.locator(READY).bounding_box()
    assert box is not None
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= 390
    assert problems == []
