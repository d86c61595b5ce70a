"""The process in which networks are timed: one request on standard input, one answer on output.

Started by tsm_demo.serving.measuring as `python -m tsm_demo.serving.measure_worker`. The request is JSON: specs, setup,
effort. Each line that comes back is JSON: a `Stage` any number of times, then an object with one key: done (a
measurement), failed (the sentence to show), or too_large (there was no memory).
"""

import json
import resource
import signal
import sys
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path

from tsm_demo.video.worker import Answer

GRACE_SEC = 10  # after which this process ends itself, should its parent have died


def set_limits(wall_sec: float) -> None:
    """Bound how long this may run, and have the system end it, not the server, when memory runs out."""
    signal.alarm(int(wall_sec) + GRACE_SEC)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    with suppress(OSError):  # Linux only
        Path("/proc/self/oom_score_adj").write_text("1000", encoding="ascii")


def main() -> None:
    answer = Answer()
    request = json.loads(sys.stdin.buffer.read())
    set_limits(request["effort"]["wall_sec"])

    import tsm_demo.models  # noqa: F401 - enters every network in the registry
    from tsm_demo.analysis.measure import Effort, Stage, measure
    from tsm_demo.analysis.stored_timing import as_json
    from tsm_demo.analysis.timing import Setup
    from tsm_demo.core.errors import TsmDemoError
    from tsm_demo.models.registry import ModelSpec

    def report(stage: Stage) -> None:
        answer.say(**asdict(stage))

    try:
        specs = [ModelSpec(**spec) for spec in request["specs"]]
        done = measure(specs, Setup(**request["setup"]), Effort(**request["effort"]), report)
        answer.say(done=as_json(done))
    except TsmDemoError as error:
        answer.say(failed=str(error))
    except (MemoryError, RuntimeError) as error:
        if not isinstance(error, MemoryError) and "allocate memory" not in str(error):
            raise
        answer.say(too_large=str(error))


if __name__ == "__main__":
    main()
