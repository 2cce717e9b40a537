"""What a contact bought, read from the orders."""

from decimal import Decimal

import pytest
from django.db import connection

from comanda.ingest.upsert import StoreRef, upsert
from comanda.records import contacts
from comanda.records.contacts import Totals
from comanda.records.models import Contact
from comanda.shapes import OrderStatus
from tests.factories import LIVE, at, contact, line, make_store, order, query

pytestmark = pytest.mark.django_db


def ana() -> int:
    """Her contact's id."""
    return Contact.objects.get(email="ana@example.com").pk


def test_it_adds_up_each_currency_on_its_own(store: StoreRef) -> None:
    other = make_store("other")
    who = contact("ana@example.com")
    here = [
        order("1", line("mug", "2", "10.10"), contact=who, placed_at=at(5)),
        order("2", line("mug", "1", "5"), contact=who, placed_at=at(1), refund_total=Decimal("1.50")),
        order("3", line("mug", "7", "5"), contact=who, placed_at=at(9), status=OrderStatus.PENDING),
        order("4", line("mug", "-1", "10.10"), contact=who, placed_at=at(3)),
        order("5", line("mug", "1", "300"), contact=who, placed_at=at(2), currency="JPY"),
        order("6", line("mug", "1", "99"), contact=who, placed_at=at(0), currency="USD",
              status=OrderStatus.CANCELED),
        order("7", line("mug", "1", "99"), contact=contact("rui@example.com")),
        order("8", line("mug", "1", "99")),
    ]  # fmt: skip
    upsert(store, here, LIVE)
    upsert(other, [order("1", line("mug", "0.5", "2"), contact=who, placed_at=at(4))], LIVE)

    found = contacts.totals(ana())

    assert found == [
        Totals("EUR", 5, 4, Decimal("14.60"), Decimal("2.5"), at(1), at(9)),
        Totals("JPY", 1, 1, Decimal(300), Decimal(1), at(2), at(2)),
        Totals("USD", 1, 0, Decimal(0), Decimal(0), at(0), at(0)),
    ]
    assert [each.average for each in found] == [Decimal("3.65"), Decimal(300), None]


def test_it_has_nothing_for_a_contact_who_bought_nothing(store: StoreRef) -> None:
    upsert(store, [contact("ana@example.com")], LIVE)

    assert contacts.totals(ana()) == []


def test_it_follows_each_change_of_an_order(store: StoreRef) -> None:
    who = contact("ana@example.com")
    upsert(store, [order("1", contact=who, updated_at=at(1))], LIVE)
    upsert(store, [order("1", contact=who, updated_at=at(2), refund_total=Decimal(4))], LIVE)
    assert [each.revenue for each in contacts.totals(ana())] == [6]

    upsert(store, [order("1", contact=contact("rui@example.com"), updated_at=at(3))], LIVE)
    assert contacts.totals(ana()) == []


def test_it_reads_only_the_orders_of_the_contact(store: StoreRef) -> None:
    names = ["ana", *(f"c{n}" for n in range(499))]
    shapes = [order(str(n), line(""), contact=contact(f"{names[n % 500]}@example.com")) for n in range(5_000)]
    upsert(store, shapes, LIVE)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE orders")

    plan = "\n".join(row for (row,) in query(f"EXPLAIN {contacts._TOTALS}", contact_id=ana()))

    # With one store, the index that begins with the store is as good.
    assert "order_of_contact" in plan or "order_of_store" in plan
    assert "Seq Scan" not in plan
