"""What must be known to use weights rightly: the network, its labels, and how it is to be fed."""

from dataclasses import dataclass, replace
from math import inf
from typing import get_args

from tsm_demo.core.errors import ModelError
from tsm_demo.core.sampling import Kind
from tsm_demo.core.views import Views
from tsm_demo.models.protocols import USUAL_THOROUGH, thorough_views
from tsm_demo.models.registry import EMBEDDED_GAUSSIAN, GAUSSIAN, ModelSpec
from tsm_demo.models.zoo import ZooEntry, list_zoo, read_labels, zoo_entry

USUAL_SHORT_SIDE, USUAL_CROP = 256, 224  # pixels, of nearly every published TSM


@dataclass(frozen=True, slots=True)
class WeightFacts:
    """The description that a weights file of this project carries."""

    spec: ModelSpec
    labels: tuple[str, ...]
    picture_size: int  # pixels a side of what the network sees
    seed: int = 0
    clips_seen: int = 0
    accuracy: float | None = None  # top-1 on held-out synthetic clips, 0..1
    temperature: float = 1.0  # logits are divided by it before the softmax
    sampling: Kind = "windows"  # see SamplingPlan
    dense_frames: int = 64  # of dense sampling
    short_side: int | None = None  # scaled to this, and the centre cut out; None: the whole frame is squeezed
    thorough: Views | None = None  # the views of one thorough answer; None: there is a single view only

    def __post_init__(self) -> None:
        """Raises ModelError for what a file may say but nobody could use."""
        usable = {
            "labels": all(isinstance(label, str) for label in self.labels),
            "picture_size": isinstance(self.picture_size, int) and self.picture_size > 0,
            "temperature": isinstance(self.temperature, int | float) and 0 < self.temperature < inf,
            "sampling": self.sampling in get_args(Kind),
            "dense_frames": isinstance(self.dense_frames, int) and self.dense_frames > 0,
            "short_side": self.short_side is None
            or (isinstance(self.short_side, int) and self.short_side >= self.picture_size),
        }
        if not all(usable.values()):
            wrong = " and ".join(name for name, fits in usable.items() if not fits)
            raise ModelError(
                f"The weights' description has an unusable {wrong}: labels are texts, picture_size a whole "
                "number of pixels, temperature a number above 0, sampling 'windows', 'segments' or 'dense', "
                "dense_frames a whole number, short_side none or at least picture_size."
            )


def published_facts(entry: ZooEntry) -> WeightFacts:
    """How a published checkpoint is to be used."""
    dense = entry.sampling == "dense"
    return WeightFacts(
        spec=entry.spec,
        labels=entry.labels(),
        picture_size=entry.crop,
        sampling="dense" if dense else "segments",
        dense_frames=(entry.frame_stride or 1) * entry.spec.n_segment if dense else 64,
        short_side=entry.short_side,
        thorough=thorough_views(entry),
    )


def published_as(file_name: str, spec: ModelSpec) -> ZooEntry | None:
    """The published checkpoint of this file name, if it is of the network that was recognised.

    T and the two attentions that have the same tensors cannot be told from these: there the name is believed.
    """
    for entry in map(zoo_entry, list_zoo()):
        if entry.file_name == file_name and same_tensors(entry.spec, spec):
            return entry
    return None


def assumed_facts(source: str, spec: ModelSpec) -> tuple[WeightFacts, str]:
    """Facts of a file that says nothing of itself, and a sentence on what was assumed.

    The labels are those of the only published list with as many classes from this source; where there is none, or
    two whose order differs, they are numbers.
    """
    lists = {
        entry.labels_file
        for entry in map(zoo_entry, list_zoo())
        if entry.source == source and entry.spec.num_classes == spec.num_classes
    }
    if len(lists) == 1:
        labels = read_labels(*lists)
        said = f"labels as of the published checkpoints with {spec.num_classes} classes"
    else:
        labels = tuple(f"class {number}" for number in range(spec.num_classes))
        said = "numbers for labels"
    facts = WeightFacts(
        spec,
        labels,
        USUAL_CROP,
        sampling="segments",
        short_side=USUAL_SHORT_SIDE,
        thorough=Views(1, USUAL_THOROUGH, USUAL_CROP),
    )
    return (
        facts,
        f"The file does not say how it is to be used: T = {spec.n_segment} frames and {said} were assumed.",
    )


def same_tensors(one: ModelSpec, other: ModelSpec) -> bool:
    """Whether two networks are one as far as names and shapes of tensors, and what shifts, can tell."""
    return _as_seen(one) == _as_seen(other)


def _as_seen(spec: ModelSpec) -> ModelSpec:
    attention = GAUSSIAN if spec.attention == GAUSSIAN else EMBEDDED_GAUSSIAN
    return replace(spec, n_segment=1, attention=attention)
