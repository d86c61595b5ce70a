"""What the bundled clips tell of another shift and of Grad-CAM maps, as a file; read without torch."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from functools import lru_cache
from pathlib import Path

LAB = Path(__file__).parents[1] / "assets" / "lab" / "bundled.json"  # `scripts.precompute` makes it
DIGITS = 4


@dataclass(frozen=True, slots=True)
class VariantAnswer:
    """What TSM says of a clip, forwards, with one of `shift_variants.VARIANTS`.

    Attributes:
        truth: the clip's label.
        said, score: the top label, and its probability 0..1.
        truth_score: the probability of the clip's own label, 0..1.
    """

    clip: str
    variant: str
    truth: str
    said: str
    score: float
    truth_score: float


@dataclass(frozen=True, slots=True)
class Areas:
    """Under the curves of `faithfulness`, 0..1; `chance` is the mean of the random orders', for both."""

    deletion: float
    insertion: float
    chance: float


@dataclass(frozen=True, slots=True)
class MapTrust:
    """How far a clip's Grad-CAM maps (TSM, the last layer, the clip's own label) can be trusted.

    Attributes:
        patches, frames: areas of `patch_curves` and `frame_curves`.
        left: the rank correlation, 0..1, that is left when all weights are random (`randomised_weights`).
    """

    clip: str
    truth: str
    patches: Areas
    frames: Areas
    left: float


@dataclass(frozen=True, slots=True)
class StoredLab:
    """Both tables, clips in the order of labels."""

    variants: tuple[VariantAnswer, ...]
    maps: tuple[MapTrust, ...]

    def of_variant(self, variant: str) -> tuple[VariantAnswer, ...]:
        """The answers with one shift."""
        return tuple(answer for answer in self.variants if answer.variant == variant)

    def right(self, variant: str) -> int:
        """How many of the clips get their own label with this shift."""
        return sum(answer.said == answer.truth for answer in self.of_variant(variant))

    def mean_truth_score(self, variant: str) -> float:
        """The mean probability, 0..1, of the clips' own labels with this shift."""
        answers = self.of_variant(variant)
        return sum(answer.truth_score for answer in answers) / len(answers)


def write_lab(variants: Sequence[VariantAnswer], maps: Sequence[MapTrust], path: Path = LAB) -> None:
    """The file that `read_lab` reads; one row a line."""
    path.parent.mkdir(exist_ok=True)
    tables = {
        name: ",\n".join("  " + json.dumps(_rounded(asdict(row))) for row in rows)
        for name, rows in (("variants", variants), ("maps", maps))
    }
    body = ",\n".join(f' "{name}": [\n{lines}\n ]' for name, lines in tables.items())
    path.write_text(f"{{\n{body}\n}}\n", encoding="utf-8")
    read_lab.cache_clear()


@lru_cache(maxsize=2)
def read_lab(path: Path = LAB) -> StoredLab:
    """What `write_lab` wrote."""
    stored = json.loads(path.read_text(encoding="utf-8"))
    maps = [
        MapTrust(**(row | {key: Areas(**row[key]) for key in ("patches", "frames")}))
        for row in stored["maps"]
    ]
    return StoredLab(tuple(VariantAnswer(**row) for row in stored["variants"]), tuple(maps))


def _rounded(row: dict[str, object]) -> dict[str, object]:
    """Numbers to DIGITS decimals, at any depth."""
    return {
        key: _rounded(value)
        if isinstance(value, dict)
        else round(value, DIGITS)
        if isinstance(value, float)
        else value
        for key, value in row.items()
    }
