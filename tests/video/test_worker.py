"""The worker is alone, bounded and mortal: nothing of it outlives a call, nothing secret leaks into it."""

import os
import sys
import tempfile
import time
from dataclasses import replace
from pathlib import Path

import pytest

from tests.video.clip_factory import number_of, write_clip
from tsm_demo.core.errors import VideoError
from tsm_demo.video import decode
from tsm_demo.video.clip import DecodeLimits
from tsm_demo.video.decode import read_clip

READ = "import json, os, sys, time; request = json.loads(sys.stdin.buffer.read())\n"
TELL_PID = "import os; open({pids!r}, 'a').write(f'{{os.getpid()}}\\n')\n"


@pytest.fixture
def clip(tmp_path: Path) -> Path:
    return write_clip(tmp_path / "clip.mp4")


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where temporary folders are made during the test."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "temporary"))
    (tmp_path / "temporary").mkdir()
    return tmp_path / "temporary"


@pytest.fixture
def pretend(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """Put a script in the worker's place; `pids` then lists the processes that it was."""

    def put(script: str) -> None:
        told = TELL_PID.format(pids=str(tmp_path / "pids"))
        command = (sys.executable, "-c", told + READ + script)
        monkeypatch.setattr(decode, "DECODING", replace(decode.DECODING, command=command))

    return put


def pids(tmp_path: Path) -> list[int]:
    return [int(line) for line in (tmp_path / "pids").read_text().split()]


def gone(pid: int) -> bool:
    """Whether a process has ended within five seconds; one that nobody has collected yet has ended."""
    for _ in range(50):
        try:
            os.kill(pid, 0)
            if Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z":
                return True
        except (ProcessLookupError, FileNotFoundError):
            return True
        time.sleep(0.1)
    return False


def sentence(path: Path, **limits: float) -> str:
    with pytest.raises(VideoError) as raised:
        read_clip(path, limits=DecodeLimits(**limits))
    return str(raised.value)


def test_a_hanging_worker_is_ended_with_all_it_started(
    clip: Path, folder: Path, pretend, tmp_path: Path
) -> None:
    child = f"open({str(tmp_path / 'pids')!r}, 'a').write(f'{{os.getpid()}}\\n'); time.sleep(60)"
    pretend(f"if os.fork() == 0: {child}\ntime.sleep(60)")
    began = time.monotonic()
    assert sentence(clip, stall_sec=0.7) == decode.DECODING.too_slow
    assert time.monotonic() - began < 20
    assert len(pids(tmp_path)) == 4  # two decoders, each with a child
    assert all(gone(pid) for pid in pids(tmp_path))
    assert not list(folder.iterdir())


def test_wall_time_is_for_all_tries_together(clip: Path, folder: Path, pretend, tmp_path: Path) -> None:
    pretend("while True: print('{\"progress\": 0.1}', flush=True); time.sleep(0.05)")
    assert sentence(clip, wall_sec=1.0) == decode.DECODING.too_slow
    assert len(pids(tmp_path)) == 1
    assert gone(pids(tmp_path)[0])
    assert not list(folder.iterdir())


def test_the_real_worker_within_no_time(clip: Path, folder: Path) -> None:
    assert sentence(clip, wall_sec=0.01) == decode.DECODING.too_slow
    assert not list(folder.iterdir())


def test_a_killed_worker(clip: Path, folder: Path, pretend) -> None:
    pretend("os.kill(os.getpid(), 9)")
    assert sentence(clip) == decode.DECODING.crashed
    assert not list(folder.iterdir())


def test_a_crash_of_the_first_decoder_leaves_the_second(clip: Path, pretend) -> None:
    pretend(
        "if request['decoder'] == 'decord': os.kill(os.getpid(), 11)\n"
        "import io; sys.stdin = io.TextIOWrapper(io.BytesIO(json.dumps(request).encode()))\n"
        "from tsm_demo.video.worker import main; main()"
    )
    read = read_clip(clip)
    assert read.info.decoder == "pyav"
    assert [number_of(frame) for frame in read.frames] == read.indices.tolist()


def test_cpu_time_is_bounded(clip: Path, pretend) -> None:
    pretend("from tsm_demo.video.worker import set_limits; set_limits(request['limits'])\nwhile True: pass")
    assert sentence(clip, cpu_sec=1) == decode.DECODING.too_slow


def test_address_space_is_bounded(clip: Path, pretend) -> None:
    pretend(
        "from tsm_demo.video.worker import set_limits; set_limits(request['limits'])\n"
        "try: bytearray(300 << 20); print(json.dumps({'failed': 'there was room.'}))\n"
        "except MemoryError: print(json.dumps({'failed': 'no room.'}))"
    )
    assert sentence(clip, memory_bytes=256 << 20) == "no room."
    assert sentence(clip, memory_bytes=800 << 20) == "there was room."


def test_memory_is_watched_where_address_space_is_not_bounded(clip: Path, folder: Path, pretend) -> None:
    pretend("held = b'x' * (200 << 20); time.sleep(60)")
    assert sentence(clip, memory_bytes=100 << 20) == decode.DECODING.too_much_memory
    assert not list(folder.iterdir())


def test_cancelling_ends_the_worker(clip: Path, folder: Path, pretend, tmp_path: Path) -> None:
    def cancel(progress: float) -> None:
        raise KeyboardInterrupt

    pretend("print('{\"progress\": 0.1}', flush=True); time.sleep(60)")
    with pytest.raises(KeyboardInterrupt):
        read_clip(clip, on_progress=cancel)
    assert gone(pids(tmp_path)[0])
    assert not list(folder.iterdir())


@pytest.mark.parametrize(
    "lie",
    [
        {"shape": [2, 4, 4, 3]},
        {"shape": [1 << 40, 1 << 40, 4, 3]},
        {"windows": [[0, 1, [0, 5]]]},
        {"indices": [0, 1]},
        {"info": {"decoder": "mine"}},
    ],
)
def test_what_the_worker_says_is_checked(clip: Path, pretend, lie: dict) -> None:
    info = {"frame_count": 1, "duration_sec": 1, "fps": 1, "width": 4, "height": 4, "rotation_deg": 0}
    truth = {
        "shape": [1, 4, 4, 3],
        "indices": [0],
        "times_sec": [0],
        "windows": [[0, 1, [0]]],
        "info": info | {"decoder": "decord"},
        "warnings": [],
    }
    answer = "open(request['out'], 'wb').write(bytes(48)); print(json.dumps({{'done': {}}}))"
    pretend(answer.format(truth))
    assert read_clip(clip).frames.shape == (1, 4, 4, 3)
    pretend(answer.format(truth | lie))
    assert sentence(clip) == decode.DECODING.crashed


@pytest.mark.parametrize("line", ["no JSON", "[1]", "7", "[" * 100_000, '{"done": ', ""])
def test_a_worker_that_talks_nonsense_has_crashed(clip: Path, folder: Path, pretend, line: str) -> None:
    pretend(f"print({line!r}, flush=True); time.sleep(60)")
    assert sentence(clip) == decode.DECODING.crashed
    assert not list(folder.iterdir())


def test_the_worker_knows_no_secrets(clip: Path, pretend, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("API_KEY", "secret")
    pretend("print(json.dumps({'failed': ' '.join(sorted(os.environ))}))")
    known = set(sentence(clip).split()) - {"LC_CTYPE", "__CF_USER_TEXT_ENCODING"}
    allowed = {"PATH", "LD_LIBRARY_PATH", "PYTHONPATH", "PYTHONSAFEPATH", "PYTHONUTF8", "LANG", "TMPDIR"}
    assert known - allowed == {"OPENBLAS_NUM_THREADS", "MALLOC_ARENA_MAX"}


@pytest.mark.parametrize("name", ["clip.mp4", "clip.avi"])
def test_neither_torch_nor_cuda_is_loaded(tmp_path: Path, pretend, name: str) -> None:
    path = write_clip(
        tmp_path / name, max_b_frames=2
    )  # decord cannot read the second: both decoders are seen
    pretend(
        "import io; sys.stdin = io.TextIOWrapper(io.BytesIO(json.dumps(request).encode()))\n"
        "from tsm_demo.video.worker import Answer, main; say = Answer.say\n"
        "loaded = lambda: sorted({m.partition('.')[0] for m, at in sys.modules.items() if at})\n"
        "def spy(self, **message):\n"
        "    say(self, **({'failed': ' '.join(loaded())} if 'done' in message else message))\n"
        "Answer.say = spy; main()"
    )
    loaded = set(sentence(path).split())
    assert "av" in loaded
    assert ("decord" in loaded) == (name == "clip.mp4")
    assert not loaded & {"torch", "torchvision", "nvidia", "streamlit"}
