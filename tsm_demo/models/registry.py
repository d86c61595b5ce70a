"""Name to network: a new network is one decorated function, no list to edit."""

from collections.abc import Callable
from dataclasses import dataclass, fields
from numbers import Integral
from typing import TYPE_CHECKING

from tsm_demo.core.errors import ModelError
from tsm_demo.core.placement import PLACEMENTS, RESIDUAL
from tsm_demo.core.shift_table import fold_width

if TYPE_CHECKING:
    from tsm_demo.models.video_network import VideoNetwork

EMBEDDED_GAUSSIAN, GAUSSIAN, DOT_PRODUCT = "embedded_gaussian", "gaussian", "dot_product"
ATTENTIONS = (EMBEDDED_GAUSSIAN, GAUSSIAN, DOT_PRODUCT)  # arXiv:1711.07971, section 3.2


@dataclass(frozen=True, slots=True)
class UsualInput:
    """The clip that a network is used with when nobody says otherwise."""

    frames: int
    size: int  # pixels a side


@dataclass(frozen=True, slots=True)
class ModelSpec:
    """What to build; hashable, so it is also a cache key.

    The last five mean something for some networks only (see `settings`); others refuse all but their defaults.
    """

    name: str
    num_classes: int = 400
    n_segment: int = None  # type: ignore[assignment]  # T it is used with; None becomes the network's usual one
    fold_div: int = 8  # C // fold_div channels move each way
    placement: str = RESIDUAL  # or "in_place": the shortcut sees the shifted features too
    width: int = 64  # channels after the stem; 64 is the published network
    last_stride: int = 2  # stride of layer4; 1 doubles the side of the last maps
    attention: str = EMBEDDED_GAUSSIAN  # of non-local blocks: how places are compared

    def __post_init__(self) -> None:
        """Raises ModelError for an unknown network whose usual T is asked for."""
        if self.n_segment is None:
            object.__setattr__(self, "n_segment", usual_input(self.name).frames)


Builder = Callable[[ModelSpec], "VideoNetwork"]
SETTINGS = ("fold_div", "placement", "width", "last_stride", "attention")  # what only some networks take


@dataclass(frozen=True, slots=True)
class _Entry:
    builder: Builder
    usual: UsualInput
    settings: tuple[str, ...]


_ENTRIES: dict[str, _Entry] = {}


def register(
    name: str, frames: int = 8, size: int = 224, settings: tuple[str, ...] = ()
) -> Callable[[Builder], Builder]:
    """Enter a builder under a name; a name taken twice is a ValueError.

    Args:
        frames, size: the usual input.
        settings: which of SETTINGS mean something for it.
    """

    def enter(builder: Builder) -> Builder:
        if name in _ENTRIES:
            raise ValueError(f"network {name!r} is registered twice")
        _ENTRIES[name] = _Entry(builder, UsualInput(frames, size), settings)
        return builder

    return enter


def list_models() -> list[str]:
    """Names that `build_model` takes, sorted."""
    return sorted(_ENTRIES)


def usual_input(name: str) -> UsualInput:
    """The T and size that a network is used with when nobody says otherwise. Raises ModelError for an unknown name."""
    return _entry(name).usual


def settings(name: str) -> tuple[str, ...]:
    """Which of SETTINGS a network takes. Raises ModelError for an unknown name."""
    return _entry(name).settings


def build(spec: ModelSpec) -> "VideoNetwork":
    """A network with random weights, float32, in eval mode. Raises ModelError for what cannot be built."""
    entry = _entry(spec.name)
    if spec.placement not in PLACEMENTS:
        raise ModelError(f"placement is {spec.placement!r}; choose one of {', '.join(PLACEMENTS)}.")
    if spec.attention not in ATTENTIONS:
        raise ModelError(f"attention is {spec.attention!r}; choose one of {', '.join(ATTENTIONS)}.")
    sizes = (spec.num_classes, spec.n_segment, spec.width)
    if any(not isinstance(size, Integral) or size < 1 for size in sizes) or spec.last_stride not in (1, 2):
        raise ModelError(
            "num_classes, n_segment and width must be whole numbers of at least 1, and last_stride 1 or 2."
        )
    fold_width(spec.width, spec.fold_div)  # raises for a fold_div that means nothing
    changed = {field.name for field in fields(spec) if getattr(spec, field.name) != field.default}
    foreign = [name for name in SETTINGS if name in changed and name not in entry.settings]
    if foreign:
        raise ModelError(f"{spec.name} has no {' and no '.join(foreign)} to choose: leave it at its default.")
    return entry.builder(spec).eval()


def build_model(
    name: str,
    num_classes: int = 400,
    n_segment: int | None = None,
    fold_div: int = 8,
    placement: str = RESIDUAL,
    width: int = 64,
    last_stride: int = 2,
    attention: str = EMBEDDED_GAUSSIAN,
) -> "VideoNetwork":
    """A network with random weights, float32, in eval mode; never loads weights.

    Its forward takes normalised clips (N, T, 3, H, W) and gives (N, num_classes). See `ModelSpec` for the arguments; an
    n_segment left out is the network's usual one (`usual_input`), 8 for the TSM family.
    Raises ModelError for an unknown name, placement or size, ShapeError for an impossible fold_div.
    """
    frames = usual_input(name).frames if n_segment is None else n_segment
    return build(ModelSpec(name, num_classes, frames, fold_div, placement, width, last_stride, attention))


def _entry(name: str) -> _Entry:
    if not isinstance(name, str) or name not in _ENTRIES:
        raise ModelError(f"There is no network called {name!r}; choose one of {', '.join(list_models())}.")
    return _ENTRIES[name]
