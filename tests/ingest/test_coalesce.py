"""Callers who come at the same time share a transaction; none of them suffers for another."""

import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import OperationalError, connections

from comanda.ingest.coalesce import Coalescer
from comanda.ingest.upsert import Cause, Shape, StoreRef, upsert
from comanda.records.models import Order
from comanda.shapes import OrderIn, Outcome, Result
from tests import factories
from tests.factories import HISTORY, LIVE

HERE, THERE = StoreRef(1, "here"), StoreRef(2, "there")


class Door:
    """In place of the real one: remembers its calls, and lets none through while it is shut."""

    def __init__(
        self, fault: Callable[[Sequence[Shape]], BaseException | None] = lambda shapes: None
    ) -> None:
        self.open = threading.Event()
        self.calls: list[list[str]] = []
        self._fault = fault

    def __call__(self, store: StoreRef, shapes: Sequence[Shape], cause: Cause) -> list[Result]:
        names = [shape.order_id for shape in shapes if isinstance(shape, OrderIn)]
        self.calls.append(names)
        assert self.open.wait(30)
        if error := self._fault(shapes):
            raise error
        return [Result(Outcome.CREATED, int(name)) for name in names]


def wait_until(true: Callable[[], bool]) -> None:
    """Waits for what other threads do; the test's own time limit ends it."""
    while not true():
        time.sleep(0.001)


def submit_all(door: Door, count: int, store: StoreRef = HERE) -> list[Any]:
    """One call that finds the door shut, then all others together; the result or error of each."""
    coalescer = Coalescer(door)
    lane = (store, LIVE, OrderIn)

    def submit(number: int) -> Any:
        try:
            return coalescer.submit(store, factories.order(str(number)), LIVE).id
        except BaseException as error:
            return error

    with ThreadPoolExecutor(count) as pool:
        first = pool.submit(submit, 0)
        wait_until(lambda: bool(door.calls))
        others = [pool.submit(submit, number) for number in range(1, count)]
        wait_until(lambda: len(coalescer._gatherer._lanes[lane].waiting) == count - 1)
        door.open.set()
        return [each.result(30) for each in (first, *others)]


def test_it_writes_together_what_came_together() -> None:
    door = Door()

    results = submit_all(door, 9)

    assert results == list(range(9))
    assert (len(door.calls), door.calls[0], sorted(door.calls[1])) == (
        2,
        ["0"],
        [str(n) for n in range(1, 9)],
    )


def test_it_writes_a_lone_call_at_once() -> None:
    door = Door()
    door.open.set()
    coalescer = Coalescer(door)

    results = [coalescer.submit(HERE, factories.order(str(number)), LIVE).id for number in range(3)]

    assert (results, door.calls) == ([0, 1, 2], [["0"], ["1"], ["2"]])


def test_it_tries_each_alone_when_together_they_fail() -> None:
    poison = ZeroDivisionError("5")
    door = Door(lambda shapes: poison if any(shape.order_id == "5" for shape in shapes) else None)  # type: ignore[union-attr]

    results = submit_all(door, 9)

    assert results[5] is poison
    assert results[:5] + results[6:] == [0, 1, 2, 3, 4, 6, 7, 8]


def test_it_tells_all_when_the_database_is_away() -> None:
    away = OperationalError("gone")
    door = Door(lambda shapes: away if len(shapes) > 1 else None)

    results = submit_all(door, 9)

    assert results[0] == 0
    assert all(result is away for result in results[1:])
    assert len(door.calls) == 2


def test_it_goes_on_after_a_failure() -> None:
    door = Door(lambda shapes: KeyboardInterrupt() if shapes[0].order_id == "0" else None)  # type: ignore[union-attr]

    results = submit_all(door, 4)

    assert isinstance(results[0], KeyboardInterrupt)
    assert results[1:] == [1, 2, 3]


def test_it_keeps_stores_and_causes_apart() -> None:
    door = Door()
    coalescer = Coalescer(door)
    lanes = [(HERE, LIVE), (HERE, HISTORY), (THERE, LIVE)]
    with ThreadPoolExecutor(3) as pool:
        made = [
            pool.submit(coalescer.submit, store, factories.order(str(number)), cause)
            for number, (store, cause) in enumerate(lanes)
        ]
        wait_until(lambda: len(door.calls) == 3)
        door.open.set()
        results = [each.result(30).id for each in made]

    assert results == [0, 1, 2]


@pytest.mark.django_db(transaction=True)
def test_it_loses_and_doubles_nothing() -> None:
    store = factories.make_store()
    coalescer = Coalescer(upsert)

    def submit(number: int) -> tuple[Outcome, int | None]:
        try:
            shape = factories.order(
                f"o{number % 150}", contact=factories.contact(f"p{number % 7}@example.com")
            )
            result = coalescer.submit(store, shape, LIVE)
            return result.outcome, result.id
        finally:
            connections.close_all()

    with ThreadPoolExecutor(8) as pool:
        results = list(pool.map(submit, range(300)))

    created = [row_id for outcome, row_id in results if outcome is Outcome.CREATED]
    assert len(created) == len(set(created)) == 150
    assert {outcome for outcome, _ in results} <= {Outcome.CREATED, Outcome.UNCHANGED, Outcome.UPDATED}
    assert set(Order.objects.values_list("id", flat=True)) == set(created)


class Latch:
    """A mutex that keeps whoever has just left it, but for the first, until it is told to let go."""

    def __init__(self) -> None:
        self.let_go = threading.Event()
        self._lock = threading.Lock()
        self._left = 0

    def __enter__(self) -> None:
        self._lock.acquire()

    def __exit__(self, *error: object) -> None:
        self._left += 1
        is_second = self._left == 2
        self._lock.release()
        if is_second:
            assert self.let_go.wait(30)


def test_it_waits_for_nobody_who_was_served_before_they_waited() -> None:
    door, latch = Door(), Latch()
    coalescer = Coalescer(door)
    coalescer._gatherer._mutex = latch  # type: ignore[assignment]
    with ThreadPoolExecutor(3) as pool:
        first = pool.submit(coalescer.submit, HERE, factories.order("0"), LIVE)
        wait_until(lambda: bool(door.calls))
        heir = pool.submit(coalescer.submit, HERE, factories.order("1"), LIVE)
        wait_until(lambda: latch._left == 2)
        third = pool.submit(coalescer.submit, HERE, factories.order("2"), LIVE)
        wait_until(lambda: latch._left == 3)
        door.open.set()
        results = [first.result(30).id]
        latch.let_go.set()
        results += [each.result(30).id for each in (heir, third)]

    assert results == [0, 1, 2]
    assert coalescer._gatherer._lanes[HERE, LIVE, OrderIn].writing == 0
