"""What is read beside a product, remembered: of a large catalogue it would be most of the requests."""

import threading
import time
from typing import Any


class Beside:
    """What is read beside a product, kept for a day by all who ask in this process: it costs two requests."""

    _MOST = 20_000
    _AGE = 86_400.0

    def __init__(self) -> None:
        self._kept: dict[str, tuple[float, dict[str, list[Any]]]] = {}
        self._mutex = threading.Lock()

    def get(self, name: str) -> dict[str, list[Any]] | None:
        """None when it is not there, or old."""
        with self._mutex:
            at, found = self._kept.get(name, (0.0, None))
        return found if found is not None and time.monotonic() - at < self._AGE else None

    def keep(self, name: str, found: dict[str, list[Any]]) -> dict[str, list[Any]]:
        """Gives it back; the oldest makes room."""
        with self._mutex:
            self._kept.pop(name, None)
            self._kept[name] = time.monotonic(), found
            if len(self._kept) > self._MOST:
                del self._kept[next(iter(self._kept))]
        return found


pictures = Beside()
"""Pictures and categories of products, by the shop's address, a mark of its token, and the product."""
