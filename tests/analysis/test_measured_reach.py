"""Gradients reach as far through time as kernels and shifts say, and where changed frames are seen to reach."""

from functools import cache

import numpy as np
import pytest
import torch

from tests.models.lively_network import clips, small
from tsm_demo.analysis.measured_reach import measured_reach
from tsm_demo.core.errors import ShapeError
from tsm_demo.core.temporal_reach import temporal_reach

KINDS = {
    "2d": "tsn_resnet18",
    "online": "tsm_online_resnet18",
    "tsm": "tsm_resnet18",
    "3d": "cnn3d_resnet18",
}
T = 5
CLIP = clips(1, T, side=16)[0]


@cache
def network(kind: str):
    return small(KINDS[kind]).requires_grad_(False)


@pytest.mark.parametrize("kind", KINDS)
def test_zero_outside_the_theory_and_more_inside(kind):
    assert ((measured_reach(network(kind), CLIP) > 0) == temporal_reach(kind, T)).all()


@pytest.mark.parametrize("kind", KINDS)
def test_a_changed_frame_changes_the_outputs_that_depend_on_it(kind):
    measured = measured_reach(network(kind), CLIP)
    before = list(network(kind).block_maps(CLIP[None]))
    for s in range(T):
        changed = CLIP.clone()
        changed[s] = -2 * changed[s] + 1
        for depth, (was, now) in enumerate(zip(before, network(kind).block_maps(changed[None]), strict=True)):
            moved = (was != now).flatten(1).any(1).numpy()
            assert (moved == (measured[depth, :, s] > 0)).all()


@pytest.mark.parametrize("kind", KINDS)
def test_one_length_by_finite_differences(kind):
    depth, t, s, seed, step = 3, 2, 1, 5, 1e-6
    generator = torch.Generator().manual_seed(seed)
    for maps in list(network(kind).block_maps(CLIP[None]))[: depth + 1]:
        weights = torch.randn(maps.shape, generator=generator, dtype=maps.dtype)[t]

    def weighted(clip) -> float:
        return float((list(network(kind).block_maps(clip[None]))[depth][t] * weights).sum())

    # Along the gradient itself the sum grows by its length, so ask autograd for the direction only.
    frames = CLIP.clone().requires_grad_()
    (list(network(kind).block_maps(frames[None]))[depth][t] * weights).sum().backward()
    direction = torch.zeros_like(CLIP)
    length = frames.grad[s].norm()
    direction[s] = frames.grad[s] / length if length else 0
    growth = (weighted(CLIP + step * direction) - weighted(CLIP - step * direction)) / (2 * step)
    assert measured_reach(network(kind), CLIP, [t], seed)[depth, 0, s] == pytest.approx(growth, rel=1e-3)


def test_some_frames_have_the_numbers_that_they_have_among_all():
    every = measured_reach(network("tsm"), CLIP)
    np.testing.assert_array_equal(measured_reach(network("tsm"), CLIP, [4, 1]), every[:, [4, 1]])


def test_inference_mode_and_the_network_are_left_as_they_were():
    model = network("tsm")
    before = {name: value.clone() for name, value in model.state_dict().items()}
    clip = CLIP.clone()
    with torch.inference_mode():
        first = measured_reach(model, clip)
        assert torch.is_inference_mode_enabled()
    assert not clip.requires_grad
    assert all(torch.equal(value, before[name]) for name, value in model.state_dict().items())
    assert all(p.grad is None and not p.requires_grad for p in model.parameters())
    np.testing.assert_array_equal(measured_reach(model, clip), first)


def test_a_batch_is_refused():
    with pytest.raises(ShapeError, match="one clip"):
        measured_reach(network("2d"), CLIP[None])
