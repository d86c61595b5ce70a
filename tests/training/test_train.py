"""A run leaves weights, a log and curves, and one that was cut off ends as if it had not been."""

import csv
import xml.etree.ElementTree as ET
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from torch import Tensor, nn

from tsm_demo.analysis.accuracy import Accuracy
from tsm_demo.core.errors import ModelError
from tsm_demo.core.interval import interval
from tsm_demo.models.checkpoints import Checkpoint, load_checkpoint
from tsm_demo.training import train as training
from tsm_demo.training.recipe import HELD_OUT_SEED, NETWORKS, Recipe, Stage
from tsm_demo.training.train import LogRow, train

# Four steps, then three at the other stride; far below what learns anything.
STAGES = (
    Stage("small", 48, 32, 1.0, 2e-3, last_stride=2),
    Stage("large", 36, 40, 0.5, 1e-3, last_stride=1),
)
TINY = Recipe(stages=STAGES, batch_clips=12, width=8, n_segment=4)
STEPS = 7
EVERY = {"LOG_EVERY": 1, "SAVE_EVERY": 2, "CHECK_EVERY": 3, "CHECK_CLIPS": 12}  # steps, and clips


class CutError(Exception):
    """What stops a run in these tests."""


@pytest.fixture(autouse=True)
def small_steps(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Log at each step, save at every second one, check on few clips; give the threads back at the end."""
    for name, value in EVERY.items():
        monkeypatch.setattr(training, name, value)
    threads = torch.get_num_threads()
    yield
    torch.set_num_threads(threads)


def cut_at(row_number: int) -> Callable[[LogRow], None]:
    """A report that ends the run at its n-th row."""
    rows: list[LogRow] = []

    def report(row: LogRow) -> None:
        rows.append(row)
        if len(rows) == row_number:
            raise CutError

    return report


def run(folder: Path, recipe: Recipe = TINY, start_from: Path | None = None, cut: int = 0) -> Checkpoint:
    """Train at the test's own priority: idle priority could not be given back."""
    return load_checkpoint(train(recipe, folder, start_from, cut_at(cut), niceness=0))


def rows(folder: Path) -> list[dict[str, str]]:
    with (folder / "log.csv").open(newline="") as file:
        return list(csv.DictReader(file))


def states(folder: Path) -> dict[str, Tensor]:
    """The trained weights as they stood at the end."""
    weights: dict[str, Tensor] = torch.load(folder / "state.pt", weights_only=True)["weights"]
    return weights


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a run that nothing cut off."""
    folder = tmp_path_factory.mktemp("whole")
    with pytest.MonkeyPatch.context() as patch:
        for name, value in EVERY.items():
            patch.setattr(training, name, value)
        run(folder)
    return folder


def test_a_run_leaves_weights_a_log_and_curves(whole: Path) -> None:
    loaded = load_checkpoint(whole / "motion.safetensors")
    assert loaded.facts.spec.name == "tsm_resnet18"
    assert (loaded.facts.spec.width, loaded.facts.spec.n_segment, loaded.facts.spec.last_stride) == (8, 4, 1)
    assert (loaded.facts.picture_size, loaded.facts.clips_seen, loaded.facts.seed) == (40, 84, 0)
    assert 0 <= loaded.facts.accuracy <= 1
    assert all(value.isfinite().all() for value in loaded.model.state_dict().values())
    log = rows(whole)
    assert list(log[0]) == list(LogRow.__slots__)
    assert [row["stage"] for row in log] == ["small"] * 4 + ["large"] * 3
    assert [int(row["step"]) for row in log] == [1, 2, 3, 4, 1, 2, 3]
    assert [int(row["clips_seen"]) for row in log] == list(range(12, 85, 12))
    assert all(0 < float(row["loss"]) < 20 for row in log)
    assert [bool(row["held_out_accuracy"]) for row in log] == [False, False, True, True, False, False, True]
    picture = ET.parse(whole / "curves.svg").getroot()
    lines = [line.get("points", "").split() for line in picture.iter("{http://www.w3.org/2000/svg}polyline")]
    assert [len(points) for points in lines] == [STEPS, STEPS, 3]  # loss, training, held out


def test_the_weights_that_are_kept_are_the_last_ones(whole: Path) -> None:
    kept = load_checkpoint(whole / "motion.safetensors").model.state_dict()
    assert torch.equal(kept["fc.weight"], states(whole)["fc.weight"].half().float())


# Within the first stage before and after its first saved step, at its end, and within the second stage.
@pytest.mark.parametrize("cut", [1, 3, 5, 7])
def test_a_run_that_was_cut_off_ends_with_the_same_weights(whole: Path, tmp_path: Path, cut: int) -> None:
    with pytest.raises(CutError):
        run(tmp_path, cut=cut)
    assert not (tmp_path / "motion.safetensors").exists()
    resumed = run(tmp_path)
    expected, got = states(whole), states(tmp_path)
    assert got.keys() == expected.keys()
    assert [name for name in got if not torch.equal(got[name], expected[name])] == []
    assert resumed.facts == load_checkpoint(whole / "motion.safetensors").facts
    assert (tmp_path / "motion.safetensors").read_bytes() == (whole / "motion.safetensors").read_bytes()


def test_the_log_of_a_run_that_was_cut_off_has_every_step_once(whole: Path, tmp_path: Path) -> None:
    with pytest.raises(CutError):
        run(tmp_path, cut=6)  # its step is logged, but was not saved
    run(tmp_path)
    logs = [[without_minutes(row) for row in rows(folder)] for folder in (whole, tmp_path)]
    assert logs[0] == logs[1]


def without_minutes(row: dict[str, str]) -> dict[str, str]:
    return {name: value for name, value in row.items() if name != "minutes"}


def test_a_log_that_was_cut_within_a_line(whole: Path, tmp_path: Path) -> None:
    with pytest.raises(CutError):
        run(tmp_path, cut=3)
    with (tmp_path / "log.csv").open("a") as file:
        file.write("small,4")
    run(tmp_path)
    assert [row["step"] for row in rows(tmp_path)] == [row["step"] for row in rows(whole)]
    (tmp_path / "log.csv").write_bytes(b"")
    run(tmp_path)
    assert (tmp_path / "log.csv").read_text().split() == [",".join(LogRow.__slots__)]


def test_a_finished_run_is_not_trained_on(whole: Path, tmp_path: Path) -> None:
    before = (whole / "motion.safetensors").read_bytes()
    (tmp_path / "state.pt").write_bytes((whole / "state.pt").read_bytes())
    run(tmp_path, cut=1)
    assert (tmp_path / "motion.safetensors").read_bytes() == before


def test_tuning_starts_from_the_given_weights(whole: Path, tmp_path: Path) -> None:
    nothing = replace(TINY, stages=(replace(STAGES[1], clips=0),))
    start = whole / "motion.safetensors"
    tuned = run(tmp_path, nothing, start_from=start).model.state_dict()
    given = load_checkpoint(start).model.state_dict()
    assert all(torch.equal(tuned[name], given[name]) for name in given)


def test_weights_of_another_size_are_refused(whole: Path, tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="These weights do not fit tsm_resnet18"):
        run(tmp_path, replace(TINY, width=16), start_from=whole / "motion.safetensors")


def test_the_stated_accuracy_is_that_of_held_out_clips(
    whole: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = []

    def judged(model: nn.Module, seeds: range, size: int, n_segment: int = 8) -> Accuracy:
        asked.append((seeds, size, n_segment, model.training))
        return Accuracy(len(seeds), 0.25, 0, 0, 0, ())

    monkeypatch.setattr(training, "motion_accuracy", judged)
    (tmp_path / "state.pt").write_bytes((whole / "state.pt").read_bytes())
    assert run(tmp_path).facts.accuracy == 0.25
    assert asked == [(range(HELD_OUT_SEED, HELD_OUT_SEED + 24), 40, 4, False)]


def test_the_family() -> None:
    assert {key: (member.name, member.architecture, member.width) for key, member in NETWORKS.items()} == {
        "tsm": ("motion", "tsm_resnet18", 64),
        "tsn": ("motion_tsn", "tsn_resnet18", 64),
        "online": ("motion_online", "tsm_online_resnet18", 64),
        "3d": ("motion_3d", "cnn3d_resnet18", 32),
    }


def test_a_short_run_learns_to_beat_chance(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in {"LOG_EVERY": 45, "SAVE_EVERY": 1000, "CHECK_EVERY": 1000, "CHECK_CLIPS": 240}.items():
        monkeypatch.setattr(training, name, value)
    stage = Stage("short", 7200, 24, 1.0, 3e-3, last_stride=2)
    run(tmp_path, Recipe(stages=(stage,), batch_clips=24, width=16, n_segment=4))
    log = rows(tmp_path)
    assert float(log[-1]["loss"]) < float(log[0]["loss"])
    low, _ = interval(float(log[-1]["held_out_accuracy"]), 240)
    assert low > 1 / 12  # of clips it never saw, at full difficulty


@pytest.mark.parametrize("network", ["tsm", "3d"])
def test_bfloat16_takes_almost_the_same_steps(whole: Path, tmp_path: Path, network: str) -> None:
    # One step with a small rate: the same clips and the same start move the weights alike, but not to the bit.
    recipe = replace(TINY, network=network, stages=(replace(STAGES[0], clips=12, learning_rate=1e-3),))
    ends = {}
    for bfloat16 in (False, True):
        folder = tmp_path / str(bfloat16)
        run(folder, replace(recipe, bfloat16=bfloat16))
        ends[bfloat16] = states(folder)
    losses = [float(rows(tmp_path / str(bfloat16))[0]["loss"]) for bfloat16 in (False, True)]
    assert losses[0] != losses[1]
    assert abs(losses[0] - losses[1]) < 0.02 * losses[0]
    assert all(value.dtype in (torch.float32, torch.int64) for value in ends[True].values())
    moved = ends[True]["layer1.0.conv1.weight"] - ends[False]["layer1.0.conv1.weight"]
    assert moved.abs().max() <= 2e-3  # AdamW moves a weight by its rate at most, either way


def test_the_network_without_shift(tmp_path: Path) -> None:
    loaded = run(tmp_path, replace(TINY, network="tsn", stages=(replace(STAGES[0], clips=12),)))
    assert (tmp_path / "motion_tsn.safetensors").is_file()
    clip = torch.randn(1, 4, 3, 32, 32)
    assert torch.allclose(loaded.model(clip), loaded.model(clip.flip(1)), atol=1e-5)
