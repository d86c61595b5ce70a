"""Measurements on demand: each in a process of its own that can be ended, one at a time on a server."""

import os
import sys
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory

from tsm_demo.analysis.machine import available_memory
from tsm_demo.analysis.measure import Effort, MeasureError, Stage
from tsm_demo.analysis.stored_timing import from_json
from tsm_demo.analysis.timing import Measurement, Setup
from tsm_demo.models.registry import ModelSpec
from tsm_demo.serving.line import CancelledError, Line, Report
from tsm_demo.video.supervise import Bounds, Trade, WorkerEndedError, run_worker

GIB = 1024**3
LONGEST_LINE = 8
ABANDONED_SEC = 75.0  # browsers wake a hidden page once a minute
LESS = "choose fewer frames, a smaller size or a smaller batch."
MEASURING = Trade(
    name="measuring worker",
    command=(sys.executable, "-m", "tsm_demo.serving.measure_worker"),
    too_slow=f"The measurement took too long and was stopped at {{network}}: {LESS}",
    too_much_memory=f"{{network}} on this clip needs more memory than a measurement may use here: {LESS}",
    crashed=f"The measurement broke off at {{network}}, perhaps because memory ran out: {LESS}",
    failed="The measurement failed at {network}, and the server's log says why: leave that network out.",
    # Threads as the server's own PyTorch has them.
    environment={
        name: os.environ[name] for name in ("OMP_NUM_THREADS", "MKL_NUM_THREADS") if name in os.environ
    },
)


@dataclass(frozen=True, slots=True)
class MeasureRequest:
    """Which networks to measure, on what, and what that may cost the machine."""

    specs: tuple[ModelSpec, ...]
    setup: Setup
    effort: Effort = field(default_factory=Effort)
    memory_bytes: int = 6 * GIB  # resident, PyTorch itself among it

    def bounds(self) -> Bounds:
        """From now on. A quarter of what memory is free is left alone, too."""
        free = available_memory()
        memory = min(self.memory_bytes, free * 3 // 4) if free else self.memory_bytes
        return Bounds(memory, self.effort.wall_sec, time.monotonic() + self.effort.wall_sec)


def measure_apart(
    request: MeasureRequest,
    on_stage: Callable[[Stage], None] = lambda stage: None,
    on_poll: Callable[[], None] = lambda: None,
) -> Measurement:
    """`analysis.measure.measure` in a worker process; whatever happens, nothing of it runs on afterwards.

    Args:
        on_poll: called several times a second; may raise to cancel.

    Raises MeasureError, with one sentence that says what to do, when there is no result.
    """
    at = "PyTorch"  # what is running, for the sentences

    def report(said: dict[str, object]) -> None:
        nonlocal at
        stage = Stage(**said)  # type: ignore[arg-type]
        at = request.specs[stage.network].name
        on_stage(stage)

    asked = {
        "specs": [asdict(spec) for spec in request.specs],
        "setup": asdict(request.setup),
        "effort": asdict(request.effort),
    }
    with TemporaryDirectory(prefix="tsm-measure-") as folder:
        try:
            answer = run_worker(MEASURING, asked, Path(folder), request.bounds(), report, on_poll)
        except WorkerEndedError as end:
            raise MeasureError(str(end).format(network=at)) from end
    if "done" in answer:
        return from_json(answer["done"])
    if "failed" in answer:
        raise MeasureError(answer["failed"])
    raise MeasureError(MEASURING.too_much_memory.format(network=at))


def measuring_line() -> Line:
    """A line for measurements: two at once would falsify each other."""
    return Line(
        "measuring",
        LONGEST_LINE,
        full="Too many measurements are waiting just now: try again in a few minutes.",
        failed="Something went wrong with this measurement, and the server's log says what: try another choice.",
    )


class Measuring:
    """One visitor's measurement, from its place in the line to its end. All methods may be called from any thread.

    Raises BusyError when the line is full.
    """

    def __init__(self, line: Line, request: MeasureRequest) -> None:
        self.request = request
        self.stage: Stage | None = None  # None: it waits, or PyTorch is being started
        self._seen_sec = time.monotonic()
        self._ticket = line.submit(self._run)

    def seen(self) -> None:
        """Its visitor still looks; without this for over a minute it is given up."""
        self._seen_sec = time.monotonic()

    def place(self) -> int:
        """How many come before it; 0 while it runs and afterwards."""
        return self._ticket.place()

    def ended(self) -> bool:
        return self._ticket.wait(0)

    def cancel(self) -> None:
        """End it, also in the middle of a run."""
        self._ticket.cancel()

    def result(self) -> Measurement:
        """Waits for the end. Raises MeasureError or JobError with its sentence, CancelledError if it was given up."""
        found: Measurement = self._ticket.result()
        return found

    def _run(self, report: Report) -> Measurement:
        def go_on() -> None:
            if time.monotonic() - self._seen_sec > ABANDONED_SEC:
                raise CancelledError
            report("measure", self.stage.progress if self.stage else 0.0)  # raises when it was cancelled

        def at(stage: Stage) -> None:
            self.stage = stage

        go_on()
        return measure_apart(self.request, at, go_on)
