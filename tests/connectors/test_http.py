"""The one client by which shops are asked."""

from collections.abc import Iterator
from contextlib import closing

import httpx
import pytest
import stamina

from comanda.connectors.http import Call, Http, Policy

BASE = "https://shop.example/api"


@pytest.fixture(autouse=True)
def _no_waiting() -> Iterator[None]:
    with stamina.set_testing(True, attempts=3):
        yield


def client(asked: list[httpx.Request], *statuses: int, calls: list[Call] | None = None) -> Http:
    """A client of a shop that answers with one status after another."""
    left = iter(statuses)

    def handle(request: httpx.Request) -> httpx.Response:
        asked.append(request)
        return httpx.Response(next(left), content=b"{}")

    log = calls.append if calls is not None else None
    return Http(BASE, Policy(secrets=("key",)), httpx.MockTransport(handle), log)


def test_it_writes_a_blank_as_signatures_have_it() -> None:
    asked: list[httpx.Request] = []

    with closing(client(asked, 200)) as http:
        http.get("orders", [("filter[at]", ">[2025-01-01 10:00:00]"), ("word", "a+b~é"), ("none", "")])

    assert asked[0].url.raw_path == (
        b"/api/orders?filter%5Bat%5D=%3E%5B2025-01-01%2010%3A00%3A00%5D&word=a%2Bb~%C3%A9&none="
    )


def test_it_keeps_the_query_that_an_address_has() -> None:
    asked: list[httpx.Request] = []

    with closing(client(asked, 200, 200)) as http:
        http.get("https://other.example/page?after=3")
        http.get("https://other.example/page?after=3", {"count": "2"})

    assert [str(request.url) for request in asked] == [
        "https://other.example/page?after=3",
        "https://other.example/page?after=3&count=2",
    ]


def test_it_signs_each_try_anew() -> None:
    asked: list[httpx.Request] = []
    with closing(client(asked, 503, 200)) as http:
        signed: list[tuple[str, str, list[tuple[str, str]]]] = []

        def sign(method: str, url: str, query: list[tuple[str, str]]) -> dict[str, str]:
            signed.append((method, url, query))
            return {"Authorization": f"try {len(signed)}"}

        http.sign = sign

        http.get("orders", {"page": "1"}, {"X-Other": "kept"})

    assert [request.headers["authorization"] for request in asked] == ["try 1", "try 2"]
    assert {request.headers["x-other"] for request in asked} == {"kept"}
    assert signed == [("GET", f"{BASE}/orders", [("page", "1")])] * 2


def test_no_log_shows_what_is_secret() -> None:
    calls: list[Call] = []

    with closing(client([], 200, calls=calls)) as http:
        http.get("orders", [("key", "abc"), ("page", "2")])

    assert "abc" not in calls[0].url
    assert "page=2" in calls[0].url
