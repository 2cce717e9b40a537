"""How often a shop may be asked: a leaky bucket for each shop, and one for each app over all its shops."""

import threading
import time
from collections.abc import Callable

_LONGEST = 3_600.0
"""Seconds for which nothing is asked at most, whatever a shop says."""


class Budget:
    """So many requests a second in the long run, and ``burst`` at once. Threads may share one."""

    def __init__(
        self,
        rate: float,
        burst: float = 1.0,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], object] = time.sleep,
    ) -> None:
        self._rate, self._burst, self._clock, self._sleep = rate, burst, clock, sleep
        self._left, self._at = burst, clock()
        self._mutex = threading.Lock()

    def take(self, cost: float = 1.0) -> None:
        """Waits until a request of this cost may be made, and counts it."""
        with self._mutex:
            now = self._clock()
            self._left = min(self._left + (now - self._at) * self._rate, self._burst) - cost
            self._at = max(self._at, now)
            wait = max(0.0, -self._left / self._rate, self._at - now)
        if wait > 0:
            self._sleep(wait)

    def hold(self, seconds: float) -> None:
        """Nothing is asked for so long: the shop said so."""
        with self._mutex:
            self._at = max(self._at, self._clock() + min(seconds, _LONGEST))
            self._left = min(self._left, 0.0)


_shared: dict[str, Budget] = {}
_guard = threading.Lock()


def shared(name: str, rate: float, burst: float) -> Budget:
    """The budget of this process that has this name (an app's id); made when first asked for."""
    with _guard:
        if name not in _shared:
            _shared[name] = Budget(rate, burst)
        return _shared[name]
