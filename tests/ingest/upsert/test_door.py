import random
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection, transaction
from psycopg import Cursor, errors

from comanda.ingest.upsert import LIMIT, Cause, Rehearsal, Shape, StoreRef, door, upsert
from comanda.records import contact_search
from comanda.records.models import Activity, Cart, Contact, ImportWrite, Inbox, Order, Product
from comanda.shapes import ContactIn, Outcome, ProductIn, Result
from tests.factories import HISTORY, LIVE, at, cart, contact, line, order, product, query, value

pytestmark = pytest.mark.django_db(transaction=True)


def xids() -> int:
    """How many transactions wrote orders, carts, products or contacts."""
    tables = ("orders", "cart", "product", "contact")
    return len({xid for table in tables for (xid,) in query(f"SELECT xmin::text FROM {table}")})


def test_it_answers_nothing_for_nothing(store: StoreRef) -> None:
    assert upsert(store, [], LIVE) == []


def test_it_writes_fifty_thousand_shapes_in_one_transaction(store: StoreRef) -> None:
    shapes = [
        order(str(n), line(f"p{n % 50}"), contact=ContactIn(f"c{n % 1000}@example.com")) for n in range(LIMIT)
    ]

    results = upsert(store, shapes, HISTORY)

    assert {result.outcome for result in results} == {Outcome.CREATED}
    assert query("SELECT count(*), sum(total) FROM orders") == [(LIMIT, 10 * LIMIT)]
    assert value("SELECT count(*) FROM order_line") == LIMIT
    assert (Contact.objects.count(), Product.objects.count()) == (1000, 50)
    assert xids() == 1
    ids = dict(query("SELECT external_id, id FROM orders"))
    assert all(ids[shape.order_id] == result.id for shape, result in zip(shapes, results, strict=True))


def test_it_takes_no_more_than_fifty_thousand(store: StoreRef) -> None:
    with pytest.raises(ValueError, match=r"^50,001 shapes in one call: at most 50,000$"):
        upsert(store, [order("1")] * (LIMIT + 1), LIVE)

    assert not Order.objects.exists()


def test_it_lets_a_refused_shape_hinder_no_other(store: StoreRef) -> None:
    shapes: list[Shape] = [
        order(""),
        order("1"),
        order("2", line("\ud800")),
        order("3", currency="?"),
        order("4"),
    ]

    results = upsert(store, shapes, LIVE)

    assert [result.outcome for result in results] == [
        Outcome.REFUSED, Outcome.CREATED, Outcome.REFUSED, Outcome.REFUSED, Outcome.CREATED,
    ]  # fmt: skip
    assert [problem.field for result in results for problem in result.problems] == [
        "order_id", "lines.0.product_id", "currency",
    ]  # fmt: skip
    assert sorted(Order.objects.values_list("external_id", flat=True)) == ["1", "4"]


def test_it_takes_all_kinds_in_one_call_in_the_order_given(store: StoreRef) -> None:
    shapes: list[Shape] = [
        product("mug", name="From the catalogue"),
        order("1", line("mug", name="From an order"), contact=contact("ana@example.com", first_name="Ana")),
        cart("c1", line("cup"), contact=contact("ana@example.com")),
        contact("ana@example.com", first_name="Anna"),
        order("2", contact=contact("ana@example.com")),
    ]

    results = upsert(store, shapes, LIVE)

    assert [result.outcome for result in results] == [Outcome.CREATED] * 3 + [
        Outcome.UPDATED,
        Outcome.CREATED,
    ]
    assert Contact.objects.get().first_name == "Anna"
    assert Product.objects.get(external_id="mug").name == "From the catalogue"
    assert {Order.objects.get(external_id="1").contact_id, Cart.objects.get().contact_id} == {results[3].id}


def test_it_applies_versions_of_one_order_in_one_call_one_after_another(store: StoreRef) -> None:
    versions = [order("1", line(price=str(n)), updated_at=at(n)) for n in (2, 3, 3, 1, 4)]

    results = upsert(store, [*versions, order("2")], LIVE)

    assert [result.outcome.value for result in results] == [
        "created", "updated", "unchanged", "unchanged", "updated", "created",
    ]  # fmt: skip
    assert [result.note[:21] for result in results] == ["", "", "", "This version is older", "", ""]
    assert Order.objects.get(external_id="1").total == 4
    assert Activity.objects.filter(kind="order_updated").count() == 2


