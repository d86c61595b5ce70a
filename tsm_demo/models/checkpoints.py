"""Weights files: float16 safetensors with their facts inside, published ones, and the networks built from them."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Literal

import torch
from safetensors.torch import save_file
from torch import Tensor, nn

from tsm_demo.core.errors import ModelError
from tsm_demo.core.labels import MOTION_LABELS
from tsm_demo.core.views import Views
from tsm_demo.models.foreign_weights import ForeignWeights, recognise, spelling_of
from tsm_demo.models.registry import ModelSpec, build
from tsm_demo.models.tensor_files import checked_tensors, read_file
from tsm_demo.models.torch_files import unwrapped
from tsm_demo.models.video_network import VideoNetwork
from tsm_demo.models.weight_facts import (
    WeightFacts,
    assumed_facts,
    published_as,
    published_facts,
    same_tensors,
)

ASSETS = Path(__file__).parents[1] / "assets"
EMBEDDED = ("motion", "motion_tsn", "motion_online", "motion_3d")
FACTS_KEY = "tsm_demo"  # where the facts stand in the file's header
COUNTER = ".num_batches_tracked"
LISTED = 6  # names in a sentence on what does not fit


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """A network with its weights (float32, eval; shared: never change it) and what was recognised."""

    model: VideoNetwork
    facts: WeightFacts
    spelling: Literal["own", "MIT", "MMAction2"] = "own"  # whose names the tensors had
    notes: tuple[str, ...] = ()  # what had to be assumed


def save_checkpoint(
    path: Path, model: nn.Module, facts: WeightFacts, dtype: torch.dtype = torch.float16
) -> None:
    """Write the weights as float16, or another dtype (counters as they are), with the facts in the header."""
    tensors = {
        name: (value.to(dtype) if value.is_floating_point() else value).contiguous()
        for name, value in model.state_dict().items()
    }
    save_file(tensors, path, metadata={FACTS_KEY: json.dumps(asdict(facts))})


def load_checkpoint(
    path_or_state_dict: str | Path | Mapping[str, object],
    n_segment: int | None = None,
    facts: WeightFacts | None = None,
) -> Checkpoint:
    """Build the network that weights belong to, and load them, every one of them.

    Args:
        path_or_state_dict: a weights file of this project; or a file (torch.save's or safetensors), or a state dict, of
            MIT's or MMAction2's TSM or TSN, bare or under "state_dict" or "model". Nothing is unpickled.
        n_segment: T to use instead of the one in the description.
        facts: the description, for weights that do not carry one: needed for a state dict with this project's names; for
            foreign weights it must be of the network that is recognised, and spares the assumptions.

    Raises ModelError for what is missing, cannot be read, or does not fit; the message says what does not.
    """
    if isinstance(path_or_state_dict, str | Path):
        path = Path(path_or_state_dict)
        state, header = read_file(path)
        tensors, description, place = checked_tensors(state, path.name), header.get(FACTS_KEY), path.name
    else:
        place, description = "The state dict", None
        tensors = checked_tensors(unwrapped(path_or_state_dict), place)
    if description is not None:
        facts = _described(description, place)
    spelling = None if description else spelling_of(tensors)
    notes: tuple[str, ...] = ()
    names: Mapping[str, str] = {}
    if spelling is not None:
        foreign = recognise(tensors, spelling)
        tensors, names = foreign.tensors, foreign.names
        facts, notes = _facts_of(foreign, place, facts)
    elif facts is None:
        raise ModelError(
            f"{place} does not say what network it belongs to: it has no description ({FACTS_KEY!r}), and its tensors' "
            "names are neither MIT's nor MMAction2's. Pass its facts too, or save the weights with this project."
        )
    if n_segment is not None:
        facts = replace(facts, spec=replace(facts.spec, n_segment=n_segment))
    if len(facts.labels) != facts.spec.num_classes:
        raise ModelError(
            f"The weights' description names {len(facts.labels)} labels for {facts.spec.num_classes} classes; "
            "save them again with one label a class."
        )
    return Checkpoint(fitted(facts.spec, tensors, names), facts, spelling or "own", notes)


def fitted(spec: ModelSpec, tensors: Mapping[str, Tensor], names: Mapping[str, str]) -> VideoNetwork:
    """The network with these weights (float32, eval, no gradients), none missing and none left over.

    Args:
        names: what a tensor is called in the file, where that is something else.

    Raises ModelError, with what does not fit.
    """
    try:
        with torch.device("meta"):  # without memory: a description may ask for any width
            model = build(spec)
    except (RuntimeError, OverflowError) as error:
        raise ModelError(
            f"These weights do not fit {spec.name}: it cannot be as large as they say."
        ) from error
    wanted = model.state_dict()
    given = dict(tensors)
    for name in wanted.keys() - given.keys():
        if name.endswith(COUNTER):  # of training steps; files from before PyTorch 0.4.1 have none
            given[name] = torch.zeros((), dtype=torch.int64)
    wrong = {
        "missing": [name for name in wanted if name not in given],
        "left over": [names.get(name, name) for name in given if name not in wanted],
        "of another shape": [
            f"{names.get(name, name)} {tuple(given[name].shape)} for {tuple(value.shape)}"
            for name, value in wanted.items()
            if name in given and given[name].shape != value.shape
        ],
    }
    if any(wrong.values()):
        told = "; ".join(f"{what}: {_listed(which)}" for what, which in wrong.items() if which)
        raise ModelError(f"These weights do not fit {spec.name}. {told}.")
    model.load_state_dict(
        {name: value.to(wanted[name].dtype).contiguous() for name, value in given.items()}, assign=True
    )
    return model.eval().requires_grad_(False)


def _facts_of(
    foreign: ForeignWeights, file_name: str, given: WeightFacts | None
) -> tuple[WeightFacts, tuple[str, ...]]:
    """Facts of foreign weights: those given, those of the published file of this name, or assumed ones."""
    if given is not None:
        if not same_tensors(given.spec, foreign.spec):
            raise ModelError(
                f"{file_name} is {foreign.spec.name}, not the {given.spec.name} that was expected."
            )
        return given, ()
    entry = published_as(file_name, foreign.spec)
    if entry is not None:
        return published_facts(entry), ()
    facts, note = assumed_facts(foreign.spelling, foreign.spec)
    return facts, (note,)


def _listed(names: list[str]) -> str:
    """The first few, so that the sentence stays one."""
    shown = ", ".join(ascii(name[:80])[1:-1] for name in names[:LISTED])
    return f"{shown} and {len(names) - LISTED} more" if len(names) > LISTED else shown


def embedded_path(name: str) -> Path:
    """File of an embedded network. Raises ModelError for a name that is none."""
    if name not in EMBEDDED:
        raise ModelError(f"{name!r} is not one of the embedded networks: {', '.join(EMBEDDED)}.")
    return ASSETS / f"{name}.safetensors"


def _described(description: str, file_name: str) -> WeightFacts:
    try:
        facts = json.loads(description)
        facts["spec"], facts["labels"] = ModelSpec(**facts["spec"]), tuple(facts["labels"])
        facts["thorough"] = Views(**facts["thorough"]) if facts.get("thorough") else None
        return WeightFacts(**facts)
    except (TypeError, KeyError, json.JSONDecodeError, RecursionError) as error:
        raise ModelError(f"The description inside {file_name} is not one that this version reads.") from error


def motion_facts(spec: ModelSpec, picture_size: int, **measured: float | int) -> WeightFacts:
    """Facts of a Motion-12 network."""
    return WeightFacts(spec=spec, labels=MOTION_LABELS, picture_size=picture_size, **measured)  # type: ignore[arg-type]
