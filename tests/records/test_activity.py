import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.db import connection, connections, transaction
from django.db.transaction import TransactionManagementError
from hypothesis import given, settings
from hypothesis import strategies as st
from psycopg.conninfo import make_conninfo

from comanda.ingest.upsert import upsert
from comanda.lib import postgres
from comanda.records import activity
from comanda.records.activity import Position
from comanda.records.models import Activity
from comanda.settings import database as described
from tests.factories import LIVE, clear, make_store, order, query, value
from tests.threads import together

pytestmark = pytest.mark.django_db(transaction=True)

_INSERT = "INSERT INTO activity (kind, at, live, data) VALUES ('test', now(), true, '{}') RETURNING id"


def address() -> str:
    """The tests' own database, for connections beside Django's."""
    given = connection.get_connection_params()
    names = ("dbname", "user", "password", "host", "port")
    return make_conninfo("", **{name: given[name] for name in names if given.get(name)})


def write(writer: psycopg.Connection[Any]) -> int:
    """One row, in the transaction under way; its id."""
    found = writer.execute(_INSERT).fetchone()
    assert found is not None
    return int(found[0])


def execute(statement: str) -> None:
    """Something that has no answer."""
    with connection.cursor() as cursor:
        cursor.execute(statement)


def consume(consumer: str, limit: int = 1000) -> list[Activity]:
    """Reads and moves on."""
    with transaction.atomic():
        rows = activity.read(consumer, limit)
        if rows:
            activity.advance(consumer, activity.position(rows[-1]))
    return rows


def ids(rows: list[Activity]) -> list[int]:
    return [row.id for row in rows]


@pytest.fixture
def writers() -> Iterator[list[psycopg.Connection[Any]]]:
    """Four connections that begin a transaction with their first statement."""
    opened = [psycopg.connect(address()) for _ in range(4)]
    yield opened
    for writer in opened:
        writer.close()


def test_it_gives_each_row_once_in_the_order_written(writers: list[psycopg.Connection[Any]]) -> None:
    with writers[0].transaction():
        written = [write(writers[0]) for _ in range(5)]

    assert ids(consume("one", 2)) == written[:2]
    assert ids(consume("one", 2)) == written[2:4]
    assert ids(consume("two")) == written
    assert ids(consume("one", 2)) == written[4:]
    assert consume("one") == []


def test_it_gives_rows_as_they_were_written() -> None:
    store = make_store()
    (result,) = upsert(store, [order("1")], LIVE)

    (row,) = consume("one")
    assert (row.kind, row.order_id, row.store_id, row.live) == ("order_created", result.id, store.id, True)
    assert row.data == {"status": "completed", "total": "10", "currency": "EUR"}
    assert (row.era, row.xid) == query("SELECT 1::smallint, xmin::text::int FROM orders")[0]


def test_it_waits_for_a_transaction_that_began_earlier(writers: list[psycopg.Connection[Any]]) -> None:
    first, second, *_ = writers
    early = write(first)
    late = write(second)

    second.commit()
    assert consume("one") == []
    first.commit()
    assert ids(consume("one")) == [early, late]


def test_it_waits_for_a_transaction_that_has_its_number_and_writes_late(
    writers: list[psycopg.Connection[Any]],
) -> None:
    first, second, *_ = writers
    first.execute("SELECT pg_current_xact_id()")
    early = write(second)
    second.commit()
    assert consume("one") == []
    late = write(first)
    first.commit()

    assert ids(consume("one")) == [late, early]


def test_it_forgets_the_work_of_a_consumer_that_fails(writers: list[psycopg.Connection[Any]]) -> None:
    with writers[0].transaction():
        written = write(writers[0])

    with transaction.atomic():
        rows = activity.read("one")
        activity.advance("one", activity.position(rows[-1]))
        transaction.set_rollback(True)

    assert ids(consume("one")) == [written]


STEPS = st.one_of(
    st.tuples(
        st.sampled_from(["number", "write", "write", "savepoint", "undo", "commit", "roll back"]),
        st.integers(0, 3),
    ),
    st.tuples(st.just("read"), st.integers(1, 3)),
)


