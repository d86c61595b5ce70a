"""Downloads against a server that makes every mistake: the file is whole and right in the end, or there is a sentence."""

import errno
import shutil
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path

import numpy as np
import pytest

from tests.serving.faulty_server import (
    FileServer,
    cut,
    other,
    serving,
    stall,
    status,
    whole,
    without_length,
    wrong_part,
)
from tsm_demo.serving import download as module
from tsm_demo.serving.download import Patience, Progress, download
from tsm_demo.serving.http_file import FetchError, Source
from tsm_demo.serving.speed import Speed

CONTENT = np.random.default_rng(3).bytes(400_000)
QUICK = Patience(
    connect_sec=5, stall_sec=0.3, tries=3, backoff_sec=0.01, longest_wait_sec=0.1, most_bytes=800_000
)


@pytest.fixture
def server() -> Iterator[FileServer]:
    with serving(CONTENT) as server:
        yield server


@pytest.fixture
def part(tmp_path: Path) -> Path:
    return tmp_path / "weights.part"


def source(server: FileServer, sum_of: bytes = CONTENT) -> Source:
    return Source(server.url, sha256(sum_of).hexdigest()[:8])


def sentence(server: FileServer, part: Path, asked: Source | None = None) -> str:
    """What a download that fails says: one sentence."""
    with pytest.raises(FetchError) as raised:
        download(asked or source(server), part, QUICK)
    said = str(raised.value)
    assert said.endswith(".")
    assert "\n" not in said
    assert "Traceback" not in said
    return said


def ranges(server: FileServer) -> list[str | None]:
    return [headers.get("Range") for headers in server.asked]


def test_a_file_arrives_with_its_progress(server, part):
    told: list[Progress] = []
    download(source(server), part, QUICK, told.append)
    assert part.read_bytes() == CONTENT
    assert [p.done_bytes for p in told] == sorted({p.done_bytes for p in told})
    assert told[-1].done_bytes == told[-1].whole_bytes == len(CONTENT)
    assert told[-1].left_sec == 0
    assert told[-1].bytes_per_sec > 0


@pytest.mark.parametrize(
    "fault",
    [
        cut(100_000),
        stall(100_000),
        status(503),
        status(429, Retry_After="0"),
        other(b"", length=len(CONTENT)),
    ],
    ids=["cut", "stall", "busy", "too_often", "nothing"],
)
def test_what_may_go_better_is_tried_again(server, part, fault):
    server.faults = [fault]
    download(source(server), part, QUICK)
    assert part.read_bytes() == CONTENT
    assert len(server.asked) == 2


def test_it_goes_on_where_it_broke_off(server, part):
    server.faults = [cut(100_000), cut(100_000)]
    download(source(server), part, QUICK)
    assert part.read_bytes() == CONTENT
    first, *later = [headers.get("Range") for headers in server.asked]
    starts = [int(asked.removeprefix("bytes=").rstrip("-")) for asked in later]
    assert first is None
    assert starts == sorted(starts)
    assert starts[0] > 60_000
    assert starts[1] > 120_000
    assert {headers["If-Range"] for headers in server.asked[1:]} == {server.tag}


