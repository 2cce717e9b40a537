"""Places found by their address."""

import json
from typing import Any

import httpx
import pytest

from comanda.connectors import geocoder
from comanda.connectors.geocoder import Place
from comanda.lib.outgoing import Unreachable

URL = "https://places.example/search"
LISBON = {
    "place_id": 1,
    "lat": "38.7107",
    "lon": "-9.1371",
    "display_name": "24, Rua Augusta, Lisboa, Portugal",
    "address": {"road": "Rua Augusta", "country_code": "pt"},
}


def telling(body: Any, asked: list[httpx.Request] | None = None) -> httpx.MockTransport:
    def handle(request: httpx.Request) -> httpx.Response:
        if asked is not None:
            asked.append(request)
        return httpx.Response(200, content=body if isinstance(body, bytes) else json.dumps(body).encode())

    return httpx.MockTransport(handle)


def test_it_finds_places() -> None:
    asked: list[httpx.Request] = []

    found = geocoder.search(URL, "Rua Augusta 24", "pt-br", telling([LISBON], asked))

    assert found == [Place("24, Rua Augusta, Lisboa, Portugal", 38.7107, -9.1371, "PT")]
    assert dict(asked[0].url.params) == {
        "q": "Rua Augusta 24",
        "format": "jsonv2",
        "limit": "5",
        "addressdetails": "1",
        "accept-language": "pt-br",
    }


@pytest.mark.parametrize(
    "odd",
    [
        {},
        None,
        "Lisbon",
        LISBON | {"lat": "ninety"},
        LISBON | {"lat": "91"},
        LISBON | {"lon": "NaN"},
        LISBON | {"lon": "1e400"},
        LISBON | {"address": "Portugal"},
    ],
)
def test_it_passes_over_what_is_no_place(odd: Any) -> None:
    assert geocoder.search(URL, "x", "en", telling([odd, LISBON])) == [
        Place("24, Rua Augusta, Lisboa, Portugal", 38.7107, -9.1371, "PT")
    ]


def test_it_keeps_names_short_and_plain() -> None:
    (found,) = geocoder.search(URL, "x" * 5000, "en", telling([LISBON | {"display_name": "a\0" * 1000}]))

    assert (len(found.address), "\0" in found.address) == (150, False)


@pytest.mark.parametrize("body", [b"<html>", b"", {"error": "no"}, b"\xff"])
def test_it_says_when_the_answer_cannot_be_used(body: Any) -> None:
    with pytest.raises(Unreachable):
        geocoder.search(URL, "x", "en", telling(body))
