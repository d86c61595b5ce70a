"""Networks and clips on torch's meta device, which have shapes but no memory: what costs are counted on."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from threading import RLock

import torch
from torch import Tensor, nn

from tsm_demo.core.errors import ShapeError, TsmDemoError
from tsm_demo.models.registry import ModelSpec, build, usual_input
from tsm_demo.models.resnet import TemporalShift

_LOCK = RLock()  # networks are kept between traces, and two traces of one would see each other's layers


class _Unshifted(nn.Module):
    """What stands for a shift where there is to be none: hands its input on, and copies nothing."""

    def forward(self, x: Tensor, n_segment: int) -> Tensor:
        return x


@contextmanager
def meta_network(
    spec: ModelSpec, frames: int, size: int, batch: int, shifts: bool = True
) -> Iterator[tuple[nn.Module, Tensor]]:
    """The network (eval mode) and clips for it, both on the meta device; for one caller at a time.

    The network is kept for the next caller: leave it as it was. Within the block, torch's complaints about shapes
    become ShapeError.

    Args:
        spec: what to build. `shifts=False` takes the shifts out of it, and nothing else.
        frames, size, batch: the clips are (batch, frames, 3, size, size) float32.

    Raises ShapeError for numbers below 1 and for what the network cannot take, ModelError for what cannot be built.
    """
    for name, value in (("frames", frames), ("size", size), ("batch", batch)):
        if isinstance(value, bool) or not isinstance(value, int) or value < 1:
            raise ShapeError(f"{name} is {value!r}; give a whole number of at least 1.")
    with _LOCK:
        model = _built(spec, shifts)
        try:
            yield model, torch.empty(batch, frames, 3, size, size, device="meta")
        except (TsmDemoError, NotImplementedError):  # the second is a RuntimeError, but not about shapes
            raise
        except (RuntimeError, ValueError) as error:
            raise ShapeError(
                f"{spec.name} cannot take {batch} x {frames} frames of {size} x {size}; try more frames or a larger "
                f"size. ({str(error).splitlines()[0]})"
            ) from error


def usual(spec: ModelSpec, frames: int | None, size: int | None) -> tuple[int, int]:
    """Frames and pixels a side: those given, else the network's usual ones. Raises ModelError for an unknown network."""
    usual_size = usual_input(spec.name).size
    return (spec.n_segment if frames is None else frames), (usual_size if size is None else size)


def existing_tensors(model: nn.Module, clips: Tensor) -> list[Tensor]:
    """What is in memory before the network is called."""
    return [*model.parameters(), *model.buffers(), clips]


@lru_cache(maxsize=64)
def _built(spec: ModelSpec, shifts: bool) -> nn.Module:
    with torch.device("meta"):
        model = build(spec)
    if not shifts:
        for module in [*model.modules()]:
            for name, child in module.named_children():
                if isinstance(child, TemporalShift):
                    setattr(module, name, _Unshifted())
    return model
