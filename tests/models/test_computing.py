"""What is chosen to compute with, and that a wrong answer is never chosen."""

import subprocess
import sys

import pytest
import torch

from tsm_demo.core.errors import ModelError
from tsm_demo.models import computing as module
from tsm_demo.models.computing import answers_right, close, computed_in, computing

CPU = torch.device("cpu")


@pytest.fixture(autouse=True)
def chosen_anew(monkeypatch: pytest.MonkeyPatch):
    threads = torch.get_num_threads()
    monkeypatch.delenv("TSM_DEMO_PRECISION", raising=False)
    computing.cache_clear()
    yield
    torch.set_num_threads(threads)
    computing.cache_clear()


@pytest.mark.parametrize(
    ("has_it", "pays", "expected"),
    [(True, True, "bfloat16"), (True, False, "float32"), (False, True, "float32")],
)
def test_bfloat16_where_the_processor_has_it_and_it_pays(monkeypatch, has_it, pays, expected) -> None:
    monkeypatch.setattr(module, "multiplies_bfloat16", lambda: has_it)
    monkeypatch.setattr(module, "_pays", lambda precision: pays)
    assert computing().precision == getattr(torch, expected)
    assert computing() is computing()


@pytest.mark.parametrize("name", ["float32", "bfloat16"])
def test_the_environment_decides(monkeypatch, name) -> None:
    monkeypatch.setenv("TSM_DEMO_PRECISION", name)
    monkeypatch.setattr(module, "multiplies_bfloat16", lambda: name == "float32")
    assert computing().precision == getattr(torch, name)


def test_the_environment_says_nonsense(monkeypatch) -> None:
    monkeypatch.setenv("TSM_DEMO_PRECISION", "float8")
    with pytest.raises(ModelError, match="TSM_DEMO_PRECISION can be float32 or bfloat16, not 'float8'"):
        computing()


def test_right_in_both_precisions_here() -> None:
    assert answers_right(CPU, torch.float32)
    assert answers_right(CPU, torch.bfloat16)


@pytest.mark.parametrize("spoiled", ["conv2d", "conv3d"])
@pytest.mark.parametrize("how", ["nan", "zero", "absent"])
def test_a_processor_that_answers_wrong_is_found_out(monkeypatch, spoiled, how) -> None:
    intact = getattr(torch, spoiled)

    def broken(maps, weight):
        if maps.dtype == torch.float32:
            return intact(maps, weight)
        if how == "absent":
            raise NotImplementedError
        return intact(maps, weight) * (float("nan") if how == "nan" else 0.0)

    monkeypatch.setattr(torch, spoiled, broken)
    monkeypatch.setattr(module, "multiplies_bfloat16", lambda: True)
    assert not answers_right(CPU, torch.bfloat16)
    assert computing().precision == torch.float32


def test_a_gpu_is_taken_only_if_it_answers(monkeypatch) -> None:
    gpus = [torch.device("meta"), torch.device("cpu", 0)]  # the first one computes nothing
    monkeypatch.setattr(module, "_gpus", lambda: gpus)
    assert computing().device == gpus[1]


def test_close_counts_digits_and_refuses_nan() -> None:
    exact = torch.tensor([3.0, 4.0])
    assert close(exact + 0.001, exact, torch.float32)
    assert not close(exact + 0.01, exact, torch.float32)
    assert close(exact + 0.1, exact, torch.bfloat16)
    assert not close(exact + 0.3, exact, torch.bfloat16)
    assert not close(exact * float("nan"), exact, torch.bfloat16)


def test_names(monkeypatch) -> None:
    monkeypatch.setattr(torch, "get_num_threads", lambda: 2)
    assert computed_in(CPU, torch.bfloat16) == "bfloat16 on 2 threads"
    assert computed_in(torch.device("cuda"), torch.float32) == "float32 on cuda"
    monkeypatch.setattr(torch, "get_num_threads", lambda: 1)
    assert computed_in(CPU, torch.float32) == "float32 on 1 thread"


@pytest.mark.parametrize("asked", ["", "1"])
def test_threads_are_those_asked_for_else_the_cores(asked) -> None:
    code = (
        "import os; os.environ.pop('OMP_NUM_THREADS', None)\n"
        f"if {asked!r}: os.environ['OMP_NUM_THREADS'] = {asked!r}\n"
        "from tsm_demo.core.cores import usable_cores\nfrom tsm_demo.models.computing import computing\n"
        "print(computing().threads, usable_cores())"
    )
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    threads, cores = said.split()
    assert threads == (asked or cores)
