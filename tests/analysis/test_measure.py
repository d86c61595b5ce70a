"""Measuring in this process: whose turn it is, how many rounds, what a call holds, and what is refused."""

import pytest
import torch
from torch import nn

from tsm_demo.analysis import measure as measuring
from tsm_demo.analysis.measure import Effort, MeasureError, measure, peak_bytes
from tsm_demo.analysis.timing import Setup, Subject
from tsm_demo.core.errors import ModelError
from tsm_demo.models import ModelSpec

SPECS = tuple(ModelSpec(name, width=8) for name in ("tsn_resnet18", "tsm_resnet18", "cnn3d_resnet18"))
SMALL = Setup(frames=2, size=32)


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch):
    """Runs take as long as the test says; gives the networks in the order in which they ran."""
    ran: list[nn.Module] = []

    def take(*seconds: float) -> list[nn.Module]:
        left = list(seconds)

        def run_sec(network: nn.Module, clips: torch.Tensor) -> float:
            ran.append(network)
            return left.pop(0) if len(left) > 1 else left[0]

        monkeypatch.setattr(measuring, "run_sec", run_sec)
        return ran

    return take


def test_networks_take_turns(clock):
    ran = clock(1.0)
    found = measure(SPECS, SMALL, Effort(budget_sec=18))
    # A warm-up each, then rounds of three seconds: six of them in 18.
    assert found.rounds == 6
    first, second, third = ran[3:6]
    assert len({id(first), id(second), id(third)}) == 3
    assert ran[3:] == [first, second, third] * 6
    assert ran[:3] == [first, second, third]
    assert list(found.runs) == [Subject.of(spec) for spec in SPECS]


def test_a_time_goes_to_the_network_that_took_it(clock):
    clock(1.0, 1.0, *(float(n) for n in range(1, 11)), 11.0)
    found = measure(SPECS[:2], SMALL, Effort(budget_sec=10))
    assert [runs.seconds for runs in found.runs.values()] == [(1, 3, 5, 7, 9), (2, 4, 6, 8, 10)]


@pytest.mark.parametrize(
    ("round_sec", "rounds"), [(0.0, 21), (0.1, 21), (1.0, 15), (1.5, 10), (2.9, 5), (3.1, 5), (60, 5)]
)
def test_rounds_fit_the_budget_but_are_never_fewer_than_five(round_sec, rounds):
    assert Effort(budget_sec=15, most_rounds=21).rounds(round_sec) == rounds


def test_what_would_take_too_long_is_refused_after_the_warm_up(clock):
    ran = clock(20.0)
    with pytest.raises(MeasureError, match=r"5 runs of each network would take about 5\.0 minutes"):
        measure(SPECS, SMALL, Effort(wall_sec=200))
    assert len(ran) == 3


def test_progress_goes_up_and_says_what_is_done(clock):
    clock(1.0)
    stages: list[measuring.Stage] = []
    measure(SPECS[:2], SMALL, Effort(budget_sec=2), stages.append)
    shares = [stage.progress for stage in stages]
    assert shares == sorted(set(shares))
    assert 0 <= shares[0] < shares[-1] < 1
    steps = [(stage.step, stage.network, stage.round) for stage in stages]
    assert steps[:4] == [("build", 0, 0), ("build", 1, 0), ("warm", 0, 0), ("warm", 1, 0)]
    assert steps[4:] == [("time", network, number) for number in range(1, 6) for network in (0, 1)]


def test_a_real_measurement():
    found = measure(SPECS, SMALL, Effort(budget_sec=0.1))
    assert all(runs.peak_bytes > 0 and len(runs.seconds) >= 5 for runs in found.runs.values())
    assert found.machine.torch == torch.__version__
    assert found.machine.threads == torch.get_num_threads()


class TwoSteps(nn.Module):
    """Of n bytes in, holds n after the first step, 3 n during the second, and gives n back."""

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        doubled = torch.cat((x + 1, x + 1))  # 2 n held while both halves of n are: 4 n; then 2 n
        return doubled[: len(x)].clone()


def test_the_peak_of_a_call_by_hand():
    x = torch.zeros(1 << 18)  # 1 MiB
    # The two sums (2 MiB) are still there when their concatenation (2 MiB) is made; the clone comes after.
    assert peak_bytes(TwoSteps(), x) == 4 << 20
    assert peak_bytes(nn.ReLU(), x) == 1 << 20
    assert peak_bytes(nn.ReLU(inplace=True), x) == 0


def test_the_peak_does_not_depend_on_what_ran_before():
    x = torch.zeros(1 << 18)
    before = peak_bytes(nn.ReLU(), x)
    peak_bytes(TwoSteps(), torch.zeros(1 << 20))
    assert peak_bytes(nn.ReLU(), x) == before


@pytest.mark.parametrize("specs", [(), (SPECS[0], SPECS[0])])
def test_no_network_and_one_named_twice(specs):
    with pytest.raises(MeasureError, match="choose them again"):
        measure(specs, SMALL)


@pytest.mark.parametrize("setup", [Setup(0, 32), Setup(2, 0), Setup(2, 32, -1)])
def test_an_empty_clip(setup):
    with pytest.raises(MeasureError, match="choose larger numbers"):
        measure(SPECS, setup)


def test_an_unknown_network():
    with pytest.raises(ModelError, match="no network called"):
        measure((ModelSpec("alexnet"),), SMALL)
