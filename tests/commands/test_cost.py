"""`python -m tsm_demo cost`: what it prints, in both forms."""

import json
from dataclasses import asdict
from pathlib import Path

import pytest

from tests.models.tiny_network import PICTURE_SIZE, embed_tiny_networks, tiny_network
from tsm_demo.__main__ import main
from tsm_demo.analysis.cost import cost
from tsm_demo.models import build_model
from tsm_demo.models.registry import ModelSpec

PROMISED = {"name", "params", "macs", "flops", "activation_bytes", "peak_bytes", "per_layer"}


def told(capsys: pytest.CaptureFixture[str], *arguments: str) -> dict:
    """What `cost --json` says; nothing else is on either stream."""
    assert main(["cost", *arguments, "--json"]) == 0
    out, err = capsys.readouterr()
    assert err == ""
    return json.loads(out)


def test_json(capsys: pytest.CaptureFixture[str]) -> None:
    says = told(capsys, "tsm_resnet50")
    assert says.keys() >= PROMISED
    assert (says["name"], says["frames"], says["size"], says["batch"]) == ("tsm_resnet50", 8, 224, 1)
    assert (says["classes"], says["fold_div"]) == (400, 8)
    assert (says["params"], says["macs"], says["flops"]) == (24_327_632, 32_703_643_648, 65_407_287_296)
    assert says["training_peak_bytes"] > says["kept_bytes"] > says["peak_bytes"] > 0
    first = says["per_layer"][0]
    assert (first["name"], first["kind"], first["params"]) == ("conv1", "conv2d", 64 * 3 * 7 * 7)
    assert first["formula"] == "8 x 112 x 112 x 64 x 3 x 7 x 7"
    assert sum(layer["macs"] for layer in says["per_layer"]) == says["macs"]


def test_every_option_counts(capsys: pytest.CaptureFixture[str]) -> None:
    options = {"frames": 3, "size": 96, "batch": 2, "classes": 7, "fold-div": 4}
    says = told(capsys, "tsm_resnet18", *(f"--{option}={value}" for option, value in options.items()))
    counted = cost(ModelSpec("tsm_resnet18", num_classes=7, fold_div=4), 3, 96, 2)
    figures = (
        "frames",
        "size",
        "batch",
        "params",
        "macs",
        "flops",
        "activation_bytes",
        "peak_bytes",
        "shift_bytes",
    )
    assert {figure: says[figure] for figure in figures} == {f: getattr(counted, f) for f in figures}
    assert (says["classes"], says["fold_div"]) == (7, 4)
    assert says["per_layer"] == json.loads(json.dumps([asdict(layer) for layer in counted.layers]))
    assert counted.shift_bytes > cost(ModelSpec("tsm_resnet18", num_classes=7), 3, 96, 2).shift_bytes


def test_embedded_networks_have_a_size_and_classes_of_their_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    embed_tiny_networks(tmp_path, monkeypatch)
    says = told(capsys, "motion_3d")
    assert (says["name"], says["frames"], says["size"], says["classes"]) == ("motion_3d", 8, PICTURE_SIZE, 12)
    assert says["params"] == sum(p.numel() for p in tiny_network("cnn3d_resnet18").parameters())
    asked = told(capsys, "motion", "--size", "96", "--frames", "2", "--classes", "5")
    assert (asked["frames"], asked["size"], asked["classes"]) == (2, 96, 5)
    model = build_model("tsm_resnet18", num_classes=5, width=tiny_network().spec.width)
    assert asked["params"] == sum(p.numel() for p in model.parameters())


def test_as_text(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["cost", "tsm_resnet50"]) == 0
    out, err = capsys.readouterr()
    assert err == ""
    lines = out.splitlines()
    assert lines[0] == "tsm_resnet50: 1 x 8 frames of 224 x 224, 400 classes"
    assert "24,327,632" in lines[1]
    assert "32.704 G" in lines[2]
    # By hand: the third stage of ResNet-50 is 0.3725 G in its first block and 0.2184 G in each of five more, a frame.
    stages = [line.split()[:2] for line in lines[lines.index("") + 2 :]]
    assert stages[0] == ["layer3", "11.715"]
    assert [name for name, _ in stages] == ["layer3", "layer2", "layer4", "layer1", "conv1", "fc"]


def test_too_little_to_train_is_said(capsys: pytest.CaptureFixture[str]) -> None:
    assert told(capsys, "tsn_resnet18", "--frames", "1", "--size", "32")["training_peak_bytes"] is None
    assert main(["cost", "tsn_resnet18", "--frames", "1", "--size", "32"]) == 0
    assert "cannot train" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["tsm_resnet34"], "'tsm_resnet34'; choose one of motion, "),
        (["tsm_resnet18", "--fold-div", "1"], "fold_div is 1"),
    ],
)
def test_what_can_be_mended_is_one_line(
    arguments: list[str], message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["cost", *arguments]) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith("tsm_demo: ")
    assert err.count("\n") == 1
    assert message in err
