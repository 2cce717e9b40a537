"""For those who watch over the server."""

import pytest
from django.db import OperationalError, connection
from django.test import Client

from comanda.ingest.upsert import StoreRef
from tests.api import bodies, client


def test_it_is_alive_without_a_database() -> None:
    answer = Client().get("/healthz")

    assert (answer.status_code, answer.json()) == (200, {"status": "ok"})


@pytest.mark.django_db
def test_it_is_ready_with_one() -> None:
    assert Client().get("/readyz").json() == {"status": "ok"}


def test_it_is_not_ready_while_the_database_is_away(monkeypatch: pytest.MonkeyPatch) -> None:
    def away() -> None:
        raise OperationalError("server closed the connection")

    monkeypatch.setattr(connection, "cursor", away)

    answer = Client().get("/readyz")

    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "2")
    assert "server closed" not in answer.content.decode()


def count(text: str, start: str) -> float:
    """The value of the line of metrics that begins so; 0 where there is none."""
    return sum(float(line.rsplit(" ", 1)[1]) for line in text.splitlines() if line.startswith(start))


def test_it_counts_requests(store: StoreRef) -> None:
    lines = {
        'comanda_api_request_seconds_count{method="POST",route="v1/orders",status="201"}': 2,
        'comanda_api_request_seconds_count{method="POST",route="v1/orders",status="422"}': 1,
        'comanda_taken_in_total{kind="order",outcome="created"}': 2,
        'comanda_taken_in_total{kind="order",outcome="refused"}': 1,
    }
    before = Client().get("/metrics").content.decode()
    owner = client.make()
    for body in (
        bodies.order("1"),
        bodies.order("2"),
        {"store": "shop"},
        bodies.order("3", placed_at="1969-01-01T00:00:00Z"),
    ):
        owner.post("orders", body)
    lines['comanda_api_request_seconds_count{method="POST",route="v1/orders",status="422"}'] += 1
    answer = Client().get("/metrics")

    after = answer.content.decode()
    assert answer.headers["Content-Type"].startswith("text/plain")
    assert {line: count(after, line) - count(before, line) for line in lines} == lines
