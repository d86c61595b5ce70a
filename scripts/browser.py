"""The browser that the tests drive: find one on this machine, or get one."""

import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

NAMES = ("chromium", "google-chrome", "google-chrome-stable", "chromium-browser")
MACOS_APPS = ("Google Chrome", "Chromium")
OWN_PATH = """
from playwright.sync_api import sync_playwright
with sync_playwright() as playwright:
    print(playwright.chromium.executable_path)
"""


def find_browser() -> str | None:
    """The path of a Chromium or Chrome of the system that starts, or None."""
    found = [shutil.which(name) for name in NAMES]
    for folder in (Path("/Applications"), Path.home() / "Applications"):
        found += [str(folder / f"{app}.app" / "Contents" / "MacOS" / app) for app in MACOS_APPS]
    return next((path for path in found if path and starts(path)), None)


def starts(executable: str) -> bool:
    """Whether it runs: Ubuntu's chromium-browser may be a stub, and a downloaded one may lack libraries."""
    return succeeds([executable, "--version"])


def ensure_browser(python: Path) -> bool:
    """Have a browser for Playwright: the system's, else Debian's package, else Playwright's own.

    Args:
        python: the interpreter that has Playwright installed.

    Returns:
        Whether there is one now.
    """
    if find_browser() or has_own_browser(python):
        return True
    as_root_with_apt = os.geteuid() == 0 and shutil.which("apt-get") is not None
    if as_root_with_apt:
        print("No Chromium or Chrome was found: installing the package chromium.", flush=True)
        os.environ.setdefault("DEBIAN_FRONTEND", "noninteractive")
        shows_success(["apt-get", "update"])
        shows_success(["apt-get", "install", "-y", "chromium"])
        if find_browser():
            return True
    print("Downloading Playwright's own Chromium.", flush=True)
    with_libraries = ["--with-deps"] if as_root_with_apt else []
    shows_success([str(python), "-m", "playwright", "install", *with_libraries, "chromium"])
    return has_own_browser(python)


def has_own_browser(python: Path) -> bool:
    """Whether the Chromium that Playwright downloads is there and starts."""
    try:
        shown = subprocess.run(
            [python, "-c", OWN_PATH], capture_output=True, text=True, timeout=60, check=True
        )
    except (subprocess.SubprocessError, OSError):
        return False
    return starts(shown.stdout.strip())


def how_to_mend() -> str:
    """The command, or the step, that gives this machine a browser."""
    if sys.platform == "darwin":
        return "install Google Chrome from https://www.google.com/chrome/"
    if shutil.which("apt-get"):
        return "sudo apt-get install chromium"
    return "install Chromium or Google Chrome with the system's package manager"


def succeeds(command: Sequence[str | Path]) -> bool:
    """Run a short command silently; False when it fails, hangs or is not there."""
    try:
        finished = subprocess.run(
            command, stdin=subprocess.DEVNULL, capture_output=True, timeout=60, check=False
        )
    except (subprocess.TimeoutExpired, OSError):
        return False
    return finished.returncode == 0


def shows_success(command: Sequence[str]) -> bool:
    """Run a long command in sight of the reader."""
    return subprocess.run(command, stdin=subprocess.DEVNULL, check=False).returncode == 0
