"""A statement is watched while it is under way."""

import threading
from typing import Any

import duckdb
import pytest

from comanda.ingest.csv_import import watching


class Busy:
    """A connection that is half-way through a statement, however often one asks."""

    def execute(self, sql: str) -> None:
        """Takes settings."""

    def query_progress(self) -> float:
        return 50.0


@pytest.fixture(autouse=True)
def often(monkeypatch: pytest.MonkeyPatch) -> None:
    """Looks without waiting."""
    monkeypatch.setattr(watching, "_EVERY", 0.001)


def test_it_tells_how_far_a_statement_is() -> None:
    busy: Any = Busy()
    told: list[float] = []
    said = threading.Event()

    def tell(share: float) -> None:
        told.append(share)
        said.set()

    with watching.watched(busy, tell):
        assert said.wait(30)

    assert set(told) == {0.5}


def test_it_raises_what_telling_raised_once_the_statement_is_over() -> None:
    busy: Any = Busy()
    said = threading.Event()

    def refuse(share: float) -> None:
        said.set()
        raise KeyboardInterrupt

    def work() -> None:
        with watching.watched(busy, refuse):
            over.append(said.wait(30))

    over: list[bool] = []

    with pytest.raises(KeyboardInterrupt):
        work()

    assert over == [True]


def test_it_leaves_statements_as_they_are() -> None:
    with duckdb.connect() as connection, watching.watched(connection, lambda share: None):
        answer = connection.execute("SELECT sum(range) FROM range(1000)").fetchone()

    assert answer == (499_500,)


def test_it_watches_nothing_for_nobody() -> None:
    before = threading.active_count()

    with duckdb.connect() as connection, watching.watched(connection, None):
        assert threading.active_count() == before
