"""The fold fraction, measured: slim TSMs that differ only in how many channels move, trained alike from scratch.

What the paper's figure 2 (arXiv:1811.08383, section 3) draws for Kinetics, asked of Motion-12 at a size that two cores
can afford. Every run sees the same clips; a seed decides its first weights and their order.
"""

import json
import os
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.optim import AdamW
from torch.optim.lr_scheduler import OneCycleLR

from tsm_demo.analysis.accuracy import judge
from tsm_demo.analysis.measure import Effort, measure
from tsm_demo.analysis.stored_folds import FOLDS, write_folds
from tsm_demo.analysis.timing import Setup, Subject
from tsm_demo.core.errors import TsmDemoError
from tsm_demo.core.fold_runs import FoldRun
from tsm_demo.core.labels import MOTION_LABELS
from tsm_demo.core.placement import IN_PLACE, RESIDUAL
from tsm_demo.models.registry import ModelSpec, build
from tsm_demo.training.data import reversed_labels, scene_seed
from tsm_demo.training.recipe import HELD_OUT_SEED
from tsm_demo.training.train import channels_last, keep_freed_memory
from tsm_demo.video.motion_script import EASY
from tsm_demo.video.synthetic import motion_clips
from tsm_demo.video.tensors import normalise

ARMS = (  # (fold_div, placement); fold_div 0 moves nothing
    *((fold_div, RESIDUAL) for fold_div in (0, 16, 8, 4, 2)),
    *((fold_div, IN_PLACE) for fold_div in (8, 4)),
)
SEEDS = (0, 1, 2)
JUDGED_AT_ONCE = 120  # clips a forward pass
TIMING = Effort(budget_sec=60.0, most_rounds=51)  # small differences need many rounds


@dataclass(frozen=True, slots=True)
class FoldStudy:
    """What all runs have in common."""

    architecture: str = "tsm_resnet18"
    width: int = 32  # the narrowest at which 1/16 of the first stage's channels is more than one
    size: int = 32  # pixels a side
    n_segment: int = 8
    scenes: int = 20_016  # each is seen once forwards and once backwards
    held_out_clips: int = 1_200
    batch_clips: int = 36
    learning_rate: float = 1.5e-3  # peak of the one-cycle schedule
    weight_decay: float = 0.02
    gradient_limit: float = 5.0


def planned() -> tuple[tuple[int, str, int], ...]:
    """(fold_div, placement, seed) of every run, seed by seed, so that a study cut short is whole for fewer seeds."""
    return tuple((fold_div, placement, seed) for seed in SEEDS for fold_div, placement in ARMS)


def run_study(
    study: FoldStudy,
    folder: Path,
    part: int = 0,
    parts: int = 1,
    report: Callable[[FoldRun], None] = lambda run: None,
) -> None:
    """Train every run of this part that `folder` has no result of; each leaves a file there when it ends.

    Args:
        study: what the runs have in common.
        folder: holds the clips, drawn once, and run_FOLD_PLACEMENT_SEED.json for each run.
        part, parts: of several processes side by side, which one this is, from 0.
        report: called with every result.
    """
    torch.set_num_threads(1)
    keep_freed_memory()
    folder.mkdir(parents=True, exist_ok=True)
    frames, labels = drawn_scenes(study, folder)
    held_out = held_out_clips(study)
    for fold_div, placement, seed in planned()[part::parts]:
        path = folder / f"run_{fold_div}_{placement}_{seed}.json"
        if path.exists():
            continue
        result = train_one(study, fold_div, placement, seed, frames, labels, held_out)
        path.write_text(json.dumps(asdict(result)) + "\n", encoding="utf-8")
        report(result)


def drawn_scenes(study: FoldStudy, folder: Path) -> tuple[NDArray[np.uint8], Tensor]:
    """The training scenes, forwards: (scenes, T, 3, size, size) uint8 on disk, and their (scenes,) labels."""
    kept = folder / f"scenes_{study.scenes}_{study.n_segment}x{study.size}.npy"
    seeds = [scene_seed(index) for index in range(study.scenes)]
    if not kept.exists():
        # A name of its own: several parts may draw at once, and the last one's file is as good as the first one's.
        fresh = kept.with_suffix(f".{os.getpid()}")
        shape = (study.scenes, study.n_segment, 3, study.size, study.size)
        drawn = np.lib.format.open_memmap(fresh, "w+", np.uint8, shape)
        for start in range(0, study.scenes, JUDGED_AT_ONCE):
            part = seeds[start : start + JUDGED_AT_ONCE]
            drawn[start : start + len(part)] = motion_clips(part, study.size, study.n_segment, EASY).frames
        drawn.flush()
        fresh.replace(kept)
    labels = torch.tensor([seed % len(MOTION_LABELS) for seed in seeds])
    return np.load(kept, mmap_mode="r"), labels


