"""Two callers in a set order: the second runs into what the first holds, and goes on when it is done."""

import threading
import time
from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
from django.db import transaction
from psycopg import Cursor

from comanda.ingest.upsert import StoreRef, upsert
from comanda.records import database, locks
from comanda.records.models import Contact, Order, Product
from comanda.shapes import ContactIn, Outcome, Result
from tests.factories import LIVE, at, line, order, product, query, value
from tests.threads import together

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("no_deadlock")]

PHONE = "+351912345678"


class Pause:
    """Holds a transaction open at its end until it is told to go on."""

    def __init__(self) -> None:
        self.reached, self.go = threading.Event(), threading.Event()

    def __call__(self, cursor: Cursor[Any], results: list[Result]) -> None:
        self.reached.set()
        assert self.go.wait(30)


def waiting() -> bool:
    """Whether some backend waits for a lock."""
    return bool(value("SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'"))


def interleave(first: Callable[[Pause], object], second: Callable[[], object]) -> None:
    """Lets the second run into what the first has locked, then lets the first end."""
    pause = Pause()

    def behind() -> None:
        assert pause.reached.wait(30)
        second()

    def release() -> None:
        assert pause.reached.wait(30)
        give_up_at = time.monotonic() + 30
        while not waiting() and time.monotonic() < give_up_at:
            time.sleep(0.01)
        pause.go.set()
        assert time.monotonic() < give_up_at

    works: list[Callable[[], object]] = [partial(first, pause), behind, release]
    together(works)


def test_it_looks_again_who_owns_a_phone_after_waiting(store: StoreRef) -> None:
    (house,) = upsert(store, [ContactIn(phone=PHONE)], LIVE)

    interleave(
        lambda pause: upsert(store, [order("1", contact=ContactIn("ana@example.com", PHONE))], LIVE, pause),
        lambda: upsert(store, [order("2", contact=ContactIn("rui@example.com", PHONE))], LIVE),
    )

    owners = dict(query("SELECT value, contact_id FROM contact_identity"))
    assert owners[PHONE] == owners["ana@example.com"] == house.id
    assert owners["rui@example.com"] != house.id


def test_it_adds_to_what_another_has_just_written_of_a_contact(store: StoreRef) -> None:
    upsert(store, [ContactIn("ana@example.com", fields={"a": "0"})], LIVE)

    interleave(
        lambda pause: upsert(store, [ContactIn("ana@example.com", fields={"a": "1", "b": "1"})], LIVE, pause),
        lambda: upsert(store, [ContactIn("ana@example.com", fields={"c": "2"}, last_name="Silva")], LIVE),
    )

    kept = Contact.objects.get()
    assert (kept.fields, kept.last_name) == ({"a": "1", "b": "1", "c": "2"}, "Silva")


def test_it_weighs_a_version_against_the_one_it_waited_for(store: StoreRef) -> None:
    upsert(store, [order("1", line(price="1"), updated_at=at(1))], LIVE)
    late: list[Result] = []

    interleave(
        lambda pause: upsert(store, [order("1", line(price="3"), updated_at=at(3))], LIVE, pause),
        lambda: late.extend(upsert(store, [order("1", line(price="2"), updated_at=at(2))], LIVE)),
    )

    assert [result.outcome for result in late] == [Outcome.UNCHANGED]
    assert Order.objects.get().total == 3
    assert [each.unit_price for each in Order.objects.get().lines.all()] == [3]


def test_it_weighs_a_version_of_an_order_that_was_made_meanwhile(store: StoreRef) -> None:
    late: list[Result] = []

    interleave(
        lambda pause: upsert(store, [order("1", line(price="3"), updated_at=at(3))], LIVE, pause),
        lambda: late.extend(upsert(store, [order("0"), order("1", line(price="2"), updated_at=at(2))], LIVE)),
    )

    assert [result.outcome for result in late] == [Outcome.CREATED, Outcome.UNCHANGED]
    assert Order.objects.get(external_id="1").total == 3


def test_it_fills_a_product_that_another_has_just_filled(store: StoreRef) -> None:
    upsert(store, [order("0", line("mug"))], LIVE)

    interleave(
        lambda pause: upsert(store, [order("1", line("mug", name="Mug"))], LIVE, pause),
        lambda: upsert(store, [order("2", line("mug", name="Cup", sku="M1"))], LIVE),
    )

    assert Product.objects.values_list("name", "sku").get() == ("Mug", "M1")


def test_it_lets_no_line_fill_a_product_that_came_into_the_catalogue(store: StoreRef) -> None:
    upsert(store, [order("0", line("mug"))], LIVE)

    interleave(
        lambda pause: upsert(store, [product("mug", name="Mug", sku="")], LIVE, pause),
        lambda: upsert(store, [order("1", line("mug", name="Cup", sku="M1"))], LIVE),
    )

    assert Product.objects.values_list("name", "sku").get() == ("Mug", "")


def test_it_waits_while_the_door_is_closed(store: StoreRef) -> None:
    seen: list[int] = []

    def close(pause: Pause) -> None:
        with transaction.atomic(), database.cursor() as cursor:
            locks.close_door(cursor)
            pause(cursor, [])
            seen.append(Order.objects.count())

    interleave(close, lambda: upsert(store, [order("1")], LIVE))

    assert seen == [0]
    assert Order.objects.count() == 1


def test_it_lets_the_door_be_closed_only_once_all_are_out(store: StoreRef) -> None:
    seen: list[int] = []

    def close() -> None:
        with transaction.atomic(), database.cursor() as cursor:
            locks.close_door(cursor)
            seen.append(Order.objects.count())

    interleave(lambda pause: upsert(store, [order("1")], LIVE, pause), close)

    assert seen == [1]
