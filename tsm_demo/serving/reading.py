"""Reading a stranger's weights in a process of its own, bounded in memory and time, into a file that cannot run code."""

import os
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory

from tsm_demo.core.errors import ModelError
from tsm_demo.models.zoo import list_zoo, zoo_entry
from tsm_demo.video.supervise import Bounds, Trade, WorkerEndedError, run_worker

MOST_BYTES = 200 * 1024**2  # of a file; published ones have less, but for those with the optimiser's state
MEMORY_BYTES = 3 * 1024**3  # resident, PyTorch itself among it
WALL_SEC = 120.0
READING = Trade(
    name="reading worker",
    command=(sys.executable, "-m", "tsm_demo.serving.read_worker"),
    too_slow="Reading this file took too long and was stopped: try another one.",
    too_much_memory="This file needs more memory to be read than it may have: save the state dict alone.",
    crashed="Reading this file broke off: save the weights again, as a state dict or as safetensors.",
    failed="This file cannot be read, and the server's log says why: save the weights as safetensors.",
)


def read_apart(content: bytes, name: str, target: Path) -> tuple[str, ...]:
    """Read a weights file, and write what it holds to `target`, as safetensors with its description.

    Args:
        name: the visitor's, by which a published file is known; it never touches the disk.

    Returns what had to be assumed, in sentences.
    Raises ModelError, with one sentence that says what to do; `target` is then not there.
    """
    if len(content) > MOST_BYTES:
        raise ModelError(
            f"The file has {len(content) >> 20} MB; at most {MOST_BYTES >> 20} are read: save the state dict alone."
        )
    published = next((entry for entry in list_zoo() if zoo_entry(entry).file_name == name), None)
    with TemporaryDirectory(prefix="tsm-read-", dir=target.parent) as folder:
        # Sentences on what is wrong begin with its name.
        source, out = Path(folder) / "The file", Path(folder) / "out.safetensors"
        source.write_bytes(content)
        request = {"source": str(source), "out": str(out), "published": published, "wall_sec": WALL_SEC}
        bounds = Bounds(MEMORY_BYTES, WALL_SEC, time.monotonic() + WALL_SEC)
        try:
            answer = run_worker(READING, request, Path(folder), bounds, lambda said: None)
        except WorkerEndedError as end:
            raise ModelError(str(end)) from end
        if "failed" in answer:
            raise ModelError(answer["failed"])
        os.replace(out, target)
        return tuple(map(str, answer["done"]))
