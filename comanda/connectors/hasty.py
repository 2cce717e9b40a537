"""A transport for someone who waits: all that is asked over it ends within some seconds."""

import time
from collections.abc import Iterator
from typing import cast

import httpx


class Hasty(httpx.BaseTransport):
    """Whatever does not fit into the seconds since it was made ends in ``httpx.ReadTimeout``."""

    def __init__(self, inner: httpx.BaseTransport, seconds: float) -> None:
        self._inner = inner
        self._until = time.monotonic() + seconds

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Sends it with the time that is left."""
        left = self._left(request)
        given = request.extensions.get("timeout", {})
        request.extensions["timeout"] = {
            name: min(left, given.get(name) or left) for name in ("connect", "read", "write", "pool")
        }
        response = self._inner.handle_request(request)
        body = _Body(self, request, cast("httpx.SyncByteStream", response.stream))
        return httpx.Response(
            response.status_code, headers=response.headers, stream=body, extensions=response.extensions
        )

    def _left(self, request: httpx.Request) -> float:
        left = self._until - time.monotonic()
        if left <= 0:
            raise httpx.ReadTimeout("there is no time left", request=request)
        return left

    def expect_time(self, request: httpx.Request) -> None:
        """Raises ReadTimeout when the time is over."""
        self._left(request)

    def close(self) -> None:
        """Closes the connections."""
        self._inner.close()


class _Body(httpx.SyncByteStream):
    """A body that may come in drops, for ever."""

    def __init__(self, hasty: Hasty, request: httpx.Request, inner: httpx.SyncByteStream) -> None:
        self._hasty, self._request, self._inner = hasty, request, inner

    def __iter__(self) -> Iterator[bytes]:
        for piece in self._inner:
            self._hasty.expect_time(self._request)
            yield piece

    def close(self) -> None:
        self._inner.close()