def held_out_clips(study: FoldStudy) -> tuple[Tensor, Tensor]:
    """(N, T, 3, size, size) uint8 frames that no run trains on, and their (N,) labels."""
    seeds = range(HELD_OUT_SEED, HELD_OUT_SEED + study.held_out_clips)
    clips = motion_clips(seeds, study.size, study.n_segment, EASY)
    return clips.frames, clips.labels


def train_one(
    study: FoldStudy,
    fold_div: int,
    placement: str,
    seed: int,
    frames: NDArray[np.uint8],
    labels: Tensor,
    held_out: tuple[Tensor, Tensor],
) -> FoldRun:
    """One network from random weights, seen every scene forwards and backwards in one batch, then judged."""
    torch.manual_seed(seed)
    model = build(_spec(study, fold_div, placement)).train()
    channels_last(model)
    optimiser = AdamW(model.parameters(), lr=study.learning_rate, weight_decay=study.weight_decay)
    steps = study.scenes // (study.batch_clips // 2)
    schedule = OneCycleLR(optimiser, study.learning_rate, total_steps=steps, pct_start=0.15)
    clock, losses = time.monotonic(), []
    for rows in _orders(study, seed):
        scenes = torch.from_numpy(frames[rows])
        clips = torch.cat([scenes, scenes.flip(1)])
        answers = torch.cat([labels[rows], reversed_labels(labels[rows])])
        with torch.autocast("cpu", torch.bfloat16):
            logits = model(normalise(clips)).float()
        loss = F.cross_entropy(logits, answers)
        optimiser.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(model.parameters(), study.gradient_limit)
        optimiser.step()
        schedule.step()
        losses.append(loss.item())
    minutes = (time.monotonic() - clock) / 60
    found = judge(_logits(model.eval(), held_out[0]), held_out[1])
    tail = losses[-max(1, steps // 10) :]
    return FoldRun(
        fold_div=fold_div,
        placement=placement,
        seed=seed,
        clips=found.clips,
        hits=round(found.top1 * found.clips),
        pair_clips=found.within_pair_clips,
        pair_hits=round(2 * found.within_pair * found.within_pair_clips) / 2,
        loss=round(sum(tail) / len(tail), 4),
        minutes=round(minutes, 2),
    )


def _spec(study: FoldStudy, fold_div: int, placement: str) -> ModelSpec:
    return ModelSpec(
        study.architecture,
        num_classes=len(MOTION_LABELS),
        n_segment=study.n_segment,
        fold_div=fold_div,
        placement=placement,
        width=study.width,
    )


def _orders(study: FoldStudy, seed: int) -> Iterator[NDArray[np.int64]]:
    """Rows of the scenes of each batch, in an order that the seed decides."""
    order = np.random.default_rng([seed, study.scenes]).permutation(study.scenes)
    at_once = study.batch_clips // 2
    for start in range(0, study.scenes - at_once + 1, at_once):
        yield np.sort(order[start : start + at_once])


def _logits(model: nn.Module, frames: Tensor) -> Tensor:
    """(N, 12) float32 logits of (N, T, 3, H, W) uint8 frames."""
    with torch.inference_mode():
        return torch.cat([model(normalise(part)) for part in frames.split(JUDGED_AT_ONCE)])


def store(study: FoldStudy, folder: Path, target: Path = FOLDS) -> Path:
    """Time a call of every kind of network, and write the finished runs in `folder` to `target`, where the page looks.

    Raises TsmDemoError when none has finished.
    """
    runs = [FoldRun(**json.loads(path.read_text())) for path in sorted(folder.glob("run_*.json"))]
    if not runs:
        raise TsmDemoError(f"There is no finished run in {str(folder)!r}: call this without --write first.")
    specs = {arm: _spec(study, *arm) for arm in ARMS}
    taken = measure([*specs.values()], Setup(study.n_segment, study.size, study.batch_clips), TIMING)
    still = taken.runs[Subject.of(specs[0, RESIDUAL])]
    latency = {arm: taken.runs[Subject.of(spec)].ratio(still).median for arm, spec in specs.items()}
    machine = f"{taken.machine.processor}, {taken.machine.threads} threads"
    write_folds(asdict(study), machine, taken.date, runs, latency, target)
    return target
