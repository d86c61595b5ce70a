"""Another shift for the same weights: each against a loop over cells, and the shared network left as it was."""

from functools import cache

import pytest
import torch
from torch import Tensor

from tests.analysis.untouched import untouched
from tests.models.lively_network import clips, small, tied
from tsm_demo.analysis.gradcam import grad_cam
from tsm_demo.analysis.predict import answer_clip
from tsm_demo.analysis.seeing import read_for
from tsm_demo.analysis.shift_variants import VARIANTS, OtherShift, shift_variant, shifting_blocks, with_shift
from tsm_demo.core.errors import ModelError
from tsm_demo.core.shift import temporal_shift
from tsm_demo.models.networks import load_network
from tsm_demo.models.resnet import TemporalShift
from tsm_demo.ui.clips import bundled_clip

T, C, D = 5, 16, 4  # folds of four channels
X = torch.randn(2 * T, C, 3, 3, generator=torch.Generator().manual_seed(0))


def shifted(name: str, mode: str = "bidirectional", x: Tensor = X) -> Tensor:
    return OtherShift(TemporalShift(D, mode), VARIANTS[name])(x, T)


def by_hand(offset_of_channel: dict[int, int], circular: bool = False) -> Tensor:
    """Cell by cell: channel c of frame t comes from frame t + offset."""
    clips_ = X.unflatten(0, (-1, T))
    out = clips_.clone()
    for channel, offset in offset_of_channel.items():
        for t in range(T):
            source = (t + offset) % T if circular else t + offset
            out[:, t, channel] = clips_[:, source, channel] if 0 <= source < T else 0
    return out.flatten(0, 1)


FUTURE, PAST = dict.fromkeys(range(4), +1), dict.fromkeys(range(4, 8), -1)


@pytest.mark.parametrize(
    ("name", "offsets"),
    [
        ("intact", FUTURE | PAST),
        ("removed", {}),
        ("halved", {0: 1, 1: 1, 4: -1, 5: -1}),
        ("fold_div_doubled", {0: 1, 1: 1, 2: -1, 3: -1}),
        ("reversed", dict.fromkeys(range(4), -1) | dict.fromkeys(range(4, 8), +1)),
    ],
)
def test_cell_by_cell(name, offsets):
    assert torch.equal(shifted(name), by_hand(offsets))


def test_circular_is_a_roll_of_each_fold():
    clips_ = X.unflatten(0, (-1, T))
    rolled = torch.cat(
        [torch.roll(clips_[:, :, :4], -1, 1), torch.roll(clips_[:, :, 4:8], 1, 1), clips_[:, :, 8:]], 2
    )
    assert torch.equal(shifted("circular"), rolled.flatten(0, 1))
    assert torch.equal(shifted("circular"), by_hand(FUTURE | PAST, circular=True))


def test_online_too():
    assert torch.equal(shifted("intact", "online"), temporal_shift(X, T, D, "online"))
    assert torch.equal(shifted("reversed", "online"), by_hand(FUTURE))
    assert torch.equal(shifted("circular", "online"), by_hand(dict.fromkeys(range(4), -1), circular=True))


@pytest.mark.parametrize("name", VARIANTS)
def test_the_gradient_goes_the_way_back(name):
    x = X.double().requires_grad_()
    assert torch.autograd.gradcheck(lambda x: shifted(name, x=x), x)


@cache
def tsm():
    return small("tsm_resnet18").requires_grad_(False)


def test_removed_is_tsn_with_the_same_weights():
    without = with_shift(tsm(), VARIANTS["removed"])(clips())
    tsn = tied("tsn_resnet18", tsm())(clips())
    torch.testing.assert_close(without, tsn, rtol=0, atol=1e-12)
    assert (without - tsm()(clips())).abs().max() > 1e-3


def test_reversed_sees_the_clip_as_the_intact_one_sees_it_backwards():
    other = with_shift(tsm(), VARIANTS["reversed"])
    torch.testing.assert_close(other(clips()), tsm()(clips().flip(1)), rtol=0, atol=1e-12)


def test_doubling_the_fold_is_what_a_network_built_so_does():
    built = tied("tsm_resnet18", tsm(), fold_div=16)
    assert torch.equal(with_shift(tsm(), VARIANTS["fold_div_doubled"])(clips()), built(clips()))


def test_a_variant_shares_every_tensor_and_leaves_the_network_alone():
    network = load_network("motion")
    clip = torch.randn(8, 3, 32, 32, generator=torch.Generator().manual_seed(1))
    with untouched(network.model), torch.inference_mode():
        before = network.model(clip[None])
        for name in VARIANTS:
            other = shift_variant(network, name)
            mine, theirs = other.model.state_dict(keep_vars=True), network.model.state_dict(keep_vars=True)
            assert mine.keys() == theirs.keys()
            assert all(mine[key] is theirs[key] for key in theirs)
            assert shift_variant(network, name) is other, "built once"
            grad_cam(other.model, clip, 0, "layer3")
        assert torch.equal(network.model(clip[None]), before)
    assert not any(isinstance(block.shift, OtherShift) for block in shifting_blocks(network.model).values())


def test_reversing_the_shift_turns_the_answer_round():
    network = load_network("motion")
    with bundled_clip("ball rolls right").on_disk() as path:
        clip = read_for(network, path)
    said = {name: answer_clip(shift_variant(network, name), clip).top[0] for name in VARIANTS}
    assert said["intact"].label == "moves right"
    assert said["reversed"].label == "moves left"
    assert said["removed"].label not in ("moves left", "moves right")


@pytest.mark.parametrize(("network", "name"), [("motion", "sideways"), ("motion_tsn", "removed")])
def test_no_such_variant(network, name):
    with pytest.raises(ModelError):
        shift_variant(load_network(network), name)
