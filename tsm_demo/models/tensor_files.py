"""The tensors of a weights file, safetensors or torch.save's, checked before anything is done with them."""

from collections.abc import Mapping
from pathlib import Path

import torch
from safetensors import SafetensorError, safe_open
from torch import Tensor

from tsm_demo.core.errors import ModelError
from tsm_demo.models.torch_files import (
    MAX_FILE_BYTES,
    STORAGES,
    check_count,
    is_torch_file,
    read_torch_file,
)


def read_file(path: Path) -> tuple[Mapping[str, Tensor], dict[str, str]]:
    """A file's state dict, and the texts in its header (of a safetensors file). Raises ModelError."""
    check_size(path)
    return (read_torch_file(path), {}) if is_torch_file(path) else read_safetensors(path)


def check_size(path: Path) -> None:
    """Raises ModelError for a file that is missing, empty or larger than any such network."""
    if not path.is_file():
        raise ModelError(
            f"There is no weights file called {path.name}: check its name, or make one with `train`."
        )
    if path.stat().st_size > MAX_FILE_BYTES:
        raise ModelError(
            f"{path.name} is larger than {MAX_FILE_BYTES >> 20} MiB: that is no network of this kind."
        )


def read_safetensors(path: Path) -> tuple[dict[str, Tensor], dict[str, str]]:
    """The tensors and the texts in the header of a safetensors file. Raises ModelError."""
    try:
        with safe_open(path, framework="pt") as file:
            names = list(file.keys())
            check_count(len(names), path.name)
            return {name: file.get_tensor(name) for name in names}, file.metadata() or {}
    except SafetensorError as error:
        raise ModelError(
            f"{path.name} is not a weights file that can be read: give a .safetensors file, or one that torch.save wrote."
        ) from error


def checked_tensors(state: Mapping[str, object], place: str) -> dict[str, Tensor]:
    """A copy of the state dict, floating-point numbers as float32 and without gradients.

    Raises ModelError where it is none: too many entries, one that is no tensor or of another kind of number, or a weight
    that is not finite.
    """
    check_count(len(state), place)
    tensors = {}
    for name, value in state.items():
        if not isinstance(name, str) or not isinstance(value, Tensor):
            raise ModelError(
                f"{place} has an entry {str(name)[:80]!r} that is no tensor: give `model.state_dict()`."
            )
        if value.dtype not in STORAGES.values() or value.layout != torch.strided:
            raise ModelError(
                f"{place} has a tensor {name[:80]!r} of a kind that no such network has: {value.dtype}."
            )
        dtype = torch.float32 if value.is_floating_point() else value.dtype
        kept = value.detach().to("cpu", dtype, copy=True)
        if kept.is_floating_point() and not bool(kept.isfinite().all()):
            raise ModelError(
                f"{place} has numbers in {name[:80]!r} that are infinite or none: the weights are broken."
            )
        if name.endswith("running_var") and bool((kept < 0).any()):
            raise ModelError(f"{place} has a variance below 0 in {name[:80]!r}: the weights are broken.")
        tensors[name] = kept
    return tensors
