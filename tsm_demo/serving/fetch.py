"""Fetching published networks: each in a process of its own that can be ended, and once for all who ask for it."""

import os
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory

from tsm_demo.models.cache import cache_folder
from tsm_demo.models.zoo import ZooEntry, zoo_entry
from tsm_demo.serving.acquire import Stage
from tsm_demo.serving.download import Patience
from tsm_demo.serving.http_file import FetchError, Source
from tsm_demo.serving.line import Line, Report, Ticket
from tsm_demo.video.supervise import Bounds, Trade, WorkerEndedError, run_worker

GIB = 1024**3
MIRROR = "TSM_DEMO_MIRROR"
LONGEST_LINE = 16
ROOM = 4  # times the bytes that a file should have are taken, at most: some hold the optimiser's state, too
# What the worker needs of the environment to reach the network as the server would.
WAYS_OUT = (
    "HTTP_PROXY",
    "HTTPS_PROXY",
    "ALL_PROXY",
    "NO_PROXY",
    "REQUESTS_CA_BUNDLE",
    "CURL_CA_BUNDLE",
    "SSL_CERT_FILE",
)
AGAIN = "try again, it goes on from where it was."


@dataclass(frozen=True, slots=True)
class FetchRequest:
    """What to fetch, where from and to, and what that may cost."""

    name: str
    source: Source
    folder: Path
    patience: Patience = field(default_factory=Patience)
    wall_sec: float = 6 * 3600.0
    memory_bytes: int = 4 * GIB

    @classmethod
    def of(cls, name: str, folder: Path | None = None) -> "FetchRequest":
        """The published network `name`. Raises ModelError for a name that is none."""
        entry = zoo_entry(name)
        return cls(name, source_of(entry), folder or cache_folder(), Patience(most_bytes=ROOM * entry.nbytes))


def source_of(entry: ZooEntry) -> Source:
    """Where a published file is fetched from: TSM_DEMO_MIRROR, if set, is a folder of such files on another server."""
    mirror = os.environ.get(MIRROR)
    return Source(f"{mirror.rstrip('/')}/{entry.file_name}" if mirror else entry.url, entry.sha256)


def fetch_apart(
    request: FetchRequest,
    on_stage: Callable[[Stage], None] = lambda stage: None,
    on_poll: Callable[[], None] = lambda: None,
) -> None:
    """`acquire` in a worker process; whatever happens, nothing of it runs on afterwards.

    Args:
        on_poll: called several times a second; may raise to cancel.

    Raises FetchError, with one sentence that says what to do.
    """
    asked = {
        "name": request.name,
        "source": asdict(request.source),
        "folder": str(request.folder.absolute()),
        "patience": asdict(request.patience),
        "wall_sec": request.wall_sec,
    }
    silence_sec = (
        3 * (request.patience.connect_sec + request.patience.stall_sec) + 60
    )  # reading says nothing, too
    bounds = Bounds(request.memory_bytes, silence_sec, time.monotonic() + request.wall_sec)
    with TemporaryDirectory(prefix="tsm-fetch-") as folder:
        try:
            answer = run_worker(
                _trade(),
                asked,
                Path(folder),
                bounds,
                lambda said: on_stage(Stage(**said["progress"])),
                on_poll,
            )
        except WorkerEndedError as end:
            raise FetchError(str(end).format(name=request.name)) from end
    if "failed" in answer:
        raise FetchError(answer["failed"])


def _trade() -> Trade:
    ways_out = {
        name: os.environ[name] for way in WAYS_OUT for name in (way, way.lower()) if name in os.environ
    }
    return Trade(
        name="fetching worker",
        command=(sys.executable, "-m", "tsm_demo.serving.fetch_worker"),
        too_slow=f"Fetching {{name}} took too long and was stopped: {AGAIN}",
        too_much_memory="{name} needs more memory to be read than it may have here: try another network.",
        crashed=f"Fetching {{name}} broke off: {AGAIN}",
        failed="Fetching {name} failed, and the server's log says why: try another network.",
        environment=ways_out,
    )


class Fetching:
    """One network on its way; several visitors may wait for it. All methods may be called from any thread."""

    def __init__(self, line: Line, request: FetchRequest) -> None:
        self.request = request
        self.stage: Stage | None = None  # None: it waits in the line, or is just beginning
        self._visitors: set[str] = set()
        self._given_up = False
        self._lock = threading.Lock()
        self._ticket: Ticket = line.submit(self._run)

    def join(self, visitor: str) -> bool:
        """Wait for it, too; False when it has ended, or is just being given up."""
        with self._lock:
            if self._given_up or self.ended():
                return False
            self._visitors.add(visitor)
            return True

    def leave(self, visitor: str) -> None:
        """Wait no longer; when nobody does any more, it is ended."""
        with self._lock:
            self._visitors.discard(visitor)
            if not self._visitors:
                self._given_up = True
                self._ticket.cancel()

    def place(self) -> int:
        """How many come before it; 0 while it runs and afterwards."""
        return self._ticket.place()

    def ended(self) -> bool:
        return self._ticket.wait(0)

    def result(self) -> None:
        """Waits for the end. Raises FetchError or JobError with its sentence, CancelledError if it was given up."""
        self._ticket.result()

    def _run(self, report: Report) -> None:
        def at(stage: Stage) -> None:
            self.stage = stage

        fetch_apart(self.request, at, on_poll=lambda: report("fetch", 0.0))  # raises when it was cancelled


class Fetcher:
    """What is on its way to this server: one network at a time, and never the same one twice."""

    def __init__(self) -> None:
        self._line = Line(
            "fetching",
            LONGEST_LINE,
            full="Too many networks are waiting to be fetched just now: try again in a few minutes.",
            failed="Something went wrong with fetching, and the server's log says what: try another network.",
        )
        self._going: dict[tuple[str, Path], Fetching] = {}
        self._lock = threading.Lock()

    def fetch(self, request: FetchRequest, visitor: str) -> Fetching:
        """Fetch it, or wait for it with those who have asked before. Raises BusyError when the line is full."""
        key = request.name, request.folder
        with self._lock:
            self._going = {k: going for k, going in self._going.items() if not going.ended()}
            found = self._going.get(key)
            if found is None or not found.join(visitor):
                found = self._going[key] = Fetching(self._line, request)
                found.join(visitor)
            return found
