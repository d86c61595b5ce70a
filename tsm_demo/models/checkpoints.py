"""Weights files: float16 safetensors with their facts inside, and the networks built from them."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from math import inf
from pathlib import Path
from typing import Literal

from safetensors import SafetensorError, safe_open
from safetensors.torch import save_file
from torch import Tensor, nn

from tsm_demo.core.errors import ModelError
from tsm_demo.core.labels import MOTION_LABELS
from tsm_demo.models.registry import ModelSpec, build
from tsm_demo.models.video_network import VideoNetwork

ASSETS = Path(__file__).parents[1] / "assets"
EMBEDDED = ("motion", "motion_tsn", "motion_online", "motion_3d")
FACTS_KEY = "tsm_demo"  # where the facts stand in the file's header


@dataclass(frozen=True, slots=True)
class WeightFacts:
    """What must be known to use a weights file rightly."""

    spec: ModelSpec
    labels: tuple[str, ...]
    picture_size: int  # pixels a side; the whole frame is squeezed to it
    seed: int = 0
    clips_seen: int = 0
    accuracy: float | None = None  # top-1 on held-out synthetic clips, 0..1
    temperature: float = 1.0  # logits are divided by it before the softmax
    sampling: Literal["windows", "segments"] = "windows"  # 2 s windows, or segments of the whole clip

    def __post_init__(self) -> None:
        """Raises ModelError for what a file may say but nobody could use."""
        usable = {
            "labels": all(isinstance(label, str) for label in self.labels),
            "picture_size": isinstance(self.picture_size, int) and self.picture_size > 0,
            "temperature": isinstance(self.temperature, int | float) and 0 < self.temperature < inf,
            "sampling": self.sampling in ("windows", "segments"),
        }
        if not all(usable.values()):
            wrong = " and ".join(name for name, fits in usable.items() if not fits)
            raise ModelError(
                f"The weights' description has an unusable {wrong}: labels are texts, picture_size a whole "
                "number of pixels, temperature a number above 0, sampling 'windows' or 'segments'."
            )


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """A network with its weights (float32, eval; shared: never change it) and what was recognised."""

    model: VideoNetwork
    facts: WeightFacts


def save_checkpoint(path: Path, model: nn.Module, facts: WeightFacts) -> None:
    """Write the weights as float16 (counters as they are) with the facts in the header."""
    tensors = {
        name: (value.half() if value.is_floating_point() else value).contiguous()
        for name, value in model.state_dict().items()
    }
    save_file(tensors, path, metadata={FACTS_KEY: json.dumps(asdict(facts))})


def load_checkpoint(
    path_or_state_dict: str | Path | Mapping[str, Tensor],
    n_segment: int | None = None,
    facts: WeightFacts | None = None,
) -> Checkpoint:
    """Build the network that a weights file of this project describes, and load it, strictly.

    Args:
        path_or_state_dict: a .safetensors file, or a state dict; a state dict needs `facts`.
        n_segment: T to use instead of the one in the file.

    Raises ModelError for a file that is missing, is not such a file, or does not fit its own description.
    """
    if isinstance(path_or_state_dict, str | Path):
        tensors, facts = _read(Path(path_or_state_dict))
    elif facts is None:
        raise ModelError("A state dict does not say what network it belongs to; pass its facts too.")
    else:
        tensors = dict(path_or_state_dict)
    if n_segment is not None:
        facts = replace(facts, spec=replace(facts.spec, n_segment=n_segment))
    spec = facts.spec
    if len(facts.labels) != spec.num_classes:
        raise ModelError(
            f"The weights' description names {len(facts.labels)} labels for {spec.num_classes} classes; "
            "save them again with one label a class."
        )
    try:
        model = build(spec)
        model.load_state_dict(
            {name: value.float() if value.is_floating_point() else value for name, value in tensors.items()}
        )
    except RuntimeError as error:
        raise ModelError(
            f"These weights do not fit {spec.name}: {' '.join(str(error).split())[:300]}"
        ) from error
    return Checkpoint(model.eval().requires_grad_(False), facts)


def embedded_path(name: str) -> Path:
    """File of an embedded network. Raises ModelError for a name that is none."""
    if name not in EMBEDDED:
        raise ModelError(f"{name!r} is not one of the embedded networks: {', '.join(EMBEDDED)}.")
    return ASSETS / f"{name}.safetensors"


def _read(path: Path) -> tuple[dict[str, Tensor], WeightFacts]:
    if not path.is_file():
        raise ModelError(
            f"There is no weights file called {path.name}: check its name, or make one with `train`."
        )
    try:
        with safe_open(path, framework="pt") as file:
            header = (file.metadata() or {}).get(FACTS_KEY)
            tensors = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118 - not a dict
    except SafetensorError as error:
        raise ModelError(
            f"{path.name} is not a safetensors file: save the weights with this project first."
        ) from error
    if header is None:
        raise ModelError(
            f"{path.name} does not say what network it belongs to: its header has no {FACTS_KEY!r} entry."
        )
    try:
        facts = json.loads(header)
        facts["spec"], facts["labels"] = ModelSpec(**facts["spec"]), tuple(facts["labels"])
        return tensors, WeightFacts(**facts)
    except (TypeError, KeyError, json.JSONDecodeError, RecursionError) as error:
        raise ModelError(f"The description inside {path.name} is not one that this version reads.") from error


def motion_facts(spec: ModelSpec, picture_size: int, **measured: float | int) -> WeightFacts:
    """Facts of a Motion-12 network."""
    return WeightFacts(spec=spec, labels=MOTION_LABELS, picture_size=picture_size, **measured)  # type: ignore[arg-type]
