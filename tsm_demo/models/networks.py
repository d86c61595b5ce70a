"""A network ready to answer: by an embedded name, from a weights file, or with random weights."""

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from threading import Lock
from typing import Literal

from tsm_demo.core.errors import ModelError
from tsm_demo.models.answering import answering_form
from tsm_demo.models.cache import cached_path
from tsm_demo.models.checkpoints import EMBEDDED, WeightFacts, embedded_path, load_checkpoint
from tsm_demo.models.official import official_path
from tsm_demo.models.registry import ModelSpec, build, list_models, usual_input
from tsm_demo.models.video_network import VideoNetwork
from tsm_demo.models.zoo import list_zoo

Weights = Literal["embedded", "official", "file", "random"]
RANDOM_CLASSES = 400


@dataclass(frozen=True, slots=True)
class Network:
    """A network and what it must be fed. Shared between callers: eval mode, no gradients, never changed."""

    name: str
    weights: Weights
    model: VideoNetwork
    facts: WeightFacts
    notes: tuple[str, ...] = ()  # what had to be assumed of a file

    @property
    def answering(self) -> VideoNetwork:
        """The model in the form in which it answers fastest here; as shared and as unchanged as the model."""
        return answering_form(self.model)


def list_networks() -> list[str]:
    """Every name that `load_network` takes without fetching anything, the embedded ones first."""
    return [*EMBEDDED, *list_models()]


def load_network(name: str = "motion", checkpoint: Path | None = None) -> Network:
    """The network that `open_network` gives; the same arguments give the same, shared object, in every thread."""
    if checkpoint is None and name in list_zoo():
        checkpoint = official_path(name)  # in another folder it is another file; and it may be gone
    with _LOADING:
        return _kept(name, checkpoint)


def open_network(name: str = "motion", checkpoint: Path | None = None) -> Network:
    """A network of the caller's own.

    Args:
        name: an embedded network; a published one that has been fetched; or an architecture, which gets random weights
            and its usual input.
        checkpoint: a weights file instead, of this project, MIT's or MMAction2's; what it holds decides what is built.

    Raises ModelError for a name that is none and for a file that does not load.
    """
    if name in list_zoo() and checkpoint in (None, cached_path(name)):
        return _open_official(name)
    if checkpoint is not None:
        loaded = load_checkpoint(checkpoint)
        return Network(loaded.facts.spec.name, "file", loaded.model, loaded.facts, loaded.notes)
    if name in EMBEDDED:
        loaded = load_checkpoint(embedded_path(name))
        return Network(name, "embedded", loaded.model, loaded.facts)
    if name not in list_models():
        raise ModelError(
            f"There is no network called {name!r}; choose one of {', '.join(list_networks())}, or one that "
            "`python -m tsm_demo fetch --list` shows."
        )
    spec = ModelSpec(name, num_classes=RANDOM_CLASSES)
    facts = WeightFacts(
        spec=spec,
        labels=tuple(f"class {i} (untrained)" for i in range(RANDOM_CLASSES)),
        picture_size=usual_input(name).size,
        sampling="segments",
    )
    return Network(name, "random", build(spec).requires_grad_(False), facts)


def _open_official(name: str) -> Network:
    path = official_path(name)
    try:
        loaded = load_checkpoint(path)
    except ModelError as error:
        raise ModelError(f"{path} is damaged: delete it, and fetch {name} again.") from error
    return Network(name, "official", loaded.model, loaded.facts)


_LOADING = Lock()  # callers who come first at the same moment get one network, not one each
_kept = lru_cache(maxsize=4)(open_network)
