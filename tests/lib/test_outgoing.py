"""Requests to other servers: short, small, never led elsewhere."""

from collections.abc import Iterator

import httpx
import pytest

from comanda.lib import outgoing
from comanda.lib.outgoing import Unreachable

URL = "https://places.example/search"


def answering(answer: httpx.Response | Exception) -> httpx.MockTransport:
    def handle(request: httpx.Request) -> httpx.Response:
        if isinstance(answer, Exception):
            raise answer
        return answer

    return httpx.MockTransport(handle)


def test_it_asks_in_its_own_name() -> None:
    asked: list[httpx.Request] = []

    def handle(request: httpx.Request) -> httpx.Response:
        asked.append(request)
        return httpx.Response(200, content=b"[]")

    body = outgoing.get(URL, {"q": "Rua & Cª"}, {"Accept": "application/json"}, httpx.MockTransport(handle))

    assert body == b"[]"
    assert dict(asked[0].url.params) == {"q": "Rua & Cª"}
    assert asked[0].headers["User-Agent"].startswith("Comanda/")
    assert asked[0].headers["Accept"] == "application/json"


@pytest.mark.parametrize("status", [301, 302, 403, 404, 429, 500])
def test_it_takes_no_other_answer_and_goes_nowhere_else(status: int) -> None:
    elsewhere = httpx.Response(status, headers={"Location": "http://169.254.169.254/"})

    with pytest.raises(Unreachable, match=f"it answered {status}"):
        outgoing.get(URL, {}, transport=answering(elsewhere))


@pytest.mark.parametrize(
    "error", [httpx.ConnectError("no route"), httpx.ReadTimeout("too slow"), httpx.DecodingError("odd bytes")]
)
def test_it_says_what_happened(error: Exception) -> None:
    with pytest.raises(Unreachable, match=str(error)):
        outgoing.get(URL, {}, transport=answering(error))


def test_it_takes_no_more_than_it_may(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(outgoing, "LARGEST", 4)

    assert outgoing.get(URL, {}, transport=answering(httpx.Response(200, content=b"1234"))) == b"1234"
    with pytest.raises(Unreachable, match="larger than 4 bytes"):
        outgoing.get(URL, {}, transport=answering(httpx.Response(200, content=b"12345")))


def test_it_waits_no_longer_for_one_who_dribbles(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(outgoing, "TIMEOUT", -1.0)

    def dribble() -> Iterator[bytes]:
        yield b"1"

    with pytest.raises(Unreachable, match="took longer"):
        outgoing.get(URL, {}, transport=answering(httpx.Response(200, content=dribble())))


def test_it_refuses_what_is_no_address() -> None:
    with pytest.raises(Unreachable):
        outgoing.get("https://[::1", {})
