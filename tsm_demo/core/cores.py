"""How many processor cores this process may keep busy; no torch."""

import math
import os
from contextlib import suppress
from pathlib import Path

CGROUP = Path("/sys/fs/cgroup")


def bound_cores() -> int:
    """Those that the process is bound to; all of the machine's where its system does not bind."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def usable_cores(cgroup: Path = CGROUP) -> int:
    """`bound_cores`, or fewer where its container has a share of processor time only; at least 1.

    Args:
        cgroup: where Linux shows the container's limits (version 2: cpu.max, version 1: cpu.cfs_quota_us).
    """
    bound = bound_cores()
    return max(1, min(bound, _share(cgroup) or bound))


def _share(cgroup: Path) -> int | None:
    """Cores' worth of time, rounded up; None for no limit."""
    for quota_and_period in (_words(cgroup / "cpu.max"), _version_1(cgroup / "cpu")):
        if len(quota_and_period) == 2 and all(word.isdecimal() for word in quota_and_period):
            quota, period = map(int, quota_and_period)
            return math.ceil(quota / period) if quota and period else None
    return None


def _version_1(folder: Path) -> list[str]:
    return [*_words(folder / "cpu.cfs_quota_us"), *_words(folder / "cpu.cfs_period_us")]  # -1 is no limit


def _words(path: Path) -> list[str]:
    with suppress(OSError):
        return path.read_text().split()
    return []
