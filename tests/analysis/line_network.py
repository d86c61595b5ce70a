"""A network whose answer is arithmetic: label 0's logit is a weighted sum of the clip's values, label 1's is 0."""

from dataclasses import replace

import torch
from torch import Tensor

from tsm_demo.models.answering import answer_as_it_stands
from tsm_demo.models.networks import Network, load_network


class WeightedSum:
    """(N, T, 3, H, W) to (N, 2)."""

    def __init__(self, weights: Tensor) -> None:
        self.weights = weights  # (T, 3, H, W)

    layers = ("frames",)
    computes = None

    def features_at(self, clips: Tensor, layers: tuple[str, ...]) -> dict[str, Tensor]:
        return {name: clips.flatten(0, 1) for name in layers}

    def clip_logits(self, features: Tensor, steps: int) -> Tensor:
        return self(features.unflatten(0, (-1, steps)))

    def __call__(self, clips: Tensor) -> Tensor:
        sums = (clips * self.weights).sum((1, 2, 3, 4))
        return torch.stack([sums, torch.zeros_like(sums)], 1)


def line_network(weights: Tensor, temperature: float = 1.0) -> Network:
    """The network of a (T, 3, H, W) tensor."""
    facts = replace(load_network("motion").facts, labels=("some", "none"), temperature=temperature)
    model = WeightedSum(weights)
    answer_as_it_stands(model)  # type: ignore[arg-type]
    return Network("line", "random", model, facts)  # type: ignore[arg-type]
