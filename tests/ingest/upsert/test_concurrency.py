"""Many callers at the door at once: nothing lost, nothing twice, nobody waits in a circle."""

import json
import os
import random
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from functools import partial
from typing import Any

import pytest
from django.db import connection
from psycopg.conninfo import make_conninfo

from comanda.ingest.upsert import StoreRef, upsert
from comanda.records.models import Activity, Contact, ContactIdentity, Order, Product
from comanda.shapes import ContactIn, Outcome, Result
from tests.factories import LIVE, at, cart, line, order, product, query, value
from tests.ingest.upsert import hammer
from tests.threads import together

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("no_deadlock")]

PHONE = "+351912345678"
_PROGRAM = "import django; django.setup(); from tests.ingest.upsert import hammer; hammer.main()"


_SLOW = (
    "orders",
    "cart",
    "product",
    "contact",
    "contact_identity",
    "tag",
    "list",
    "contact_tag",
    "list_member",
)


@pytest.fixture
def slow(db: None) -> Iterator[None]:
    """Lets each row take a while to be written, so that callers surely get into each other's way."""
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE FUNCTION dawdle() RETURNS trigger LANGUAGE plpgsql AS"
            " 'BEGIN PERFORM pg_sleep(0.0005); RETURN NEW; END'"
        )
        for table in _SLOW:
            cursor.execute(
                f"CREATE TRIGGER dawdle BEFORE INSERT OR UPDATE ON {table}"
                " FOR EACH ROW EXECUTE FUNCTION dawdle()"
            )
    yield
    with connection.cursor() as cursor:
        cursor.execute("DROP FUNCTION dawdle CASCADE")


def newest(told: Iterable[tuple[str, int]]) -> dict[str, int]:
    """The greatest version told of each."""
    found: dict[str, int] = {}
    for key, minute in told:
        found[key] = max(minute, found.get(key, 0))
    return found


def check_orders(told: list[tuple[str, int, str]]) -> None:
    """Each order made once, and left as its newest version says."""
    expected = newest((order_id, minute) for order_id, minute, _ in told)
    outcomes = Counter(outcome for _, _, outcome in told)
    created = Counter(order_id for order_id, _, outcome in told if outcome == "created")
    assert set(outcomes) <= {"created", "updated", "unchanged"}
    assert created == dict.fromkeys(expected, 1)
    kept = {each.external_id: each for each in Order.objects.prefetch_related("lines")}
    assert {key: each.source_updated_at for key, each in kept.items()} == {
        k: at(m) for k, m in expected.items()
    }
    for key, each in kept.items():
        lines = sorted(each.lines.all(), key=lambda line: line.position)
        assert {line.unit_price for line in lines} == {expected[key]}
        assert sum(line.total for line in lines) == each.total
        assert [line.position for line in lines] == list(range(1, int(each.items) + 1))
    activity = Counter(Activity.objects.filter(order_id__isnull=False).values_list("kind", flat=True))
    assert activity == {"order_created": outcomes["created"], "order_updated": outcomes["updated"]}


def check_people(told: list[tuple[str, str]]) -> None:
    """No contact without identity, no e-mail on two contacts, no field lost."""
    identified = "SELECT FROM contact_identity WHERE contact_id = c.id"
    assert value(f"SELECT count(*) FROM contact c WHERE NOT EXISTS ({identified})") == 0
    owners = dict(query("SELECT value, contact_id FROM contact_identity WHERE kind = 'email'"))
    contacts = {each.pk: each for each in Contact.objects.all()}
    for contact in contacts.values():
        assert not contact.email or owners[contact.email] == contact.pk
    lost = [(email, field) for email, field in told if field not in contacts[owners[email]].fields]
    assert lost == []


def check_products(told: list[tuple[str, int]]) -> None:
    """Of each product the newest version; each line leads to its product."""
    kept = Product.objects.filter(in_catalogue=True).values_list("external_id", "name", "source_updated_at")
    assert sorted(kept) == sorted((key, f"Mug {minute}", at(minute)) for key, minute in newest(told).items())
    astray = """
        SELECT count(*) FROM order_line l LEFT JOIN product p ON p.id = l.product_id
        WHERE l.sku IS DISTINCT FROM 'S' || substr(p.external_id, 2)
    """
    assert value(astray) == 0


def check(deeds: list[hammer.Deeds]) -> None:
    """What all callers did must add up to what is there."""
    check_orders([each for deed in deeds for each in deed["orders"]])
    check_people([each for deed in deeds for each in deed["fields"]])
    check_products([each for deed in deeds for each in deed["products"]])


