"""A caller that does its worst: few records, many calls, everything in shuffled order.

As a program of its own, with Django set up, ``main`` prints what it did as JSON.
"""

import json
import random
import sys
from decimal import Decimal
from typing import TypedDict

from comanda.ingest.upsert import Shape, StoreRef, upsert
from comanda.records.models import Store
from comanda.shapes import CartIn, ContactIn, LineIn, OrderIn, OrderStatus, ProductIn
from tests.factories import LIVE, at

ORDERS = 30
PEOPLE = 12
PRODUCTS = 15
CALLERS = 100  # a version is call number × CALLERS + caller: no two callers tell the same one


class Deeds(TypedDict):
    """What a caller did: (id of an order, minute of the version told, outcome) of each order told, (number of
    a product, minute of the version told) of each product, (e-mail, field) of each contact."""

    orders: list[tuple[str, int, str]]
    products: list[tuple[str, int]]
    fields: list[tuple[str, str]]


def run(store: StoreRef, caller: int, calls: int) -> Deeds:
    """Makes so many calls."""
    chance = random.Random(caller)
    deeds: Deeds = {"orders": [], "products": [], "fields": []}
    for call in range(calls):
        minute = call * CALLERS + caller
        size = 1 if chance.random() < 0.4 else ORDERS
        orders = [_order(chance, order_id, minute) for order_id in chance.sample(range(ORDERS), size)]
        results = upsert(store, orders, LIVE)
        deeds["orders"] += [
            (o.order_id, minute, r.outcome.value) for o, r in zip(orders, results, strict=True)
        ]
        products = [f"p{n}" for n in chance.sample(range(PRODUCTS), 3)]
        emails = [f"c{n}@example.com" for n in chance.sample(range(PEOPLE), 4)]
        field = f"told{minute}"
        others: list[Shape] = [ProductIn(key, f"Mug {minute}", updated_at=at(minute)) for key in products]
        others += [ContactIn(email, fields={field: "x"}) for email in emails]
        others += [_cart(chance, n, minute) for n in chance.sample(range(ORDERS), 3)]
        upsert(store, others, LIVE)
        deeds["products"] += [(key, minute) for key in products]
        deeds["fields"] += [(email, field) for email in emails]
    return deeds


def _order(chance: random.Random, order_id: int, minute: int) -> OrderIn:
    lines = _lines(chance, Decimal(minute))
    total = sum((line.total for line in lines), Decimal(0))
    contact = _person(chance) if chance.random() < 0.9 else None
    return OrderIn(str(order_id), at(0), "EUR", total, lines, OrderStatus.COMPLETED, contact=contact,
                   updated_at=at(minute))  # fmt: skip


def _lines(chance: random.Random, price: Decimal) -> list[LineIn]:
    numbers = chance.sample(range(PRODUCTS), chance.randrange(1, 6))
    return [LineIn(f"p{n}", Decimal(1), price, price, chance.choice(["", "Mug"]), f"S{n}") for n in numbers]


def _person(chance: random.Random) -> ContactIn:
    """Someone of a small town where all share e-mails, phones and customer ids."""
    number = chance.randrange(PEOPLE)
    email = f"c{number}@example.com" if chance.random() < 0.7 else ""
    customer = str(chance.choice([number, (number + 1) % PEOPLE])) if chance.random() < 0.4 else ""
    phone = f"+35191234567{number % 4}" if chance.random() < 0.5 else ""
    return ContactIn(email, phone, customer, chance.choice(["", "Ana", "Rui"]),
                     accepts_marketing=chance.choice([None, True, False]),
                     tags=tuple(chance.sample("abcd", chance.randrange(3))))  # fmt: skip


def _cart(chance: random.Random, number: int, minute: int) -> CartIn:
    lines = _lines(chance, Decimal(1))
    return CartIn(
        str(number), at(0), "EUR", Decimal(minute), lines, contact=_person(chance), updated_at=at(minute)
    )


def main() -> None:
    """Arguments: key of the store, number of this caller, number of calls."""
    key, caller, calls = sys.argv[1:]
    store = StoreRef(Store.objects.get(key=key).pk, key, "PT")
    sys.stdout.write(json.dumps(run(store, int(caller), int(calls))))
