"""The maps shown are the network's, and the channels chosen from a layer move as the grid says."""

import numpy as np
import pytest
import torch
from torch import nn

from tests.models.tiny_network import tiny_network
from tsm_demo.analysis.feature_maps import feature_maps, telling_channels
from tsm_demo.core.shift import temporal_shift
from tsm_demo.core.shift_table import MODES, source_frames
from tsm_demo.models.checkpoints import motion_facts
from tsm_demo.models.networks import Network
from tsm_demo.models.registry import ModelSpec

RNG = np.random.default_rng(7)


@pytest.mark.parametrize("layer", ["layer1", "layer2", "layer3"])
def test_the_maps_are_what_the_layer_gives(layer: str) -> None:
    model = tiny_network()
    network = Network("tiny", "random", model, motion_facts(ModelSpec("tsm_resnet18", 12, width=8), 64))
    frames = RNG.integers(0, 256, (5, 64, 64, 3), np.uint8)
    seen: list[torch.Tensor] = []
    part = getattr(model, layer)
    assert isinstance(part, nn.ModuleList)
    part[-1].register_forward_hook(
        lambda module, inputs, out: seen.append(out)
    )  # a network of this test's own
    maps = feature_maps(network, frames, layer)
    assert np.array_equal(maps, seen[0].numpy())
    assert maps.shape[0] == 5
    assert maps.min() >= 0


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("fold_div", [0, 2, 4, 8, 16])
@pytest.mark.parametrize("shown", [8, 40, 64])
def test_the_chosen_channels_move_as_the_grid_draws_them(shown: int, fold_div: int, mode: str) -> None:
    T, all_ = 6, 64
    maps = RNG.random((T, all_, 3, 3), np.float32) + 0.1  # every map is unlike every other, none is empty
    channels = telling_channels(maps, shown, fold_div, mode)
    assert len(set(channels)) == shown
    after = temporal_shift(torch.from_numpy(maps), T, fold_div, mode).numpy()[:, channels]
    for (t, c), s in np.ndenumerate(source_frames(T, shown, fold_div, mode)):
        expected = maps[s, channels[c]] if s >= 0 else np.zeros((3, 3))
        assert np.array_equal(after[t, c], expected)


def test_the_liveliest_channels_of_each_group_are_chosen() -> None:
    maps = np.ones((4, 64, 2, 2), np.float32)
    alive = [3, 9, 20, 21, 22, 40, 41, 63]  # fold 0 is 0 to 7, fold 1 is 8 to 15
    maps[::2, alive] = 0
    assert telling_channels(maps, 8, 8, "bidirectional") == alive


def test_a_faint_channel_that_changes_beats_a_bright_one_that_does_not() -> None:
    maps = np.ones((4, 16, 2, 2), np.float32)
    maps[:, 5] *= 100
    maps[::2, 5] *= 1.02  # changes by more than channel 9 does, but by little of its own height
    maps[::2, 9] = 0
    assert 9 in telling_channels(maps, 8, 0, "bidirectional")
    assert telling_channels(maps, 1, 0, "bidirectional") == [9]
