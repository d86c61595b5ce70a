"""One file over HTTP: resumed where it broke off, tried again, bounded, and checked before anybody may use it.

The bytes are collected in a file of their own (`part`), with what tells this version of the file from another one beside
it, so that a download goes on where the last one ended, also after a crash. `part` is not to be used before `download`
has returned.
"""

import errno
import os
import random
import shutil
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from hashlib import file_digest
from pathlib import Path

import requests

from tsm_demo.serving.http_file import (
    Answer,
    FetchError,
    OtherPartError,
    Source,
    TryAgainError,
    ask,
    open_session,
)
from tsm_demo.serving.speed import Speed

SPARE_BYTES = 64 * 1024**2  # to be left free on the disk


@dataclass(frozen=True, slots=True)
class Patience:
    """How long to wait, how often to try, and how much to take."""

    connect_sec: float = 10.0
    stall_sec: float = 30.0  # without a byte
    tries: int = 5  # in a row that bring nothing new
    most_tries: int = 60  # in all
    backoff_sec: float = 1.0  # before the second try; twice as long before each next one
    longest_wait_sec: float = 30.0
    redirects: int = 5
    most_bytes: int = 1024**3


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a download is."""

    done_bytes: int
    whole_bytes: int | None  # None: not known
    bytes_per_sec: float  # over the last seconds
    left_sec: float | None
    waiting: bool = False  # for the next try


Report = Callable[[Progress], None]  # may raise to cancel; what has arrived is kept for the next time


def download(
    source: Source,
    part: Path,
    patience: Patience = Patience(),
    on_progress: Report = lambda progress: None,
) -> None:
    """Fetch a file into `part`, and check its length and SHA-256; what an earlier call left in `part` is used.

    Proxies are taken from the environment (HTTPS_PROXY, NO_PROXY). A redirect from https to http is refused.
    Raises FetchError, with one sentence that says what to do; the next call goes on from what `part` then holds.
    """
    resumed = part.exists()
    _collect(source, part, patience, on_progress)
    if not _is_right(source, part) and resumed:  # the first bytes were perhaps of another version of the file
        _forget(part)
        _collect(source, part, patience, on_progress)
    if not _is_right(source, part):
        _forget(part)
        raise FetchError(
            f"What {source.host} sent is not the file that was published (its SHA-256 is another), so it was thrown "
            "away: try another network."
        )
    _version_file(part).unlink(missing_ok=True)


def _collect(source: Source, part: Path, patience: Patience, on_progress: Report) -> None:
    """Try until all is there, or no further try is worth it."""
    speed, in_vain, said = Speed(), 0, ""
    with open_session(patience.redirects) as session:
        for _ in range(patience.most_tries):
            before = _size(part)
            try:
                _try_once(session, source, part, patience, speed, on_progress)
                return
            except TryAgainError as trouble:
                said = str(trouble)
                in_vain = 0 if _size(part) > before else in_vain + 1
                if in_vain >= patience.tries:
                    break
                pause_sec = patience.backoff_sec * 2**in_vain * random.uniform(0.75, 1.25)
                _pause(min(max(pause_sec, trouble.wait_sec), patience.longest_wait_sec), part, on_progress)
    raise FetchError(said)


def _try_once(
    session: requests.Session,
    source: Source,
    part: Path,
    patience: Patience,
    speed: Speed,
    on_progress: Report,
) -> None:
    """One question, and all that it brings. Raises TryAgainError or FetchError unless all is there then."""
    version = _version_file(part).read_text(encoding="utf-8") if _version_file(part).exists() else ""
    timeout_sec = patience.connect_sec, patience.stall_sec
    try:
        with ask(session, source, _size(part), version, timeout_sec) as answer:
            if answer.whole is not None and answer.whole > patience.most_bytes:
                raise FetchError(_too_much(source))
            _take(answer, source, part, patience, speed, on_progress)
            whole = answer.whole
    except OtherPartError as error:
        _forget(part)
        raise TryAgainError(f"{source.host} does not go on where it broke off: try again later.") from error
    except OSError as error:
        if error.errno not in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
            raise
        raise FetchError(no_room(part.parent)) from error
    if whole is not None and _size(part) < whole:
        raise TryAgainError(
            f"The connection to {source.host} broke off after {_size(part) / 1e6:.1f} of {whole / 1e6:.1f} MB: "
            "try again, it goes on from there."
        )


def _take(
    answer: Answer, source: Source, part: Path, patience: Patience, speed: Speed, on_progress: Report
) -> None:
    """Write what comes to where it belongs; fsync."""
    done, whole = answer.start, answer.whole
    # What is read from the file is written beside it, about as large.
    if whole is not None and whole - done + whole + SPARE_BYTES > shutil.disk_usage(part.parent).free:
        raise FetchError(no_room(part.parent))
    if done == 0:
        part.unlink(missing_ok=True)
        _version_file(part).write_text(answer.version, encoding="utf-8")
    with part.open("ab") as file:
        for chunk in answer.chunks:
            done += len(chunk)
            if done > (patience.most_bytes if whole is None else whole):
                raise FetchError(_too_much(source))
            file.write(chunk)
            per_sec = speed.add(len(chunk))
            left_sec = (whole - done) / per_sec if whole is not None and per_sec else None
            on_progress(Progress(done, whole, per_sec, left_sec))
        file.flush()
        os.fsync(file.fileno())


def _pause(wait_sec: float, part: Path, on_progress: Report) -> None:
    """Wait, and go on telling: whoever waits may give up meanwhile."""
    until_sec = time.monotonic() + wait_sec
    while (left_sec := until_sec - time.monotonic()) > 0:
        on_progress(Progress(_size(part), None, 0.0, None, waiting=True))
        time.sleep(min(left_sec, 0.2))


def _is_right(source: Source, part: Path) -> bool:
    with part.open("rb") as file:
        return file_digest(file, "sha256").hexdigest().startswith(source.sha256.lower())


def _size(path: Path) -> int:
    with suppress(FileNotFoundError):
        return path.stat().st_size
    return 0


def _version_file(part: Path) -> Path:
    return part.with_name(f"{part.name}.version")


def _forget(part: Path) -> None:
    part.unlink(missing_ok=True)
    _version_file(part).unlink(missing_ok=True)


def no_room(folder: Path) -> str:
    """The sentence for a disk that is full."""
    return (
        f"There is not enough room on the disk of {folder}: make some, or choose another folder with TSM_DEMO_CACHE. "
        "The embedded networks work without."
    )


def _too_much(source: Source) -> str:
    return (
        f"{source.host} sends more bytes than this file can have, so it was broken off: try another network."
    )
