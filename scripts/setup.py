"""Make .venv hold what one requirements file asks for: `python -m scripts.setup requirements.txt`.

Standard library only: it runs before anything is installed. What has been installed is on record in
.venv/setup.json, as hashes of the requirements files, so that a second set-up calls no pip. The record is
emptied before pip starts and written when it has ended well: an interrupted set-up never counts as done.
"""

import argparse
import fcntl
import hashlib
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from scripts.browser import ensure_browser, how_to_mend, succeeds

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
VENV_PYTHON = VENV / "bin" / "python"
RECORD = VENV / "setup.json"
LOCK = ROOT / "requirements.txt"  # any file that is always there; locking does not change it
NETWORK_TROUBLE = ("Failed to establish", "NameResolution", "Timeout", "ProxyError", "SSLError")


def main() -> None:
    parser = argparse.ArgumentParser(description="Make .venv hold what one requirements file asks for.")
    parser.add_argument("requirements", help="a requirements file of this folder")
    parser.add_argument("--browser", action="store_true", help="have a browser that Playwright can drive")
    args = parser.parse_args()
    with only_one_setup():
        ensure_venv()
        ensure_installed(ROOT / args.requirements)
        if args.browser and not ensure_browser(VENV_PYTHON):
            raise SystemExit(f"The tests need Chromium or Google Chrome. To mend it: {how_to_mend()}")


@contextmanager
def only_one_setup() -> Iterator[None]:
    """Hold this folder's lock; children started with close_fds=False keep it if this process is killed."""
    with LOCK.open("r+b") as lock:
        os.set_inheritable(lock.fileno(), True)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            print("Another set-up is at work in this folder: waiting for it.", flush=True)
            fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def ensure_venv() -> None:
    """Make .venv, or make it anew where it does not work or was made in another folder."""
    if read_record().get("folder", str(VENV)) == str(VENV) and venv_works():
        return
    print(f"Making {VENV} with {sys.executable}", flush=True)
    RECORD.unlink(missing_ok=True)
    made = subprocess.run([sys.executable, "-m", "venv", "--clear", VENV], close_fds=False, check=False)
    if made.returncode:
        raise SystemExit(f"{VENV} could not be made: the lines above say why. To start afresh: make clean")
    write_record({})


def venv_works() -> bool:
    """Whether .venv has a Python that runs, is new enough and has a pip."""
    is_new_enough = "import sys; sys.exit(sys.version_info < (3, 11))"
    return succeeds([VENV_PYTHON, "-c", is_new_enough]) and succeeds([VENV_PYTHON, "-m", "pip", "--version"])


def ensure_installed(requirements: Path) -> None:
    """Install a requirements file, unless the record says that its present content is installed."""
    files = with_included(requirements)
    wanted = {file.name: hashlib.sha256(file.read_bytes()).hexdigest() for file in files}
    installed = read_record()
    if wanted.items() <= installed.items():
        return
    write_record({})
    forget_half_installed()
    print(f"Installing {requirements.name}: at first a large download, on Linux some 3 GB.", flush=True)
    finished = subprocess.run(
        [VENV_PYTHON, "-m", "pip", "install", "--no-input", "-r", requirements],
        env={**os.environ, "PIP_DISABLE_PIP_VERSION_CHECK": "1", "PIP_ROOT_USER_ACTION": "ignore"},
        stderr=subprocess.PIPE,
        text=True,
        close_fds=False,
        check=False,
    )
    if finished.returncode:
        raise SystemExit(explain(finished.stderr))
    write_record(installed | wanted)


def with_included(requirements: Path) -> list[Path]:
    """A requirements file and those that it takes in with `-r`."""
    lines = requirements.read_text(encoding="utf-8").splitlines()
    included = [requirements.parent / line.split()[1] for line in lines if line.startswith("-r ")]
    return [requirements, *(file for path in included for file in with_included(path))]


def forget_half_installed() -> None:
    """Make pip install anew what it was unpacking when it was last killed.

    pip writes a package's INSTALLER when all its files are in place, but takes the folder alone as a sign
    that the package is installed.
    """
    for package in VENV.glob("lib/python*/site-packages/*.dist-info"):
        if not (package / "INSTALLER").exists():
            shutil.rmtree(package)


def explain(pip_errors: str) -> str:
    """What stopped pip, and what mends it, in one line; pip's own words first where neither is known."""
    if "No space left" in pip_errors:
        return "The disk is full: make room (on Linux some 9 GB), then run the same command again."
    if any(sign in pip_errors for sign in NETWORK_TROUBLE):
        return (
            "pip cannot reach the package index. Connect to the internet (behind a proxy: "
            "export HTTPS_PROXY=http://proxy:port), then run the same command again."
        )
    if "No matching distribution" in pip_errors:
        python = f"{sys.version_info.major}.{sys.version_info.minor}"
        return (
            f"{pip_errors}One of the pinned packages has no build for Python {python} on this machine. "
            "With another Python: make clean && make run PYTHON=python3.12"
        )
    return f"{pip_errors}pip could not install the requirements: its last lines are above."


def read_record() -> dict[str, str]:
    """The folder .venv was made for, and the hash of each requirements file installed in it; {}: unknown."""
    try:
        record: dict[str, str] = json.loads(RECORD.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return record


def write_record(installed: dict[str, str]) -> None:
    """Replace the record in one step, so that it is never half written."""
    draft = RECORD.with_suffix(".draft")
    draft.write_text(json.dumps(installed | {"folder": str(VENV)}, indent=1), encoding="utf-8")
    draft.replace(RECORD)


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:
        raise SystemExit("Set-up was interrupted: the same command starts it again.") from None
