"""The line in front of the model: clips go in, answers come out, one at a time."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from tsm_demo.serving.line import Line, Report, Ticket

ClipJob = Callable[[Path, Report], Any]
LONGEST_LINE = 32


class Predictor:
    """`submit(clip, job)` gives a ticket with the progress and the result."""

    def __init__(self, longest_line: int = LONGEST_LINE) -> None:
        self._line = Line(
            "predictor",
            longest_line,
            full="Too many clips are waiting just now: try again in a minute.",
            failed="Something went wrong with this clip, and the log says what. Try another one.",
        )

    def submit(self, clip: Path, job: ClipJob) -> Ticket:
        """Put a job at the end of the line. Raises BusyError when the line is full."""
        return self._line.submit(lambda report: job(clip, report))
