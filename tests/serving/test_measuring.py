"""A measurement is alone, bounded and mortal: it can be ended at any time, and two never run at once."""

import json
import os
import sys
import time
from dataclasses import replace
from pathlib import Path

import pytest

from tests.analysis.test_timing import measured
from tsm_demo.analysis.measure import Effort, MeasureError, Stage
from tsm_demo.analysis.stored_timing import as_json
from tsm_demo.analysis.timing import Setup, Subject
from tsm_demo.models.registry import ModelSpec
from tsm_demo.serving import measuring
from tsm_demo.serving.line import BusyError, CancelledError, JobError
from tsm_demo.serving.measuring import MeasureRequest, Measuring, measure_apart, measuring_line

SPECS = (ModelSpec("tsn_resnet18", width=8), ModelSpec("tsm_resnet18", width=8))
SMALL = Setup(frames=2, size=32)
REQUEST = MeasureRequest(SPECS, SMALL, Effort(budget_sec=0.2))
DONE = as_json(measured(two_d=[0.1] * 5, tsm=[0.2] * 5))
HEAD = """import json, os, sys, time
open({pids!r}, 'a').write(f'{{os.getpid()}}\\n')
request = json.loads(sys.stdin.buffer.read())
def say(**message): print(json.dumps(message), flush=True)
def stage(network=0): say(step='time', network=network, progress=0.5, round=1, rounds=5)
"""