def test_it_writes_each_kind_in_one_transaction(store: StoreRef) -> None:
    shapes = [order(str(n), line(f"p{n}"), contact=contact(f"c{n}@example.com"), raw=b"{}") for n in range(5)]

    upsert(store, shapes, Cause("csv", live=False, import_id=1))

    assert xids() == 1
    tables = ("order_line", "activity", "inbox", "import_write", "contact_identity")
    assert len({xid for table in tables for (xid,) in query(f"SELECT xmin::text FROM {table}")}) == 1
    assert set(query("SELECT xid::text FROM activity")) == set(query("SELECT xmin::text FROM orders"))


class Note:
    """Something to be written along: remembers what it was given."""

    def __init__(self) -> None:
        self.seen: list[list[Result]] = []

    def __call__(self, cursor: Cursor[Any], results: list[Result]) -> None:
        self.seen.append(list(results))
        cursor.execute("INSERT INTO list (name, label) VALUES (pg_current_xact_id()::text, 'note')")


def test_it_does_what_is_to_be_done_along_in_the_last_transaction(store: StoreRef) -> None:
    note = Note()

    results = upsert(store, [order("1"), order("1", line(price="11"))], LIVE, note)

    assert note.seen == [results]
    assert query("SELECT name FROM list") == query("SELECT xid::text FROM activity ORDER BY id DESC LIMIT 1")


@pytest.mark.parametrize("shapes", [[], [order("")]])
def test_it_does_what_is_to_be_done_along_even_if_nothing_is_written(
    store: StoreRef, shapes: list[Shape]
) -> None:
    note = Note()

    results = upsert(store, shapes, LIVE, note)

    assert note.seen == [results]
    assert value("SELECT count(*) FROM list") == 1


def test_it_keeps_nothing_if_what_is_done_along_fails(store: StoreRef) -> None:
    def fail(cursor: Cursor[Any], results: list[Result]) -> None:
        raise LookupError("no such thing")

    with pytest.raises(LookupError):
        upsert(store, [order("1", contact=contact())], LIVE, fail)

    assert not Order.objects.exists()
    assert not Contact.objects.exists()
    assert not Activity.objects.exists()
    assert upsert(store, [order("1")], LIVE)[0].outcome is Outcome.CREATED


def test_it_refuses_to_run_inside_a_transaction(store: StoreRef) -> None:
    with transaction.atomic(), pytest.raises(RuntimeError, match="durable"):
        upsert(store, [order("1")], LIVE)


def test_it_begins_again_when_another_was_first(store: StoreRef) -> None:
    failures = iter([errors.UniqueViolation, errors.DeadlockDetected, errors.SerializationFailure])

    def lose(cursor: Cursor[Any], results: list[Result]) -> None:
        for failure in failures:
            raise failure("as if another had been first")

    results = upsert(store, [order("1", contact=contact()), order("\0")], LIVE, lose)

    assert [result.outcome for result in results] == [Outcome.CREATED, Outcome.REFUSED]
    assert results[0].id == Order.objects.get().pk
    assert Contact.objects.count() == Activity.objects.filter(kind="order_created").count() == 1


@pytest.fixture
def losing_commit() -> Iterator[None]:
    """Has the first commit that makes an order fail, as one that is the victim of a deadlock does."""
    with connection.cursor() as cursor:
        cursor.execute("CREATE SEQUENCE commits")
        cursor.execute(
            "CREATE FUNCTION lose() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN"
            " IF nextval(''commits'') = 1 THEN RAISE deadlock_detected; END IF; RETURN NULL; END'"
        )
        cursor.execute(
            "CREATE CONSTRAINT TRIGGER lose AFTER INSERT ON orders DEFERRABLE INITIALLY DEFERRED"
            " FOR EACH ROW EXECUTE FUNCTION lose()"
        )
    yield
    with connection.cursor() as cursor:
        cursor.execute("DROP FUNCTION lose CASCADE")
        cursor.execute("DROP SEQUENCE commits")


@pytest.mark.usefixtures("losing_commit")
def test_it_begins_again_when_the_commit_itself_fails(store: StoreRef) -> None:
    results = upsert(store, [order("1", contact=contact())], LIVE)

    assert [result.outcome for result in results] == [Outcome.CREATED]
    assert value("SELECT last_value FROM commits") == 2
    assert Order.objects.count() == Contact.objects.count() == 1


def test_it_gives_up_when_it_never_succeeds(store: StoreRef, monkeypatch: pytest.MonkeyPatch) -> None:
    tries = []

    def lose(cursor: Cursor[Any], results: list[Result]) -> None:
        tries.append(1)
        raise errors.UniqueViolation("for ever")

    monkeypatch.setattr(door, "_TRIES", 3)
    with pytest.raises(errors.UniqueViolation):
        upsert(store, [order("1")], LIVE, lose)

    assert len(tries) == 3
    assert not Order.objects.exists()


