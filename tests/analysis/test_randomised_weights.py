"""Layers are untrained from the top down and no further, ranks are SciPy's, and the shared network stays as it was."""

from functools import cache

import numpy as np
import pytest
import torch
from scipy.stats import spearmanr

from tests.analysis.untouched import untouched
from tests.models.tiny_network import tiny_network
from tsm_demo.analysis.gradcam import signed_grad_cam
from tsm_demo.analysis.randomised_weights import (
    TOP_DOWN,
    RandomisedWeights,
    _cascade,
    randomise_weights,
    rank_correlation,
)
from tsm_demo.core.errors import ModelError, ShapeError
from tsm_demo.models.networks import Network, load_network

CLIP = torch.randn(8, 3, 64, 64, generator=torch.Generator().manual_seed(1))


@cache
def tiny(name: str = "tsm_resnet18") -> Network:
    return Network("tiny", "random", tiny_network(name).requires_grad_(False), load_network("motion").facts)


@pytest.mark.parametrize("seed", range(5))
def test_rank_correlation_is_scipys(seed):
    drawn = torch.randint(0, 6, (2, 3, 7, 2), generator=torch.Generator().manual_seed(seed)).float()
    expected = spearmanr(drawn[0].flatten(), drawn[1].flatten()).statistic  # few values: many ties
    assert rank_correlation(drawn[0], drawn[1]) == pytest.approx(expected, abs=1e-12)


def test_rank_correlation_by_hand():
    one = torch.tensor([1.0, 2.0, 3.0, 4.0])
    assert rank_correlation(one, one.exp()) == pytest.approx(1)
    assert rank_correlation(one, -one) == pytest.approx(-1)
    assert rank_correlation(one, torch.tensor([1.0, 2.0, 4.0, 3.0])) == pytest.approx(1 - 6 * 2 / (4 * 15))
    assert rank_correlation(one, torch.zeros(4)) == 0


def layer_of(name: str) -> str:
    """ "layer4", of "layer4.0.conv1.weight"; "stem" and "fc" likewise."""
    first = name.split(".")[0]
    return "stem" if first in ("conv1", "bn1") else first


@pytest.mark.parametrize("architecture", ["tsm_resnet18", "cnn3d_resnet18"])
def test_each_step_forgets_one_layer_more(architecture):
    model = tiny(architecture).model
    trained = model.state_dict()
    with untouched(model):
        for step, other in enumerate(_cascade(model, seed=0)):
            now = other.state_dict(keep_vars=True)
            for name, value in model.state_dict(keep_vars=True).items():
                if layer_of(name) not in TOP_DOWN[: step + 1]:
                    assert now[name] is value, "what is below is the trained tensor itself"
                elif not name.endswith("num_batches_tracked"):
                    assert not torch.equal(now[name], trained[name]), f"{name} remembers"
    assert step == len(TOP_DOWN) - 1
    assert TOP_DOWN == ("fc", "layer4", "layer3", "layer2", "layer1", "stem")


def test_numbers_are_those_of_the_maps():
    found = randomise_weights(tiny(), CLIP, 3, "layer3", seeds=(4, 5))
    assert found.layers == TOP_DOWN
    assert found.correlations.shape == (6, 2)
    assert found.maps.shape == (6, 8, 4, 4)
    intact = signed_grad_cam(tiny().model, CLIP, 3, "layer3").flatten()
    for row, map_ in zip(found.correlations, found.maps, strict=True):
        assert row[0] == pytest.approx(spearmanr(intact, map_.flatten()).statistic, abs=1e-12)
    again = randomise_weights(tiny(), CLIP, 3, "layer3", seeds=(4, 5))
    np.testing.assert_array_equal(again.correlations, found.correlations)
    assert not np.allclose(found.correlations[:, 0], found.correlations[:, 1])


def verdict(last: list[float]) -> RandomisedWeights:
    """Of correlations that end so."""
    return RandomisedWeights(("fc", "stem"), np.array([[1.0] * len(last), last]), np.zeros((2, 1, 1, 1)))


def test_the_verdict_is_on_all_weights_random_and_whatever_the_sign():
    assert verdict([0.2, -0.4]).left == pytest.approx(0.3)
    assert verdict([0.2, -0.4]).depends
    assert not verdict([0.9, -0.8]).depends


def test_a_map_that_shows_only_the_picture_is_found_out():
    # Channels that are all the same picture give the same map, up to its sign, whatever the head's weights are.
    class OnePicture(type(tiny().model)):
        def features(self, clips, layer=None):
            picture = clips.flatten(0, 1).mean(1, keepdim=True).relu()
            return torch.nn.functional.avg_pool2d(picture, 8).expand(-1, self.fc.in_features, -1, -1)

    model = tiny_network().requires_grad_(False)
    model.__class__ = OnePicture
    network = Network("picture", "random", model, tiny().facts)
    found = randomise_weights(network, CLIP, 3)
    assert not found.depends
    assert found.left == pytest.approx(1, abs=1e-3)


def test_what_cannot_be_randomised():
    with pytest.raises(ShapeError):
        randomise_weights(tiny(), CLIP[None], 3)
    with pytest.raises(ModelError, match="no label"):
        randomise_weights(tiny(), CLIP, 12)
    with pytest.raises(ModelError, match="not a ResNet of layers"):
        randomise_weights(Network("c3d", "random", torch.nn.Linear(1, 1), tiny().facts), CLIP, 3)
