"""The training loop: one network, stage after stage, resumable at any step, with a log and its curves."""

import csv
import ctypes
import os
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import torch
import torch.nn.functional as F
from torch import Tensor, nn
from torch.optim import AdamW
from torch.optim.lr_scheduler import OneCycleLR

from tsm_demo.analysis.accuracy import Accuracy, motion_accuracy
from tsm_demo.models.checkpoints import load_checkpoint, motion_facts, save_checkpoint
from tsm_demo.models.registry import ModelSpec, build
from tsm_demo.training.curves import draw_curves
from tsm_demo.training.data import batches_from
from tsm_demo.training.recipe import HELD_OUT_SEED, NETWORKS, Recipe, Stage
from tsm_demo.video.tensors import normalise

LOG_EVERY = 20  # steps
SAVE_EVERY = 100  # steps
CHECK_EVERY = 250  # steps
CHECK_CLIPS = 240
M_TRIM_THRESHOLD, M_MMAP_THRESHOLD = -1, -3  # glibc's malloc.h


@dataclass(frozen=True, slots=True)
class LogRow:
    """One line of log.csv."""

    stage: str
    step: int
    clips_seen: int
    minutes: float
    loss: float
    train_accuracy: float
    held_out_accuracy: float | None


def train(
    recipe: Recipe,
    folder: Path,
    start_from: Path | None = None,
    report: Callable[[LogRow], None] = lambda row: None,
    niceness: int = 19,
    threads: int = 1,
) -> Path:
    """Train, or go on training, in `folder`; returns the weights file written there.

    Args:
        recipe: what to train and how.
        folder: holds state.pt (to resume from), log.csv, curves.svg and NAME.safetensors.
        start_from: weights file of this project to begin with, instead of random weights.
        report: called with every log row.
        niceness: how far this process steps back for others; 19 is idle priority.
        threads: of the training process; one more process draws the clips.

    A run that is interrupted goes on from its last saved step, with the same clips as if it had not been.
    """
    os.nice(max(0, niceness - os.nice(0)))
    torch.set_num_threads(threads)
    keep_freed_memory()
    folder.mkdir(parents=True, exist_ok=True)
    torch.manual_seed(recipe.seed)
    run = _Run(recipe, folder, start_from, report)
    first_scene = 0
    for index, stage in enumerate(recipe.stages):
        if index >= run.stage_index:
            run.train_stage(index, stage, first_scene)
        first_scene += stage.clips // 2
    return run.finish()


def keep_freed_memory() -> None:
    """Ask glibc not to hand freed tensors back to the kernel: faulting them in again took a fifth of each step."""
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)  # not there on macOS
    if mallopt is not None:
        mallopt(M_MMAP_THRESHOLD, 2**30)
        mallopt(M_TRIM_THRESHOLD, 2**31 - 1)


def channels_last(model: nn.Module) -> None:
    """Lay the weights out as oneDNN's bfloat16 convolutions want them; what they multiply follows."""
    for module in model.modules():
        if isinstance(module, nn.Conv2d):
            module.to(memory_format=torch.channels_last)
        elif isinstance(module, nn.Conv3d):
            module.to(memory_format=torch.channels_last_3d)


