"""A file of torch.save's is read without running anything, and every lie in it gets a sentence."""

import builtins
import io
import os
import pickle
import struct
import subprocess
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor

from tsm_demo.core.errors import ModelError
from tsm_demo.models import load_checkpoint, tensor_files, torch_files
from tsm_demo.models.inert_pickle import OPAQUE, Call, Name, describe
from tsm_demo.models.tensor_files import checked_tensors, read_file

STATE = {"a.weight": torch.arange(12.0).view(3, 4), "a.count": torch.tensor(7)}


class Calls:
    """Pickled, it asks whoever unpickles it for a call."""

    def __init__(self, function: Callable, *arguments: object) -> None:
        self.asked = (function, arguments)

    def __reduce__(self) -> tuple:
        return self.asked


def hostile(mark: Path) -> dict[str, object]:
    """Things that make `mark` when they are unpickled."""
    code = f"open({str(mark)!r}, 'w').close()"
    return {
        "os.system": Calls(os.system, f"touch {mark}"),
        "eval": Calls(builtins.eval, code),
        "exec": Calls(builtins.exec, code),
        "a process": Calls(subprocess.Popen, ["touch", str(mark)]),
        "open": Calls(builtins.open, str(mark), "w"),
        "a chain": Calls(Calls, builtins.eval, Calls(builtins.eval, code)),
        "a key": {Calls(os.system, f"touch {mark}"): 1},
        "a nested list": [[[[[Calls(builtins.eval, code)]]]]],
        "a state": Calls(builtins.getattr, Calls(__import__, "os"), Calls(builtins.eval, code)),
    }


def save(path: Path, contents: object, kind: str) -> Path:
    torch.save(contents, path, _use_new_zipfile_serialization=kind == "zip")
    return path


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "w.pth"


@pytest.mark.parametrize("kind", ["zip", "legacy"])
@pytest.mark.parametrize("what", hostile(Path()))
def test_a_hostile_pickle_runs_nothing(what: str, kind: str, file: Path, tmp_path: Path) -> None:
    mark = tmp_path / "mark"
    save(file, {"state_dict": STATE, "meta": hostile(mark)[what]}, kind)
    state, _ = read_file(file)
    assert not mark.exists()
    assert torch.equal(state["a.weight"], STATE["a.weight"])
    save(file, {"state_dict": {**STATE, "b": hostile(mark)[what]}}, kind)
    with pytest.raises(ModelError, match=r"w\.pth has an entry 'b' that is no tensor"):
        load_checkpoint(file)
    save(file, hostile(mark)[what], kind)
    with pytest.raises(ModelError, match=r"w\.pth (holds no state dict|does not say what network)"):
        load_checkpoint(file)
    assert not mark.exists()
    if what in ("os.system", "eval", "exec", "open", "a nested list"):
        torch.load(file, weights_only=False)
        assert mark.exists()  # whoever unpickles it does run it


def test_a_call_is_written_down(tmp_path: Path) -> None:
    asked = pickle.dumps({"x": Calls(os.system, "true"), "y": [1, 2.5, None, True, "t", (3,)], "z": {4, 5}})
    told = describe(asked)
    assert isinstance(told, dict)
    call = told["x"]
    assert isinstance(call, Call)
    assert (call.function, call.arguments) == (Name("posix system"), ("true",))
    assert told["y"] == [1, 2.5, None, True, "t", (3,)]
    assert told["z"] is OPAQUE


@pytest.mark.parametrize("protocol", range(pickle.HIGHEST_PROTOCOL + 1))
def test_plain_values_of_every_protocol(protocol: int) -> None:
    value = {"a": [1, -(2**70), 0.5], "b": {"c": ("d", None, False)}, "e": "é", "f": [], "g": ()}
    assert describe(pickle.dumps(value, protocol)) == value


def refusal(read: Callable[[], object]) -> str:
    """What a reader says of something; "" if it reads it."""
    try:
        read()
    except ModelError as error:
        return str(error)
    return ""


@given(st.binary(max_size=80))
@settings(max_examples=300, deadline=None)
@pytest.mark.filterwarnings("ignore:invalid escape sequence")
def test_any_bytes_are_described_or_refused(data: bytes) -> None:
    assert refusal(lambda: describe(b"\x80\x02" + data + b".")).partition(" ")[0] in ("", "The")


