"""How many requests a key may make."""

import pytest

from comanda.api import rates
from comanda.records import rate
from comanda.records.models import ApiKey
from tests import factories
from tests.api import client
from tests.api.client import Caller


def test_it_tells_how_the_rate_stands(owner: Caller) -> None:
    limited = client.make(rate_per_minute=3)

    told = [limited.get("stores") for _ in range(2)]

    assert [reply.headers["RateLimit-Limit"] for reply in told] == ["3", "3"]
    assert [reply.headers["RateLimit-Remaining"] for reply in told] == ["2", "1"]
    assert 1 <= int(told[0].headers["RateLimit-Reset"]) <= 60


def test_it_answers_no_more_than_the_limit(owner: Caller, monkeypatch: pytest.MonkeyPatch) -> None:
    _hold_the_minute(monkeypatch)
    limited = client.make(rate_per_minute=40)

    replies = [limited.get("stores") for _ in range(50)]

    assert [reply.status for reply in replies] == [200] * 40 + [429] * 10
    last = replies[-1]
    assert last.headers["RateLimit-Remaining"] == "0"
    assert last.headers["Retry-After"] == last.headers["RateLimit-Reset"]


def test_it_counts_all_processes_together(owner: Caller, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each ``forget`` loses what a process held: as if another process had asked."""
    _hold_the_minute(monkeypatch)
    limited = client.make(rate_per_minute=100)
    answered = 0
    for number in range(300):
        if number % 7 == 0:
            rates.forget()
        answered += limited.get("stores").status == 200

    assert 25 <= answered <= 100
    assert factories.value("SELECT used FROM api_rate") == 100


def test_it_keeps_the_rates_of_keys_apart(owner: Caller) -> None:
    limited = client.make(rate_per_minute=1)
    limited.get("stores")

    assert (limited.get("stores").status, owner.get("stores").status) == (429, 200)


def test_it_begins_anew_with_the_next_minute(owner: Caller, monkeypatch: pytest.MonkeyPatch) -> None:
    _hold_the_minute(monkeypatch)
    limited = client.make(rate_per_minute=1)
    limited.get("stores")
    refused = limited.get("stores").status
    factories.query("UPDATE api_rate SET minute = minute - interval '1 minute' RETURNING used")
    rates.forget()

    assert (refused, limited.get("stores").status) == (429, 200)


def test_it_leases_less_the_less_is_left(owner: Caller, monkeypatch: pytest.MonkeyPatch) -> None:
    _hold_the_minute(monkeypatch)
    key_id = ApiKey.objects.get().pk

    leases = [rate.lease(key_id, 100) for _ in range(101)]

    granted = [lease.granted for lease in leases]
    assert granted[:3] == [4, 3, 3]
    assert sorted(granted, reverse=True) == granted
    assert (sum(granted), leases[-1].granted) == (100, 0)


def _hold_the_minute(monkeypatch: pytest.MonkeyPatch) -> None:
    """Has every statement see one and the same minute, so that no test straddles two."""
    for name in ("_TAKE", "_BEGIN"):
        statement = getattr(rate, name).replace("clock_timestamp()", "now()")
        monkeypatch.setattr(rate, name, statement)
