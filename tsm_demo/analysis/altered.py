"""What a network says of many altered versions of one window, asked in batches."""

from collections.abc import Iterable
from itertools import islice

import torch
from torch import Tensor

from tsm_demo.analysis.look import look
from tsm_demo.analysis.predict import WINDOWS_AT_ONCE
from tsm_demo.core.errors import ModelError, ShapeError
from tsm_demo.models.networks import Network


def altered_logits(network: Network, versions: Iterable[Tensor]) -> Tensor:
    """Calibrated logits (K, num_classes) of K clips (T, 3, H, W) float32, normalised; no gradient, no more than a
    batch of them in memory."""
    remaining, parts = iter(versions), []
    with torch.inference_mode():
        while batch := list(islice(remaining, WINDOWS_AT_ONCE)):
            parts.append(look(network, torch.stack(batch)).of_clips)
    return torch.cat(parts)


def check_asked(network: Network, clip: Tensor, target: int) -> None:
    """Raises ShapeError for what is not one clip (T, 3, H, W), ModelError for a label that is none."""
    if clip.ndim != 4:
        raise ShapeError(f"One clip (T, 3, H, W) is looked at; this has shape {tuple(clip.shape)}.")
    if not 0 <= target < len(network.facts.labels):
        raise ModelError(f"There is no label number {target}; the network knows {len(network.facts.labels)}.")


def still(clip: Tensor) -> Tensor:
    """(T, 3, H, W) to the clip's mean over time in every frame, the same shape: what is seen, without its motion."""
    return clip.mean(0, keepdim=True).expand_as(clip)
