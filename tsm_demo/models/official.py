"""Published checkpoints as networks of this project: read once when they are fetched, found in the cache afterwards."""

from pathlib import Path

from tsm_demo.core.errors import ModelError
from tsm_demo.models.cache import cached_path
from tsm_demo.models.checkpoints import Checkpoint, load_checkpoint
from tsm_demo.models.weight_facts import published_facts
from tsm_demo.models.zoo import zoo_entry


def read_official(path: Path, name: str) -> Checkpoint:
    """A published file as it was fetched, safely read, with all that is known of it.

    Raises ModelError where it holds another network than it should.
    """
    return load_checkpoint(path, facts=published_facts(zoo_entry(name)))


def official_path(name: str) -> Path:
    """Where a published network lies. Raises ModelError for a name that is none, and when it has not been fetched yet."""
    zoo_entry(name)
    path = cached_path(name)
    if not path.is_file():
        raise ModelError(f"{name} is not here yet: fetch it with `python -m tsm_demo fetch {name}`.")
    return path
