"""Into the cache: only what is whole, right and readable, once for all who ask, and never half of it."""

import subprocess
import sys
import threading
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path

import pytest
import torch
from safetensors import SafetensorError, safe_open

from tests.models.tiny_network import save_tiny_network, tiny_network
from tests.serving.faulty_server import FileServer, cut, serving
from tests.serving.test_download import QUICK
from tsm_demo.core.errors import ModelError
from tsm_demo.models.cache import cache_folder, cached_path, list_cached
from tsm_demo.models.checkpoints import load_checkpoint
from tsm_demo.serving import acquire as module
from tsm_demo.serving.acquire import Stage, acquire
from tsm_demo.serving.http_file import FetchError, Source

NAME = "tsm_r50_8f_k400"
HOLD = """import sys
from filelock import FileLock
with FileLock(sys.argv[1]):
    print("held", flush=True)
    sys.stdin.read()
"""


@pytest.fixture
def server(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Iterator[FileServer]:
    """Gives a tiny network in the place of the published one."""
    monkeypatch.setattr(module, "read_official", lambda path, name: load_checkpoint(path))
    published = save_tiny_network(tmp_path_factory.mktemp("published") / "tiny.safetensors")
    with serving(published.read_bytes()) as server:
        yield server


def get(server: FileServer, folder: Path, report=lambda stage: None) -> None:
    acquire(NAME, folder, Source(server.url, sha256(server.content).hexdigest()[:8]), QUICK, report)


def left(folder: Path) -> set[str]:
    """Files in the cache that could be taken for a network's."""
    return {path.name for path in folder.iterdir()} - {f"{NAME}.lock"}


def test_the_cache_keeps_safetensors_of_full_precision(server, tmp_path):
    folder = tmp_path / "new" / "cache"
    stages: list[Stage] = []
    get(server, folder, stages.append)
    assert left(folder) == {f"{NAME}.safetensors"}
    assert [stage.step for stage in stages if stage.step != "download"] == ["read"]
    with safe_open(cached_path(NAME, folder), "pt") as file:
        kinds = {file.get_tensor(name).dtype for name in file.keys()}  # noqa: SIM118 - not a dict
    assert kinds == {torch.float32, torch.int64}
    kept = load_checkpoint(cached_path(NAME, folder))
    published = tiny_network()
    clip = torch.randn(1, 8, 3, 64, 64)
    with torch.no_grad():  # as float16, as which the tiny network is published
        assert torch.allclose(kept.model(clip), published.half().float()(clip), atol=1e-5)


def test_what_is_here_is_not_fetched_again(server, tmp_path):
    get(server, tmp_path)
    get(server, tmp_path)
    assert len(server.asked) == 1


def test_two_who_ask_at_once_fetch_once(server, tmp_path):
    threads = [threading.Thread(target=get, args=(server, tmp_path)) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert len(server.asked) == 1
    assert left(tmp_path) >= {f"{NAME}.safetensors"}


def test_another_process_that_fetches_it_is_waited_for(server, tmp_path):
    command = [sys.executable, "-c", HOLD, str(tmp_path / f"{NAME}.lock")]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as other:
        assert other.stdout.readline() == "held\n"
        waited: list[str] = []

        def report(stage: Stage) -> None:
            waited.append(stage.step)
            if stage.step == "queue":
                assert server.asked == []
                other.stdin.close()  # it lets go

        get(server, tmp_path, report)
    assert waited[0] == "queue"
    assert waited[-1] == "read"


def test_a_process_that_was_killed_holds_nobody_up(server, tmp_path):
    command = [sys.executable, "-c", HOLD, str(tmp_path / f"{NAME}.lock")]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as other:
        assert other.stdout.readline() == "held\n"
        other.kill()
    get(server, tmp_path)
    assert cached_path(NAME, tmp_path).is_file()


def test_half_a_file_never_counts_as_whole(server, tmp_path):
    server.faults = [cut(40_000)] * 99
    server.content = server.content[:90_000]
    with pytest.raises(FetchError):
        acquire(NAME, tmp_path, Source(server.url, "00000000"), QUICK, lambda stage: None)
    assert list_cached(tmp_path) == {}


@pytest.mark.parametrize("step", ["download", "read"])
def test_given_up_midway_leaves_nothing_that_counts(server, tmp_path, step):
    def give_up(stage: Stage) -> None:
        if stage.step == step:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        get(server, tmp_path, give_up)
    assert list_cached(tmp_path) == {}
    get(server, tmp_path)
    assert cached_path(NAME, tmp_path).is_file()


def test_what_cannot_be_read_is_thrown_away(server, tmp_path, monkeypatch):
    def refuse(path: Path, name: str) -> None:
        raise ModelError("It is no network.")

    monkeypatch.setattr(module, "read_official", refuse)
    with pytest.raises(ModelError, match=rf"{NAME} was fetched, but cannot be used: It is no network\."):
        get(server, tmp_path)
    assert left(tmp_path) == set()


def test_a_crash_while_it_is_written_leaves_nothing_that_counts(server, tmp_path, monkeypatch):
    def half(path: Path, *_: object, **__: object) -> None:
        path.write_bytes(b"half of it")
        raise MemoryError

    monkeypatch.setattr(module, "save_checkpoint", half)
    with pytest.raises(MemoryError):
        get(server, tmp_path)
    assert list_cached(tmp_path) == {}


def test_a_disk_that_is_full_when_it_is_kept(server, tmp_path, monkeypatch):
    def full(*_: object, **__: object) -> None:
        raise SafetensorError("I/O error: No space left on device (os error 28)")

    monkeypatch.setattr(module, "save_checkpoint", full)
    with pytest.raises(FetchError, match="not enough room"):
        get(server, tmp_path)
    assert list_cached(tmp_path) == {}


@pytest.mark.parametrize(
    ("environment", "platform", "folder"),
    [
        ({"TSM_DEMO_CACHE": "/data/nets", "XDG_CACHE_HOME": "/x"}, "linux", "/data/nets"),
        ({"XDG_CACHE_HOME": "/x"}, "linux", "/x/tsm_demo"),
        ({"HOME": "/home/ada"}, "linux", "/home/ada/.cache/tsm_demo"),
        ({"HOME": "/Users/ada"}, "darwin", "/Users/ada/Library/Caches/tsm_demo"),
    ],
)
def test_where_the_cache_is(environment, platform, folder, monkeypatch):
    monkeypatch.setenv("HOME", environment.get("HOME", "/home/nobody"))
    assert str(cache_folder(environment, platform)) == folder


def test_the_cache_lists_whole_networks_only(tmp_path):
    assert list_cached(tmp_path / "nothing") == {}
    for name in ("b.safetensors", "a.safetensors", "c.part", "c.part.version", "d.new", "a.lock"):
        (tmp_path / name).write_bytes(b"x" * 7)
    assert list_cached(tmp_path) == {"a": 7, "b": 7}
