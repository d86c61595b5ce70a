"""Curves against clips altered by hand, areas against sums by hand, and Grad-CAM's maps of the bundled clips."""

from itertools import pairwise

import numpy as np
import pytest
import torch
from torch import Tensor

from tests.analysis.line_network import line_network
from tests.analysis.untouched import untouched
from tsm_demo.analysis.faithfulness import Curves, frame_curves, frame_weights, patch_curves
from tsm_demo.core.errors import ModelError, ShapeError
from tsm_demo.models.networks import load_network

T, SIDE = 4, 6
GENERATOR = torch.Generator().manual_seed(0)
CLIP = torch.randn(T, 3, SIDE, SIDE, generator=GENERATOR)
WEIGHTS = torch.randn(T, 3, SIDE, SIDE, generator=GENERATOR) / 10
MAPS = torch.rand(2, 3, 2, generator=GENERATOR)  # a cell is two frames, two rows, three columns
CELLS = [(s, i, j) for s in range(2) for i in range(3) for j in range(2)]


def score(clip: Tensor) -> float:
    return float(torch.sigmoid((clip * WEIGHTS).sum()))


def without(cells: list[tuple[int, int, int]]) -> Tensor:
    """The clip with some cells at their mean over time."""
    altered = CLIP.clone()
    for s, i, j in cells:
        rows, columns = slice(2 * i, 2 * i + 2), slice(3 * j, 3 * j + 3)
        for t in (2 * s, 2 * s + 1):
            altered[t, :, rows, columns] = CLIP[:, :, rows, columns].mean(0)
    return altered


def test_patches_by_hand():
    curves = patch_curves(line_network(WEIGHTS), CLIP, 0, MAPS, steps=4, seeds=(5,))
    best_first = sorted(CELLS, key=lambda cell: -float(MAPS[cell]))
    assert curves.shares.tolist() == [0, 0.25, 0.5, 0.75, 1]
    deletion = [score(without(best_first[:count])) for count in (0, 3, 6, 9, 12)]
    insertion = [score(without(best_first[count:])) for count in (0, 3, 6, 9, 12)]
    np.testing.assert_allclose(curves.deletion, deletion, atol=1e-6)
    np.testing.assert_allclose(curves.insertion, insertion, atol=1e-6)
    assert np.ptp(deletion) > 0.02, "a flat curve would agree with anything"
    drawn = torch.randperm(12, generator=torch.Generator().manual_seed(5)).tolist()
    random = [score(without([CELLS[k] for k in drawn[:count]])) for count in (0, 3, 6, 9, 12)]
    np.testing.assert_allclose(curves.random, [random], atol=1e-6)


def test_frames_by_hand():
    curves = frame_curves(line_network(WEIGHTS), CLIP, 0, torch.tensor([0.2, 1.0, 0.0, 0.5]))

    def grey(frames: tuple[int, ...]) -> float:
        altered = CLIP.clone()
        altered[list(frames)] = 0
        return score(altered)

    np.testing.assert_allclose(
        curves.deletion, [grey(()), grey((1,)), grey((1, 3)), grey((1, 3, 0)), 0.5], atol=1e-6
    )
    np.testing.assert_allclose(
        curves.insertion, [0.5, grey((0, 2, 3)), grey((0, 2)), grey((2,)), grey(())], atol=1e-6
    )
    assert curves.random.shape == (3, 5)


def test_areas_by_hand():
    curves = Curves(
        shares=np.array([0, 0.25, 1]),
        deletion=np.array([1, 0.5, 0], dtype=np.float32),
        insertion=np.array([0, 1, 1], dtype=np.float32),
        random=np.array([[1, 1, 0], [1, 0, 0]], dtype=np.float32),
    )
    assert curves.deletion_area == pytest.approx(0.25 * 0.75 + 0.75 * 0.25)
    assert curves.insertion_area == pytest.approx(0.25 * 0.5 + 0.75)
    assert curves.random_areas == pytest.approx((0.25 + 0.75 * 0.5, 0.25 * 0.5))


def test_on_a_sum_its_own_terms_are_the_best_order_that_there_is():
    # What a cell brings to the sum, against its mean over time, is known: no order deletes sooner.
    brings = torch.zeros(2, 3, 2)
    for cell in CELLS:
        brings[cell] = ((CLIP - without([cell])) * WEIGHTS).sum()
    best = patch_curves(line_network(WEIGHTS), CLIP, 0, brings, steps=12, seeds=tuple(range(8)))
    assert best.deletion_area < min(best.random_areas)
    assert best.insertion_area > max(best.random_areas)


def test_cells_of_equal_importance_go_in_no_order_of_their_place():
    # Deleted in order of place, the sum would fall by one with every cell of the first half, and then by none.
    weights = torch.zeros(T, 3, SIDE, SIDE)
    weights[:2] = 0.01
    clip = torch.ones(T, 3, SIDE, SIDE)
    clip[2:] = -1
    curve = patch_curves(line_network(weights), clip, 0, torch.ones(2, 3, 2), steps=12).deletion
    falls = [one > other for one, other in pairwise(np.log(curve / (1 - curve)).round(3))]
    assert sum(falls) == 6
    assert falls != [True] * 6 + [False] * 6


def test_how_much_frames_matter():
    maps = torch.tensor([[[1.0, 1.0]], [[0.0, 4.0]], [[0.0, 0.0]]])
    assert frame_weights(maps).tolist() == [0.5, 1.0, 0.0]
    assert frame_weights(torch.zeros(3, 2, 2)).tolist() == [0, 0, 0]


def test_the_network_is_left_as_it_was():
    shared, clip = load_network("motion"), torch.randn(8, 3, 32, 32, generator=GENERATOR)
    with untouched(shared.model):
        first = patch_curves(shared, clip, 3, torch.rand(8, 2, 2, generator=GENERATOR), steps=2, seeds=(0,))
        frame_curves(shared, clip, 3, torch.arange(8.0), seeds=())
    assert not any(np.isnan(curve).any() for curve in (first.deletion, first.random))


@pytest.mark.parametrize(
    ("error", "change"),
    [
        (ShapeError, {"clip": CLIP[None]}),
        (ShapeError, {"maps": MAPS[0]}),
        (ShapeError, {"steps": 13}),
        (ShapeError, {"steps": 0}),
        (ModelError, {"target": 2}),
    ],
)
def test_what_has_no_curve(error, change):
    asked = {"network": line_network(WEIGHTS), "clip": CLIP, "target": 0, "maps": MAPS} | change
    with pytest.raises(error):
        patch_curves(**asked)
