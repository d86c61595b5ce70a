"""What is exported computes in onnxruntime what the network computes here, for any number of clips."""

import builtins
import json
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
import pytest
import torch

from tests.models.tiny_network import save_tiny_network, tiny_network
from tsm_demo.__main__ import main
from tsm_demo.commands import export
from tsm_demo.core.labels import MOTION_LABELS
from tsm_demo.models import build_model
from tsm_demo.models.onnx_file import export_onnx
from tsm_demo.models.registry import ModelSpec
from tsm_demo.models.weight_facts import WeightFacts
from tsm_demo.video.tensors import IMAGENET_MEAN


def logits_of(path: Path, clips: torch.Tensor) -> np.ndarray:
    session = onnxruntime.InferenceSession(path, providers=["CPUExecutionProvider"])
    return session.run(["logits"], {"clips": clips.numpy()})[0]


@pytest.fixture(scope="module")
def exported(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """tiny.safetensors and the tiny.onnx that the command makes of it."""
    folder = tmp_path_factory.mktemp("export")
    save_tiny_network(folder / "tiny.safetensors", temperature=1.5)
    out = folder / "tiny.onnx"
    assert main(["export", "--checkpoint", str(folder / "tiny.safetensors"), str(out)]) == 0
    return out


def test_the_order_of_frames_counts_in_the_file_too(exported: Path) -> None:
    """The shift by slice assignment becomes a constant in a trace: the file then gives something else."""
    model = tiny_network()
    model.load_state_dict({name: v.half().float() for name, v in model.state_dict().items()}, strict=True)
    for count in (1, 2, 5):
        clips = torch.randn(count, 8, 3, 64, 64)
        with torch.no_grad():
            expected = model(clips).numpy()
        assert np.abs(logits_of(exported, clips) - expected).max() < 1e-4
    backwards = logits_of(exported, clips.flip(1))
    assert np.abs(backwards - logits_of(exported, clips)).max() > 1e-2


def test_the_file_says_how_to_use_it(exported: Path) -> None:
    told = {entry.key: entry.value for entry in onnx.load(exported).metadata_props}
    assert json.loads(told["labels"]) == list(MOTION_LABELS)
    assert json.loads(told["mean"]) == list(IMAGENET_MEAN)
    assert (told["network"], told["temperature"], told["sampling"]) == ("tsm_resnet18", "1.5", "windows")


@pytest.mark.parametrize("name", ["tsn_resnet18", "tsm_online_resnet18", "cnn3d_resnet18"])
def test_each_family(name: str, tmp_path: Path) -> None:
    torch.manual_seed(0)
    model = build_model(name, 3, n_segment=4, width=8)
    facts = WeightFacts(ModelSpec(name, 3, 4, width=8), ("a", "b", "c"), 32)
    export_onnx(model, facts, tmp_path / "m.onnx")
    clips = torch.randn(3, 4, 3, 32, 32)
    with torch.no_grad():
        expected = model(clips).numpy()
    largest = max(1, np.abs(expected).max())  # random weights make logits of any size
    assert np.abs(logits_of(tmp_path / "m.onnx", clips) - expected).max() < 1e-4 * largest
    assert np.ptp(expected) > 1e-2


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["m.onnx"], "Give the NAME of a network"),
        (["motion", "m.onnx", "--checkpoint", "w.pth"], "Give the NAME of a network"),
        (["motion", "m.pb"], "export writes .onnx, not 'm.pb'"),
        (["motion", "nowhere/m.onnx"], "There is no folder 'nowhere'"),
        (["moves", "m.onnx"], "no network called 'moves'"),
        (["motion_3d", "m.onnx", "--size", "0"], "'0' is not a whole number from 1 on"),
    ],
    ids=str,
)
def test_what_cannot_be_exported(
    arguments: list[str],
    told: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    try:
        code = main(["export", *arguments])
    except SystemExit as stopped:  # argparse's own way
        code = int(stopped.code or 0)
    assert code == 2
    err = capsys.readouterr().err
    assert told in err
    assert err.count("\n") == 1
    assert not list(tmp_path.iterdir())


def test_without_the_packages(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    found = builtins.__import__

    def without(name: str, *rest: object) -> object:
        if name.startswith("onnx"):
            raise ImportError(name)
        return found(name, *rest)  # type: ignore[arg-type]

    weights = save_tiny_network(tmp_path / "tiny.safetensors")
    monkeypatch.setattr(builtins, "__import__", without)
    assert main(["export", "--checkpoint", str(weights), str(tmp_path / "m.onnx")]) == 2
    err = capsys.readouterr().err
    assert "`pip install onnx onnxscript onnxruntime`" in err
    assert err.count("\n") == 1


def test_a_file_that_computes_something_else_is_not_passed_over(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    weights = save_tiny_network(tmp_path / "tiny.safetensors", "tsn_resnet18")
    monkeypatch.setattr(export, "LARGEST_DIFFERENCE", -1.0)
    assert main(["export", "--checkpoint", str(weights), str(tmp_path / "m.onnx"), "--size", "48"]) == 2
    out, err = capsys.readouterr()
    assert "clips (N, 8, 3, 48, 48) to logits (N, 12)" in out
    assert "do not use this file" in err
