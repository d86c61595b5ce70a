"""The command line: what it prints and writes, and one line and exit code 2 for what its user can mend."""

import json
import os
import subprocess
import sys
from functools import partial
from pathlib import Path

import av
import numpy as np
import pytest
import torch
from PIL import Image

from tests.models.tiny_network import embed_tiny_networks, save_tiny_network, tiny_network
from tests.video.clip_factory import number_of, write_clip
from tsm_demo.__main__ import main
from tsm_demo.core.labels import MOTION_LABELS
from tsm_demo.training import recipe, train
from tsm_demo.viz import heat

ROOT = Path(__file__).resolve().parents[1]
FRAMES = [3 + 6 * k for k in range(8)]  # of 2 s at 24 a second: the centres of eighths


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """clip.mp4 of 2 s and tiny.safetensors; text.mp4 and empty.mp4, which are no clips."""
    folder = tmp_path_factory.mktemp("main")
    write_clip(folder / "clip.mp4", 48, fps=24)
    save_tiny_network(folder / "tiny.safetensors")
    (folder / "text.mp4").write_text("A letter, not a clip.\n" * 40)
    (folder / "empty.mp4").touch()
    return folder


def predict(folder: Path, *arguments: str | Path, clip: str = "clip.mp4") -> int:
    checkpoint = ("--checkpoint", folder / "tiny.safetensors")
    return main(["predict", str(folder / clip), *map(str, checkpoint), *map(str, arguments)])


def answer(capsys: pytest.CaptureFixture[str], folder: Path, *arguments: str | Path) -> dict:
    """What `predict --json` says; nothing else is on either stream."""
    assert predict(folder, "--json", *arguments) == 0
    out, err = capsys.readouterr()
    assert err == ""
    return json.loads(out)


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, *arguments], cwd=ROOT, capture_output=True, text=True, timeout=120, check=False
    )


def is_one_line(text: str) -> bool:
    return text.startswith("tsm_demo: ") and text.endswith("\n") and text.count("\n") == 1