def test_it_bears_many_threads(store: StoreRef) -> None:
    check(together([partial(hammer.run, store, caller, 12) for caller in range(1, 9)]))


def test_it_bears_many_processes(store: StoreRef) -> None:
    given = connection.get_connection_params()
    address = {key: given[key] for key in ("dbname", "user", "password", "host", "port") if given.get(key)}
    environment = {
        **os.environ,
        "COMANDA_DATABASE_URL": make_conninfo("", **address),
        "DJANGO_SETTINGS_MODULE": "comanda.settings",
    }

    running = [
        subprocess.Popen(
            [sys.executable, "-c", _PROGRAM, store.key, str(caller), "12"],
            env=environment,
            stdout=subprocess.PIPE,
            text=True,
        )
        for caller in range(1, 5)
    ]
    printed = [process.communicate(timeout=200)[0] for process in running]

    assert [process.returncode for process in running] == [0] * 4
    check([json.loads(text) for text in printed])


def at_once(store: StoreRef, callers: int, shapes: Callable[[int], list[Any]]) -> list[list[Result]]:
    """Calls that begin at the same moment, the shapes of each by its number."""
    barrier = threading.Barrier(callers)

    def call(number: int) -> list[Result]:
        given = shapes(number)
        connection.ensure_connection()
        barrier.wait()
        return upsert(store, given, LIVE)

    return together([partial(call, number) for number in range(callers)])


@pytest.mark.parametrize("turn", range(8))
def test_it_makes_one_record_of_what_two_callers_create_at_once(store: StoreRef, turn: int) -> None:
    who = ContactIn("ana@example.com", PHONE, "7", tags=("vip",))
    shapes = [order(str(number), line("mug"), contact=who) for number in range(5)]

    results = at_once(store, 4, lambda caller: shapes if caller % 2 else shapes[::-1])

    for position in range(5):
        same = [each[position if caller % 2 else 4 - position] for caller, each in enumerate(results)]
        assert Counter(result.outcome for result in same) == {Outcome.CREATED: 1, Outcome.UNCHANGED: 3}
        assert len({result.id for result in same}) == 1
    assert (Contact.objects.count(), Product.objects.count(), Order.objects.count()) == (1, 1, 5)
    assert ContactIdentity.objects.count() == 3


Maker = Callable[[int, int], Any]
SHARED: dict[str, Maker] = {
    "orders": lambda caller, n: order(f"{n}", line("")),
    "carts": lambda caller, n: cart(f"{n}", line("")),
    "products of lines": lambda caller, n: order(f"{caller}-{n}", line(f"p{n}")),
    "products of the catalogue": lambda caller, n: product(f"p{n}"),
    "e-mails": lambda caller, n: ContactIn(f"c{n}@example.com"),
    "customer ids": lambda caller, n: order(f"{caller}-{n}", line(""), contact=ContactIn(customer_id=f"{n}")),
    "tags": lambda caller, n: ContactIn(f"{caller}-{n}@example.com", tags=(f"t{n}", f"u{n}")),
    "lists": lambda caller, n: ContactIn(f"{caller}-{n}@example.com", lists=(f"l{n}",)),
    "all": lambda caller, n: order(f"{n}", line(f"p{n}"), contact=ContactIn(f"c{n}@x.test", tags=(f"t{n}",))),
}
"""What callers have in common, each with nothing else in common that would make them queue."""
TABLES = ("orders", "cart", "product", "contact", "tag", "list", "contact_tag", "order_line")


@pytest.mark.usefixtures("slow")
@pytest.mark.parametrize("shared", SHARED)
def test_it_makes_once_what_many_callers_make_in_any_order(store: StoreRef, shared: str) -> None:
    def shapes(caller: int) -> list[Any]:
        return [SHARED[shared](caller, n) for n in random.Random(caller).sample(range(60), 60)]

    at_once(store, 4, shapes)

    counts = {table: value(f"SELECT count(*) FROM {table}") for table in TABLES}
    expected: dict[str, dict[str, int]] = {
        "orders": {"orders": 60, "order_line": 60},
        "carts": {"cart": 60},
        "products of lines": {"orders": 240, "product": 60, "order_line": 240},
        "products of the catalogue": {"product": 60},
        "e-mails": {"contact": 60},
        "customer ids": {"orders": 240, "contact": 60, "order_line": 240},
        "tags": {"contact": 240, "tag": 120, "contact_tag": 480},
        "lists": {"contact": 240, "list": 60},
        "all": {
            "orders": 60,
            "product": 60,
            "contact": 60,
            "tag": 60,
            "contact_tag": 60,
            "order_line": 60,
        },
    }
    assert counts == {**dict.fromkeys(TABLES, 0), **expected[shared]}


