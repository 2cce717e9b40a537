"""Connections of the guarded client are kept: making their pool reads all certificates that are trusted."""

import httpx
import pytest

from comanda.lib.guard import Guard


class Counted(httpx.HTTPTransport):
    """Answers by itself, and counts how many there are."""

    made = 0

    def __init__(self, limits: httpx.Limits) -> None:
        type(self).made += 1

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Nothing is sent."""
        return httpx.Response(204)

    def close(self) -> None:
        """There is nothing to close."""


def test_it_makes_one_pool_for_each_host(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(httpx, "HTTPTransport", Counted)
    guard = Guard(["127.0.0.1", "localhost"])

    for host in ("127.0.0.1", "localhost", "127.0.0.1", "127.0.0.1"):
        guard.handle_request(httpx.Request("GET", f"http://{host}/"))

    assert Counted.made == 2
