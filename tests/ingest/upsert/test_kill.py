"""The database goes away in the middle of a call: nothing half done, and the call may be made again."""

import threading
from typing import Any

import psycopg
import pytest
from django.db import connection
from psycopg import Cursor

from comanda.ingest.upsert import Cause, Shape, StoreRef, upsert
from comanda.records import database
from comanda.shapes import ContactIn, Outcome, Result
from tests.factories import LIVE, cart, line, order, product, query, value
from tests.threads import together

pytestmark = pytest.mark.django_db(transaction=True)

TABLES = (
    "orders", "order_line", "refund", "cart", "cart_line", "contact", "contact_identity", "consent", "tag",
    "contact_tag", "product", "activity", "import_write", "inbox",
)  # fmt: skip
IMPORT = Cause("csv", live=False, import_id=1)


def counts() -> list[int]:
    return [value(f"SELECT count(*) FROM {table}") for table in TABLES]


def terminate(pid: int) -> None:
    """Ends another connection, as a restart of the database would."""
    query("SELECT pg_terminate_backend(%(pid)s)", pid=pid)


def shapes(count: int) -> list[Shape]:
    """Orders that write to all tables that orders write to."""
    return [
        order(f"{n}", line(f"p{n}"), line(f"q{n % 7}"), raw=b"{}",
              contact=ContactIn(f"c{n}@example.com", accepts_marketing=True, tags=("vip",)))
        for n in range(count)
    ]  # fmt: skip


@pytest.fixture
def dying(store: StoreRef) -> Any:
    """Something done along that has the connection terminated under its own feet."""

    def die(cursor: Cursor[Any], results: list[Result]) -> None:
        cursor.execute("SELECT pg_backend_pid()")
        pid = cursor.fetchall()[0][0]
        together([lambda: terminate(pid)])
        cursor.execute("SELECT 1")

    return die


@pytest.mark.parametrize(
    "batch",
    [shapes(3), [cart("c1", contact=ContactIn("a@example.com"))], [product()], [ContactIn("a@example.com")]],
)
def test_it_keeps_nothing_of_a_call_cut_off(store: StoreRef, dying: Any, batch: list[Shape]) -> None:
    before = counts()

    with pytest.raises(database.LOST):
        upsert(store, batch, IMPORT, dying)

    assert counts() == before
    again = upsert(store, batch, IMPORT)
    assert {result.outcome for result in again} == {Outcome.CREATED}


def test_it_keeps_the_parts_that_were_committed_before(store: StoreRef, dying: Any) -> None:
    parts: list[Shape] = [ContactIn("ana@example.com"), order("1", contact=ContactIn("ana@example.com"))]

    with pytest.raises(database.LOST):
        upsert(store, parts, LIVE, dying)

    assert query("SELECT (SELECT count(*) FROM contact), (SELECT count(*) FROM orders)") == [(1, 0)]
    assert [result.outcome for result in upsert(store, parts, LIVE)] == [Outcome.UNCHANGED, Outcome.CREATED]


@pytest.mark.parametrize("instant", range(12))
def test_it_is_whole_or_not_at_all_wherever_it_is_cut(store: StoreRef, instant: int) -> None:
    batch = shapes(400)
    pid, ended = [0], threading.Event()
    began = threading.Event()

    def call() -> list[Result] | None:
        pid[0] = value("SELECT pg_backend_pid()")
        began.set()
        try:
            return upsert(store, batch, IMPORT)
        except database.LOST:
            return None
        finally:
            ended.set()

    def cut() -> None:
        connection.ensure_connection()
        assert began.wait(30)
        ended.wait(instant * 0.012)
        if not ended.is_set():
            terminate(pid[0])

    results, _ = together([call, cut])

    orders = value("SELECT count(*) FROM orders")
    assert orders == 400 if results else orders in (0, 400)
    again = upsert(store, batch, IMPORT)
    expected = Outcome.UNCHANGED if orders else Outcome.CREATED
    assert {result.outcome for result in again} == {expected}
    assert counts() == [400, 800, 0, 0, 0, 400, 400, 400, 1, 400, 407, 1600, 1207, 400]


def test_it_outlasts_a_database_that_goes_away(store: StoreRef) -> None:
    turns = []

    def die_twice(cursor: Cursor[Any], results: list[Result]) -> None:
        turns.append(1)
        if len(turns) < 3:
            cursor.execute("SELECT pg_backend_pid()")
            pid = cursor.fetchall()[0][0]
            together([lambda: terminate(pid)])
            cursor.execute("SELECT 1")

    results = database.outlast(lambda: upsert(store, shapes(2), LIVE, die_twice))

    assert [result.outcome for result in results] == [Outcome.CREATED] * 2
    assert len(turns) == 3


def test_it_gives_up_after_its_patience() -> None:
    turns = []

    def away() -> None:
        turns.append(1)
        raise psycopg.OperationalError("the server is away")

    with pytest.raises(psycopg.OperationalError, match="away"):
        database.outlast(away, patience=0.3)

    assert len(turns) == 2


def test_it_passes_on_what_is_not_the_fault_of_the_database() -> None:
    nothing: dict[str, int] = {}

    with pytest.raises(KeyError):
        database.outlast(lambda: nothing["here"])
