"""Time and weigh networks that take turns on the same clip, in this process."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

import torch
from torch import Tensor, nn
from torch.profiler import ProfilerActivity, profile

from tsm_demo.analysis.machine import load_average, this_machine
from tsm_demo.analysis.timing import MIN_RUNS, Measurement, Runs, Setup, Subject
from tsm_demo.core.errors import TsmDemoError
from tsm_demo.models.registry import ModelSpec, build

PREPARED = 0.3  # the share of progress that building, warming up and weighing make up


class MeasureError(TsmDemoError):
    """A measurement that would be too long, too large, or of nothing."""


@dataclass(frozen=True, slots=True)
class Effort:
    """How long to go on: as many rounds as fit the budget, within bounds."""

    budget_sec: float = 15.0  # for the timed rounds
    most_rounds: int = 21
    wall_sec: float = 180.0  # for everything; what cannot keep to it is refused after the warm-up

    def rounds(self, round_sec: float) -> int:
        """How many rounds of so many seconds to run; never fewer than five."""
        return max(MIN_RUNS, min(self.most_rounds, int(self.budget_sec / max(round_sec, 1e-6))))


@dataclass(frozen=True, slots=True)
class Stage:
    """How far a measurement is."""

    step: Literal["build", "warm", "time"]
    network: int  # its place in the list
    progress: float  # 0..1
    round: int = 0  # of the timed ones, from 1
    rounds: int = 0


def measure(
    specs: Sequence[ModelSpec],
    setup: Setup,
    effort: Effort = Effort(),
    on_stage: Callable[[Stage], None] = lambda stage: None,
) -> Measurement:
    """Inference of random weights on a random clip (N, T, 3, H, W), float32, in turns: A B C A B C.

    Runs that do not count come first: to warm up, and to weigh.

    Raises MeasureError when five rounds would outlast the effort's wall time, for no network, and for one named twice;
    ModelError and ShapeError for what cannot be built or does not take such a clip.
    """
    subjects = [Subject.of(spec) for spec in specs]
    if not specs or len(set(subjects)) < len(specs):
        raise MeasureError("There must be a network to measure, and each only once: choose them again.")
    if min(setup.frames, setup.size, setup.batch) < 1:
        raise MeasureError(
            "A clip has at least 1 frame of 1 pixel, and a batch 1 clip: choose larger numbers."
        )
    began, load = time.perf_counter(), load_average()
    shape = (setup.batch, setup.frames, 3, setup.size, setup.size)
    clips = torch.randn(shape, generator=torch.Generator().manual_seed(0))
    step = PREPARED / (2 * len(specs))
    networks: list[nn.Module] = []
    for i, spec in enumerate(specs):
        on_stage(Stage("build", i, i * step))
        networks.append(build(spec).requires_grad_(False))
    peaks, round_sec = [], 0.0
    for i, network in enumerate(networks):
        on_stage(Stage("warm", i, (len(specs) + i) * step))
        first_sec = run_sec(network, clips)
        peaks.append(peak_bytes(network, clips))
        # The first run also sets libraries up; where it takes long, another one does not tell more.
        round_sec += min(first_sec, run_sec(network, clips)) if first_sec < 1 else first_sec
    left_sec = effort.wall_sec - (time.perf_counter() - began)
    if MIN_RUNS * round_sec > left_sec:
        raise MeasureError(
            f"{MIN_RUNS} runs of each network would take about {MIN_RUNS * round_sec / 60:.1f} minutes here, and "
            f"{max(left_sec, 0) / 60:.1f} are left: choose fewer networks, fewer frames, a smaller size or batch."
        )
    rounds = effort.rounds(round_sec)
    taken: list[list[float]] = [[] for _ in networks]
    for number in range(rounds):
        for i, network in enumerate(networks):
            done = (number * len(networks) + i) / (rounds * len(networks))
            on_stage(Stage("time", i, PREPARED + (1 - PREPARED) * done, number + 1, rounds))
            taken[i].append(run_sec(network, clips))
    return Measurement(
        machine=this_machine(str(torch.__version__), torch.get_num_threads()),
        setup=setup,
        runs={
            subject: Runs(tuple(seconds), peak)
            for subject, seconds, peak in zip(subjects, taken, peaks, strict=True)
        },
        load_before=load,
        date=date.today().isoformat(),
    )


def run_sec(network: nn.Module, clips: Tensor) -> float:
    """Seconds of one call, without gradients."""
    with torch.inference_mode():
        began = time.perf_counter()
        network(clips)
        return time.perf_counter() - began


def peak_bytes(network: nn.Module, clips: Tensor) -> int:
    """The most bytes that one call, without gradients, had allocated at once; weights and clip were there before.

    These are PyTorch's own allocations, as its profiler notes them: the same quantity that `analysis/cost.py` counts.
    The process's resident size would also hold what earlier calls have freed but the allocator kept, so it depends on
    what ran before.
    """
    with torch.inference_mode(), profile(activities=[ProfilerActivity.CPU], profile_memory=True) as seen:
        network(clips)
    assert seen.profiler is not None
    assert seen.profiler.kineto_results is not None
    # Every allocation is an event of this name, every release one with negative bytes; `events()` leaves some out.
    noted = [e for e in seen.profiler.kineto_results.events() if e.name() == "[memory]"]
    held = most = 0
    for event in sorted(noted, key=lambda event: event.start_ns()):
        held += event.nbytes()
        most = max(most, held)
    return most
