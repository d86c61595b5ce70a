"""Whether a Grad-CAM map depends on what the network has learned: its weights made random, from the top down.

A map that stays as it was, whatever the weights, shows the picture (its edges, its middle), not the reasons of the
network. Source: Adebayo et al., "Sanity Checks for Saliency Maps", arXiv:1810.03292, section 4.1 (cascading
randomisation, maps compared by Spearman's rank correlation). Maps are compared before Grad-CAM's ReLU and whatever their
sign: at random weights the evidence is as often against the class as for it, and half of the maps would be empty.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from tsm_demo.analysis.altered import check_asked
from tsm_demo.analysis.gradcam import signed_grad_cam
from tsm_demo.analysis.shift_variants import sharing_copy
from tsm_demo.core.errors import ModelError
from tsm_demo.models.networks import Network
from tsm_demo.models.resnet import STAGES, VideoResNet

SEEDS = (0, 1, 2)
TOP_DOWN = ("fc", *STAGES[::-1], "stem")
TOO_ALIKE = 0.5  # from this rank correlation on, an untrained network would draw much the same map


@dataclass(frozen=True, slots=True, eq=False)
class RandomisedWeights:
    """How alike the map stays as more and more of the network is random.

    Attributes:
        layers: (L,) what was made random last, from the top down ("fc", "layer4", ... "stem"), with all above it.
        correlations: (L, S) float64, -1 to 1: of the whole clip's map with the intact one, for each of S seeds; 0 where
            a map is the same everywhere.
        maps: (L, S', h, w) float32, signed, unscaled: the first seed's maps, S' steps in time.
    """

    layers: tuple[str, ...]
    correlations: NDArray[np.float64]
    maps: NDArray[np.float32]

    @property
    def left(self) -> float:
        """The size of the correlation with all weights random, 0 to 1, on the mean of the seeds."""
        return float(np.abs(self.correlations[-1]).mean())

    @property
    def depends(self) -> bool:
        """Whether the map shows what was learned: at random weights it is another."""
        return self.left < TOO_ALIKE


def randomise_weights(
    network: Network, clip: Tensor, target: int, layer: str | None = None, seeds: tuple[int, ...] = SEEDS
) -> RandomisedWeights:
    """Make a layer more as it was before training each time, and map the label again.

    Args:
        network: a 2D, TSM or 3D ResNet; left unchanged.
        clip: (T, 3, H, W) float32, normalised.
        target: index of the label.
        layer: where the map is made, as `grad_cam`.
        seeds: of the weights.

    Raises ShapeError for a clip that is not 4-D, ModelError for another layer, label or network.
    """
    check_asked(network, clip, target)
    if not isinstance(network.model, VideoResNet):
        raise ModelError(f"{network.name} is not a ResNet of layers that can be made random one by one.")
    intact = signed_grad_cam(network.model, clip, target, layer)
    maps = torch.stack(
        [
            torch.stack(
                [signed_grad_cam(model, clip, target, layer) for model in _cascade(network.model, seed)]
            )
            for seed in seeds
        ]
    )  # (seeds, L, S', h, w)
    correlations = [[rank_correlation(intact, map_) for map_ in of_seed] for of_seed in maps]
    return RandomisedWeights(TOP_DOWN, np.array(correlations).T, maps[0].numpy())


def rank_correlation(one: Tensor, other: Tensor) -> float:
    """Spearman's, of two tensors of one shape: -1 to 1, equal values sharing their mean rank; 0 where one is constant."""
    ranks = torch.stack([_ranks(one), _ranks(other)])
    ranks -= ranks.mean(1, keepdim=True)
    lengths = ranks.norm(dim=1)
    return float(ranks[0] @ ranks[1] / (lengths[0] * lengths[1])) if lengths.all() else 0.0


def _ranks(values: Tensor) -> Tensor:
    """(any shape) to flat float64 ranks."""
    _, place, counts = values.flatten().unique(return_inverse=True, return_counts=True)
    return (counts.cumsum(0) - (counts - 1) / 2).double()[place]


def _cascade(model: VideoResNet, seed: int) -> Iterator[VideoResNet]:
    """The network with its head untrained, then the layer below it too, and so on; one copy, given again and again."""
    generator = torch.Generator().manual_seed(seed)
    other = sharing_copy(model)
    for name in TOP_DOWN:
        parts = [other.conv1, other.bn1] if name == "stem" else [getattr(other, name)]
        for part in parts:
            for module in part.modules():
                _forget(module, generator)
        yield other


def _forget(module: nn.Module, generator: torch.Generator) -> None:
    """Give a module tensors of its own, as they are before training; the ones it had are left as they were."""
    if isinstance(module, nn.Conv2d | nn.Conv3d):  # as `draw_kernels`, with this generator
        kernels = torch.empty_like(module.weight)
        nn.init.kaiming_normal_(kernels, mode="fan_out", nonlinearity="relu", generator=generator)
        module.weight = nn.Parameter(kernels, requires_grad=False)
    elif isinstance(module, nn.Linear):
        drawn = torch.randn(module.weight.shape, generator=generator) / module.in_features**0.5
        module.weight = nn.Parameter(drawn, requires_grad=False)
        module.bias = nn.Parameter(torch.zeros_like(module.bias), requires_grad=False)
    elif isinstance(module, nn.BatchNorm2d | nn.BatchNorm3d):
        zeros, ones = torch.zeros_like(module.bias), torch.ones_like(module.weight)
        module.weight, module.bias = (nn.Parameter(value, requires_grad=False) for value in (ones, zeros))
        module.running_mean, module.running_var = zeros.detach().clone(), ones.detach().clone()