def test_models(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    embed_tiny_networks(tmp_path, monkeypatch)
    assert main(["models", "--json"]) == 0
    rows = {row["name"]: row for row in json.loads(capsys.readouterr().out)}
    assert list(rows)[:4] == ["motion", "motion_tsn", "motion_online", "motion_3d"]
    tiny = sum(parameter.numel() for parameter in tiny_network().parameters())
    motion = {"weights": "embedded", "params": tiny, "frames": 8, "size": 64, "classes": 12}
    assert rows["motion"] == motion | {"name": "motion"}
    assert rows["motion_tsn"] == motion | {"name": "motion_tsn"}
    # torchvision's ResNet-50 with 400 classes for 1000
    params = 25_557_032 - 2049 * 600
    assert rows["tsm_resnet50"] == {
        "name": "tsm_resnet50",
        "weights": "random",
        "params": params,
        "frames": 8,
        "size": 224,
        "classes": 400,
    }


def test_models_as_text(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    embed_tiny_networks(tmp_path, monkeypatch)
    monkeypatch.setattr("tsm_demo.models.networks.list_models", lambda: ["c3d", "tsn_resnet18"])
    assert main(["models"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[:2] for line in lines] == [
        ["motion", "embedded"],
        ["motion_tsn", "embedded"],
        ["motion_online", "embedded"],
        ["motion_3d", "embedded"],
        ["c3d", "random"],
        ["tsn_resnet18", "random"],
    ]
    assert "79,634,576 parameters  16 frames at 112²" in lines[4]
    assert "11,381,712 parameters  8 frames at 224²" in lines[5]


def test_predict_json(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    told = answer(capsys, folder)
    promised = {"model", "weights", "top", "windows", "frames", "frame_times_sec", "frame_scores", "seconds"}
    assert promised | {"warnings"} <= told.keys()
    assert (told["model"], told["weights"], told["reversed"]) == ("tsm_resnet18", "file", False)
    assert [score.keys() for score in told["top"]] == [{"label", "score"}] * 5
    assert {score["label"] for score in told["top"]} <= set(MOTION_LABELS)
    assert [(w["start_sec"], w["end_sec"]) for w in told["windows"]] == [(0, 2)]
    assert told["frames"] == FRAMES
    assert told["frame_times_sec"] == pytest.approx([frame / 24 for frame in FRAMES], abs=1e-4)
    assert {label: len(scores) for label, scores in told["frame_scores"].items()} == {
        score["label"]: 8 for score in told["top"]
    }
    assert {"decode", "forward"} <= told["seconds"].keys()


def test_predict_as_text(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    embed_tiny_networks(tmp_path, monkeypatch)
    assert main(["predict", str(folder / "clip.mp4"), "--top-k", "3"]) == 0  # --model is motion
    out, err = capsys.readouterr()
    first, *scores = out.splitlines()
    assert first.startswith("not clearly")
    assert len(scores) == 3
    shares = [float(line.split("%")[0]) for line in scores]
    assert shares == sorted(shares, reverse=True)
    assert all(line.split("%")[1].strip() in MOTION_LABELS for line in scores)
    assert err == ""


def test_a_note_goes_to_the_other_stream(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    brief = write_clip(tmp_path / "brief.mp4", 3, fps=24)
    assert predict(folder, clip=str(brief)) == 0
    assert capsys.readouterr().err == "note: The clip has only 3 frames, so some are used more than once.\n"


def test_reverse(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    told = answer(capsys, folder, "--reverse")
    assert told["reversed"] is True
    assert told["frames"] == FRAMES[::-1]
    assert told["frame_times_sec"] == sorted(told["frame_times_sec"], reverse=True)


def test_top_k(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    told = answer(capsys, folder, "--top-k", "2")
    assert len(told["top"]) == len(told["windows"][0]["top"]) == len(told["frame_scores"]) == 2


def test_start_and_end(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    told = answer(capsys, folder, "--start", "0.5", "--end", "1.5")
    assert [(w["start_sec"], w["end_sec"]) for w in told["windows"]] == [(0.5, 1.5)]
    assert told["frames"] == [13, 16, 19, 22, 25, 28, 31, 34]  # 12 + 1.5 + 3 k, rounded down


@pytest.mark.parametrize("name", ["out.webp", "out.gif", "OUT.WEBP"])
def test_cam_moves(folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], name: str) -> None:
    told = answer(capsys, folder, "--cam", tmp_path / name)  # JSON is printed as well
    assert told["frames"] == FRAMES
    with Image.open(tmp_path / name) as image:
        assert image.format == name.lower().split(".")[1].upper()
        assert (image.n_frames, image.size) == (8, (192, 128))


def test_cam_as_mp4(folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert predict(folder, "--cam", tmp_path / "out.mp4") == 0
    assert len(capsys.readouterr().out.splitlines()) == 6  # the answer all the same
    with av.open(tmp_path / "out.mp4") as file:
        pictures = [frame.to_ndarray(format="rgb24") for frame in file.decode(video=0)]
        assert file.duration / 1e6 == pytest.approx(8 * 0.25, abs=8 / 60)
    assert pictures[0].shape == (128, 192, 3)
    assert np.abs(pictures[0].astype(int) - pictures[-1]).mean() > 1


@pytest.mark.parametrize(
    ("arguments", "cells", "order"),
    [((), 2, FRAMES), (("--layer", "layer3"), 4, FRAMES), (("--reverse",), 2, FRAMES[::-1])],
)
def test_cam_draws_maps_on_their_frames(
    folder: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    arguments: tuple[str, ...],
    cells: int,
    order: list[int],
) -> None:
    drawn = []
    real = heat.overlay_heat
    monkeypatch.setattr(heat, "overlay_heat", lambda *given: drawn.append(given) or real(*given))
    assert predict(folder, "--cam", tmp_path / "out.webp", *arguments) == 0
    ((frames, maps),) = drawn
    assert [number_of(picture) for picture in frames] == order
    assert maps.shape == (8, cells, cells)
    assert maps.max() == 1


def test_a_network_with_fewer_maps_than_frames_says_so(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    drawn = []
    real = heat.overlay_heat
    monkeypatch.setattr(heat, "overlay_heat", lambda *given: drawn.append(given) or real(*given))
    weights = save_tiny_network(tmp_path / "i3d.safetensors", "i3d_resnet50")
    command = ["predict", str(folder / "clip.mp4"), "--checkpoint", str(weights), "--json"]
    assert main([*command, "--cam", str(tmp_path / "out.webp"), "--layer", "layer3"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["warnings"] == ["i3d_resnet50 has 4 maps for 32 frames: each is held until the next."]
    assert (len(told["frames"]), told["frame_scores"]) == (32, {})
    ((frames, maps),) = drawn
    assert (len(frames), maps.shape) == (32, (32, 4, 4))
    assert [np.array_equal(maps[t], maps[t - 1]) for t in range(1, 32)].count(False) == 3


@pytest.mark.parametrize(
    ("clip", "arguments", "says"),
    [
        ("none.mp4", (), "none.mp4"),
        ("text.mp4", (), "video"),
        ("empty.mp4", (), "0 bytes"),
        (".", (), "not a file"),
        ("clip.mp4", ("--start", "nan"), "0 or more"),
        ("clip.mp4", ("--start", "-1"), "0 or more"),
        ("clip.mp4", ("--end", "inf"), "0 or more"),
        ("clip.mp4", ("--start", "9"), "ends after 2.0 s"),
        ("clip.mp4", ("--start", "1.5", "--end", "1"), "after the start"),
        ("clip.mp4", ("--cam", "{folder}/out.png"), "out.png"),
        ("clip.mp4", ("--cam", "{folder}/out"), ".webp, .gif or .mp4"),
        ("clip.mp4", ("--cam", "{folder}/no/out.webp"), "no folder"),
        ("clip.mp4", ("--cam", "{folder}/folder.webp"), "folder.webp"),
        ("clip.mp4", ("--layer", "layer2"), "Maps can be made at layer3 or layer4, not at 'layer2'"),
        ("clip.mp4", ("--checkpoint", "{folder}/none.safetensors"), "none.safetensors"),
        ("clip.mp4", ("--checkpoint", "{folder}/text.mp4"), "not a weights file"),
        ("clip.mp4", ("--checkpoint", "{folder}"), "weights file"),
    ],
)
def test_one_line_for_what_can_be_mended(
    folder: Path, capsys: pytest.CaptureFixture[str], clip: str, arguments: tuple[str, ...], says: str
) -> None:
    (folder / "folder.webp").mkdir(exist_ok=True)
    code = predict(folder, *(argument.format(folder=folder) for argument in arguments), clip=clip)
    out, err = capsys.readouterr()
    assert (code, out) == (2, "")
    assert is_one_line(err)
    assert says in err


def test_an_unknown_model(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["predict", str(folder / "clip.mp4"), "--model", "resnet"]) == 2
    err = capsys.readouterr().err
    assert is_one_line(err)
    assert "'resnet'; choose one of motion" in err


@pytest.mark.parametrize(
    "arguments",
    [
        "",
        "predict",
        "prophesy",
        "predict clip.mp4 --start soon",
        "predict clip.mp4 --top-k 0",
        "predict clip.mp4 --loud",
        "train kinetics",
        "train motion --threads 0",
        "sheet out.png --clips 0",
    ],
)
def test_one_line_for_arguments_that_mean_nothing(capsys: pytest.CaptureFixture[str], arguments: str) -> None:
    with pytest.raises(SystemExit) as exit_:
        main(arguments.split())
    out, err = capsys.readouterr()
    assert (exit_.value.code, out) == (2, "")
    assert is_one_line(err)
    assert "--help" in err


@pytest.fixture
def small_training(monkeypatch: pytest.MonkeyPatch):
    """Two steps of a tiny network, and none of what training does to the whole process."""
    stage = recipe.Stage("tiny", 24, 32, 1.0, 1e-3, last_stride=2)
    monkeypatch.setitem(recipe.SCHEDULES, "from-scratch", (stage,))
    monkeypatch.setattr(recipe, "Recipe", partial(recipe.Recipe, batch_clips=12, width=8))
    monkeypatch.setattr(train, "CHECK_CLIPS", 12)
    monkeypatch.setattr(train, "keep_freed_memory", lambda: None)
    monkeypatch.setattr(os, "nice", lambda step: 19)
    threads = torch.get_num_threads()
    yield
    torch.set_num_threads(threads)


@pytest.mark.usefixtures("small_training")
def test_train(folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "run"
    assert main(["train", "motion", "--network", "tsn", "--out", str(out), "--seed", "3"]) == 0
    said, complaints = capsys.readouterr()
    *_, step, last = said.splitlines()
    assert "step     2" in step
    assert "held out" in step
    weights = out / "motion_tsn.safetensors"
    assert last == f"weights: {weights}"
    assert complaints == ""
    assert {path.name for path in out.iterdir()} >= {"log.csv", "curves.svg", "state.pt"}

    assert main(["predict", str(folder / "clip.mp4"), "--checkpoint", str(weights), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["model"] == "tsn_resnet18"


@pytest.mark.usefixtures("small_training")
def test_train_from_weights_that_are_not_there(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    start_from = str(tmp_path / "none.safetensors")
    assert main(["train", "motion", "--out", str(tmp_path / "run"), "--start-from", start_from]) == 2
    assert is_one_line(capsys.readouterr().err)


def test_sheet(tmp_path: Path) -> None:
    assert main(["sheet", str(tmp_path / "out.pic"), "--clips", "2", "--difficulty", "easy"]) == 0
    with Image.open(tmp_path / "out.pic") as image:
        assert image.format == "PNG"
        assert image.size == (140 + 8 * 112, 2 * 112)  # the labels, and two rows of eight frames
        assert np.asarray(image)[:, :140].min() < 100  # the labels are written


def test_help_does_not_wait_for_torch() -> None:
    check = (
        "import sys\n"
        "from tsm_demo.__main__ import main\n"
        "try:\n    main(['predict', '--help'])\n"
        "finally:\n    print([name for name in ('torch', 'numpy', 'av') if name in sys.modules])"
    )
    shown = run("-c", check)
    assert shown.returncode == 0
    assert "--cam OUT.webp" in shown.stdout
    assert shown.stdout.splitlines()[-1] == "[]"


def test_in_a_process_of_its_own(folder: Path, tmp_path: Path) -> None:
    clip, checkpoint = str(folder / "clip.mp4"), str(folder / "tiny.safetensors")
    cam = tmp_path / "out.webp"
    command = ("-m", "tsm_demo", "predict")
    works = run(*command, clip, "--checkpoint", checkpoint, "--cam", str(cam), "--json")
    assert (works.returncode, works.stderr) == (0, "")
    assert json.loads(works.stdout)["frames"] == FRAMES
    assert cam.stat().st_size > 0

    fails = run(*command, str(folder / "text.mp4"), "--checkpoint", checkpoint)
    assert (fails.returncode, fails.stdout) == (2, "")
    assert is_one_line(fails.stderr)