@pytest.mark.parametrize(
    ("pickled", "told"),
    [
        (b"\x80\x02}", "is broken"),
        (b"\x80\x02.", "is broken"),
        (b"\x80\x02)R.", "is broken"),
        (b"\x80\x02h\x05.", "is broken"),  # a thing that was never put down
        (b"\x80\x02t.", "is broken"),  # a tuple without a beginning
        (b"\x80\x04\x8d" + struct.pack("<Q", 2**60) + b".", "is broken"),  # a text longer than the file
        (b"\x80\x05\x96" + struct.pack("<Q", 2**60) + b".", "is broken"),
        (b"I" + b"9" * 20_000 + b"\n.", "is broken"),
        (b"\x80\x02" + b"N0" * 1_100_000 + b".", "more than 2,000,000 steps"),
    ],
    ids=range(9),
)
def test_a_broken_description(pickled: bytes, told: str) -> None:
    with pytest.raises(ModelError, match=told):
        describe(pickled)


def test_values_that_grow_without_end_cost_nothing() -> None:
    laughs = b"\x80\x02" + b"N" + b"2\x86" * 300 + b"."  # a pair of a pair of a pair: 2^300 leaves
    assert isinstance(describe(laughs), tuple)
    key = b"\x80\x02}" + b"N" + b"2\x86" * 300 + b"Ns."  # as a key it would have to be hashed
    assert describe(key) == {}
    far = b"\x80\x02}r\xff\xff\xff\xff."  # put down at place 2^32 - 1
    assert describe(far) == {}


def archive(
    file: Path, pickled: bytes, storages: dict[str, bytes], compression: int = zipfile.ZIP_STORED
) -> Path:
    with zipfile.ZipFile(file, "w", compression) as made:
        made.writestr("w/data.pkl", pickled)
        made.writestr("w/version", "3\n")
        for key, data in storages.items():
            made.writestr(f"w/data/{key}", data)
    return file


def tensor(
    numel: object = 12,
    offset: object = 0,
    size: object = (3, 4),
    stride: object = (4, 1),
    kind: str = "FloatStorage",
    key: str = "0",
) -> bytes:
    """The pickle of a state dict with one tensor, in the words of torch.save."""
    out = io.BytesIO()

    class Writer(pickle._Pickler):  # type: ignore[name-defined, misc]
        def persistent_id(self, thing: object) -> object:
            return ("storage", getattr(torch, kind), key, "cpu", numel) if thing is Storage else None

    class Storage:
        pass

    rebuilt = Calls(torch._utils._rebuild_tensor_v2, Storage, offset, size, stride, False, {})
    Writer(out, 2).dump({"a": rebuilt})
    return out.getvalue()


def test_the_writer_of_these_tests_writes_as_torch_does(file: Path) -> None:
    archive(file, tensor(), {"0": torch.arange(12.0).numpy().tobytes()})
    assert torch.equal(read_file(file)[0]["a"], torch.arange(12.0).view(3, 4))
    assert torch.equal(torch.load(file, weights_only=False)["a"], torch.arange(12.0).view(3, 4))


@pytest.mark.parametrize(
    ("lie", "told"),
    [
        ({"size": (3, 5)}, "more numbers than are there"),
        ({"size": (2**39, 2**39)}, "more numbers than are there"),
        ({"size": (2**50,), "stride": (1,)}, "impossible shape"),
        ({"size": (2**39,), "stride": (0,)}, "more numbers than are there"),  # one number, seen for ever
        ({"size": (3, 4), "stride": (5, 1)}, "more numbers than are there"),
        ({"offset": 1}, "more numbers than are there"),
        ({"offset": -1}, "impossible shape"),
        ({"stride": (-4, 1)}, "impossible shape"),
        ({"size": (-3, -4)}, "impossible shape"),
        ({"size": (3.0, 4)}, "impossible shape"),
        ({"size": (True, 4)}, "impossible shape"),
        ({"size": [3, 4]}, "impossible shape"),
        ({"size": "34"}, "impossible shape"),
        ({"size": (3,)}, "impossible shape"),
        ({"size": (1,) * 9, "stride": (1,) * 9}, "more numbers than are there"),
        ({"numel": 24}, "fewer bytes than it should"),
        ({"numel": 2**40}, "larger than the file can be"),
        ({"numel": -1}, "form that is not known"),
        ({"numel": "12"}, "form that is not known"),
        ({"kind": "ComplexFloatStorage"}, "numbers of a kind that no such network has"),
        ({"kind": "ByteStorage"}, "numbers of a kind that no such network has"),
        ({"kind": "DoubleStorage"}, "fewer bytes than it should"),
        ({"key": "../../data.pkl"}, "lacks a tensor that it names"),
        ({"key": "1"}, "lacks a tensor that it names"),
    ],
    ids=str,
)
def test_a_tensor_that_lies(file: Path, lie: dict, told: str) -> None:
    archive(file, tensor(**lie), {"0": bytes(48)})
    with pytest.raises(ModelError, match=rf"w\.pth .*{told}") as caught:
        read_file(file)
    assert "\n" not in str(caught.value)