class _Run:
    """The moving parts of one training run."""

    def __init__(
        self, recipe: Recipe, folder: Path, start_from: Path | None, report: Callable[[LogRow], None]
    ) -> None:
        self.recipe, self.folder, self.report = recipe, folder, report
        member = NETWORKS[recipe.network]
        self.name = member.name
        self.spec = ModelSpec(
            member.architecture,
            num_classes=12,
            n_segment=recipe.n_segment,
            fold_div=recipe.fold_div,
            width=recipe.width or member.width,
            last_stride=recipe.stages[-1].last_stride,
        )
        self.weights = _initial_weights(self.spec, start_from)
        self.optimiser_state: dict | None = None
        self.stage_index, self.step, self.clips_seen, self.minutes = 0, 0, 0, 0.0
        self.state_file, self.log_file = folder / "state.pt", folder / "log.csv"
        if self.state_file.exists():
            self._resume()
        self._forget_unsaved_rows()

    def train_stage(self, index: int, stage: Stage, first_scene: int) -> None:
        """Run what is left of one stage."""
        model = build(replace(self.spec, last_stride=stage.last_stride)).train()
        if self.recipe.bfloat16:
            channels_last(model)
        model.load_state_dict(self.weights)
        optimiser = AdamW(model.parameters(), lr=stage.learning_rate, weight_decay=self.recipe.weight_decay)
        loader = batches_from(self.recipe, stage, first_scene, self.step)
        total = self.step + len(loader)
        schedule = OneCycleLR(optimiser, stage.learning_rate, total_steps=max(total, 2), pct_start=0.15)
        if self.optimiser_state is not None:
            optimiser.load_state_dict(self.optimiser_state["optimiser"])
            schedule.load_state_dict(self.optimiser_state["schedule"])
        clock, losses, hits = time.monotonic(), [], []
        for frames, labels in loader:
            with torch.autocast("cpu", torch.bfloat16, enabled=self.recipe.bfloat16):
                logits = model(normalise(frames)).float()
            loss = F.cross_entropy(logits, labels)
            optimiser.zero_grad()
            loss.backward()
            nn.utils.clip_grad_norm_(model.parameters(), self.recipe.gradient_limit)
            optimiser.step()
            schedule.step()
            self.step += 1
            self.clips_seen += len(labels)
            losses.append(loss.item())
            hits.append((logits.argmax(1) == labels).float().mean().item())
            last = self.step == total
            if self.step % LOG_EVERY == 0 or last:
                self.minutes += (time.monotonic() - clock) / 60
                clock = time.monotonic()
                checked = None
                if self.step % CHECK_EVERY == 0 or last:
                    checked = self._held_out(model, stage.size, CHECK_CLIPS).top1
                    model.train()
                self._log(stage, sum(losses) / len(losses), sum(hits) / len(hits), checked)
                losses, hits = [], []
            if self.step % SAVE_EVERY == 0 or last:
                done = {"optimiser": optimiser.state_dict(), "schedule": schedule.state_dict()}
                self.weights = model.state_dict()
                self._save(index, None if last else done)
        self.optimiser_state, self.step, self.stage_index = None, 0, index + 1

    def finish(self) -> Path:
        """Measure the weights and write the weights file."""
        model = build(self.spec)
        model.load_state_dict(self.weights)
        size = self.recipe.stages[-1].size
        accuracy = self._held_out(model, size, 2 * CHECK_CLIPS)
        facts = motion_facts(
            self.spec, size, seed=self.recipe.seed, clips_seen=self.clips_seen, accuracy=accuracy.top1
        )
        path = self.folder / f"{self.name}.safetensors"
        save_checkpoint(path, model, facts)
        return path

    def _held_out(self, model: nn.Module, size: int, clips: int) -> Accuracy:
        """Accuracy on the first `clips` held-out clips of standard difficulty."""
        seeds = range(HELD_OUT_SEED, HELD_OUT_SEED + clips)
        return motion_accuracy(model.eval(), seeds, size, n_segment=self.recipe.n_segment)

    def _log(self, stage: Stage, loss: float, train_accuracy: float, checked: float | None) -> None:
        row = LogRow(
            stage.name,
            self.step,
            self.clips_seen,
            round(self.minutes, 2),
            round(loss, 4),
            train_accuracy,
            checked,
        )
        new = not self.log_file.exists()
        with self.log_file.open("a", newline="") as handle:
            writer = csv.writer(handle)
            if new:
                writer.writerow(LogRow.__slots__)
            writer.writerow([getattr(row, name) for name in LogRow.__slots__])
        draw_curves(self.log_file, self.folder / "curves.svg")
        self.report(row)

    def _save(self, index: int, optimiser_state: dict | None) -> None:
        """Write the state beside the old one and swap them, so that a cut never leaves half a file."""
        state = {
            "weights": self.weights,
            "optimiser": optimiser_state,
            "stage_index": index if optimiser_state else index + 1,
            "step": self.step if optimiser_state else 0,
            "clips_seen": self.clips_seen,
            "minutes": self.minutes,
        }
        fresh = self.state_file.with_suffix(".new")
        torch.save(state, fresh)
        fresh.replace(self.state_file)

    def _resume(self) -> None:
        state = torch.load(self.state_file, weights_only=True)
        self.weights, self.optimiser_state = state["weights"], state["optimiser"]
        self.stage_index, self.step = state["stage_index"], state["step"]
        self.clips_seen, self.minutes = state["clips_seen"], state["minutes"]

    def _forget_unsaved_rows(self) -> None:
        """Drop the log's rows after the saved step: those steps are run, and logged, again."""
        if not self.log_file.exists():
            return
        names = LogRow.__slots__
        with self.log_file.open(newline="") as handle:
            rows = list(csv.reader(handle))[1:]
        whole = (row for row in rows if len(row) == len(names))  # a cut may leave half a line
        kept = [row for row in whole if int(row[names.index("clips_seen")]) <= self.clips_seen]
        with self.log_file.open("w", newline="") as handle:
            csv.writer(handle).writerows([names, *kept])


def _initial_weights(spec: ModelSpec, start_from: Path | None) -> dict[str, Tensor]:
    if start_from is None:
        return build(spec).state_dict()
    given = load_checkpoint(start_from).model.state_dict()
    # Loaded once more as what is to be trained: a file of another size gets its sentence here.
    return load_checkpoint(given, facts=motion_facts(spec, picture_size=1)).model.state_dict()
