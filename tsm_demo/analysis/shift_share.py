"""How much of a score came through shifted channels, block by block.

A fold of a block is ablated by letting its channels keep their own frame's values, as if they had stayed. So what is
taken away is what came from the neighbours, not the channels; with both folds of every block kept back, the network is
TSN with the same weights. Shares do not add up: what one block is not told, another may still bring.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from tsm_demo.analysis.shift_variants import VARIANTS, Folds, Variant, shifting_blocks, with_shift
from tsm_demo.core.errors import ModelError, ShapeError
from tsm_demo.core.shift_table import fold_offsets
from tsm_demo.models.networks import Network
from tsm_demo.models.resnet import Block, TemporalShift, VideoResNet

FROM = {+1: "future", -1: "past"}  # the offset of a fold, in words


@dataclass(frozen=True, slots=True, eq=False)
class ShiftShare:
    """The winning label's score, whole and with folds ablated. F: each fold in its order, then both; F = 1 online.

    Attributes:
        folds: (F,) names: "future", "past" and "both", or "past" alone.
        blocks: (B,) names of the blocks that shift ("layer1.0"), in the order in which they run.
        target: index of the label.
        logit, score: of the intact network: calibrated logit, and probability 0..1.
        block_logits, block_scores: (B, F) float32, with the fold ablated in that block alone.
        all_logits, all_scores: (F,) float32, with it ablated in every block.
    """

    folds: tuple[str, ...]
    blocks: tuple[str, ...]
    target: int
    logit: float
    score: float
    block_logits: NDArray[np.float32]
    block_scores: NDArray[np.float32]
    all_logits: NDArray[np.float32]
    all_scores: NDArray[np.float32]


def shift_share(network: Network, clip: Tensor, target: int | None = None) -> ShiftShare:
    """Ablate every fold of every block, and of all blocks at once.

    Args:
        network: a TSM on a ResNet; left unchanged.
        clip: (T, 3, H, W) float32, normalised.
        target: index of the label; None is the winning one.

    Raises ModelError for a network without a shift or a label that is none, ShapeError for a clip that is not 4-D.
    """
    if clip.ndim != 4:
        raise ShapeError(f"One clip (T, 3, H, W) is looked at; this has shape {tuple(clip.shape)}.")
    model, names = network.model, tuple(shifting_blocks(network.model))
    if not names or not isinstance(model, VideoResNet):
        raise ModelError(f"{network.name} has no shift to ablate: choose a TSM.")
    folds = _ablations(next(m.mode for m in model.modules() if isinstance(m, TemporalShift)))
    with torch.inference_mode():
        logits = torch.stack(list(_logits(model, clip, list(folds.values())))) / network.facts.temperature
    intact = logits[0, 0]  # (num_classes,)
    target = int(intact.argmax()) if target is None else target
    if not 0 <= target < len(intact):
        raise ModelError(f"There is no label number {target}; the network knows {len(intact)}.")
    of_target, scores = logits[:, :, target].numpy(), logits.softmax(-1)[:, :, target].numpy()
    return ShiftShare(
        folds=tuple(folds),
        blocks=names,
        target=target,
        logit=float(of_target[0, 0]),
        score=float(scores[0, 0]),
        block_logits=of_target[2:],
        block_scores=scores[2:],
        all_logits=of_target[1],
        all_scores=scores[1],
    )


def _ablations(mode: str) -> dict[str, Variant]:
    """What is ablated, and the shift that is left."""
    offsets = [offset for _, offset in fold_offsets(8, 4, mode)]
    each = {FROM[offset]: Variant(partial(_without, offset)) for offset in offsets}
    return each | {"both": VARIANTS["removed"]} if len(each) > 1 else each


def _without(ablated: int, channels: int, fold_div: int, mode: str) -> Folds:
    return tuple(fold for fold in fold_offsets(channels, fold_div, mode) if fold[1] != ablated)


def _logits(model: VideoResNet, clip: Tensor, variants: list[Variant]) -> Iterator[Tensor]:
    """(F, num_classes) each: intact (F times the same), each variant in all blocks, then in each block that shifts."""
    steps = len(clip)
    *inputs, last = model.block_maps(clip[None])  # what enters each block, what leaves the last: (T, C, h, w)
    yield model.clip_logits(last, steps).expand(len(variants), -1)
    yield torch.cat([with_shift(model, variant)(clip[None]) for variant in variants])
    blocks = [module for module in model.modules() if isinstance(module, Block)]
    for place, block in enumerate(blocks):
        if block.shift is not None:
            x = torch.cat([with_shift(block, variant)(inputs[place], steps) for variant in variants])
            for later in blocks[place + 1 :]:
                x = later(x, steps)
            yield model.clip_logits(x, steps)
