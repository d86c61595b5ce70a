"""The tensors of a file that torch.save wrote, in both of its formats, of which nothing is unpickled.

Everything that a file says of itself is checked before it is believed: how many tensors, of which kind and size, and that
each lies inside the bytes that are there. What stands beside the tensors (an optimiser's state, MMAction2's `meta`) is
never built.
"""

import mmap
import struct
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from math import prod
from pathlib import Path

import torch
from torch import Tensor

from tsm_demo.core.errors import ModelError
from tsm_demo.models.inert_pickle import PERSISTENT, Call, Name, describe

MAX_FILE_BYTES = 1 << 30  # the largest published one, of ResNet-101 with its optimiser, has some 350 MB
MAX_TENSORS = 5_000
MAX_DIMENSIONS = 8
MAX_DESCRIPTION_BYTES = 32 << 20  # of the pickle in a zip archive
MAX_ENTRIES = 20_000  # of a zip archive
WRAPPERS = (
    "state_dict",
    "model_state_dict",
    "model",
)  # what code bases call the entry that holds the weights
STORAGES = {
    "torch FloatStorage": torch.float32,
    "torch HalfStorage": torch.float16,
    "torch BFloat16Storage": torch.bfloat16,
    "torch DoubleStorage": torch.float64,
    "torch LongStorage": torch.int64,
    "torch IntStorage": torch.int32,
}
TENSORS = (Name("torch._utils _rebuild_tensor_v2"), Name("torch._utils _rebuild_tensor"))
PARAMETERS = (Name("torch._utils _rebuild_parameter"),)
COUNT_BYTES = 8
ZIP_HEAD, PICKLE_HEAD = b"PK", b"\x80"
BROKEN = (zipfile.BadZipFile, struct.error, EOFError, ValueError, RuntimeError, OSError)  # of a zip archive
LEGACY_HEAD = (0x1950A86A20F9469CFC6C, 1001)  # torch.save's magic number and version before PyTorch 1.6


@dataclass(frozen=True, slots=True)
class _Storage:
    key: str
    dtype: torch.dtype
    numel: int


@dataclass(frozen=True, slots=True)
class _Slice:
    """A tensor as the file describes it: a view of a storage."""

    storage: _Storage
    offset: int  # in elements, as all below
    size: tuple[int, ...]
    stride: tuple[int, ...]


ReadStorage = Callable[[_Storage], bytearray]


def read_torch_file(path: Path) -> dict[str, Tensor]:
    """The state dict of a file that torch.save wrote, bare or wrapped, without unpickling it. Raises ModelError."""
    if _head(path) == ZIP_HEAD:
        try:
            archive = zipfile.ZipFile(path)
        except BROKEN as error:
            raise ModelError(f"{path.name} is damaged: get it again.") from error
        with archive:
            return _read_archive(archive, path.name)
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
        return _read_legacy(data, path.name)


def is_torch_file(path: Path) -> bool:
    """Whether a file looks like one of torch.save: a zip archive, or a pickle."""
    head = _head(path)
    return head == ZIP_HEAD or head[:1] == PICKLE_HEAD


