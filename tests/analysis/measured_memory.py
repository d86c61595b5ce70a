"""The most bytes that a real run on the CPU has allocated at once, as torch's profiler records it."""

from bisect import bisect_right
from collections.abc import Callable
from typing import Any

from torch.profiler import ProfilerActivity, profile

# Kernels that take scratch memory of their own: repacked weights and inputs, im2col, batch norm's intermediate results.
KERNELS = {f"aten::{name}{way}" for name in ("convolution", "native_batch_norm") for way in ("", "_backward")}


def measured_peaks(run: Callable[[], Any]) -> tuple[int, int]:
    """Peak bytes above what was there before `run`: of all allocations, and with each call of KERNELS as one step.

    In the second, a kernel's scratch memory, which it gives back before it returns, is not seen.
    """
    with profile(activities=[ProfilerActivity.CPU], profile_memory=True) as profiler:
        run()
    events = profiler.profiler.kineto_results.events()
    kernels = sorted((e.start_ns(), e.start_ns() + e.duration_ns()) for e in events if e.name() in KERNELS)
    starts = [start for start, _ in kernels]
    changes = sorted((e.start_ns(), e.nbytes()) for e in events if e.name() == "[memory]")
    now = peak = peak_between = 0
    for (time_ns, nbytes), (next_ns, _) in zip(changes, [*changes[1:], (changes[-1][0] + 1, 0)], strict=True):
        now += nbytes
        peak = max(peak, now)
        kernel = bisect_right(starts, time_ns) - 1
        goes_on = kernel >= 0 and next_ns <= kernels[kernel][1]
        if not goes_on:
            peak_between = max(peak_between, now)
    return peak, peak_between
