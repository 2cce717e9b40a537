"""Finds places by their address, at a search endpoint that speaks as Nominatim does.

Format: https://nominatim.org/release-docs/latest/api/Search/ (``format=jsonv2``).
"""

from dataclasses import dataclass
from typing import Any

import httpx
import orjson

from comanda.lib import outgoing
from comanda.lib.outgoing import Unreachable

MOST = 5
_LONGEST = 300


@dataclass(frozen=True, slots=True)
class Place:
    """Somewhere on the map, in degrees; ``country`` is its ISO 3166 code or ""."""

    address: str
    latitude: float
    longitude: float
    country: str


def search(url: str, words: str, language: str, transport: httpx.BaseTransport | None = None) -> list[Place]:
    """Places that the words may mean, the likeliest first. Raises Unreachable."""
    query = {
        "q": words[:_LONGEST],
        "format": "jsonv2",
        "limit": str(MOST),
        "addressdetails": "1",
        "accept-language": language,
    }
    try:
        told = orjson.loads(outgoing.get(url, query, transport=transport))
    except orjson.JSONDecodeError as error:
        raise Unreachable("its answer is no JSON") from error
    if not isinstance(told, list):
        raise Unreachable("its answer is no list of places")
    return [place for place in map(_place, told[:MOST]) if place is not None]


def _place(told: Any) -> Place | None:
    """None for what is no place on earth."""
    try:
        latitude, longitude = float(told["lat"]), float(told["lon"])
        name, details = str(told["display_name"]), told.get("address") or {}
        country = str(details.get("country_code") or "").upper()
    except (KeyError, TypeError, ValueError, AttributeError):
        return None
    if not (-90 <= latitude <= 90 and -180 <= longitude <= 180):
        return None
    return Place(name[:_LONGEST].replace("\0", ""), latitude, longitude, country)
