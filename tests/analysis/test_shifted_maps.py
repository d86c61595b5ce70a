"""What a block's shift moves is what its convolutions see, cell by cell from the frame that the table names."""

import numpy as np
import pytest
import torch

from tests.analysis.untouched import untouched
from tsm_demo.analysis.shifted_maps import shifted_maps
from tsm_demo.core.errors import ModelError, ShapeError
from tsm_demo.models.networks import load_network

CLIP = torch.randn(8, 3, 64, 64, generator=torch.Generator().manual_seed(2))


@pytest.mark.parametrize("name", ["motion", "motion_online"])
def test_every_map_comes_from_the_frame_that_is_named(name):
    network = load_network(name)
    with untouched(network.model):
        seen = shifted_maps(network, CLIP, "layer2.1")
    assert seen.before.shape == seen.after.shape == (8, 16, 8, 8)
    for t in range(8):
        for k, source in enumerate(seen.source[t]):
            expected = seen.before[source, k] if source >= 0 else np.zeros((8, 8))
            assert (seen.after[t, k] == expected).all()
    moved = {"motion": 4, "motion_online": 2}[name]  # of 16 channels; two a fold
    assert (seen.source != np.arange(8)[:, None]).any(0).tolist() == [True] * moved + [False] * (16 - moved)


def test_before_is_what_left_the_block_above():
    network = load_network("motion")
    seen = shifted_maps(network, CLIP, "layer3.0")
    with torch.inference_mode():
        leaving = network.model.features(CLIP[None], "layer2").numpy()
    np.testing.assert_allclose(seen.before, leaving[:, list(seen.channels)], atol=1e-5)


def test_before_the_first_block_is_the_stem():
    network = load_network("motion")
    with torch.inference_mode():
        stem = network.model.run_stem(CLIP).numpy()
    seen = shifted_maps(network, CLIP, "layer1.0", shown=8)
    np.testing.assert_allclose(seen.before, stem[:, list(seen.channels)], atol=1e-5)


@pytest.mark.parametrize(
    ("error", "network", "change"),
    [
        (ModelError, "motion", {"block": "layer5.0"}),
        (ModelError, "motion_tsn", {}),
        (ShapeError, "motion", {"shown": 7}),
        (ShapeError, "motion", {"shown": 65}),
        (ShapeError, "motion", {"clip": CLIP[None]}),
    ],
)
def test_what_is_not_to_be_seen(error, network, change):
    with pytest.raises(error):
        shifted_maps(load_network(network), **({"clip": CLIP, "block": "layer1.0"} | change))
