"""The stored costs are those that the networks have now, and agree with sources that are not this code."""

import pytest

from scripts.precompute_costs import count
from tsm_demo.models.checkpoints import EMBEDDED
from tsm_demo.models.registry import list_models
from tsm_demo.viz.stored_costs import read_costs

# Parameters and G multiply-adds by hand from each architecture, frames and pixels a side: 400 classes.
BY_HAND = {
    "tsm_resnet50": (24_327_632, 32.704, 8, 224),
    "cnn_lstm_resnet50": (28_960_208, 32.739, 8, 224),
    "c3d": (79_634_576, 38.549, 16, 112),
    "i3d_inception": (12_697_264, 111.153, 64, 224),
    "i3d_resnet50": (28_043_472, 33.128, 32, 224),
    "gst_resnet50": (21_498_320, 29.004, 8, 224),
}


def test_every_network_is_stored():
    assert set(read_costs()) == {*list_models(), *EMBEDDED}


@pytest.mark.parametrize("name", ["gst_resnet50", "c3d", "tsn_resnet18", *EMBEDDED])
def test_counting_again_gives_what_is_stored(name):
    assert count(name) == read_costs()[name], "run: python -m scripts.precompute"


@pytest.mark.parametrize("name", BY_HAND)
def test_what_is_stored_agrees_with_the_architecture(name):
    params, gmacs, frames, size = BY_HAND[name]
    found = read_costs()[name]
    assert (found.params, found.frames, found.size) == (params, frames, size)
    assert found.macs / 1e9 == pytest.approx(gmacs, rel=0.01)


def test_the_shift_costs_no_multiplication():
    for depth in (18, 50, 101):
        assert read_costs()[f"tsm_resnet{depth}"] == read_costs()[f"tsn_resnet{depth}"]
    assert read_costs()["motion"] == read_costs()["motion_tsn"] == read_costs()["motion_online"]
