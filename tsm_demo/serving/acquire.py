"""From a published file on a server to a whole, checked safetensors file in the cache, once for all who ask.

Whatever happens, the cache holds the network under its name only when the file has been fetched in full, has the
published SHA-256, was read without running any of it, and holds the network that it should.
"""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import torch
from filelock import FileLock, Timeout
from safetensors import SafetensorError

from tsm_demo.core.errors import ModelError
from tsm_demo.models.cache import cached_path
from tsm_demo.models.checkpoints import save_checkpoint
from tsm_demo.models.official import read_official
from tsm_demo.serving.download import Patience, Progress, download, no_room
from tsm_demo.serving.http_file import FetchError, Source

LOCK_POLL_SEC = 0.5


@dataclass(frozen=True, slots=True)
class Stage:
    """How far it is: waiting for another process that fetches the same, downloading, or reading what has come."""

    step: Literal["queue", "download", "retry", "read"]
    done_bytes: int = 0
    whole_bytes: int | None = None
    bytes_per_sec: float = 0.0
    left_sec: float | None = None


Report = Callable[[Stage], None]  # may raise to cancel


def acquire(name: str, folder: Path, source: Source, patience: Patience, report: Report) -> None:
    """Have the published network `name` in the cache `folder`; at once when it is there.

    Raises FetchError or ModelError, with the sentence to show, and OSError for a folder that cannot be written to.
    """
    folder.mkdir(parents=True, exist_ok=True)
    with _alone(folder / f"{name}.lock", report):
        if cached_path(name, folder).is_file():  # another process was quicker
            return
        part = folder / f"{name}.part"
        download(source, part, patience, lambda progress: report(_stage(progress)))
        report(Stage("read", part.stat().st_size, part.stat().st_size))
        try:
            _keep(part, name, folder)
        finally:  # what cannot be read now cannot be read next time
            part.unlink(missing_ok=True)


def _keep(part: Path, name: str, folder: Path) -> None:
    """Read what was fetched, and put it into the cache in one step."""
    new = folder / f"{name}.new"
    try:
        read = read_official(part, name)
        save_checkpoint(new, read.model, read.facts, dtype=torch.float32)
        _sync(new)
        os.replace(new, cached_path(name, folder))
        _sync(folder)
    except SafetensorError as error:  # raised when it cannot write, too
        raise FetchError(no_room(folder)) from error
    except ModelError as error:
        raise ModelError(f"{name} was fetched, but cannot be used: {error}") from error
    finally:
        new.unlink(missing_ok=True)


@contextmanager
def _alone(path: Path, report: Report) -> Iterator[None]:
    """Hold a lock file, which the system lets go of when this process ends; wait for it, and say so."""
    lock = FileLock(path)
    while not lock.is_locked:
        try:
            lock.acquire(timeout=LOCK_POLL_SEC)
        except Timeout:
            report(Stage("queue"))
    try:
        yield
    finally:
        lock.release()


def _stage(progress: Progress) -> Stage:
    step: Literal["download", "retry"] = "retry" if progress.waiting else "download"
    return Stage(step, progress.done_bytes, progress.whole_bytes, progress.bytes_per_sec, progress.left_sec)


def _sync(path: Path) -> None:
    """Have what was written, or renamed in a folder, on the disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
