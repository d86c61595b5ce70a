"""Set-up installs what has changed, nothing else, and never takes an unfinished installation for done."""

import subprocess
from pathlib import Path

import pytest

from scripts import setup


class Commands:
    """Stands in for subprocess.run: notes each command, and answers with the next error, if any."""

    def __init__(self) -> None:
        self.run: list[list[str]] = []
        self.error = ""

    def __call__(self, command: list[str], **_: object) -> subprocess.CompletedProcess[str]:
        self.run.append([str(word) for word in command])
        return subprocess.CompletedProcess(command, int(bool(self.error)), stderr=self.error)


@pytest.fixture
def commands(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Commands:
    """A folder with two requirements files and an empty .venv, in which no command is really run."""
    (tmp_path / ".venv").mkdir()
    (tmp_path / "app.txt").write_text("one==1\n")
    (tmp_path / "dev.txt").write_text("-r app.txt\ntwo==2\n")
    monkeypatch.setattr(setup, "VENV", tmp_path / ".venv")
    monkeypatch.setattr(setup, "RECORD", tmp_path / ".venv" / "setup.json")
    commands = Commands()
    monkeypatch.setattr(subprocess, "run", commands)
    return commands


def test_installs_once(commands: Commands, tmp_path: Path) -> None:
    setup.ensure_installed(tmp_path / "dev.txt")
    setup.ensure_installed(tmp_path / "dev.txt")
    setup.ensure_installed(tmp_path / "app.txt")  # dev.txt takes it in
    assert len(commands.run) == 1
    assert commands.run[0][1:4] == ["-m", "pip", "install"]


def test_installs_again_what_has_changed(commands: Commands, tmp_path: Path) -> None:
    setup.ensure_installed(tmp_path / "dev.txt")
    (tmp_path / "app.txt").write_text("one==1.1\n")
    setup.ensure_installed(tmp_path / "dev.txt")
    assert len(commands.run) == 2


def test_a_failed_installation_does_not_count(commands: Commands, tmp_path: Path) -> None:
    setup.ensure_installed(tmp_path / "app.txt")
    commands.error = "something new"
    with pytest.raises(SystemExit, match="something new"):
        setup.ensure_installed(tmp_path / "dev.txt")
    commands.error = ""
    setup.ensure_installed(tmp_path / "app.txt")
    assert len(commands.run) == 3


def test_an_interrupted_installation_does_not_count(commands: Commands, tmp_path: Path, monkeypatch) -> None:
    def interrupted(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(subprocess, "run", interrupted)
        with pytest.raises(KeyboardInterrupt):
            setup.ensure_installed(tmp_path / "app.txt")
    setup.ensure_installed(tmp_path / "app.txt")
    assert len(commands.run) == 1


def test_forgets_a_package_that_was_being_unpacked(commands: Commands, tmp_path: Path) -> None:
    packages = tmp_path / ".venv" / "lib" / "python3.11" / "site-packages"
    for name in ("whole-1.dist-info", "half-1.dist-info"):
        (packages / name).mkdir(parents=True)
        (packages / name / "METADATA").touch()
    (packages / "whole-1.dist-info" / "INSTALLER").touch()
    setup.forget_half_installed()
    assert [path.name for path in packages.iterdir()] == ["whole-1.dist-info"]


def test_keeps_a_venv_that_works(commands: Commands) -> None:
    setup.write_record({})
    setup.ensure_venv()
    assert not any("venv" in command for command in commands.run)


def test_remakes_a_venv_that_was_moved(commands: Commands) -> None:
    setup.RECORD.write_text('{"folder": "/somewhere/else/.venv", "app.txt": "0"}')
    setup.ensure_venv()
    assert ["-m", "venv", "--clear", str(setup.VENV)] == commands.run[-1][1:]
    assert setup.read_record() == {"folder": str(setup.VENV)}


def test_remakes_a_venv_that_does_not_work(commands: Commands, monkeypatch: pytest.MonkeyPatch) -> None:
    setup.write_record({"app.txt": "0"})
    monkeypatch.setattr(setup, "venv_works", lambda: False)
    setup.ensure_venv()
    assert ["-m", "venv", "--clear", str(setup.VENV)] == commands.run[-1][1:]
    assert setup.read_record() == {"folder": str(setup.VENV)}


@pytest.mark.parametrize(
    ("pip_says", "we_say"),
    [
        ("WARNING: Retrying after NewConnectionError: Failed to establish a new connection", "internet"),
        ("ERROR: Could not install packages: [Errno 28] No space left on device", "disk is full"),
    ],
)
def test_says_in_one_line_what_mends_it(pip_says: str, we_say: str) -> None:
    said = setup.explain(pip_says)
    assert we_say in said
    assert "\n" not in said
