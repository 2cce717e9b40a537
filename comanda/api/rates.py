"""Requests a minute, per key: permits leased in blocks and spent in this process."""

import math
import threading
import time
from dataclasses import dataclass

from django.http.response import HttpResponseBase

from comanda.records import rate

from .authentication import Known
from .problems import ApiProblem


@dataclass(slots=True)
class _Purse:
    """Permits of one key: ``left`` here, ``unleased`` for all others, both until ``ends`` (monotonic)."""

    left: int
    unleased: int
    ends: float


@dataclass(frozen=True, slots=True)
class Standing:
    """What is told to the caller: the limit, what remains of it, and the seconds until it begins anew."""

    limit: int
    remaining: int
    reset: int

    def put(self, response: HttpResponseBase) -> None:
        """Sets the headers.

        Source: https://datatracker.ietf.org/doc/draft-ietf-httpapi-ratelimit-headers/06/
        """
        response["RateLimit-Limit"] = str(self.limit)
        response["RateLimit-Remaining"] = str(self.remaining)
        response["RateLimit-Reset"] = str(self.reset)


_purses: dict[int, _Purse] = {}
_mutex = threading.Lock()


def spend(key: Known) -> tuple[Standing, bool]:
    """Counts one request; whether it may be answered."""
    with _mutex:
        found = _spend(key)
    if found is not None:
        return found
    lease = rate.lease(key.key_id, key.rate)
    with _mutex:
        purse = _purses.get(key.key_id)
        now = time.monotonic()
        kept = purse.left if purse is not None and now < purse.ends else 0
        _purses[key.key_id] = _Purse(kept + lease.granted, max(key.rate - lease.used, 0), now + lease.seconds)
        return _spend(key) or (_standing(key, _purses[key.key_id]), False)


def too_many(standing: Standing) -> ApiProblem:
    """The answer once all permits of the minute are spent."""
    detail = f"This key may make {standing.limit:,} requests a minute. Wait {standing.reset} s."
    return ApiProblem(429, detail, headers={"Retry-After": str(standing.reset)})


def forget() -> None:
    """Gives up all permits held here."""
    with _mutex:
        _purses.clear()


def _spend(key: Known) -> tuple[Standing, bool] | None:
    """Spends a permit held here; None when a new block must be leased first."""
    purse = _purses.get(key.key_id)
    if purse is None or time.monotonic() >= purse.ends:
        return None
    if purse.left:
        purse.left -= 1
        return _standing(key, purse), True
    return (_standing(key, purse), False) if not purse.unleased else None


def _standing(key: Known, purse: _Purse) -> Standing:
    reset = max(1, math.ceil(purse.ends - time.monotonic()))
    return Standing(key.rate, purse.left + purse.unleased, reset)
