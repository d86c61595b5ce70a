"""The process in which a visitor's clip is decoded: one request on standard input, one answer on output.

Started by tsm_demo.video.supervise as `python -m tsm_demo.video.worker`. The request is JSON: clip, out,
decoder, plan, limits. Each line that comes back is JSON with one key: progress (0 to 1), any number of times,
then once done, failed (the sentence to show), or refused (why another decoder should try).
"""

import json
import os
import resource
import signal
import sys
import time
from typing import Any


def set_limits(limits: dict[str, Any]) -> None:
    """Bound what this process may use; nothing that reads the clip is imported before."""
    wanted = {
        resource.RLIMIT_AS: (limits["memory_bytes"], limits["memory_bytes"]),
        resource.RLIMIT_CPU: (int(limits["cpu_sec"]), int(limits["cpu_sec"]) + 5),
        resource.RLIMIT_FSIZE: (limits["max_output_bytes"], limits["max_output_bytes"]),
        resource.RLIMIT_NOFILE: (128, 128),
        resource.RLIMIT_CORE: (0, 0),
    }
    for kind, (soft, hard) in wanted.items():
        ceiling = resource.getrlimit(kind)[1]
        if ceiling != resource.RLIM_INFINITY:
            soft, hard = min(soft, ceiling), min(hard, ceiling)
        try:
            resource.setrlimit(kind, (soft, hard))
        except ValueError:
            if sys.platform != "darwin":  # macOS refuses some; there the parent watches resident size
                raise
    # The parent ends this process in time; should the parent die first, the alarm does.
    signal.alarm(int(limits["wall_sec"]) + 10)


class Answer:
    """Writes to what was standard output; what libraries print there goes to standard error from then on."""

    def __init__(self) -> None:
        self._fd = os.dup(1)
        os.dup2(2, 1)
        self._reported_at = 0.0

    def say(self, **message: Any) -> None:
        os.write(self._fd, json.dumps(message).encode() + b"\n")

    def report(self, progress: float) -> None:
        """Say how far the work is: at most ten times a second, and always when it is done."""
        if progress >= 1 or time.monotonic() - self._reported_at > 0.1:
            self._reported_at = time.monotonic()
            self.say(progress=progress)


def main() -> None:
    answer = Answer()
    request = json.loads(sys.stdin.buffer.read())
    set_limits(request["limits"])

    from pathlib import Path

    from tsm_demo.core.errors import VideoError
    from tsm_demo.core.sampling import SamplingPlan
    from tsm_demo.video.clip import DecodeLimits
    from tsm_demo.video.decoding import RefusedError
    from tsm_demo.video.extract import extract

    plan, limits = SamplingPlan(**request["plan"]), DecodeLimits(**request["limits"])
    try:
        done = extract(request["clip"], Path(request["out"]), request["decoder"], plan, limits, answer.report)
        answer.say(done=done)
    except VideoError as error:
        answer.say(failed=str(error))
    except RefusedError as error:
        answer.say(refused=str(error))
    except MemoryError:
        answer.say(refused="out of memory")


if __name__ == "__main__":
    main()
