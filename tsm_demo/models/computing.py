"""Where and in what networks answer on this machine: chosen once, by a short test of speed and of answers."""

import os
import time
from dataclasses import dataclass
from functools import lru_cache

import torch
from torch import Tensor

from tsm_demo.core.cores import usable_cores
from tsm_demo.core.errors import ModelError

SETTING = "TSM_DEMO_PRECISION"
PRECISIONS = {"float32": torch.float32, "bfloat16": torch.bfloat16}
ROUNDS = 5
WORTH_IT = 0.8  # of float32's time: what takes longer than this in bfloat16 is not worth its lost digits
DIGITS = {torch.float32: 1e-3, torch.bfloat16: 5e-2}  # how far answers may be off, as a share of their size


@dataclass(frozen=True, slots=True)
class Computing:
    """What networks answer with.

    Attributes:
        device: the first GPU that answers right, else the CPU.
        precision: float32, or bfloat16 on a CPU that multiplies it faster.
        threads: of the CPU.
    """

    device: torch.device
    precision: torch.dtype
    threads: int


@lru_cache(maxsize=1)
def computing() -> Computing:
    """The choice of this process; also has torch use as many threads as there are cores to use.

    The environment may name the precision (TSM_DEMO_PRECISION) and the threads (OMP_NUM_THREADS). Raises ModelError for a
    precision that is none.
    """
    if "OMP_NUM_THREADS" not in os.environ:
        torch.set_num_threads(usable_cores())
    device = next(filter(answers_right, _gpus()), torch.device("cpu"))
    asked = os.environ.get(SETTING, "")
    if asked and asked not in PRECISIONS:
        raise ModelError(
            f"{SETTING} can be {' or '.join(PRECISIONS)}, not {asked!r}: mend it, or leave it out."
        )
    precision = PRECISIONS[asked] if asked else torch.float32
    if not asked and device.type == "cpu" and multiplies_bfloat16() and _pays(torch.bfloat16):
        precision = torch.bfloat16
    return Computing(device, precision, torch.get_num_threads())


def computed_in(device: torch.device, precision: torch.dtype) -> str:
    """ "bfloat16 on 2 threads", "float32 on cuda"."""
    threads = torch.get_num_threads()
    where = f"{threads} thread{'s' * (threads != 1)}" if device.type == "cpu" else device.type
    return f"{str(precision).removeprefix('torch.')} on {where}"


def multiplies_bfloat16() -> bool:
    """Whether the CPU has instructions for it; without them it is slower than float32."""
    return bool(torch.backends.mkldnn.is_available() and torch.ops.mkldnn._is_mkldnn_bf16_supported())


def answers_right(device: torch.device, precision: torch.dtype = torch.float32) -> bool:
    """Whether convolutions over frames and over clips give there what they give on the CPU in float32."""
    for conv, (maps, weight) in ((torch.conv2d, _example(2)), (torch.conv3d, _example(3))):
        expected = conv(maps, weight)
        try:
            found = conv(maps.to(device, precision), weight.to(device, precision)).to("cpu", torch.float32)
        except (RuntimeError, NotImplementedError):  # an operation that this device does not have
            return False
        if not close(found, expected, precision):
            return False
    return True


def close(found: Tensor, expected: Tensor, precision: torch.dtype) -> bool:
    """Whether two answers are the same to the digits of a precision; nan never is."""
    return bool((found - expected).norm() <= DIGITS[precision] * expected.norm())


def _gpus() -> list[torch.device]:
    found = {"cuda": torch.cuda.is_available(), "mps": torch.backends.mps.is_available()}
    return [torch.device(name) for name, there in found.items() if there]


def _pays(precision: torch.dtype) -> bool:
    """Whether the CPU is right, and faster, in a precision."""
    if not answers_right(torch.device("cpu"), precision):
        return False
    maps, weight = (x.contiguous(memory_format=torch.channels_last) for x in _example(2))
    fastest = {}
    for dtype in (torch.float32, precision):
        x, kernel = maps.to(dtype), weight.to(dtype)
        times = []
        for _ in range(1 + ROUNDS):
            begun = time.perf_counter()
            torch.conv2d(x, kernel)
            times.append(time.perf_counter() - begun)
        fastest[dtype] = min(times[1:])
    return fastest[precision] < WORTH_IT * fastest[torch.float32]


def _example(dims: int) -> tuple[Tensor, Tensor]:
    """Maps (N, C, H, W) or (N, C, T, H, W), and kernels of 3 each way; always the same."""
    drawn = torch.Generator().manual_seed(0)
    maps = (8, 128, 14, 14) if dims == 2 else (1, 16, 4, 14, 14)
    kernels = (maps[1], maps[1], *(3,) * dims)
    return torch.randn(maps, generator=drawn), torch.randn(kernels, generator=drawn)
