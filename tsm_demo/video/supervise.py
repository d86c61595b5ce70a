"""Run one worker process, listen to it, and end it when it breaks a limit."""

import json
import logging
import os
import selectors
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import tsm_demo

_POLL_SEC = 0.1
_MAX_ANSWER_BYTES = 16 * 1024**2
_log = logging.getLogger(__name__)


class WorkerEndedError(Exception):
    """The worker gave no answer; the message is the sentence to show."""


@dataclass(frozen=True, slots=True)
class Trade:
    """A kind of worker: what is started, and the sentence for each way in which it may end without an answer.

    It reads one request, JSON, on standard input, and writes lines of JSON: with the key "progress" any number of
    times, then one without, its answer.
    """

    name: str  # in the server's log
    command: tuple[str, ...]
    too_slow: str
    too_much_memory: str
    crashed: str
    failed: str  # an exception of Python's, whose traceback is in the log
    environment: Mapping[str, str] = field(default_factory=dict)  # added to what every worker gets


@dataclass(frozen=True, slots=True)
class Bounds:
    """What a worker may use."""

    memory_bytes: int  # resident
    stall_sec: float  # without a word: it hangs
    deadline_sec: float  # on time.monotonic()'s clock


def run_worker(
    trade: Trade,
    request: dict[str, Any],
    folder: Path,
    bounds: Bounds,
    on_progress: Callable[[dict[str, Any]], None],
    on_poll: Callable[[], None] = lambda: None,
) -> dict[str, Any]:
    """The worker's answer to one request.

    Args:
        folder: the worker's private folder: its working directory and its temporary files.
        on_progress: called with each line that has the key "progress".
        on_poll: called several times a second.

    Raises WorkerEndedError when the worker crashes, hangs, or uses more than its share. In every case, also when
    `on_progress` or `on_poll` raises, nothing of the worker still runs afterwards.
    """
    with (folder / "worker.log").open("w+b") as log:
        worker = subprocess.Popen(
            trade.command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=log,
            cwd=folder,
            env=_environment(folder) | dict(trade.environment),
            start_new_session=True,  # a process group of its own, so that all of it can be ended
        )
        try:
            return _converse(worker, trade, request, bounds, on_progress, on_poll)
        except WorkerEndedError:
            log.seek(max(0, log.seek(0, os.SEEK_END) - 2000))
            said = log.read().decode(errors="replace")
            _log.warning("%s: exit code %s: %s", trade.name, worker.returncode, said)
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
    }


def _converse(
    worker: subprocess.Popen[bytes],
    trade: Trade,
    request: dict[str, Any],
    bounds: Bounds,
    on_progress: Callable[[dict[str, Any]], None],
    on_poll: Callable[[], None],
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
            on_poll()
            now = time.monotonic()
            if now > min(bounds.deadline_sec, heard_at + bounds.stall_sec):
                raise WorkerEndedError(trade.too_slow)
            if resident_bytes(worker.pid) > bounds.memory_bytes:
                raise WorkerEndedError(trade.too_much_memory)
            if not selector.select(_POLL_SEC):
                continue
            chunk = os.read(worker.stdout.fileno(), 65536)
            if not chunk:
                raise WorkerEndedError(_why_it_died(worker, trade))
            heard_at = now
            *lines, heard = (heard + chunk).split(b"\n")
            if len(heard) > _MAX_ANSWER_BYTES:
                raise WorkerEndedError(trade.crashed)
            for line in lines:
                message = _understood(line, trade)
                if "progress" not in message:
                    return message
                on_progress(message)


def _understood(line: bytes, trade: Trade) -> dict[str, Any]:
    """A line that a worker wrote, which may be anything."""
    try:
        message = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise WorkerEndedError(trade.crashed) from error
    if not isinstance(message, dict):
        raise WorkerEndedError(trade.crashed)
    return message


def _why_it_died(worker: subprocess.Popen[bytes], trade: Trade) -> str:
    with suppress(subprocess.TimeoutExpired):
        worker.wait(timeout=1)
    if worker.returncode in (-signal.SIGXCPU, -signal.SIGALRM):
        return trade.too_slow
    return trade.failed if worker.returncode == 1 else trade.crashed  # 1: an exception of Python's


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
