"""The machine in words: from a made-up /proc, from a made-up sysctl, and from nothing at all."""

import os
from pathlib import Path

import pytest

from tsm_demo.analysis.machine import UNKNOWN, available_memory, load_average, this_machine

CPUINFO = """processor\t: 0
model\t\t: 151
model name\t: 12th  Gen Imaginary(R) Core(TM) i5
processor\t: 1
model name\t: another
"""
MEMINFO = "MemTotal:       16000000 kB\nMemFree:          100000 kB\nMemAvailable:    8000000 kB\n"


@pytest.fixture
def linux(tmp_path: Path):
    """A root folder with these files in it."""

    def root(**files: str) -> Path:
        for name, text in files.items():
            path = tmp_path / name.replace("__", "/")
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
        return tmp_path

    return root


def test_a_linux_machine(linux) -> None:
    root = linux(proc__cpuinfo=CPUINFO, proc__meminfo=MEMINFO)
    (root / "etc").mkdir()
    (root / "etc" / "os-release").write_text('NAME="x"\nPRETTY_NAME="Imaginary Linux 7 (seven)"\n')
    machine = this_machine("2.14.1", 3, root, "linux")
    assert machine.processor == "12th Gen Imaginary(R) Core(TM) i5"
    assert machine.memory_bytes == 16_000_000 * 1024
    assert machine.system == "Imaginary Linux 7 (seven)"
    assert (machine.torch, machine.threads) == ("2.14.1", 3)
    assert machine.cores == len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else True
    assert available_memory(root, "linux") == 8_000_000 * 1024


def test_an_arm_board_gives_its_name_elsewhere(linux) -> None:
    root = linux(proc__cpuinfo="processor : 0\nCPU part : 0xd08\n")
    (root / "sys/firmware/devicetree/base").mkdir(parents=True)
    (root / "sys/firmware/devicetree/base/model").write_bytes(b"Imaginary Pi 4 Rev 1.5\0")
    assert this_machine("2", 1, root, "linux").processor == "Imaginary Pi 4 Rev 1.5"


def test_a_container_has_the_memory_it_was_given(linux) -> None:
    root = linux(proc__meminfo=MEMINFO)
    group = root / "sys/fs/cgroup"
    group.mkdir(parents=True)
    (group / "memory.max").write_text("2000000000\n")
    (group / "memory.current").write_text("500000000\n")
    assert this_machine("2", 1, root, "linux").memory_bytes == 2_000_000_000
    assert available_memory(root, "linux") == 1_500_000_000
    (group / "memory.max").write_text("max\n")
    assert this_machine("2", 1, root, "linux").memory_bytes == 16_000_000 * 1024
    assert available_memory(root, "linux") == 8_000_000 * 1024


@pytest.mark.parametrize("garbage", ["", "\x00\xff", "model name", "MemTotal: lots kB", ":::\n:"])
def test_garbage_is_no_trouble(linux, garbage: str) -> None:
    root = linux(proc__cpuinfo=garbage, proc__meminfo=garbage, etc__x=garbage)
    machine = this_machine("2", 1, root, "linux")
    assert machine.processor
    assert machine.system
    assert machine.memory_bytes == 0
    assert available_memory(root, "linux") == 0


def test_a_mac_is_asked_by_sysctl(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    sysctl = tmp_path / "sysctl"
    sysctl.write_text(
        '#!/bin/sh\ncase "$*" in\n "-n hw.memsize") echo 17179869184;;\n'
        ' "-n machdep.cpu.brand_string") echo "Imaginary M9";;\n *) exit 1;;\nesac\n'
    )
    sysctl.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:/bin")
    machine = this_machine("2", 8, system="darwin")
    assert machine.processor == "Imaginary M9"
    assert machine.memory_bytes == 1 << 34
    assert machine.system.startswith("macOS")
    assert available_memory(system="darwin") == 1 << 33


def test_a_mac_without_sysctl(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    machine = this_machine("2", 8, system="darwin")
    assert machine.processor == UNKNOWN
    assert machine.memory_bytes == 0


def test_a_system_that_knows_no_load(monkeypatch: pytest.MonkeyPatch) -> None:
    def unknown() -> tuple[float, float, float]:
        raise OSError

    assert load_average() >= 0
    monkeypatch.setattr(os, "getloadavg", unknown)
    assert load_average() == 0
