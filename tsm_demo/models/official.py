"""Published checkpoints as networks of this project: how each is to be fed, and where it lies once it is here."""

import re
from dataclasses import replace
from pathlib import Path

from tsm_demo.core.errors import ModelError
from tsm_demo.core.views import Views
from tsm_demo.models.cache import cached_path
from tsm_demo.models.checkpoints import Checkpoint, WeightFacts, load_checkpoint
from tsm_demo.models.registry import ModelSpec
from tsm_demo.models.zoo import ZooEntry, zoo_entry

# As the zoo words how an accuracy was measured: "8 frames x 2 clips, 3 crops of 256".
PROTOCOL = re.compile(r"\d+ frames x (\d+) clips?(?: \(dense\))?, (?:the centre crop|(\d+) crops) of (\d+)")
USUAL_THOROUGH = 10  # crops, where only accuracies of a single view were published


def official_facts(entry: ZooEntry, spec: ModelSpec) -> WeightFacts:
    """How a published checkpoint is to be fed, and what its classes are called."""
    return WeightFacts(
        spec=spec,
        labels=entry.labels(),
        picture_size=entry.crop,
        sampling="dense" if entry.sampling == "dense" else "segments",
        dense_frames=(entry.frame_stride or 1) * entry.spec.n_segment if entry.sampling == "dense" else 64,
        short_side=entry.short_side,
        thorough=thorough_views(entry),
    )


def thorough_views(entry: ZooEntry) -> Views:
    """As many views as its most thorough published accuracy is the mean of; ten crops where that is a single one."""
    measured = [Views(int(clips), int(crops or 1), int(size)) for clips, crops, size in _protocols(entry)]
    most = max(measured, key=lambda views: views.count)
    return most if most.count > 1 else Views(1, USUAL_THOROUGH, entry.crop)


def read_official(path: Path, name: str) -> Checkpoint:
    """A published file as it was fetched, safely read and placed, with all that is known of it.

    Raises ModelError where it holds another network than it should.
    """
    entry = zoo_entry(name)
    loaded = load_checkpoint(path)
    found, wanted = loaded.facts.spec, entry.spec
    if (found.name, found.num_classes) != (wanted.name, wanted.num_classes):
        raise ModelError(
            f"The file holds {found.name} for {found.num_classes} classes where {wanted.name} for "
            f"{wanted.num_classes} was published: it is not used."
        )
    return Checkpoint(loaded.model, official_facts(entry, replace(found, n_segment=wanted.n_segment)))


def official_path(name: str) -> Path:
    """Where a published network lies. Raises ModelError for a name that is none, and when it has not been fetched yet."""
    zoo_entry(name)
    path = cached_path(name)
    if not path.is_file():
        raise ModelError(f"{name} is not here yet: fetch it with `python -m tsm_demo fetch {name}`.")
    return path


def _protocols(entry: ZooEntry) -> list[tuple[str, str, str]]:
    found = [PROTOCOL.fullmatch(accuracy.protocol) for accuracy in entry.accuracy]
    return [match.groups() for match in found if match]
