"""The app on a free port, and a page of a real browser that notes whatever goes wrong in it."""

import os
import re
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Generator, Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import (
    Browser,
    ConsoleMessage,
    Page,
    Request,
    Response,
    Route,
    expect,
    sync_playwright,
)

from scripts.browser import find_browser

ROOT = Path(__file__).resolve().parents[2]
ARTIFACTS = ROOT / "artifacts"
START_TIMEOUT_SEC = 60.0
STEP_TIMEOUT_MS = 60_000  # a prediction on a busy machine with two cores
BROWSER_FLAGS = [
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    *(["--no-sandbox"] if os.geteuid() == 0 else []),  # Chromium refuses to run sandboxed as root
]
SERVER_TROUBLE = re.compile(r"Traceback|deprecat|not a valid config option", re.IGNORECASE)
# On a page's own address Streamlit's client first looks for its server under that path, then one level up.
PROBE = re.compile(r"/\w+/_stcore/(health|host-config)$")
SETTLED = "() => document.querySelector('[data-testid=stApp]')?.dataset.testScriptState === 'notRunning'"

FAILED = pytest.StashKey[bool]()


@pytest.fixture(scope="session")
def app_log(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The file with all that the app's server has said so far."""
    return tmp_path_factory.mktemp("app") / "server.log"


@pytest.fixture(scope="session")
def app_url(app_log: Path) -> Iterator[str]:
    """The address of the app, started once for all tests; at their end the server's log must be clean."""
    url = f"http://localhost:{free_port()}"
    command = [sys.executable, "-m", "streamlit", "run", "app.py", "--server.headless", "true"]
    command += ["--server.port", str(urlsplit(url).port)]
    # In the precision that a visitor of this machine gets.
    env = {name: value for name, value in os.environ.items() if name != "TSM_DEMO_PRECISION"}
    with app_log.open("w") as log:
        server = subprocess.Popen(
            command, cwd=ROOT, env=env, stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT
        )
    try:
        wait_until_healthy(url, server, app_log)
        yield url
    finally:
        server.terminate()
        try:
            server.wait(timeout=15)
        except subprocess.TimeoutExpired:
            server.kill()
            server.wait()
    trouble = [line for line in app_log.read_text().splitlines() if SERVER_TROUBLE.search(line)]
    assert not trouble, f"the server's log is not clean:\n{app_log.read_text()}"


@pytest.fixture(
    scope="module"
)  # not session: an open Playwright leaves an event loop running in the other tests' thread
def browser() -> Iterator[Browser]:
    """The system's Chromium or Chrome, or Playwright's own where there is none."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find_browser(), args=BROWSER_FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def problems() -> list[str]:
    """Console errors, uncaught exceptions, failed requests, requests to other hosts: as they happen."""
    return []


@pytest.fixture
def page(
    browser: Browser, app_url: str, problems: list[str], request: pytest.FixtureRequest
) -> Iterator[Page]:
    """A page, 1440 x 900, that reaches the app and nothing else; a failed test leaves a screenshot of it."""
    context = browser.new_context(base_url=app_url, viewport={"width": 1440, "height": 900})
    context.set_default_timeout(STEP_TIMEOUT_MS)
    expect.set_options(timeout=STEP_TIMEOUT_MS)
    page = context.new_page()
    note_problems(page, app_url, problems)
    yield page
    if request.node.stash.get(FAILED, False):
        ARTIFACTS.mkdir(exist_ok=True)
        name = re.sub(r"[^\w.-]+", "_", request.node.name)
        page.screenshot(path=ARTIFACTS / f"{name}.png", full_page=True)
    context.close()


@pytest.fixture
def visit(page: Page) -> Callable[[str], Page]:
    """Open a path of the app, "" or "shift?frames=8", and wait until its script has run."""

    def visit(path: str = "") -> Page:
        page.goto(f"/{path}")
        page.wait_for_function(SETTLED)
        return page

    return visit


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Let the page fixture know, when it is torn down, that its test has failed."""
    report = yield
    if report.when == "call":
        item.stash[FAILED] = report.failed
    return report


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("localhost", 0))
        return int(probe.getsockname()[1])


def wait_until_healthy(url: str, server: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + START_TIMEOUT_SEC
    while time.monotonic() < deadline and server.poll() is None:
        try:
            with urllib.request.urlopen(f"{url}/_stcore/health", timeout=5):
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.1)
    pytest.fail(f"the app did not start:\n{log.read_text()}")


def note_problems(page: Page, app_url: str, problems: list[str]) -> None:
    """Write each problem of a page down; other hosts are out of reach, as on a machine with no network."""
    host = urlsplit(app_url).netloc

    def refuse(route: Route) -> None:
        problems.append(f"request to another host: {route.request.url}")
        route.abort()

    def said(message: ConsoleMessage) -> None:
        if message.type == "error" and not PROBE.search(message.location["url"]):
            problems.append(f"console: {message.text}")

    def failed(request: Request) -> None:
        ours = urlsplit(request.url).netloc == host
        if ours and request.failure != "net::ERR_ABORTED":  # aborted: the page itself no longer wanted it
            problems.append(f"failed request: {request.url} ({request.failure})")

    def answered(response: Response) -> None:
        if response.status >= 400 and not PROBE.search(response.url):
            problems.append(f"HTTP {response.status}: {response.url}")

    page.context.route(
        lambda url: urlsplit(url).scheme in ("http", "https") and urlsplit(url).netloc != host, refuse
    )
    page.on("console", said)
    page.on("pageerror", lambda error: problems.append(f"uncaught: {error}"))
    page.on("requestfailed", failed)
    page.on("response", answered)
