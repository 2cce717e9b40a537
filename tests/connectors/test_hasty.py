"""Requests for someone who waits."""

from collections.abc import Iterator

import httpx
import pytest

from comanda.connectors.hasty import Hasty


class Drops(httpx.SyncByteStream):
    def __iter__(self) -> Iterator[bytes]:
        yield b"a"
        yield b"b"


def client(seconds: float, seen: list[dict[str, float]]) -> httpx.Client:
    def answer(request: httpx.Request) -> httpx.Response:
        seen.append(request.extensions["timeout"])
        return httpx.Response(200, stream=Drops())

    return httpx.Client(transport=Hasty(httpx.MockTransport(answer), seconds), timeout=60)


def test_what_is_quick_passes_with_the_time_that_is_left() -> None:
    seen: list[dict[str, float]] = []

    answer = client(10, seen).get("https://shop.example/")

    assert answer.content == b"ab"
    assert all(0 < seconds <= 10 for seconds in seen[0].values())


def test_nothing_is_asked_once_the_time_is_over() -> None:
    seen: list[dict[str, float]] = []

    with pytest.raises(httpx.ReadTimeout):
        client(0, seen).get("https://shop.example/")

    assert seen == []


def test_a_body_in_drops_ends_too(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = iter([0.0, 0.0, 1.0, 99.0])
    monkeypatch.setattr("comanda.connectors.hasty.time.monotonic", lambda: next(clock))

    with pytest.raises(httpx.ReadTimeout):
        client(10, []).get("https://shop.example/")
