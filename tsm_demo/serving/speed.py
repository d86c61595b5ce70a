"""How fast bytes arrive, over the last seconds: a mean over all would hide that a download has slowed down."""

import time
from collections import deque
from collections.abc import Callable

WINDOW_SEC = 5.0


class Speed:
    """`add(n)` counts n bytes that have just arrived, and gives bytes per second, 0 before there is any span of time."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._arrived: deque[tuple[float, int]] = deque([(clock(), 0)])

    def add(self, nbytes: int) -> float:
        now = self._clock()
        self._arrived.append((now, nbytes))
        while len(self._arrived) > 2 and now - self._arrived[1][0] > WINDOW_SEC:
            self._arrived.popleft()
        first_sec, _ = self._arrived[0]  # its own bytes came before the span
        received = sum(n for at, n in list(self._arrived)[1:])
        return received / (now - first_sec) if now > first_sec else 0.0
