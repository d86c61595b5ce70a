"""Measure it here, in a real browser: press, watch, cancel, press again, read; no process is left behind."""

import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import ROOT, SETTLED, free_port, wait_until_healthy

# The section by itself, with networks that take no time.
PAGE = """import streamlit as st
from tsm_demo.models.registry import ModelSpec
from tsm_demo.ui.measure_view import show_measure
show_measure({"2D": ModelSpec("tsn_resnet18"), "TSM": ModelSpec("tsm_resnet18")}, frames=2, size=32)
"""
# Counts how often the page's script or a part of it starts or stops running.
COUNT_RUNS = """() => {
  window.runs = 0;
  const filter = {subtree: true, attributes: true, attributeFilter: ['data-test-script-state']};
  new MutationObserver(() => window.runs++).observe(document.body, filter);
}"""


@pytest.fixture
def section(tmp_path: Path) -> Iterator[tuple[str, int, Path]]:
    """The section's own server: its address, its process, its log."""
    script, log = tmp_path / "section.py", tmp_path / "section.log"
    script.write_text(PAGE)
    port = free_port()
    command = [sys.executable, "-m", "streamlit", "run", str(script), "--server.headless", "true"]
    with log.open("w") as out:
        server = subprocess.Popen(
            [*command, "--server.port", str(port)], cwd=ROOT, stdout=out, stderr=subprocess.STDOUT,
            env={"PATH": "/usr/bin:/bin", "PYTHONPATH": str(ROOT), "HOME": str(tmp_path)},
        )  # fmt: skip
    try:
        wait_until_healthy(f"http://localhost:{port}", server, log)
        yield f"http://localhost:{port}", server.pid, log
    finally:
        server.terminate()
        server.wait(timeout=15)


def workers(server_pid: int) -> int:
    """Measuring processes that a server has started and that still run."""
    listed = subprocess.run(["ps", "-eo", "ppid,args"], capture_output=True, text=True, check=True).stdout
    return len(re.findall(rf"^\s*{server_pid} .*measure_worker", listed, re.MULTILINE))


def until(page: Page, condition: Callable[[], bool]) -> None:
    for _ in range(100):
        if condition():
            return
        page.evaluate("() => new Promise(done => setTimeout(done, 100))")
    pytest.fail("it did not come to that in ten seconds")


def test_measure_and_cancel(page: Page, section: tuple[str, int, Path]) -> None:
    url, server, log = section
    page.context.unroute_all()
    page.goto(url)
    page.wait_for_function(SETTLED)
    measure = page.get_by_role("button", name="Time and weigh them on this machine")
    expect(measure).to_be_visible()
    assert workers(server) == 0  # never on load

    measure.click()
    expect(page.get_by_text("Starting PyTorch")).to_be_visible()
    expect(measure).to_have_count(0)
    assert workers(server) == 1
    page.get_by_role("button", name="Cancel").click()
    expect(page.get_by_text("The measurement was cancelled")).to_be_visible()
    until(page, lambda: workers(server) == 0)
    expect(page.locator(".js-plotly-plot")).to_have_count(0)

    page.evaluate(COUNT_RUNS)
    measure.click()
    expect(page.get_by_text(re.compile("Building|Warming|Round"))).to_be_visible()
    expect(page.get_by_text("Measured here")).to_be_visible()
    expect(page.locator(".js-plotly-plot")).to_have_count(2)
    expect(page.get_by_text(re.compile(r"^Time: TSM .* times as long as 2D$"))).to_be_visible()
    assert workers(server) == 0

    assert page.evaluate("() => window.runs") > 2  # it polled meanwhile
    page.evaluate("() => { window.runs = 0 }")
    page.evaluate("() => new Promise(done => setTimeout(done, 2000))")
    assert page.evaluate("() => window.runs") == 0  # and no longer does
    assert not re.search(r"Traceback|deprecat|does not exist", log.read_text()), log.read_text()
