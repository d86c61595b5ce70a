"""Why training takes so much more memory than inference: what is kept for the backward pass, and the peak it leads to."""

from dataclasses import dataclass
from functools import lru_cache

import torch
import torch.nn.functional as F

from tsm_demo.analysis.memory_trace import MemoryTrace
from tsm_demo.analysis.meta_network import existing_tensors, meta_network, usual
from tsm_demo.models.registry import ModelSpec


@dataclass(frozen=True, slots=True)
class TrainingMemory:
    """Bytes of one training step (forward, cross-entropy, backward) on a batch of clips; float32.

    None counts the weights and the clips, which were there before, nor the optimiser's state.

    Attributes:
        kept_bytes: alive between forward and backward: what layers keep for their gradients.
        gradient_bytes: of the weights' gradients, which are alive after the step.
        peak_bytes: the most that is alive at once, gradients included; kernels' own scratch memory is not in it.
    """

    kept_bytes: int
    gradient_bytes: int
    peak_bytes: int


def training_memory(
    spec: ModelSpec, frames: int | None = None, size: int | None = None, batch: int = 1, shifts: bool = True
) -> TrainingMemory:
    """Trace a training step on torch's meta device: nothing is computed, and no memory taken. The result is kept.

    Args:
        spec, frames, size, batch: as `cost` takes them.
        shifts: True is the network as it is: each shift writes a new tensor, which the convolution after it keeps, while
            the ReLU before it keeps the old one. False takes the shifts out and leaves everything else, which is what
            training would keep if shifts ran in place, for an in-place shift makes no tensor and keeps none. That is
            a bound, not an option: PyTorch refuses the backward pass of an in-place shift after a ReLU, whose kept
            output it has written over (`core/shift_bytes.py`). For TSM it is the 2D network's figure.

    Raises ShapeError and ModelError as `cost` does, and ShapeError where batch norm is left with one value a channel.
    """
    return _traced(spec, *usual(spec, frames, size), batch, shifts)


@lru_cache(maxsize=512)
def _traced(spec: ModelSpec, frames: int, size: int, batch: int, shifts: bool) -> TrainingMemory:
    with meta_network(spec, frames, size, batch, shifts) as (model, clips):
        target = torch.zeros(batch, dtype=torch.int64, device="meta")
        try:
            model.train()
            with MemoryTrace([*existing_tensors(model, clips), target]) as memory:
                logits = model(clips)
                kept_bytes = memory.now_bytes - logits.nbytes
                F.cross_entropy(logits, target).backward()
            gradient_bytes = sum(p.grad.nbytes for p in model.parameters() if p.grad is not None)
        finally:
            model.eval().zero_grad()  # as `meta_network` wants it back
    return TrainingMemory(kept_bytes, gradient_bytes, memory.peak_bytes)
