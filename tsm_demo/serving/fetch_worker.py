"""The process in which a published file is fetched and read: one request on standard input, one answer on output.

Started by tsm_demo.serving.fetch as `python -m tsm_demo.serving.fetch_worker`. The request is JSON: see `FetchRequest`.
Each line that comes back is JSON with one key: progress (a `Stage`), any number of times; then done, or failed (the
sentence to show).
It can be ended at any time: what has arrived is gone on from the next time, and the cache holds whole files only.
"""

import json
import resource
import signal
import sys
import time
from dataclasses import asdict
from pathlib import Path

from tsm_demo.video.worker import Answer

TELL_SEC = 0.2  # between two lines about a download
GRACE_SEC = 10  # after which this process ends itself, should its parent have died


def main() -> None:
    answer = Answer()
    request = json.loads(sys.stdin.buffer.read())
    signal.alarm(int(request["wall_sec"]) + GRACE_SEC)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))

    from tsm_demo.core.errors import TsmDemoError
    from tsm_demo.serving.acquire import Stage, acquire
    from tsm_demo.serving.download import Patience
    from tsm_demo.serving.http_file import Source

    told_sec = 0.0

    def report(stage: Stage) -> None:
        nonlocal told_sec
        if stage.step != "download" or time.monotonic() - told_sec > TELL_SEC:
            told_sec = time.monotonic()
            answer.say(progress=asdict(stage))

    try:
        acquire(
            request["name"],
            Path(request["folder"]),
            Source(**request["source"]),
            Patience(**request["patience"]),
            report,
        )
        answer.say(done=True)
    except TsmDemoError as error:
        answer.say(failed=str(error))
    except OSError as error:
        answer.say(failed=f"{error.filename or request['folder']} cannot be written to: {error.strerror}.")


if __name__ == "__main__":
    main()
