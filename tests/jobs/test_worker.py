"""The worker."""

import asyncio
import threading
import time
from collections.abc import Callable, Iterator

import pytest
from django.db import connection
from procrastinate.periodic import PeriodicDeferrer

from comanda.jobs import app, leaving
from comanda.jobs.worker import Worker
from tests import factories, proxy
from tests.proxy import Proxy

pytestmark = pytest.mark.django_db(transaction=True)
done: list[str] = []
may_end = threading.Event()


@app.task(name="tests.note")
def note(word: str) -> None:
    done.append(word)


@app.task(name="tests.long")
def long(word: str) -> None:
    done.append(f"{word} began")
    while not may_end.wait(0.05):
        leaving.check()
    done.append(word)


async def _never(_: PeriodicDeferrer) -> None:
    await asyncio.Event().wait()


@pytest.fixture(autouse=True)
def _queue(transactional_db: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    # What is done by the clock would come between.
    monkeypatch.setattr(PeriodicDeferrer, "worker", _never)
    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE procrastinate_jobs, procrastinate_workers CASCADE")
    done.clear()
    may_end.clear()
    yield
    leaving.forget()


@pytest.fixture
def worker() -> Iterator[Worker]:
    yield from _worker()


@pytest.fixture
def other() -> Iterator[Worker]:
    yield from _worker()


def _worker() -> Iterator[Worker]:
    made = Worker(concurrency=2)
    yield made
    may_end.set()
    if made.is_alive:
        made.stop()
    assert not made.is_alive


@pytest.fixture
def wire() -> Iterator[Proxy]:
    """New connections go by a wire that can be cut."""
    before = dict(connection.settings_dict)
    with proxy.opened(before["HOST"] or "localhost", int(before["PORT"] or 5432)) as wire:
        connection.settings_dict.update(HOST=str(wire.folder), PORT="5432")
        yield wire
        connection.close()
        connection.settings_dict.update(before)


def wait(is_so: Callable[[], object]) -> None:
    """Waits until it is so; the test's own time limit ends waiting in vain."""
    while not is_so():
        time.sleep(0.02)


def statuses() -> list[tuple[str, ...]]:
    return factories.query("SELECT task_name, status::text FROM procrastinate_jobs ORDER BY id")


def test_it_does_jobs_that_wait_and_jobs_that_come(worker: Worker) -> None:
    note.defer(word="waited")
    worker.start()
    wait(lambda: done == ["waited"])

    note.defer(word="came")

    wait(lambda: done == ["waited", "came"])
    wait(lambda: statuses() == [("tests.note", "succeeded")] * 2)


def test_it_does_jobs_of_one_lock_one_after_another(worker: Worker) -> None:
    for word in "ab":
        long.configure(lock="one").defer(word=word)
    long.configure(lock="two").defer(word="c")
    worker.start()

    wait(lambda: sorted(done) == ["a began", "c began"])
    may_end.set()
    wait(lambda: sorted(done) == ["a", "a began", "b", "b began", "c", "c began"])


def test_it_takes_up_at_once_what_a_dead_worker_left(worker: Worker) -> None:
    note.defer(word="left")
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO procrastinate_workers DEFAULT VALUES RETURNING id")
        cursor.execute(
            "UPDATE procrastinate_jobs SET status = 'doing', worker_id = %s", [cursor.fetchone()[0]]
        )

    worker.start()

    wait(lambda: done == ["left"])


def test_it_leaves_to_a_living_worker_what_that_one_does(worker: Worker, other: Worker) -> None:
    other.start()
    long.defer(word="mine")
    wait(lambda: done == ["mine began"])

    worker.start()
    note.defer(word="yours")

    wait(lambda: statuses() == [("tests.long", "doing"), ("tests.note", "succeeded")])
    may_end.set()
    wait(lambda: statuses() == [("tests.long", "succeeded"), ("tests.note", "succeeded")])
    assert sorted(done) == ["mine", "mine began", "yours"]


def test_it_begins_again_when_the_database_was_away(wire: Proxy, worker: Worker) -> None:
    worker.start()
    note.defer(word="before")
    wait(lambda: statuses() == [("tests.note", "succeeded")])

    wire.go_away()
    connection.close()
    threading.Timer(3, wire.come_back).start()
    wait(lambda: wire.is_open)
    note.defer(word="after")

    wait(lambda: done == ["before", "after"])


def test_it_asks_a_long_job_to_stop_when_it_leaves(worker: Worker) -> None:
    worker.start()
    long.defer(word="a")
    wait(lambda: done == ["a began"])

    worker.stop()

    assert not worker.is_alive
    assert done == ["a began"]


def test_it_says_that_nobody_is_to_leave_once_it_begins(worker: Worker) -> None:
    leaving.ask()
    with pytest.raises(leaving.Leaving):
        leaving.check()

    worker.start()

    leaving.check()
