"""Run one decoding worker, listen to it, and end it when it breaks a limit."""

import json
import logging
import os
import selectors
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import tsm_demo
from tsm_demo.video.clip import DecodeLimits

WORKER_COMMAND = (sys.executable, "-m", "tsm_demo.video.worker")
TOO_SLOW = "Decoding took too long and was stopped: choose a smaller clip or a shorter part of it."
TOO_MUCH_MEMORY = "Decoding needs more memory than one clip may use: scale the clip down."
CRASHED = "The decoder crashed on this clip: convert the clip to H.264 in MP4."
FAILED = "The decoder failed on this clip, and the server's log says why: try it converted to H.264 in MP4."

_POLL_SEC = 0.1
_MAX_ANSWER_BYTES = 16 * 1024**2
_log = logging.getLogger(__name__)


class WorkerEndedError(Exception):
    """The worker gave no answer; the message is the sentence to show."""


def run_worker(
    request: dict[str, Any],
    folder: Path,
    limits: DecodeLimits,
    deadline_sec: float,
    on_progress: Callable[[float], None],
) -> dict[str, Any]:
    """The worker's answer to one request: a dict with the one key done, failed or refused.

    Args:
        request: see tsm_demo.video.worker.
        folder: the worker's private folder: its working directory and its temporary files.
        deadline_sec: on time.monotonic()'s clock.

    Raises WorkerEndedError when the worker crashes, hangs, or uses more than its share. In every case, also
    when `on_progress` raises, nothing of the worker still runs afterwards.
    """
    with (folder / "worker.log").open("w+b") as log:
        worker = subprocess.Popen(
            WORKER_COMMAND,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=log,
            cwd=folder,
            env=_environment(folder),
            start_new_session=True,  # a process group of its own, so that all of it can be ended
        )
        try:
            return _converse(worker, request, limits, deadline_sec, on_progress)
        except WorkerEndedError:
            log.seek(max(0, log.seek(0, os.SEEK_END) - 2000))
            _log.warning(
                "decoding worker: exit code %s: %s", worker.returncode, log.read().decode(errors="replace")
            )
            raise
        finally:
            _end(worker)


def resident_bytes(pid: int) -> int:
    """Memory that a process occupies now, 0 when it is gone: from /proc on Linux, from ps elsewhere."""
    try:
        if sys.platform == "linux":
            return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")
        ps = subprocess.run(["ps", "-o", "rss=", "-p", str(pid)], capture_output=True, text=True, check=False)
        return int(ps.stdout or 0) * 1024
    except (OSError, ValueError, IndexError):
        return 0


def _environment(folder: Path) -> dict[str, str]:
    """What the worker may know of the server: where programs and this package are, and nothing secret."""
    passed = {name: os.environ[name] for name in ("PATH", "LD_LIBRARY_PATH") if name in os.environ}
    return passed | {
        "PYTHONPATH": str(Path(tsm_demo.__file__).parents[1]),
        "PYTHONSAFEPATH": "1",
        "PYTHONUTF8": "1",
        "LANG": "C.UTF-8",
        "TMPDIR": str(folder),
        # Address space is limited: neither NumPy's threads nor malloc's arenas should reserve it.
        "OPENBLAS_NUM_THREADS": "1",
        "MALLOC_ARENA_MAX": "2",
    }


def _converse(
    worker: subprocess.Popen[bytes],
    request: dict[str, Any],
    limits: DecodeLimits,
    deadline_sec: float,
    on_progress: Callable[[float], None],
) -> dict[str, Any]:
    assert worker.stdin
    assert worker.stdout
    with suppress(BrokenPipeError):
        worker.stdin.write(json.dumps(request).encode())
        worker.stdin.close()
    heard = b""
    heard_at = time.monotonic()
    with selectors.DefaultSelector() as selector:
        selector.register(worker.stdout, selectors.EVENT_READ)
        while True:
            now = time.monotonic()
            if now > min(deadline_sec, heard_at + limits.stall_sec):
                raise WorkerEndedError(TOO_SLOW)
            if resident_bytes(worker.pid) > limits.memory_bytes:
                raise WorkerEndedError(TOO_MUCH_MEMORY)
            if not selector.select(_POLL_SEC):
                continue
            chunk = os.read(worker.stdout.fileno(), 65536)
            if not chunk:
                raise WorkerEndedError(_why_it_died(worker))
            heard_at = now
            *lines, heard = (heard + chunk).split(b"\n")
            if len(heard) > _MAX_ANSWER_BYTES:
                raise WorkerEndedError(CRASHED)
            for line in lines:
                message = json.loads(line)
                if "progress" not in message:
                    return message
                on_progress(float(message["progress"]))


def _why_it_died(worker: subprocess.Popen[bytes]) -> str:
    with suppress(subprocess.TimeoutExpired):
        worker.wait(timeout=1)
    if worker.returncode in (-signal.SIGXCPU, -signal.SIGALRM):
        return TOO_SLOW
    return FAILED if worker.returncode == 1 else CRASHED  # 1: an exception of Python's, not a native crash


def _end(worker: subprocess.Popen[bytes]) -> None:
    """End the worker with everything it may have started, and collect it."""
    if worker.returncode is None:
        # macOS says "not permitted" of a group in which only the dead are left.
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(worker.pid, signal.SIGKILL)
    worker.wait()
    for pipe in (worker.stdin, worker.stdout):
        if pipe:
            with suppress(BrokenPipeError):
                pipe.close()