@pytest.fixture
def pretend(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """Put a script in the worker's place; its process numbers go to the file `pids`."""

    def put(script: str) -> None:
        command = (sys.executable, "-c", HEAD.format(pids=str(tmp_path / "pids")) + script)
        monkeypatch.setattr(measuring, "MEASURING", replace(measuring.MEASURING, command=command))

    return put


def pids(tmp_path: Path) -> list[int]:
    found = tmp_path / "pids"
    return [int(line) for line in found.read_text().split()] if found.exists() else []


def gone(pid: int) -> bool:
    """Whether a process has ended, at the latest in five seconds."""
    for _ in range(50):
        try:
            os.kill(pid, 0)
        except ProcessLookupError:
            return True
        time.sleep(0.1)
    return False


def wait_for(condition) -> None:
    for _ in range(300):
        if condition():
            return
        time.sleep(0.05)
    pytest.fail("it did not happen in fifteen seconds")


def sentence(request: MeasureRequest = REQUEST) -> str:
    with pytest.raises(MeasureError) as raised:
        measure_apart(request)
    return str(raised.value)


def test_the_real_worker() -> None:
    stages: list[Stage] = []
    found = measure_apart(REQUEST, stages.append)
    assert list(found.runs) == [Subject.of(spec) for spec in SPECS]
    assert found.setup == SMALL
    assert [stage.step for stage in stages[:4]] == ["build", "build", "warm", "warm"]
    assert [(s.network, s.round) for s in stages[4:6]] == [(0, 1), (1, 1)]
    assert len(stages) == 4 + 2 * found.rounds


def test_the_real_worker_says_what_cannot_be_built() -> None:
    wide = ModelSpec("tsm_resnet18", width=0)
    assert "must be whole numbers of at least 1" in sentence(replace(REQUEST, specs=(wide,)))


def test_the_worker_gets_the_request_and_its_answer_comes_back(pretend) -> None:
    check = "[spec['name'] for spec in request['specs']] == ['tsn_resnet18', 'tsm_resnet18']"
    pretend(f"assert {check}; assert request['setup']['size'] == 32; stage(1); say(done={DONE!r})")
    stages: list[Stage] = []
    found = measure_apart(REQUEST, stages.append)
    assert as_json(found) == DONE
    assert stages == [Stage("time", 1, 0.5, 1, 5)]


def test_cancelling_ends_the_process_in_the_middle_of_a_run(pretend, tmp_path: Path) -> None:
    pretend("stage(); time.sleep(60)")
    going = Measuring(measuring_line(), REQUEST)
    wait_for(lambda: going.stage is not None)
    assert not going.ended()
    began = time.monotonic()
    going.cancel()
    with pytest.raises(CancelledError):
        going.result()
    assert time.monotonic() - began < 5
    assert len(pids(tmp_path)) == 1
    assert gone(pids(tmp_path)[0])


def test_a_visitor_who_is_gone_is_not_measured_for(
    pretend, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(measuring, "ABANDONED_SEC", 1.0)
    pretend("stage(); time.sleep(60)")
    going = Measuring(measuring_line(), REQUEST)
    for _ in range(4):  # longer than that, but somebody looks
        time.sleep(0.4)
        assert not going.ended()
        going.seen()
    with pytest.raises(CancelledError):
        going.result()
    assert all(gone(pid) for pid in pids(tmp_path))


def test_two_never_run_at_once(pretend, tmp_path: Path) -> None:
    go = tmp_path / "go"
    pretend(f"stage()\nwhile not os.path.exists({str(go)!r}): time.sleep(0.05)\nsay(done={DONE!r})")
    line = measuring_line()
    first, second = Measuring(line, REQUEST), Measuring(line, REQUEST)
    wait_for(lambda: first.stage is not None)
    assert (first.place(), second.place()) == (0, 1)
    assert len(pids(tmp_path)) == 1
    go.touch()
    assert as_json(second.result()) == as_json(first.result()) == DONE
    assert len(pids(tmp_path)) == 2


def test_who_leaves_the_line_never_starts(pretend, tmp_path: Path) -> None:
    pretend("stage(); time.sleep(60)")
    line = measuring_line()
    first, second = Measuring(line, REQUEST), Measuring(line, REQUEST)
    wait_for(lambda: first.stage is not None)
    second.cancel()
    with pytest.raises(CancelledError):
        second.result()
    first.cancel()
    with pytest.raises(CancelledError):
        first.result()
    assert len(pids(tmp_path)) == 1


def test_a_full_line_says_so(pretend, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(measuring, "LONGEST_LINE", 1)
    pretend("stage(); time.sleep(60)")
    line = measuring_line()
    first = Measuring(line, REQUEST)
    wait_for(lambda: first.stage is not None)
    waiting = Measuring(line, REQUEST)
    with pytest.raises(BusyError, match="Too many measurements are waiting"):
        Measuring(line, REQUEST)
    waiting.cancel()
    first.cancel()
    wait_for(first.ended)


def test_time_is_bounded(pretend, tmp_path: Path) -> None:
    pretend("stage(1); time.sleep(60)")
    said = sentence(replace(REQUEST, effort=Effort(wall_sec=1.5)))
    assert said.startswith("The measurement took too long and was stopped at tsm_resnet18: choose fewer")
    assert gone(pids(tmp_path)[0])


def test_memory_is_bounded(pretend, tmp_path: Path) -> None:
    pretend("stage(1); held = b'x' * (200 << 20); time.sleep(60)")
    said = sentence(replace(REQUEST, memory_bytes=100 << 20))
    assert said.startswith(
        "tsm_resnet18 on this clip needs more memory than a measurement may use here: choose"
    )
    assert gone(pids(tmp_path)[0])


def test_not_all_that_is_free_is_used(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(measuring, "available_memory", lambda: 4 << 30)
    assert REQUEST.bounds().memory_bytes == 3 << 30
    monkeypatch.setattr(measuring, "available_memory", lambda: 0)  # unknown
    assert REQUEST.bounds().memory_bytes == 6 << 30


def test_an_allocation_that_the_system_refuses(pretend) -> None:
    pretend("stage(1); say(too_large='no')")
    assert sentence().startswith("tsm_resnet18 on this clip needs more memory")


def test_the_real_worker_when_the_system_refuses() -> None:
    said = sentence(MeasureRequest(SPECS[:1], Setup(frames=2, size=32, batch=1 << 40)))
    assert "needs more memory" in said


def test_a_crash_names_the_network_that_ran(pretend) -> None:
    pretend("stage(1); os.kill(os.getpid(), 9)")
    assert sentence().startswith("The measurement broke off at tsm_resnet18, perhaps because memory ran out")


def test_an_exception_is_in_the_log(pretend, caplog: pytest.LogCaptureFixture) -> None:
    pretend("raise ValueError('a detail for the log')")
    assert sentence().startswith("The measurement failed at PyTorch, and the server's log says why")
    assert "a detail for the log" in caplog.text


@pytest.mark.parametrize("line", ["no JSON", "[1]", '{"progress": '])
def test_a_line_that_is_no_message_is_a_crash(pretend, line: str) -> None:
    pretend(f"print({line!r}, flush=True); time.sleep(60)")
    assert sentence().startswith("The measurement broke off")


@pytest.mark.parametrize(
    "said", [{"done": {}}, {"done": [1]}, {"progress": 1}, {"progress": 1, "step": "time", "network": 9}]
)
def test_a_worker_that_talks_nonsense_harms_nobody(pretend, tmp_path: Path, said: dict) -> None:
    pretend(f"print({json.dumps(said)!r}, flush=True); time.sleep(60)")
    with pytest.raises(JobError, match="Something went wrong"):
        Measuring(measuring_line(), REQUEST).result()
    assert gone(pids(tmp_path)[0])


def test_the_worker_knows_no_secrets(pretend, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("API_KEY", "secret")
    pretend("say(failed=' '.join(sorted(os.environ)))")
    assert "API_KEY" not in sentence()
    assert "PYTHONPATH" in sentence()