class Log:
    """Several writers and what each has written; a consumer that reads now and then."""

    def __init__(self, writers: list[psycopg.Connection[Any]]) -> None:
        self.writers = writers
        self.open: list[list[int]] = [[] for _ in writers]
        self.saved: list[int | None] = [None] * len(writers)
        self.committed: set[int] = set()
        self.read: list[int] = []

    def step(self, deed: str, number: int) -> None:
        if deed == "read":
            self.look(number)
            return
        writer, rows = self.writers[number], self.open[number]
        if deed == "number":
            writer.execute("SELECT pg_current_xact_id()")
        elif deed == "write":
            rows.append(write(writer))
        elif deed == "savepoint":
            writer.execute("SAVEPOINT here")
            self.saved[number] = len(rows)
        elif deed == "undo" and self.saved[number] is not None:
            writer.execute("ROLLBACK TO SAVEPOINT here")
            del rows[self.saved[number] :]
        elif deed in ("commit", "roll back"):
            self.end(number, keep=deed == "commit")

    def end(self, number: int, *, keep: bool) -> None:
        if keep:
            self.writers[number].commit()
            self.committed.update(self.open[number])
        else:
            self.writers[number].rollback()
        self.open[number], self.saved[number] = [], None

    def look(self, limit: int = 1000) -> None:
        found = ids(consume("eager", limit))
        assert set(found) <= self.committed
        self.read += found


@settings(max_examples=150)
@given(st.lists(STEPS, max_size=40))
def test_it_skips_nothing_and_repeats_nothing_however_transactions_interleave(
    writers: list[psycopg.Connection[Any]], steps: list[tuple[str, int]]
) -> None:
    clear()
    log = Log(writers)

    for deed, number in steps:
        log.step(deed, number)
    for number in range(len(writers)):
        log.end(number, keep=True)
    log.look()

    assert sorted(log.read) == sorted(log.committed)
    assert len(set(log.read)) == len(log.read)
    assert ids(consume("late")) == log.read


def test_it_skips_nothing_while_many_write_at_once() -> None:
    done = threading.Event()
    seen: list[int] = []

    def writing() -> None:
        with psycopg.connect(address()) as writer:
            for number in range(60):
                write(writer)
                write(writer)
                if number % 7 == 0:
                    writer.rollback()
                else:
                    writer.commit()

    def reading() -> None:
        while not done.is_set():
            seen.extend(ids(consume("one", 50)))

    def all_writing() -> None:
        try:
            together([writing] * 4)
        finally:
            done.set()

    together([all_writing, reading])
    seen.extend(ids(consume("one")))

    assert sorted(seen) == sorted(Activity.objects.values_list("id", flat=True))
    assert len(seen) == len(set(seen)) == 4 * 51 * 2


def test_it_lets_one_worker_at_a_time_work_for_a_consumer(writers: list[psycopg.Connection[Any]]) -> None:
    with writers[0].transaction():
        written = [write(writers[0]) for _ in range(200)]

    def work() -> list[int]:
        seen = []
        while rows := consume("one", 7):
            seen += ids(rows)
        return seen

    both = together([work, work, work])

    assert sorted(row for each in both for row in each) == written


def test_it_is_read_only_within_a_transaction() -> None:
    with pytest.raises(TransactionManagementError):
        activity.read("one")


def test_it_moves_a_cursor_only_ahead(writers: list[psycopg.Connection[Any]]) -> None:
    with writers[0].transaction():
        write(writers[0])
    (row,) = consume("one")
    here = activity.position(row)

    for wrong in (here, here._replace(id=here.id - 1), here._replace(xid=1), here._replace(era=0)):
        with pytest.raises(ValueError, match="not ahead of the cursor of 'one'"), transaction.atomic():
            activity.advance("one", wrong)
    with pytest.raises(ValueError, match="'nobody'"):
        activity.advance("nobody", here)


def test_it_reads_by_its_index(writers: list[psycopg.Connection[Any]]) -> None:
    writers[0].execute(
        "INSERT INTO activity (kind, at, live, data)"
        " SELECT 'test', now(), true, '{}' FROM generate_series(1, 20000)"
    )
    writers[0].commit()
    execute("ANALYZE activity")

    asked = {"era": 1, "xid": value("SELECT max(xid)::text FROM activity"), "id": 10, "limit": 100}
    plan = "\n".join(line for (line,) in query(f"EXPLAIN {activity._READ}", **asked))

    begin, _, rest = plan.partition("Index Scan using activity_in_commit_order on activity")
    assert "Sort" not in begin
    condition = rest.splitlines()[1].strip()
    assert condition.startswith("Index Cond: ((ROW(era, xid, id) > ROW('1'::smallint, ")
    assert "(ROW(era, xid, id) < ROW(" in condition


