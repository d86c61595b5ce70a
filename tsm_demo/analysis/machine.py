"""The machine that numbers were measured on, in the words of its own system; no torch."""

import os
import platform
import subprocess
import sys
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from tsm_demo.core.cores import bound_cores

UNKNOWN = "unknown processor"


@dataclass(frozen=True, slots=True)
class Machine:
    """What a timing depends on besides the network. It names no host and no user."""

    processor: str
    cores: int  # that this process may use
    memory_bytes: int  # of the machine, or of the container if that has less; 0 when it cannot be told
    system: str
    python: str
    torch: str
    threads: int  # that PyTorch computes with


def this_machine(torch: str, threads: int, root: Path = Path("/"), system: str = sys.platform) -> Machine:
    """Describe the machine on which this runs.

    Args:
        torch, threads: PyTorch's version and its number of threads; it is not imported for them.
        root: where proc, sys and etc are (Linux).
        system: as sys.platform spells it.
    """
    linux = system == "linux"
    return Machine(
        processor=(_linux_processor(root) if linux else _sysctl("machdep.cpu.brand_string")) or UNKNOWN,
        cores=bound_cores(),
        memory_bytes=_linux_memory(root, "MemTotal") if linux else _number(_sysctl("hw.memsize")),
        system=(_os_release(root) or platform.system())
        if linux
        else f"macOS {platform.mac_ver()[0]}".strip(),
        python=platform.python_version(),
        torch=torch,
        threads=threads,
    )


def available_memory(root: Path = Path("/"), system: str = sys.platform) -> int:
    """Bytes that a new process could fill without pushing another out; macOS does not say, so half of all its memory."""
    if system == "linux":
        return _linux_memory(root, "MemAvailable")
    return _number(_sysctl("hw.memsize")) // 2


def load_average() -> float:
    """Processes that wanted a core over the last minute, on average; 0 where the system does not say."""
    with suppress(OSError):
        return round(os.getloadavg()[0], 2)
    return 0.0


def _linux_processor(root: Path) -> str:
    """The name in /proc/cpuinfo; 64-bit Arm gives none there, but a board may have one in its device tree."""
    named = _entry(_read(root / "proc/cpuinfo"), "model name")
    board = _read(root / "sys/firmware/devicetree/base/model").strip("\0 \n")
    return " ".join((named or board or platform.machine()).split())


def _linux_memory(root: Path, entry: str) -> int:
    """An entry of /proc/meminfo, or a container's limit where that is less."""
    kib = _number(_entry(_read(root / "proc/meminfo"), entry).removesuffix("kB"))
    limit = _number(_read(root / "sys/fs/cgroup/memory.max"))
    if limit and entry == "MemAvailable":
        limit = max(1, limit - _number(_read(root / "sys/fs/cgroup/memory.current")))
    return min(kib * 1024, limit) if limit else kib * 1024


def _os_release(root: Path) -> str:
    for line in _read(root / "etc/os-release").splitlines():
        name, _, value = line.partition("=")
        if name == "PRETTY_NAME":
            return value.strip("\"' ")
    return ""


def _entry(text: str, name: str) -> str:
    """The value of the first "name : value" line, "" if there is none."""
    for line in text.splitlines():
        key, _, value = line.partition(":")
        if key.strip() == name:
            return value.strip()
    return ""


def _sysctl(name: str) -> str:
    with suppress(OSError, subprocess.SubprocessError):
        asked = ["sysctl", "-n", name]
        return subprocess.run(asked, capture_output=True, text=True, check=True, timeout=5).stdout.strip()
    return ""


def _read(path: Path) -> str:
    with suppress(OSError):
        return path.read_text(encoding="utf-8", errors="replace")
    return ""


def _number(text: str) -> int:
    """A whole number, 0 for what is none ("max", the sign of a container without a limit)."""
    return int(text) if text.strip().isdecimal() else 0
