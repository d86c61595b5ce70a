"""The folder in which fetched networks are kept: one safetensors file each, whole and checked.

A file lies there under its final name only once it has been read in full; whatever is on its way has another ending.
"""

import os
import sys
from collections.abc import Mapping
from pathlib import Path

VARIABLE = "TSM_DEMO_CACHE"
ENDING = ".safetensors"


def cache_folder(environment: Mapping[str, str] = os.environ, platform: str = sys.platform) -> Path:
    """Where fetched networks are kept; it may not exist yet.

    It is what the variable TSM_DEMO_CACHE says, else the platform's usual place: ~/.cache on Linux (or XDG_CACHE_HOME),
    ~/Library/Caches on macOS, LOCALAPPDATA on Windows; `tsm_demo` in it.
    """
    if chosen := environment.get(VARIABLE):
        return Path(chosen).expanduser()
    if platform == "darwin":
        usual = "~/Library/Caches"
    elif platform == "win32":
        usual = environment.get("LOCALAPPDATA") or "~/AppData/Local"
    else:
        usual = environment.get("XDG_CACHE_HOME") or "~/.cache"
    return Path(usual).expanduser() / "tsm_demo"


def cached_path(name: str, folder: Path | None = None) -> Path:
    """Where the network `name` lies once it has been fetched."""
    return (folder or cache_folder()) / f"{name}{ENDING}"


def is_cached(name: str, folder: Path | None = None) -> bool:
    """Whether the network `name` is here."""
    return cached_path(name, folder).is_file()


def list_cached(folder: Path | None = None) -> dict[str, int]:
    """Name to bytes on disk of every network that is here, sorted by name."""
    found = (folder or cache_folder()).glob(f"*{ENDING}")
    return {path.name.removesuffix(ENDING): path.stat().st_size for path in sorted(found) if path.is_file()}