# Restored into another cluster


def test_it_sees_nothing_strange_in_its_own_log(writers: list[psycopg.Connection[Any]]) -> None:
    open_one = write(writers[0])
    with writers[1].transaction():
        write(writers[1])

    activity.check_era()

    writers[0].commit()
    assert open_one in ids(consume("one"))
    assert set(query("SELECT era FROM activity")) == {(1,)}


@pytest.fixture
def era_one() -> Iterator[None]:
    """Puts the era back to what it was."""
    yield
    execute("ALTER TABLE activity ALTER COLUMN era SET DEFAULT 1")


@pytest.mark.usefixtures("era_one")
def test_it_orders_eras_before_transactions(writers: list[psycopg.Connection[Any]]) -> None:
    with writers[0].transaction():
        old = write(writers[0])
    execute(f"UPDATE activity SET xid = '{10**15}'::xid8")
    assert consume("one") == []

    activity.begin_era()
    activity.check_era()
    with writers[0].transaction():
        new = write(writers[0])

    rows = consume("one")
    assert ids(rows) == [old, new]
    assert [row.era for row in rows] == [1, 2]
    activity.begin_era()
    with writers[0].transaction():
        write(writers[0])
    assert [row.era for row in consume("one")] == [3]


@pytest.mark.usefixtures("era_one")
def test_it_begins_an_era_after_all_that_stands_in_the_log(writers: list[psycopg.Connection[Any]]) -> None:
    with writers[0].transaction():
        write(writers[0])
    execute("UPDATE activity SET era = 7")

    activity.check_era()

    with writers[0].transaction():
        write(writers[0])
    assert [row.era for row in consume("one")] == [7, 8]


@pytest.mark.usefixtures("era_one")
def test_it_waits_for_writers_of_the_old_era(writers: list[psycopg.Connection[Any]]) -> None:
    early = write(writers[0])

    def end() -> None:
        while not query("SELECT FROM pg_locks WHERE NOT granted AND relation = 'activity'::regclass"):
            time.sleep(0.01)
        writers[0].commit()

    together([activity.begin_era, end])
    with writers[1].transaction():
        late = write(writers[1])

    rows = consume("one")
    assert [(row.id, row.era) for row in rows] == [(early, 1), (late, 2)]


@contextmanager
def database_at(url: str) -> Iterator[None]:
    """Has Django work on another database meanwhile."""
    own = connections["default"]
    other = own.copy()
    other.settings_dict = {**own.settings_dict, **described(url)}
    connections["default"] = other
    try:
        yield
    finally:
        other.close()
        connections["default"] = own


def test_it_goes_on_where_it_was_after_a_restore_into_a_fresh_cluster(
    tmp_path: Path, writers: list[psycopg.Connection[Any]]
) -> None:
    for _ in range(3000):  # so that this cluster's transactions are far ahead of a fresh one's
        with writers[0].transaction():
            writers[0].execute("SELECT pg_current_xact_id()")
    with writers[0].transaction():
        written = [write(writers[0]) for _ in range(4)]
    assert ids(consume("one", 2)) == written[:2]
    unread = Position(*query("SELECT era, xid::text::bigint, id FROM activity ORDER BY id DESC LIMIT 1")[0])
    postgres.dump(address(), tmp_path / "dump")

    with postgres.start(tmp_path / "fresh") as server:
        postgres.restore(server.dsn, tmp_path / "dump")
        with database_at(server.dsn):
            assert value("SELECT pg_snapshot_xmax(pg_current_snapshot())::text::bigint") < unread.xid
            activity.check_era()
            with psycopg.connect(server.dsn) as writer:
                fresh = write(writer)
            rows = consume("one")

    assert ids(rows) == [*written[2:], fresh]
    assert [row.era for row in rows] == [1, 1, 2]
    assert activity.position(rows[1]) == unread
