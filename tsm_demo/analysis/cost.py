"""What a network costs on any input: parameters, multiply-adds and bytes, in all and layer by layer."""

from dataclasses import dataclass
from functools import lru_cache

import torch

from tsm_demo.analysis.layer_trace import LayerCost as LayerCost
from tsm_demo.analysis.layer_trace import LayerTrace
from tsm_demo.analysis.memory_trace import MemoryTrace
from tsm_demo.analysis.meta_network import existing_tensors, meta_network, usual
from tsm_demo.analysis.training_memory import TrainingMemory, training_memory
from tsm_demo.core.errors import ShapeError
from tsm_demo.models.registry import ModelSpec


@dataclass(frozen=True, slots=True)
class Cost:
    """The cost of one call on a batch of clips; float32. All but `params` is for the whole batch.

    Attributes:
        frames, size, batch: the input is (batch, frames, 3, size, size).
        params: weights and biases, batch norm's too.
        macs: multiply-adds of convolutions, linear layers, LSTMs and attention. Video papers print these as "FLOPs".
        activation_bytes: of all layers' outputs together, as if none were ever freed or written over.
        peak_bytes: at inference, the most that the call has allocated at once, above the weights and the clips, which
            were there before. Kernels' own scratch memory, which depends on the processor, is not in it.
        shift_bytes: read and written by shifts.
        layers: in order of execution.
    """

    spec: ModelSpec
    frames: int
    size: int
    batch: int
    params: int
    macs: int
    activation_bytes: int
    peak_bytes: int
    shift_bytes: int
    layers: tuple[LayerCost, ...]

    @property
    def flops(self) -> int:
        """A multiplication and an addition for each multiply-add."""
        return 2 * self.macs

    @property
    def training(self) -> TrainingMemory | None:
        """The memory of a training step on the same input, traced when first asked for, and kept.

        None where PyTorch refuses to train: batch norm needs more than one value a channel.
        """
        try:
            return training_memory(self.spec, self.frames, self.size, self.batch)
        except ShapeError:
            return None

    @property
    def training_peak_bytes(self) -> int | None:
        """The peak of a training step, see `TrainingMemory`."""
        return None if self.training is None else self.training.peak_bytes

    @property
    def stages(self) -> dict[str, tuple[LayerCost, ...]]:
        """The layers by the first part of their name ("layer1"), in order of execution."""
        grouped: dict[str, list[LayerCost]] = {}
        for layer in self.layers:
            grouped.setdefault(layer.name.split(".")[0].split("#")[0], []).append(layer)
        return {name: tuple(layers) for name, layers in grouped.items()}


def cost(spec: ModelSpec, frames: int | None = None, size: int | None = None, batch: int = 1) -> Cost:
    """Count a network on torch's meta device: nothing is computed, and no memory taken.

    Args:
        spec: the network, with its classes, fold and width.
        frames, size: T, and pixels a side, of the clips; if not given, spec.n_segment and the network's usual size.
        batch: clips.

    The result is kept, and is the same object when it is asked for again.
    Raises ShapeError for numbers below 1 and for clips that the network cannot take, ModelError for an unknown network.
    """
    return _counted(spec, *usual(spec, frames, size), batch)


@lru_cache(maxsize=512)
def _counted(spec: ModelSpec, frames: int, size: int, batch: int) -> Cost:
    with meta_network(spec, frames, size, batch) as (model, clips):
        memory, trace = MemoryTrace(existing_tensors(model, clips)), LayerTrace(model)
        with torch.no_grad(), memory, trace:
            model(clips)
        params = sum(p.numel() for p in model.parameters())
    layers = tuple(trace.layers)
    return Cost(
        spec=spec,
        frames=frames,
        size=size,
        batch=batch,
        params=params,
        macs=sum(layer.macs for layer in layers),
        activation_bytes=sum(layer.activation_bytes for layer in layers),
        peak_bytes=memory.peak_bytes,
        shift_bytes=sum(layer.shift_bytes for layer in layers),
        layers=layers,
    )
