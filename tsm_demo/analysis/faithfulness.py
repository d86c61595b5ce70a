"""Whether a map names what the network needs: the score as places are taken away, or brought back, in the map's order.

Deletion takes the most important places away first, and a good map's curve falls soon; insertion brings them back first,
and a good map's curve rises soon. Each is judged against random orders of the same places. Source: RISE,
arXiv:1806.07421, section 4.3; there places turn grey. Here a patch that is taken away shows its own mean over time: what
was to be seen at that place stays, without its motion. A frame that is taken away turns grey (ImageNet's mean colour).
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray
from torch import Tensor

from tsm_demo.analysis.altered import altered_logits, check_asked, still
from tsm_demo.core.errors import ShapeError
from tsm_demo.models.networks import Network

STEPS = 10  # of a curve over patches; over frames there is one for each
SEEDS = (0, 1, 2)  # of the random orders


@dataclass(frozen=True, slots=True, eq=False)
class Curves:
    """Scores (probabilities of one label, 0..1, float32) as places go.

    Attributes:
        shares: (K,) float64 rising from 0 to 1: the share of places taken away, or brought back.
        deletion: (K,) by the map, the most important places taken away first.
        insertion: (K,) by the map, the most important places brought back first.
        random: (S, K) taken away in S random orders. Read backwards a curve is an insertion in the reverse of that
            order, which is as random: so each stands for both.
    """

    shares: NDArray[np.float64]
    deletion: NDArray[np.float32]
    insertion: NDArray[np.float32]
    random: NDArray[np.float32]

    @property
    def deletion_area(self) -> float:
        """Under the curve, 0..1; the lower, the better the map."""
        return self._area(self.deletion)

    @property
    def insertion_area(self) -> float:
        """Under the curve, 0..1; the higher, the better the map."""
        return self._area(self.insertion)

    @property
    def random_areas(self) -> tuple[float, ...]:
        """(S,) under each random curve, for both."""
        return tuple(self._area(curve) for curve in self.random)

    def _area(self, curve: NDArray[np.float32]) -> float:
        return float(np.trapezoid(curve, self.shares))


def frame_weights(maps: Tensor) -> Tensor:
    """(T, h, w) maps, not negative, to (T,) how much each frame matters: its sum, the largest being 1."""
    sums = maps.sum((1, 2))
    return sums / sums.max().clamp(min=torch.finfo(sums.dtype).tiny)


def patch_curves(
    network: Network,
    clip: Tensor,
    target: int,
    maps: Tensor,
    steps: int = STEPS,
    seeds: tuple[int, ...] = SEEDS,
) -> Curves:
    """Over the cells of a map, in space and time; (2 + S) (steps - 1) + 2 versions of the clip are looked at.

    Args:
        network: left unchanged.
        clip: (T, 3, H, W) float32, normalised.
        target: index of the label.
        maps: (S, h, w) how important each cell is, as Grad-CAM or occlusion give it; S may be fewer than T.
        steps: of the curve, at most S * h * w.
        seeds: of the random orders.

    Raises ShapeError for shapes that are not these, ModelError for a label that is none.
    """
    return _curves(network, clip, target, maps, still(clip), steps, seeds)


def frame_curves(
    network: Network, clip: Tensor, target: int, weights: Tensor, seeds: tuple[int, ...] = SEEDS
) -> Curves:
    """Over frames, by (T,) `weights` of how much each matters; other arguments and errors as `patch_curves`."""
    return _curves(network, clip, target, weights[:, None, None], torch.zeros_like(clip), len(weights), seeds)


def _curves(
    network: Network,
    clip: Tensor,
    target: int,
    maps: Tensor,
    instead: Tensor,
    steps: int,
    seeds: tuple[int, ...],
) -> Curves:
    check_asked(network, clip, target)
    if maps.ndim != 3:
        raise ShapeError(f"Maps are (steps in time, h, w); these have shape {tuple(maps.shape)}.")
    cells = maps.numel()
    if not 1 <= steps <= cells:
        raise ShapeError(f"{cells} places can be taken away in 1 to {cells} steps, not in {steps}.")
    counts = [round(k * cells / steps) for k in range(steps + 1)]
    by_map = _most_important_first(maps)
    randoms = [torch.randperm(cells, generator=torch.Generator().manual_seed(seed)) for seed in seeds]

    def versions() -> Iterator[Tensor]:
        yield from (clip, instead)
        for order in (by_map, by_map.flip(0), *randoms):
            for count in counts[1:-1]:
                yield torch.where(_taken(order[:count], maps.shape, clip), instead, clip)

    whole, nothing, *between = altered_logits(network, versions()).softmax(-1)[:, target].tolist()
    curves = np.array(
        [[whole, *row, nothing] for row in np.reshape(between, (-1, steps - 1))], dtype=np.float32
    )
    return Curves(np.array(counts) / cells, curves[0], curves[1, ::-1], curves[2:])


def _most_important_first(maps: Tensor) -> Tensor:
    """The flat order of cells; equal ones, such as those where ReLU left nothing, in a random order."""
    mixed = torch.randperm(maps.numel(), generator=torch.Generator().manual_seed(0))
    return mixed[maps.flatten()[mixed].argsort(descending=True, stable=True)]


def _taken(cells: Tensor, grid: torch.Size, clip: Tensor) -> Tensor:
    """(T, 1, H, W) bool: the pixels of some cells of an (S, h, w) grid laid over the clip."""
    mask = torch.zeros(grid.numel())
    mask[cells] = 1
    size = (len(clip), *clip.shape[2:])
    return F.interpolate(mask.view(1, 1, *grid), size).bool().transpose(1, 2)[0]