def test_it_leaves_no_transaction_open(store: StoreRef) -> None:
    upsert(store, [order("1")], LIVE)

    assert connection.get_autocommit()
    assert value("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND pid = pg_backend_pid()") == 0


def test_it_rehearses_without_keeping_anything(store: StoreRef) -> None:
    upsert(store, [order("0", line("mug"), contact=contact("ana@example.com"))], LIVE)
    before = [
        query(f"SELECT count(*) FROM {table}") for table in ("orders", "contact", "product", "activity")
    ]
    rehearsal = Rehearsal()

    batches = [
        [order("1", line("mug", name="Mug"), contact=contact("ana@example.com", first_name="Ana"))],
        [order("2", line("cup"), line("mug", sku="M"), contact=contact("rui@example.com"))],
        [order("3", line("cup"), contact=contact("rui@example.com", customer_id="7")),
         order("4", contact=contact("ana@example.com", last_name="Silva"))],
        [order("5", contact=ContactIn(customer_id="7")),
         order("0", line("mug"), contact=contact("ana@example.com"))],
    ]  # fmt: skip
    outcomes = [
        [result.outcome for result in upsert(store, batch, HISTORY, rehearsal=rehearsal)] for batch in batches
    ]

    assert outcomes == [
        [Outcome.CREATED],
        [Outcome.CREATED],
        [Outcome.CREATED, Outcome.CREATED],
        [Outcome.CREATED, Outcome.UNCHANGED],
    ]
    assert (rehearsal.contacts_created, rehearsal.contacts_updated) == (1, 1)
    assert (rehearsal.products_created, rehearsal.products_updated) == (1, 1)
    after = [query(f"SELECT count(*) FROM {table}") for table in ("orders", "contact", "product", "activity")]
    assert after == before
    assert not ImportWrite.objects.exists()
    assert not Inbox.objects.exists()


LONG = "x" * 20_000


def test_it_keeps_the_longest_texts(store: StoreRef) -> None:
    shapes: list[Shape] = [
        order("o" * 255, line("p" * 255, name=LONG, image_url=LONG), source_status=LONG, tags=("t" * 255,),
              contact=ContactIn(f"{'a' * 60}@{'b' * 60}.example.com", customer_id="k" * 255, first_name=LONG,
                                fields={"f" * 255: LONG})),
        cart("c" * 255, url=LONG),
        ProductIn("q" * 255, LONG, LONG, LONG, LONG, LONG),
    ]  # fmt: skip

    assert [result.outcome for result in upsert(store, shapes, LIVE)] == [Outcome.CREATED] * 3
    assert [result.outcome for result in upsert(store, shapes, LIVE)] == [Outcome.UNCHANGED] * 3


def test_it_keeps_long_texts_that_cannot_be_packed(store: StoreRef) -> None:
    """Entries of indexes have room for 2,700 bytes."""
    dice = random.Random(1)
    long = "".join(chr(dice.randint(0x4E00, 0x9FFF)) for _ in range(20_000))
    buyer = contact("ana@example.com", first_name=long, last_name=long, company=long)

    assert upsert(store, [order("1", contact=buyer, number=long)], LIVE)[0].outcome is Outcome.CREATED

    kept = Contact.objects.get()
    assert (kept.first_name, kept.last_name, kept.company) == (long, long, long)
    assert Order.objects.get().number == long
    assert contact_search.search(long[:50], 1) == [kept]
    assert contact_search.search(long, 1) == [kept]


SYNTAX = "'; DROP TABLE orders; -- {{ 7*7 }} {% raw %} %s %(id)s $1 \\N ${jndi:x} <b>"


def test_it_takes_syntax_for_text(store: StoreRef) -> None:
    shape = order(
        SYNTAX, line(SYNTAX, name=SYNTAX), source_status=SYNTAX, tags=(SYNTAX,),
        contact=contact("ana@example.com", first_name=SYNTAX, tags=(SYNTAX,), fields={SYNTAX: SYNTAX}),
    )  # fmt: skip

    assert upsert(store, [shape], LIVE)[0].outcome is Outcome.CREATED
    assert upsert(store, [shape], LIVE)[0].outcome is Outcome.UNCHANGED

    kept = Order.objects.get()
    assert (kept.external_id, kept.source_status, kept.tags) == (SYNTAX, SYNTAX, [SYNTAX])
    assert Product.objects.values_list("external_id", "name").get() == (SYNTAX, SYNTAX)
    assert Contact.objects.values_list("first_name", "fields").get() == (SYNTAX, {SYNTAX: SYNTAX})