def _head(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(2)


def unwrapped(contents: Mapping[str, object]) -> Mapping[str, object]:
    """The state dict inside what a file holds: it may stand under "state_dict", "model_state_dict" or "model"."""
    for _ in WRAPPERS:
        wrapped = (contents.get(key) for key in WRAPPERS)
        contents = next((inner for inner in wrapped if isinstance(inner, Mapping)), contents)
    return contents


def _read_archive(archive: zipfile.ZipFile, file_name: str) -> dict[str, Tensor]:
    """PyTorch 1.6 and later: a zip archive of a pickle and one entry a storage."""
    entries = {entry.filename.partition("/")[2]: entry for entry in archive.infolist()}
    if len(archive.infolist()) > MAX_ENTRIES:
        raise ModelError(f"{file_name} has more than {MAX_ENTRIES:,} entries; no weights do.")
    pickled = entries.get("data.pkl")
    if pickled is None:
        raise ModelError(f"{file_name} is an archive, but none that torch.save wrote: it has no data.pkl.")
    if any(entry.compress_type != zipfile.ZIP_STORED for entry in entries.values()):
        raise ModelError(f"{file_name} is compressed, which torch.save never does: save the weights again.")
    if pickled.file_size > MAX_DESCRIPTION_BYTES:
        raise ModelError(
            f"{file_name} describes its contents in more than {MAX_DESCRIPTION_BYTES >> 20} MiB."
        )

    def read(entry: zipfile.ZipInfo | None) -> bytes:
        if entry is None:
            raise ModelError(f"{file_name} is not whole: it lacks a tensor that it names.")
        try:
            return archive.read(entry)
        except BROKEN as error:
            raise ModelError(f"{file_name} is damaged: get it again.") from error

    if "byteorder" in entries and read(entries["byteorder"]) != b"little":
        raise ModelError(f"{file_name} was written on a big-endian machine: save it again on another.")
    described = describe(read(pickled))
    return _built(described, lambda storage: bytearray(read(entries.get(f"data/{storage.key}"))), file_name)


def _read_legacy(data: mmap.mmap, file_name: str) -> dict[str, Tensor]:
    """Before PyTorch 1.6: five pickles (magic number, version, machine, contents, order), then the storages."""
    if (describe(data), describe(data)) != LEGACY_HEAD:  # type: ignore[arg-type]
        raise ModelError(f"{file_name} is not a file that torch.save wrote.")
    machine = describe(data)  # type: ignore[arg-type]
    if not isinstance(machine, dict) or machine.get("little_endian") is not True:
        raise ModelError(f"{file_name} was written on a big-endian machine: save it again on another.")
    outside: list = []
    contents, order = describe(data, outside), describe(data)  # type: ignore[arg-type]
    kept = {storage.key: storage for storage in (_storage(described, file_name) for described in outside)}
    if not isinstance(order, list) or not all(isinstance(key, str) and key in kept for key in order):
        raise ModelError(f"{file_name} does not say what lies in it, and in which order.")
    starts, at = {}, data.tell()
    for key in order:
        starts[key] = at + COUNT_BYTES  # each is preceded by its number of elements
        at = starts[key] + kept[key].numel * kept[key].dtype.itemsize

    def read(storage: _Storage) -> bytearray:
        if storage.key not in starts:
            raise ModelError(f"{file_name} is not whole: it lacks a tensor that it names.")
        start = starts[storage.key]
        if int.from_bytes(data[start - COUNT_BYTES : start], "little") != storage.numel:
            raise ModelError(f"{file_name} is damaged: get it again.")
        return bytearray(data[start : start + storage.numel * storage.dtype.itemsize])

    return _built(contents, read, file_name)


def _built(described: object, read: ReadStorage, file_name: str) -> dict[str, Tensor]:
    """The state dict in what a file describes: every entry is checked before the first one is read."""
    if not isinstance(described, Mapping):
        raise ModelError(f"{file_name} holds no state dict: save `model.state_dict()`.")
    state = unwrapped(described)
    check_count(len(state), file_name)
    slices = {name: _slice(value, name, file_name) for name, value in state.items()}
    storages = dict.fromkeys(one.storage for one in slices.values())
    needed = sum(storage.numel * storage.dtype.itemsize for storage in storages)
    seen = sum(prod(one.size) * one.storage.dtype.itemsize for one in slices.values())
    if max(needed, seen) > MAX_FILE_BYTES:
        raise ModelError(f"The tensors in {file_name} are said to be larger than the file can be.")
    flat: dict[_Storage, Tensor] = {}
    for storage in storages:
        data = read(storage)
        if len(data) != storage.numel * storage.dtype.itemsize:
            raise ModelError(f"{file_name} is not whole: a tensor has fewer bytes than it should.")
        flat[storage] = (
            torch.frombuffer(data, dtype=storage.dtype) if data else torch.empty(0, dtype=storage.dtype)
        )
    return {
        name: flat[one.storage].as_strided(one.size, one.stride, one.offset).contiguous()
        for name, one in slices.items()
    }


def _slice(value: object, name: str, file_name: str) -> _Slice:
    """An entry of the state dict as a view of a storage that is large enough for it."""
    if isinstance(value, Call) and value.function in PARAMETERS and isinstance(value.arguments, tuple):
        value = value.arguments[0] if value.arguments else None
    if not isinstance(value, Call) or value.function not in TENSORS or not isinstance(value.arguments, tuple):
        raise ModelError(
            f"{file_name} has an entry {name[:80]!r} that is no tensor: save `model.state_dict()`."
        )
    if len(value.arguments) < 4 or not isinstance(value.arguments[0], Call):
        raise ModelError(f"{file_name} describes the tensor {name[:80]!r} in a form that is not known.")
    kept, offset, size, stride = value.arguments[:4]
    storage = _storage(kept.arguments if kept.function is PERSISTENT else None, file_name)
    if not (_whole((offset,)) and _whole(size) and _whole(stride)) or len(size) != len(stride):
        raise ModelError(f"{file_name} gives the tensor {name[:80]!r} an impossible shape.")
    reach = (
        offset + sum((n - 1) * step for n, step in zip(size, stride, strict=True)) + 1 if prod(size) else 0
    )
    if len(size) > MAX_DIMENSIONS or reach > storage.numel or prod(size) > storage.numel:
        raise ModelError(f"{file_name} gives the tensor {name[:80]!r} more numbers than are there for it.")
    return _Slice(storage, offset, size, stride)


def _storage(described: object, file_name: str) -> _Storage:
    """A storage from what the pickle says of it: ("storage", its type, its key, a device, its length, no view)."""
    match described:
        case ("storage", Name(str(kind)), str(key), _, int(numel), *rest) if numel >= 0 and rest in (
            [],
            [None],
        ):
            if kind not in STORAGES:
                allowed = ", ".join(str(dtype).removeprefix("torch.") for dtype in STORAGES.values())
                raise ModelError(
                    f"{file_name} holds numbers of a kind that no such network has; it may have {allowed}."
                )
            return _Storage(key, STORAGES[kind], numel)
    raise ModelError(f"{file_name} keeps its tensors in a form that is not known.")


def _whole(numbers: object) -> bool:
    """Whether it is a tuple of whole numbers from 0 on, none so large that a product could not be held."""
    return isinstance(numbers, tuple) and all(type(n) is int and 0 <= n < 2**40 for n in numbers)


def check_count(tensors: int, file_name: str) -> None:
    """Raises ModelError for more tensors than any such network has."""
    if tensors > MAX_TENSORS:
        raise ModelError(f"{file_name} has more than {MAX_TENSORS:,} tensors; no such network does.")
