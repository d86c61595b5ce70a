"""`evaluate` and `calibrate`: each set is measured on the clips that it names, and only the facts of a file change."""

import json
from pathlib import Path

import numpy as np
import pytest
import torch

from tests.models.tiny_network import save_tiny_network, tiny_network
from tests.video.clip_factory import write_clip
from tsm_demo.__main__ import main
from tsm_demo.analysis.accuracy import motion_accuracy, motion_logits
from tsm_demo.analysis.calibration import fit_temperature
from tsm_demo.models.checkpoints import load_checkpoint
from tsm_demo.training import recipe


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """clip.mp4 of 2 s, and tiny.safetensors."""
    folder = tmp_path_factory.mktemp("evaluate")
    write_clip(folder / "clip.mp4", 48, fps=24)
    save_tiny_network(folder / "tiny.safetensors")
    return folder


SMALL_SETS = {
    "hard": ("right label", "of 24"),
    "photographs": ("right within the pair", "of 20"),
    "still": ("stays still, with flicker", "of 24"),
    "pointing": ("layer4", "maps empty"),
}


@pytest.mark.parametrize(("kind", "words"), SMALL_SETS.items())
def test_evaluate(
    folder: Path, capsys: pytest.CaptureFixture[str], kind: str, words: tuple[str, str]
) -> None:
    checkpoint = ("--checkpoint", str(folder / "tiny.safetensors"))
    assert main(["evaluate", *checkpoint, "--on", kind, "--clips", "24"]) == 0
    said = capsys.readouterr().out
    assert any(all(word in line for word in words) for line in said.splitlines())
    assert main(["evaluate", *checkpoint, "--on", kind, "--clips", "24", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["on"] == kind


def test_evaluate_on_real_clips(folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    table = tmp_path / "windows.csv"
    table.write_text("clip,start_sec,end_sec,label\nclip.mp4,0,2,moves up\n")
    ask = (
        "evaluate",
        "--checkpoint",
        str(folder / "tiny.safetensors"),
        "--on",
        "real",
        "--table",
        str(table),
    )
    assert main([*ask, "--folder", str(folder)]) == 0
    said = capsys.readouterr().out
    assert "clip.mp4" in said
    assert "of 1)" in said
    assert main([*ask]) == 2
    assert "--folder FOLDER" in capsys.readouterr().err


def test_evaluate_measures_the_clips_that_training_keeps_out(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    ask = ("evaluate", "--checkpoint", str(folder / "tiny.safetensors"), "--json", "--clips")
    counts = []
    for arguments in (("12",), ("12", "--first", "12"), ("24",)):
        assert main([*ask, *arguments]) == 0
        counts.append(np.array(json.loads(capsys.readouterr().out)["confusion"]))
    assert np.array_equal(counts[0] + counts[1], counts[2])
    assert np.array_equal(
        counts[2],
        motion_accuracy(tiny_network(), range(recipe.HELD_OUT_SEED, recipe.HELD_OUT_SEED + 24), 64).confusion,
    )


def test_bfloat16_measures_almost_the_same(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    ask = ("evaluate", "--checkpoint", str(folder / "tiny.safetensors"), "--json", "--clips", "48")
    found = []
    for flag in ((), ("--bfloat16",)):
        assert main([*ask, *flag]) == 0
        found.append(json.loads(capsys.readouterr().out))
    assert found[0]["calibration_error"] != found[1]["calibration_error"]  # it did round
    moved = np.abs(np.array(found[0]["confusion"]) - np.array(found[1]["confusion"])).sum() / 2
    assert moved <= 2  # answers, of 48


def test_calibrate(folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    weights = tmp_path / "own.safetensors"
    weights.write_bytes((folder / "tiny.safetensors").read_bytes())
    assert main(["calibrate", str(weights), "--clips", "24"]) == 0
    assert "temperature" in capsys.readouterr().out
    before, after = load_checkpoint(folder / "tiny.safetensors"), load_checkpoint(weights)
    assert after.facts.temperature != before.facts.temperature
    assert after.facts.accuracy is not None
    for name, value in before.model.state_dict().items():
        assert torch.equal(value, after.model.state_dict()[name])
    logits, labels = motion_logits(
        after.model, range(recipe.CALIBRATION_SEED, recipe.CALIBRATION_SEED + 24), 64
    )
    assert after.facts.temperature == pytest.approx(fit_temperature(logits, labels))
