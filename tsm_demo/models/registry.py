"""Name to network: a new network is one decorated function, no list to edit."""

from collections.abc import Callable
from dataclasses import dataclass
from numbers import Integral

from torch import nn

from tsm_demo.core.errors import ModelError
from tsm_demo.core.placement import PLACEMENTS, RESIDUAL
from tsm_demo.core.shift_table import fold_width


@dataclass(frozen=True, slots=True)
class ModelSpec:
    """What to build; hashable, so it is also a cache key."""

    name: str
    num_classes: int = 400
    n_segment: int = 8  # T the network is used with when nobody says otherwise
    fold_div: int = 8  # C // fold_div channels move each way
    placement: str = RESIDUAL  # or "in_place": the shortcut sees the shifted features too
    width: int = 64  # channels after the stem; 64 is the published network
    last_stride: int = 2  # stride of layer4; 1 doubles the side of the last maps


Builder = Callable[[ModelSpec], nn.Module]
_BUILDERS: dict[str, Builder] = {}


def register(name: str) -> Callable[[Builder], Builder]:
    """Enter a builder under a name; a name taken twice is a ValueError."""

    def enter(builder: Builder) -> Builder:
        if name in _BUILDERS:
            raise ValueError(f"network {name!r} is registered twice")
        _BUILDERS[name] = builder
        return builder

    return enter


def list_models() -> list[str]:
    """Names that `build_model` takes, sorted."""
    return sorted(_BUILDERS)


def build(spec: ModelSpec) -> nn.Module:
    """A network with random weights, float32, in eval mode. Raises ModelError for what cannot be built."""
    if not isinstance(spec.name, str) or spec.name not in _BUILDERS:
        raise ModelError(
            f"There is no network called {spec.name!r}; choose one of {', '.join(list_models())}."
        )
    if spec.placement not in PLACEMENTS:
        raise ModelError(f"placement is {spec.placement!r}; choose one of {', '.join(PLACEMENTS)}.")
    sizes = (spec.num_classes, spec.n_segment, spec.width)
    if any(not isinstance(size, Integral) or size < 1 for size in sizes) or spec.last_stride not in (1, 2):
        raise ModelError(
            "num_classes, n_segment and width must be whole numbers of at least 1, and last_stride 1 or 2."
        )
    fold_width(spec.width, spec.fold_div)  # raises for a fold_div that means nothing
    return _BUILDERS[spec.name](spec).eval()


def build_model(
    name: str,
    num_classes: int = 400,
    n_segment: int = 8,
    fold_div: int = 8,
    placement: str = RESIDUAL,
    width: int = 64,
    last_stride: int = 2,
) -> nn.Module:
    """A network with random weights, float32, in eval mode; never loads weights.

    Its forward takes normalised clips (N, T, 3, H, W) and gives (N, num_classes). See `ModelSpec` for the arguments.
    Raises ModelError for an unknown name, placement or size, ShapeError for an impossible fold_div.
    """
    return build(ModelSpec(name, num_classes, n_segment, fold_div, placement, width, last_stride))
