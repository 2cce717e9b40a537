"""Permits shared by all processes."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connections

from comanda.records import rate
from tests import factories


@pytest.mark.django_db(transaction=True)
def test_it_grants_many_callers_together_no_more_than_the_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("_TAKE", "_BEGIN"):
        statement = getattr(rate, name).replace("clock_timestamp()", "'2026-01-01 12:00:30+00'::timestamptz")
        monkeypatch.setattr(rate, name, statement)

    def take(_: int) -> int:
        try:
            return sum(rate.lease(7, 1000).granted for _ in range(60))
        finally:
            connections.close_all()

    with ThreadPoolExecutor(6) as pool:
        granted = sum(pool.map(take, range(6)))

    assert granted == 1000
    assert factories.value("SELECT used FROM api_rate WHERE api_key_id = 7") == 1000
    factories.query("DELETE FROM api_rate RETURNING 1")


@pytest.mark.django_db
def test_it_tells_when_the_minute_ends() -> None:
    lease = rate.lease(8, 10)

    assert 0 < lease.seconds <= 60
    assert (lease.granted, lease.used) == (1, 1)
