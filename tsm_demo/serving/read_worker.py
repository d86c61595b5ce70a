"""The process in which a stranger's weights file is read: one request on standard input, one answer on output.

Started by tsm_demo.serving.reading as `python -m tsm_demo.serving.read_worker`. The request is JSON: source, out,
published (a name of the zoo, or null), wall_sec. The answer is JSON: done (what had to be assumed), or failed (the
sentence to show).
"""

import json
import resource
import signal
import sys
from contextlib import suppress
from pathlib import Path

from tsm_demo.video.worker import Answer

GRACE_SEC = 10  # after which this process ends itself, should its parent have died


def main() -> None:
    answer = Answer()
    request = json.loads(sys.stdin.buffer.read())
    signal.alarm(int(request["wall_sec"]) + GRACE_SEC)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    with suppress(OSError):  # Linux only: when memory runs out, this process goes, not the server
        Path("/proc/self/oom_score_adj").write_text("1000", encoding="ascii")

    import torch

    from tsm_demo.core.errors import TsmDemoError
    from tsm_demo.models.checkpoints import load_checkpoint, save_checkpoint
    from tsm_demo.models.weight_facts import published_facts
    from tsm_demo.models.zoo import zoo_entry

    published = request["published"]
    try:
        facts = published_facts(zoo_entry(published)) if published else None
        read = load_checkpoint(Path(request["source"]), facts=facts)
        save_checkpoint(Path(request["out"]), read.model, read.facts, dtype=torch.float32)
        answer.say(done=read.notes)
    except TsmDemoError as error:
        answer.say(failed=str(error))


if __name__ == "__main__":
    main()
