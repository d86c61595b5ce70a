"""The experiments behind the questions, against hand arithmetic and networks that are run here."""

from pathlib import Path

import pytest
import torch

from tsm_demo.analysis.question_proofs import (
    frame_count_proof,
    map_proof,
    memory_proof,
    moved_channels,
    online_proof,
    placement_proof,
    shifted_numbers,
    with_spec,
)
from tsm_demo.analysis.seeing import read_for, window_tensor
from tsm_demo.models.networks import load_network

BALL = Path(__file__).parents[2] / "sample_videos" / "ball_rolls_right.mp4"


def test_the_first_fold_comes_from_the_next_frame():
    assert shifted_numbers(3, 4, 4).tolist() == [[2, 0, 1, 1], [3, 1, 2, 2], [0, 2, 3, 3]]


@pytest.mark.parametrize(
    ("fold_div", "mode", "moved"), [(8, "bidirectional", 16), (8, "online", 8), (16, "bidirectional", 8)]
)
def test_moved_channels_of_64(fold_div, mode, moved):
    assert moved_channels(64, fold_div, mode) == moved


def test_the_operation_is_the_same_in_place_and_the_network_is_not():
    proof = placement_proof(BALL)
    assert proof.operation_apart == 0
    clip = window_tensor(load_network("motion"), read_for(load_network("motion"), BALL), 0)[None]
    in_place = with_spec(load_network("motion"), placement="in_place")
    apart = (load_network("motion").model(clip) - in_place.model(clip)).abs().max()
    assert apart > 0.1  # of a logit
    assert load_network("motion").facts.spec.placement == "residual"  # the shared network is left alone


def test_weights_see_time_turned_round_under_the_other_shift():
    said = {(weights, shift): answer.label for weights, shift, answer in online_proof(BALL)}
    assert said[("offline", "offline")] == said[("online", "online")] == "moves right"
    assert said[("offline", "online")] == "moves left"


def test_other_frame_counts_use_the_same_weights():
    found = frame_count_proof(BALL)
    assert list(found) == [4, 8, 16]
    assert {answer.label for answer in found.values()} == {"moves right"}


def test_maps_repeat_but_for_training_mode_and_single_frames():
    proof = map_proof(BALL)
    assert proof.again == 0
    assert proof.training > 0.05
    assert proof.alone > 0.05
    assert not load_network("motion").model.training
    assert all(not parameter.requires_grad for parameter in load_network("motion").model.parameters())


def test_memory_of_thirty_seconds_by_hand():
    proof = memory_proof()
    assert proof.all_frames == 900 * 720 * 1280 * 3
    # Windows of 2 s every second, eight frames each: every quarter of a second from 1/8 s on, 120 in all.
    assert proof.sampled == 120 * 720 * 1280 * 3
    assert proof.together == pytest.approx(30 * proof.one, rel=0.01)


def test_a_network_built_otherwise_has_the_same_weights():
    network = load_network("motion")
    other = with_spec(network, name="tsm_online_resnet18")
    for name, weight in network.model.state_dict().items():
        assert torch.equal(weight, other.model.state_dict()[name])
    assert not other.model.training
