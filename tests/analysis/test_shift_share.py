"""What each fold of each block brings to a score: against networks built without it, block by block."""

from dataclasses import replace

import numpy as np
import pytest
import torch
from torch import Tensor

from tests.analysis.untouched import untouched
from tests.models.lively_network import clips, small
from tsm_demo.analysis.shift_share import shift_share
from tsm_demo.core.errors import ModelError, ShapeError
from tsm_demo.core.shift import temporal_shift
from tsm_demo.models.networks import Network, load_network

CLIP = clips(1)[0]
TEMPERATURE = 0.5


def network(name: str = "tsm_resnet18") -> Network:
    facts = replace(load_network("motion").facts, temperature=TEMPERATURE, labels=tuple("abcde"))
    return Network("small", "random", small(name).requires_grad_(False), facts)


def run_by_hand(model, kept_folds: dict[int, tuple[int, ...]]) -> Tensor:
    """Calibrated logits (5,): every block written out; `kept_folds` says which folds a block still moves."""
    steps = len(CLIP)
    x = model.run_stem(CLIP)
    blocks = [b for name in model.layers for b in getattr(model, name)]
    for place, block in enumerate(blocks):
        fold = x.shape[1] // 8
        moved = temporal_shift(x, steps).clone()
        for f in {0, 1} - set(kept_folds.get(place, (0, 1))):
            moved[:, f * fold : (f + 1) * fold] = x[:, f * fold : (f + 1) * fold]
        y = block.bn2(block.conv2(torch.relu(block.bn1(block.conv1(moved)))))
        x = torch.relu(y + (x if block.downsample is None else block.downsample(x)))
    return model.fc(x.mean((2, 3))).mean(0) / TEMPERATURE


KEPT = {"future": (1,), "past": (0,), "both": ()}


def test_every_fold_of_every_block_by_hand():
    asked = network()
    share = shift_share(asked, CLIP, target=2)
    assert share.folds == ("future", "past", "both")
    assert share.blocks == tuple(f"layer{stage}.{index}" for stage in range(1, 5) for index in range(2))
    intact = run_by_hand(asked.model, {})
    assert share.logit == pytest.approx(float(intact[2]), abs=1e-9)
    assert share.score == pytest.approx(float(intact.softmax(-1)[2]), abs=1e-9)
    for column, fold in enumerate(share.folds):
        for place in range(8):
            expected = run_by_hand(asked.model, {place: KEPT[fold]})
            assert share.block_logits[place, column] == pytest.approx(float(expected[2]), abs=1e-9)
            assert share.block_scores[place, column] == pytest.approx(
                float(expected.softmax(-1)[2]), abs=1e-9
            )
        everywhere = run_by_hand(asked.model, dict.fromkeys(range(8), KEPT[fold]))
        assert share.all_logits[column] == pytest.approx(float(everywhere[2]), abs=1e-9)
        assert share.all_scores[column] == pytest.approx(float(everywhere.softmax(-1)[2]), abs=1e-9)
    assert np.ptp(share.block_logits) > 1e-3, "equal numbers would agree with anything"


def test_the_winning_label_unless_another_is_asked_for():
    asked = network()
    assert shift_share(asked, CLIP).target == int(run_by_hand(asked.model, {}).argmax())


def test_online_has_one_fold():
    share = shift_share(network("tsm_online_resnet18"), CLIP)
    assert share.folds == ("past",)
    assert share.block_logits.shape == (8, 1)
    assert share.all_scores.shape == (1,)


def test_the_network_is_left_as_it_was():
    shared = load_network("motion")
    clip = torch.randn(8, 3, 32, 32, generator=torch.Generator().manual_seed(1))
    with untouched(shared.model):
        shift_share(shared, clip)


def test_what_has_no_share():
    with pytest.raises(ModelError, match="no shift"):
        shift_share(network("tsn_resnet18"), CLIP)
    with pytest.raises(ModelError, match="no label number 5"):
        shift_share(network(), CLIP, target=5)
    with pytest.raises(ShapeError):
        shift_share(network(), CLIP[None])
