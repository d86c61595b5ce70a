"""Fetching in a process of its own: shared by all who ask, ended when nobody waits, and its sentences come through."""

import time
from collections.abc import Iterator
from dataclasses import replace
from hashlib import sha256
from pathlib import Path

import pytest

from tests.serving.faulty_server import FileServer, other, serving, stall
from tests.serving.test_download import CONTENT, QUICK
from tsm_demo.core.errors import ModelError
from tsm_demo.models.zoo import list_zoo, zoo_entry
from tsm_demo.serving.acquire import Stage
from tsm_demo.serving.fetch import Fetcher, Fetching, FetchRequest, fetch_apart, source_of
from tsm_demo.serving.http_file import FetchError, Source
from tsm_demo.serving.line import CancelledError

NAME = "tsm_r50_8f_k400"


@pytest.fixture
def server() -> Iterator[FileServer]:
    with serving(CONTENT) as server:
        yield server


@pytest.fixture
def request_of(server: FileServer, tmp_path: Path) -> FetchRequest:
    return FetchRequest(NAME, Source(server.url, sha256(CONTENT).hexdigest()[:8]), tmp_path / "cache", QUICK)


def wait_for(condition) -> None:
    for _ in range(600):
        if condition():
            return
        time.sleep(0.05)
    pytest.fail("it did not happen in thirty seconds")


def asking(server: FileServer) -> bool:
    return bool(server.asked)


def test_what_comes_is_checked_and_read_in_the_worker(request_of):
    stages: list[Stage] = []
    with pytest.raises(FetchError, match=f"{NAME} was fetched, but cannot be used"):  # bytes of no network
        fetch_apart(request_of, stages.append)
    assert stages[-1].step == "read"
    assert stages[-1].done_bytes == len(CONTENT)
    assert [path.suffix for path in request_of.folder.iterdir()] == [".lock"]


def test_the_workers_sentences_come_through(server, request_of):
    server.faults = [other(b"something else")]
    with pytest.raises(FetchError, match="not the file that was published"):
        fetch_apart(request_of)


def test_a_cache_that_cannot_be_made(request_of, tmp_path):
    (tmp_path / "cache").write_text("a file, not a folder")
    with pytest.raises(FetchError, match="cannot be written to"):
        fetch_apart(request_of)


def test_all_who_ask_share_one_download(server, request_of):
    server.faults = [stall(1000)]
    slow = replace(request_of, patience=replace(QUICK, stall_sec=20))
    fetcher = Fetcher()
    first, second = fetcher.fetch(slow, "ada"), fetcher.fetch(slow, "bob")
    assert first is second
    wait_for(lambda: asking(server))
    first.leave("ada")
    time.sleep(0.5)
    assert not second.ended()  # bob still waits
    second.leave("bob")
    assert not second.join("eve")  # although its process may still be about
    wait_for(second.ended)
    with pytest.raises(CancelledError):
        second.result()
    assert len(server.asked) == 1
    assert fetcher.fetch(slow, "ada") is not first


def test_giving_up_is_quick_even_when_the_server_stalls(server, request_of):
    server.faults = [stall(1000)]
    going = Fetcher().fetch(replace(request_of, patience=replace(QUICK, stall_sec=20)), "ada")
    wait_for(lambda: asking(server))
    began = time.monotonic()
    going.leave("ada")
    wait_for(going.ended)
    assert time.monotonic() - began < 5


def test_what_has_ended_is_begun_anew(request_of, monkeypatch):
    monkeypatch.setattr(Fetching, "_run", lambda self, report: None)
    fetcher = Fetcher()
    first = fetcher.fetch(request_of, "ada")
    wait_for(first.ended)
    first.result()
    assert not first.join("bob")
    assert fetcher.fetch(request_of, "bob") is not first


@pytest.mark.parametrize("name", list_zoo())
def test_every_published_network_can_be_asked_for(name, tmp_path, monkeypatch):
    monkeypatch.delenv("TSM_DEMO_MIRROR", raising=False)
    request, entry = FetchRequest.of(name, tmp_path), zoo_entry(name)
    assert request.source == Source(entry.url, entry.sha256)
    assert entry.url.startswith("https://")
    assert request.patience.most_bytes > entry.nbytes


def test_a_mirror_takes_the_place_of_the_publisher(monkeypatch):
    monkeypatch.setenv("TSM_DEMO_MIRROR", "http://teacher.local:8000/nets/")
    entry = zoo_entry(NAME)
    assert source_of(entry) == Source(f"http://teacher.local:8000/nets/{entry.file_name}", entry.sha256)


def test_a_name_that_is_none(tmp_path):
    with pytest.raises(ModelError, match="no published checkpoint called 'alexnet'"):
        FetchRequest.of("alexnet", tmp_path)