CHANGES: dict[str, Maker] = {
    "orders": lambda caller, n: order(f"{n}", line("", price=f"{caller}"), updated_at=at(caller)),
    "carts": lambda caller, n: cart(f"{n}", line("", price=f"{caller}"), updated_at=at(caller)),
    "products of lines": lambda caller, n: order(f"{caller}-{n}", line(f"p{n}", name="Mug", sku=f"{caller}")),
    "products of the catalogue": lambda caller, n: product(f"p{n}", name=f"{caller}", updated_at=at(caller)),
    "contacts": lambda caller, n: ContactIn(f"c{n}@example.com", fields={f"f{caller}": "x"}),
    "contacts of orders": lambda caller, n: order(
        f"{caller}-{n}", line(""), contact=ContactIn(f"c{n}@example.com", fields={f"f{caller}": "x"})
    ),
}
LEFT = {
    "orders": "SELECT DISTINCT total::int, (SELECT count(*) FROM order_line WHERE order_id = o.id)"
    " FROM orders o WHERE external_id NOT LIKE '%%-%%'",
    "carts": "SELECT DISTINCT total::int, (SELECT count(*) FROM cart_line WHERE cart_id = cart.id) FROM cart",
    "products of lines": "SELECT DISTINCT name, sku <> '' FROM product",
    "products of the catalogue": "SELECT DISTINCT name, in_catalogue FROM product",
    "contacts": "SELECT DISTINCT fields::text FROM contact",
    "contacts of orders": "SELECT DISTINCT fields::text FROM contact",
}
FIELDS = '{"f1": "x", "f2": "x", "f3": "x", "f4": "x"}'
ENDS: dict[str, Any] = {
    "orders": (4, 1),
    "carts": (4, 1),
    "products of lines": ("Mug", True),
    "products of the catalogue": ("4", True),
    "contacts": (FIELDS,),
    "contacts of orders": (FIELDS,),
}


@pytest.mark.usefixtures("slow")
@pytest.mark.parametrize("shared", CHANGES)
def test_it_loses_no_change_that_many_callers_make_in_any_order(store: StoreRef, shared: str) -> None:
    first = [SHARED["all"](0, n) for n in range(60)] + [cart(f"{n}", line("")) for n in range(60)]
    upsert(
        store,
        [replace(each, contact=ContactIn(f"c{n % 60}@example.com")) for n, each in enumerate(first)],
        LIVE,
    )

    def shapes(caller: int) -> list[Any]:
        return [CHANGES[shared](caller + 1, n) for n in random.Random(caller).sample(range(60), 60)]

    at_once(store, 4, shapes)

    assert query(LEFT[shared]) == [ENDS[shared]]


@pytest.mark.parametrize("turn", range(3))
def test_it_writes_catalogue_and_orders_of_the_same_products_at_once(store: StoreRef, turn: int) -> None:
    def shapes(caller: int) -> list[Any]:
        numbers = random.Random(caller).sample(range(300), 300)
        if caller % 2:
            return [product(f"p{n}", name=f"Mug {n}") for n in numbers]
        return [order(f"{caller}-{n}", line(f"p{n}", name="Mug")) for n in numbers]

    at_once(store, 4, shapes)

    assert Product.objects.filter(in_catalogue=True).count() == Product.objects.count() == 300
    assert {each.name for each in Product.objects.all()} == {f"Mug {n}" for n in range(300)}
    assert value("SELECT count(*) FROM order_line l JOIN product p ON p.id = l.product_id") == 600


@pytest.mark.parametrize("turn", range(8))
def test_it_keeps_a_family_apart_that_comes_at_once(store: StoreRef, turn: int) -> None:
    upsert(store, [ContactIn(phone=PHONE)], LIVE)

    at_once(store, 3, lambda caller: [order(f"{caller}", contact=ContactIn(f"c{caller}@example.com", PHONE))])

    emails = query("SELECT contact_id, value FROM contact_identity WHERE kind = 'email' ORDER BY value")
    assert [email for _, email in emails] == ["c0@example.com", "c1@example.com", "c2@example.com"]
    assert len({contact_id for contact_id, _ in emails}) == Contact.objects.count() == 3
    assert value("SELECT count(*) FROM contact_identity WHERE kind = 'phone'") == 1