def test_two_tensors_may_share_their_numbers(file: Path) -> None:
    whole = torch.arange(24.0)
    torch.save({"a": whole[:12].view(3, 4).T, "b": whole[6:], "c": whole[::5]}, file)
    state, _ = read_file(file)
    assert torch.equal(state["a"], whole[:12].view(3, 4).T)
    assert torch.equal(state["b"], whole[6:])
    assert torch.equal(state["c"], whole[::5])
    assert len({value.data_ptr() for value in checked_tensors(state, "w").values()}) == 3


def test_a_zip_bomb(file: Path) -> None:
    archive(file, tensor(numel=2**26, size=(2**26,), stride=(1,)), {"0": bytes(2**28)}, zipfile.ZIP_DEFLATED)
    assert file.stat().st_size < 2**20
    with pytest.raises(ModelError, match=r"is compressed, which torch\.save never does"):
        read_file(file)


def test_archives_that_are_no_weights(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    archive(file, b"", {})
    with pytest.raises(ModelError, match="is broken"):
        read_file(file)
    with zipfile.ZipFile(file, "w") as made:
        made.writestr("letter.txt", "hello")
    with pytest.raises(ModelError, match=r"it has no data\.pkl"):
        read_file(file)
    monkeypatch.setattr(torch_files, "MAX_ENTRIES", 3)
    archive(file, tensor(), {str(number): b"" for number in range(9)})
    with pytest.raises(ModelError, match="more than 3 entries"):
        read_file(file)
    monkeypatch.setattr(torch_files, "MAX_DESCRIPTION_BYTES", 3)
    archive(file, tensor(), {})
    with pytest.raises(ModelError, match="describes its contents in more than 0 MiB"):
        read_file(file)


@pytest.mark.parametrize("kind", ["zip", "legacy"])
def test_a_file_that_was_cut_or_changed(file: Path, kind: str) -> None:
    """At every place: it is read as it was, or refused in one sentence; nothing else is raised."""
    save(file, {"state_dict": STATE}, kind)
    whole = file.read_bytes()
    for end in range(0, len(whole), 7):
        file.write_bytes(whole[:end])
        with pytest.raises(ModelError, match=r"^(w\.pth|The file's)"):
            load_checkpoint(file)
    for place in range(0, len(whole), 3):
        file.write_bytes(whole[:place] + bytes([whole[place] ^ 0x5A]) + whole[place + 1 :])
        assert refusal(lambda: read_file(file)).partition(" ")[0] in ("", "w.pth", "The")


def test_bounds(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    torch.save(STATE, file)
    monkeypatch.setattr(torch_files, "MAX_TENSORS", 1)
    with pytest.raises(ModelError, match="more than 1 tensors"):
        read_file(file)
    with pytest.raises(ModelError, match="more than 1 tensors"):
        checked_tensors(STATE, "It")
    monkeypatch.setattr(tensor_files, "MAX_FILE_BYTES", 100)
    with pytest.raises(ModelError, match="is larger than 0 MiB"):
        read_file(file)
    with pytest.raises(ModelError, match=r"There is no weights file called w\.txt"):
        read_file(file.with_suffix(".txt"))


@pytest.mark.parametrize(
    ("value", "told"),
    [
        (torch.tensor([1.0, float("nan")]), "infinite or none"),
        (torch.tensor([float("inf")]), "infinite or none"),
        (torch.tensor([1e300], dtype=torch.float64), "infinite or none"),  # float32 cannot hold it
        (torch.ones(2, dtype=torch.complex64), "of a kind that no such network has: torch.complex64"),
        (torch.ones(2, dtype=torch.bool), "of a kind that no such network has: torch.bool"),
        (torch.ones(2, 2).to_sparse(), "of a kind that no such network has"),
        (3, "'b' that is no tensor"),
        (None, "'b' that is no tensor"),
        ("weights", "'b' that is no tensor"),
    ],
    ids=str,
)
def test_values_that_are_no_weights(value: object, told: str) -> None:
    state: dict[str, object] = {**STATE, "b": value}
    with pytest.raises(ModelError, match=f"^It has .*{told}"):
        checked_tensors(state, "It")


def test_a_variance_below_zero() -> None:
    state = {"bn1.running_mean": torch.tensor([-1.0]), "bn1.running_var": torch.tensor([1.0, -1e-3])}
    with pytest.raises(ModelError, match=r"It has a variance below 0 in 'bn1\.running_var'"):
        checked_tensors(state, "It")


def test_what_counts_is_kept_whole_and_the_rest_is_float32() -> None:
    state: dict[str, Tensor] = {
        "count": torch.tensor(2**40),
        "half": torch.tensor([0.1], dtype=torch.bfloat16),
    }
    checked = checked_tensors(state, "It")
    assert (checked["count"].dtype, int(checked["count"])) == (torch.int64, 2**40)
    assert (checked["half"].dtype, float(checked["half"])) == (torch.float32, float(state["half"]))