def test_it_goes_on_after_the_program_was_ended(server, part):
    server.faults = [cut(200_000)] * 4
    with pytest.raises(ZeroDivisionError):  # whatever ends it
        download(source(server), part, QUICK, lambda told: 1 // (told.done_bytes < 150_000))
    assert 0 < part.stat().st_size < len(CONTENT)
    server.faults, server.asked = [], []
    download(source(server), part, QUICK)
    assert part.read_bytes() == CONTENT
    assert ranges(server)[0] not in (None, "bytes=0-")


def test_more_cuts_than_tries_do_not_matter_as_long_as_it_gets_on(server, part):
    server.faults = [cut(70_000)] * 5
    download(source(server), part, QUICK)
    assert part.read_bytes() == CONTENT


def test_without_ranges_it_starts_again(server, part):
    server.faults = [cut(100_000), whole]
    download(source(server), part, QUICK)
    assert part.read_bytes() == CONTENT


def test_another_part_than_was_asked_for_is_not_taken(server, part):
    server.faults = [cut(100_000), wrong_part]
    download(source(server), part, QUICK)
    assert part.read_bytes() == CONTENT
    assert ranges(server)[2] is None


def test_a_new_version_of_the_file_is_not_mixed_with_the_old_one(server, part):
    new = np.random.default_rng(4).bytes(300_000)
    server.faults = [cut(100_000)] * 3

    def change(told: Progress) -> None:
        server.content, server.tag = new, '"second"'

    download(source(server, new), part, QUICK, change)
    assert part.read_bytes() == new


def test_bytes_of_another_file_are_noticed_and_fetched_again(server, part):
    part.write_bytes(b"x" * 1000)  # left behind by whatever, without a version
    download(source(server), part, QUICK)
    assert part.read_bytes() == CONTENT
    assert ranges(server) == ["bytes=1000-", None]


def test_all_of_it_may_have_arrived_before(server, part):
    part.write_bytes(CONTENT)
    download(source(server), part, QUICK)
    assert part.read_bytes() == CONTENT
    assert ranges(server) == [f"bytes={len(CONTENT)}-"]


def test_a_file_without_a_published_sum_is_not_continued_without_a_version(server, part):
    part.write_bytes(b"x" * 1000)
    download(Source(server.url), part, QUICK)
    assert part.read_bytes() == CONTENT


def test_a_length_that_nobody_says_is_no_hindrance(server, part):
    server.faults = [without_length]
    download(source(server), part, QUICK)
    assert part.read_bytes() == CONTENT


def test_redirects_are_followed(server, part):
    server.faults = [status(302, Location="/elsewhere"), None]
    download(source(server), part, QUICK)
    assert part.read_bytes() == CONTENT


@pytest.mark.parametrize("code", [404, 410])
def test_a_file_that_is_gone(server, part, code):
    server.faults = [status(code)]
    assert "does not have this file any more" in sentence(server, part)
    assert len(server.asked) == 1


def test_a_server_that_stays_out_of_order(server, part):
    server.faults = [status(503)] * 9
    assert "busy or out of order (503)" in sentence(server, part)
    assert len(server.asked) == QUICK.tries


def test_a_server_that_always_stalls(server, part):
    server.faults = [stall(0)] * 9
    assert "broke off" in sentence(server, part)
    assert len(server.asked) == QUICK.tries


def test_a_circle_of_redirects(server, part):
    server.faults = [status(302, Location="/again")] * 20
    assert "round in circles" in sentence(server, part)
    assert len(server.asked) == QUICK.redirects + 1


@pytest.mark.parametrize(
    "wrong", [CONTENT[:-1] + b"!", CONTENT[:-10], b""], ids=["one_byte", "shorter", "empty"]
)
def test_wrong_bytes_are_thrown_away(server, part, wrong):
    server.faults = [other(wrong)]
    assert "not the file that was published" in sentence(server, part)
    assert not part.exists()


def test_a_page_to_sign_in_is_no_file(server, part):
    server.faults = [other(b"<html>Welcome to our Wi-Fi", kind="text/html; charset=utf-8")]
    assert "sign in" in sentence(server, part)


def test_more_than_was_announced_is_not_taken(server, part):
    server.faults = [other(CONTENT + b"more", length=len(CONTENT))]
    download(source(server), part, QUICK)
    assert part.read_bytes() == CONTENT


def test_less_than_was_announced_never_counts_as_whole(server, part):
    server.faults = [other(CONTENT[:-5], length=len(CONTENT))] * 9
    server.content = CONTENT[:-5]
    with pytest.raises(FetchError):
        download(source(server), part, QUICK)


def test_an_enormous_file_is_not_taken(server, part):
    server.faults = [other(b"x", length=10**12)]
    assert "more bytes than this file can have" in sentence(server, part)
    server.faults = [
        lambda handler: (setattr(handler.server, "content", b"x" * 900_000), without_length(handler))
    ]
    assert "more bytes than this file can have" in sentence(server, part)
    assert part.stat().st_size <= QUICK.most_bytes


def test_nobody_is_there(part):
    with serving(CONTENT) as server:
        asked = source(server)
    assert "There is no connection to 127.0.0.1" in sentence(server, part, asked)


def test_the_proxy_is_the_environments(server, part, monkeypatch):
    monkeypatch.setenv("HTTP_PROXY", server.url.rpartition("/")[0])
    monkeypatch.setenv("NO_PROXY", "")
    download(Source("http://weights.invalid/a.pth", source(server).sha256), part, QUICK)
    assert part.read_bytes() == CONTENT
    assert server.asked[0]["Host"] == "weights.invalid"


def test_a_full_disk_is_noticed_beforehand(server, part, monkeypatch):
    monkeypatch.setattr(module.shutil, "disk_usage", lambda _: shutil._ntuple_diskusage(10**9, 10**9, 1000))
    assert "not enough room" in sentence(server, part)


def test_a_disk_that_fills_up_meanwhile(server, part, monkeypatch):
    def full(_: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(module.os, "fsync", full)
    assert "not enough room" in sentence(server, part)


def test_giving_up_while_it_waits_for_the_next_try(server, part):
    server.faults = [status(503)] * 9
    slow = Patience(backoff_sec=60, longest_wait_sec=60)
    told: list[Progress] = []

    def give_up(progress: Progress) -> None:
        told.append(progress)
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        download(source(server), part, slow, give_up)
    assert told[0].waiting


def test_speed_is_that_of_the_last_seconds():
    now = [0.0]
    speed = Speed(lambda: now[0])
    assert speed.add(100) == 0
    for second in range(1, 11):
        now[0] = second
        rate = speed.add(1000)
    assert rate == 1000
    for second in range(11, 21):
        now[0] = second
        rate = speed.add(10)
    assert rate == 10
