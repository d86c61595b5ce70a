"""The same weights with another shift: removed, halved, reversed, circular.

A variant is a network of its own whose tensors are those of the intact one, so that it takes no memory to speak of and
the shared network is left as it was.

Source: TSM, arXiv:1811.08383, section 3; the circular shift is its "circulant padding".
"""

import copy
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import TypeVar

from torch import Tensor, nn

from tsm_demo.core.errors import ModelError
from tsm_demo.core.shift_table import fold_offsets
from tsm_demo.models.answering import answer_as_it_stands
from tsm_demo.models.networks import Network
from tsm_demo.models.resnet import Block, TemporalShift

Folds = tuple[tuple[slice, int], ...]  # channels that move, and the frame offset they are taken from
M = TypeVar("M", bound=nn.Module)


@dataclass(frozen=True, slots=True)
class Variant:
    """How a network's shift is changed.

    Attributes:
        folds: from C, fold_div and mode to the channels that move, each with the frame it takes its values from.
        circular: the ends of the clip are neighbours, instead of zeros beyond them.
    """

    folds: Callable[[int, int, str], Folds]
    circular: bool = False


def _half_of_each(channels: int, fold_div: int, mode: str) -> Folds:
    """The first half of the channels of every fold, which move as they did."""
    return tuple(
        (slice(part.start, part.start + (part.stop - part.start) // 2), offset)
        for part, offset in fold_offsets(channels, fold_div, mode)
    )


def _doubled(channels: int, fold_div: int, mode: str) -> Folds:
    """The folds of somebody who sets fold_div to twice what the weights were trained with.

    Fold 0 is half as wide, so fold 1 begins earlier: its channels, trained to come from t+1, now come from t-1.
    """
    return fold_offsets(channels, 2 * fold_div, mode)


def _reversed(channels: int, fold_div: int, mode: str) -> Folds:
    return tuple((part, -offset) for part, offset in fold_offsets(channels, fold_div, mode))


VARIANTS: dict[str, Variant] = {
    "intact": Variant(fold_offsets),
    "removed": Variant(lambda channels, fold_div, mode: ()),
    "halved": Variant(_half_of_each),
    "fold_div_doubled": Variant(_doubled),
    "reversed": Variant(_reversed),
    "circular": Variant(fold_offsets, circular=True),
}


class OtherShift(TemporalShift):
    """A shift by any folds; with those of "intact" it is the TemporalShift that it stands for."""

    def __init__(self, shift: TemporalShift, variant: Variant) -> None:
        super().__init__(shift.fold_div, shift.mode)
        self.variant = variant

    def forward(self, x: Tensor, n_segment: int) -> Tensor:
        folds = self.variant.folds(x.shape[1], self.fold_div, self.mode)
        if not folds:
            return x
        clips = x.unflatten(0, (-1, n_segment))  # (N, T, C, H, W)
        moved = clips.clone()
        for part, offset in folds:
            from_neighbours = clips[:, :, part].roll(-offset, dims=1)
            if not self.variant.circular:
                from_neighbours[:, -1 if offset > 0 else 0] = 0
            moved[:, :, part] = from_neighbours
        return moved.flatten(0, 1)


@lru_cache(maxsize=16)
def shift_variant(network: Network, name: str) -> Network:
    """A network with the same tensors and another shift; "intact" is the network itself.

    Args:
        network: one with a shift.
        name: of VARIANTS.

    Raises ModelError for a name that is none and for a network without a shift.
    """
    if name not in VARIANTS:
        raise ModelError(f"There is no shift called {name!r}; choose one of {', '.join(VARIANTS)}.")
    if not shifting_blocks(network.model):
        raise ModelError(f"{network.name} has no shift to change: choose a TSM.")
    if name == "intact":
        return network
    model = with_shift(network.model, VARIANTS[name])
    answer_as_it_stands(model)  # another form would have tensors of its own
    return replace(network, model=model)


def with_shift(module: M, variant: Variant) -> M:
    """A copy of a network or a block with another shift wherever it has one; its tensors are the same ones."""
    other = sharing_copy(module)
    for block in shifting_blocks(other).values():
        if block.shift is not None:
            block.shift = OtherShift(block.shift, variant)
    return other


def sharing_copy(module: M) -> M:
    """Modules of its own, whose parameters and buffers are the same tensors."""
    tensors = [*module.parameters(), *module.buffers()]
    return copy.deepcopy(module, {id(tensor): tensor for tensor in tensors})


def shifting_blocks(model: nn.Module) -> dict[str, Block]:
    """The residual blocks that shift their input, by name ("layer1.0"), in the order in which they run."""
    return {
        name: module
        for name, module in model.named_modules()
        if isinstance(module, Block) and module.shift is not None
    }
