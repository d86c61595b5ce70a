"""A bounded first-come line: one job at a time, everyone is told the place in the line."""

import logging
import threading
from collections import deque
from collections.abc import Callable
from typing import Any

from tsm_demo.core.errors import TsmDemoError

Report = Callable[[str, float], None]  # called by a job with its step and the share of it that is done
Job = Callable[[Report], Any]
LOG = logging.getLogger(__name__)


class BusyError(TsmDemoError):
    """The line is full."""


class JobError(TsmDemoError):
    """A job failed for a reason that its visitor cannot mend."""


class CancelledError(Exception):
    """Raised inside a job whose ticket was given back; its visitor is gone."""


class Ticket:
    """One submitted job, as its visitor sees it. All methods may be called from any thread."""

    def __init__(self, line: "Line") -> None:
        self._line = line
        self._done = threading.Event()
        self._cancelled = False
        self._step, self._share = "", 0.0
        self._result: Any = None
        self._error: BaseException | None = None

    def place(self) -> int:
        """How many jobs come before this one; 0 while it runs and afterwards."""
        return self._line.place_of(self)

    def progress(self) -> tuple[str, float]:
        """The running step ("" before it starts), and the share of it that is done, 0..1."""
        return self._step, self._share

    def wait(self, timeout_sec: float) -> bool:
        """Wait up to so long; True when the job has ended."""
        return self._done.wait(timeout_sec)

    def cancel(self) -> None:
        """Give the ticket back: a waiting job leaves the line, a running one stops at its next report."""
        self._cancelled = True
        if self._line.withdraw(self):
            self._error = CancelledError()
            self._done.set()

    def result(self) -> Any:
        """What the job returned, once it has ended; what it raised is raised here."""
        self._done.wait()
        if self._error is not None:
            raise self._error
        return self._result

    def run(self, job: Job, failed: str) -> None:
        """Run the job in the calling thread; `failed` is said when it breaks. Called by the line only."""
        try:
            self._result = job(self._report)
        except (TsmDemoError, CancelledError) as error:  # handed over to the visitor's thread by result()
            self._error = error
        except Exception as error:
            if (
                not self._cancelled
            ):  # a visitor who left has taken the clip along, and a job then trips over that
                LOG.exception("a job failed")
            self._error = JobError(failed)
            self._error.__cause__ = error
        finally:
            self._done.set()

    def _report(self, step: str, share: float) -> None:
        if self._cancelled:
            raise CancelledError
        self._step, self._share = step, share


class Line:
    """`submit(job)` gives a ticket with the progress and the result. One thread works through the line.

    Args:
        name: of the thread.
        longest: jobs that may wait.
        full, failed: what a visitor is told when the line is full, and when a job breaks.
    """

    def __init__(self, name: str, longest: int, full: str, failed: str) -> None:
        self._longest, self._full, self._failed = longest, full, failed
        self._waiting: deque[tuple[Ticket, Job]] = deque()
        self._running: Ticket | None = None
        self._change = threading.Condition()
        threading.Thread(target=self._work, name=name, daemon=True).start()

    def submit(self, job: Job) -> Ticket:
        """Put a job at the end of the line. Raises BusyError when the line is full."""
        with self._change:
            if len(self._waiting) >= self._longest:
                raise BusyError(self._full)
            ticket = Ticket(self)
            self._waiting.append((ticket, job))
            self._change.notify()
        return ticket

    def place_of(self, ticket: Ticket) -> int:
        """How many jobs come before this ticket's."""
        with self._change:
            for ahead, (waiting, _) in enumerate(self._waiting):
                if waiting is ticket:
                    return ahead + (self._running is not None)
        return 0

    def withdraw(self, ticket: Ticket) -> bool:
        """Take a waiting job out of the line; False when it is not waiting."""
        with self._change:
            for entry in self._waiting:
                if entry[0] is ticket:
                    self._waiting.remove(entry)
                    return True
        return False

    def _work(self) -> None:
        while True:
            with self._change:
                while not self._waiting:
                    self._change.wait()
                ticket, job = self._waiting.popleft()
                self._running = ticket
            ticket.run(job, self._failed)
            with self._change:
                self._running = None
