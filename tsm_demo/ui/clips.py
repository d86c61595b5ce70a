"""The clips a visitor can look at: those that come with the app, and an upload, which only ever lies in memory."""

import csv
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryDirectory

SAMPLES = Path(__file__).parents[2] / "sample_videos"
UPLOAD_TYPES = ["mp4", "m4v", "mov", "mkv", "avi", "webm", "3gp", "gif"]


@dataclass(frozen=True)
class Clip:
    """A clip to answer. `identity` tells any two clips apart, and is all that caches are keyed by."""

    name: str
    identity: str
    path: Path | None = None  # of a bundled clip
    content: bytes | None = None  # of an upload

    @contextmanager
    def on_disk(self) -> Iterator[Path]:
        """A file with this clip; an upload's is gone afterwards."""
        if self.path is not None:
            yield self.path
            return
        with TemporaryDirectory(prefix="tsm-upload-") as folder:
            file = Path(folder) / "clip"  # the visitor's name for it never touches the disk
            file.write_bytes(self.content or b"")
            yield file


@lru_cache(maxsize=1)
def bundled_labels() -> dict[str, str]:
    """Name of each bundled clip ("ball rolls right" of ball_rolls_right.mp4) to its label, in the order of labels."""
    with (SAMPLES / "labels.csv").open(newline="", encoding="utf-8") as file:
        return {Path(row["file"]).stem.replace("_", " "): row["label"] for row in csv.DictReader(file)}


def bundled_clip(name: str) -> Clip:
    """A bundled clip by its name, which must be one of `bundled_labels()`."""
    if name not in bundled_labels():
        raise KeyError(name)
    return Clip(name, f"bundled:{name}", path=SAMPLES / f"{name.replace(' ', '_')}.mp4")


def uploaded_clip(name: str, content: bytes) -> Clip:
    """A visitor's clip."""
    return Clip(name, f"own:{sha256(content).hexdigest()}", content=content)
