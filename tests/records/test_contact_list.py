"""Contacts narrowed and put in order: the same by each way of reading as by looking at every one."""

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import combinations
from typing import Any

import pytest
from django.db import connection

from comanda.ingest.upsert import StoreRef, upsert
from comanda.records import contact_list, contact_search, contact_sorts
from comanda.records.contact_conditions import (
    Accepts,
    AcceptsMarketing,
    BoughtAt,
    Condition,
    HasNoOrders,
    HasOrders,
    OnList,
    Tagged,
)
from comanda.records.contact_list import Count, Gone, Listing, NotOffered, Sample
from comanda.records.models import Contact, List, Order, Tag
from comanda.shapes import ContactIn, OrderStatus
from tests import factories
from tests.factories import LIVE, at, contact, line, make_store, order

pytestmark = pytest.mark.django_db

NAMES = ("Ána", "ana", "Bia", "Élio", "", "zoe")
STATUSES = (OrderStatus.COMPLETED, OrderStatus.COMPLETED, OrderStatus.PENDING)


@dataclass
class Person:
    """A contact as the tests know it."""

    shape: ContactIn
    id: int = 0
    orders: list[Order] = field(default_factory=list)

    @property
    def name(self) -> str:
        """As it is sorted by."""
        whole = f"{self.shape.first_name} {self.shape.last_name}".strip().lower()
        return whole.replace("á", "a").replace("é", "e")

    @property
    def last(self) -> tuple[Any, int] | None:
        """Their last order."""
        return max(((each.placed_at, each.pk) for each in self.orders), default=None)

    @property
    def revenue(self) -> Decimal:
        """In euros."""
        return sum(
            (
                each.total - each.refund_total
                for each in self.orders
                if each.status == OrderStatus.COMPLETED and each.currency == "EUR"
            ),
            Decimal(0),
        )


@pytest.fixture
def people(store: StoreRef) -> list[Person]:
    """Forty contacts of all sorts, in two shops."""
    dice = random.Random(6)
    other = make_store("other")
    made = [Person(_contact(dice, number)) for number in range(40)]
    upsert(store, [person.shape for person in made], LIVE)
    for shop in (store, other):
        shapes = [
            order(
                f"{number}", line("mug", str(dice.randint(1, 3))), contact=dice.choice(made[:30]).shape,
                placed_at=at(dice.randint(0, 9)), status=dice.choice(STATUSES),
                currency=dice.choice(("EUR", "EUR", "USD")),
            )
            for number in range(30)
        ]  # fmt: skip
        upsert(shop, shapes, LIVE)
    by_email = {row.email: row.pk for row in Contact.objects.all()}
    for person in made:
        person.id = by_email[person.shape.email]
        person.orders = list(Order.objects.filter(contact_id=person.id))
    # Someone known by a phone alone: no e-mail, no name.
    upsert(store, [ContactIn(phone=f"+35191234567{number}") for number in range(3)], LIVE)
    nameless = [Person(ContactIn(), id=row.pk) for row in Contact.objects.filter(email="")]
    return sorted([*made, *nameless], key=lambda person: person.id)


def _contact(dice: random.Random, number: int) -> ContactIn:
    return contact(
        f"p{dice.randint(10, 99)}-{number}@example.com",
        first_name=dice.choice(NAMES),
        last_name=dice.choice(NAMES),
        accepts_marketing=dice.choice((True, False, None)),
        tags=tuple(dice.sample(("red", "blue"), dice.randint(0, 2))),
        lists=tuple(dice.sample(("club", "news"), dice.randint(0, 2))),
    )


Test = Callable[[Person], bool]


def conditions(store: StoreRef) -> list[tuple[Condition, Test]]:
    """Each kind of condition, and the same said in Python."""
    red = Tag.objects.get(name="red").pk
    club = List.objects.get(name="club").pk
    typed = contact_search.read("an")
    assert typed is not None
    return [
        (Tagged(red), lambda person: "red" in person.shape.tags),
        (OnList(club), lambda person: "club" in person.shape.lists),
        (BoughtAt(store.id), lambda person: any(each.store_id == store.id for each in person.orders)),
        (AcceptsMarketing(Accepts.YES), lambda person: person.shape.accepts_marketing is True),
        (AcceptsMarketing(Accepts.NO), lambda person: person.shape.accepts_marketing is False),
        (AcceptsMarketing(Accepts.UNKNOWN), lambda person: person.shape.accepts_marketing is None),
        (HasOrders(), lambda person: bool(person.orders)),
        (HasNoOrders(), lambda person: not person.orders),
        (typed, lambda person: "an" in (person.name[:2], _fold(person.shape.last_name)[:2])),
    ]


def _fold(text: str) -> str:
    return text.lower().replace("á", "a").replace("é", "e")


Arrange = Callable[[list[Person]], list[Person]]


def _up(key: Callable[[Person], Any], has: Test, others: Arrange = list) -> Arrange:
    def arrange(people: list[Person]) -> list[Person]:
        having = sorted(filter(has, people), key=lambda person: (key(person), person.id))
        return having + others([person for person in people if not has(person)])

    return arrange


def _down(key: Callable[[Person], Any], has: Test, others: Arrange = lambda people: people[::-1]) -> Arrange:
    def arrange(people: list[Person]) -> list[Person]:
        having = sorted(filter(has, people), key=lambda person: (key(person), person.id), reverse=True)
        return having + others([person for person in people if not has(person)])

    return arrange


_EMAIL_UP = _up(lambda person: person.shape.email, lambda person: person.shape.email != "")
_EMAIL_DOWN = _down(lambda person: person.shape.email, lambda person: person.shape.email != "")


def _last_up(people: list[Person]) -> list[Person]:
    having = sorted((p for p in people if p.last), key=lambda person: person.last or (0, 0))
    return having + [person for person in reversed(people) if not person.last]


SORTED: dict[str, Callable[[list[Person]], list[Person]]] = {
    "oldest": list,
    "newest": lambda people: people[::-1],
    "name": _up(lambda person: person.name, lambda person: person.name != "", _EMAIL_UP),
    "name-down": _down(lambda person: person.name, lambda person: person.name != "", _EMAIL_DOWN),
    "email": _EMAIL_UP,
    "email-down": _EMAIL_DOWN,
    "last-order": _down(lambda person: person.last, lambda person: person.last is not None),
    "last-order-up": _last_up,
    "orders": _down(lambda person: len(person.orders), lambda person: True),
    "orders-up": _up(lambda person: len(person.orders), lambda person: True),
    "revenue-EUR": _down(lambda person: person.revenue, lambda person: True),
    "revenue-EUR-up": _up(lambda person: person.revenue, lambda person: True),
}


def found(listing: Listing, sort: str, limit: int = 7) -> list[int]:
    """All ids, page by page."""
    return list(_found(listing, sort, limit))


def _found(listing: Listing, sort: str, limit: int) -> Iterator[int]:
    ordered = contact_sorts.find(sort)
    assert ordered is not None
    after, more = None, True
    while more:
        page = listing.page(ordered, limit, after)
        yield from (each.pk for each in page.contacts)
        more, after = page.more, page.end
        assert len(page.contacts) == limit or not more
        if after is not None:
            assert listing.place(ordered, page.contacts[-1].pk) == after


@pytest.fixture(params=[0, 12, 10_000])
def few(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> int:
    """Each way of reading: all sets are large, small ones arise where they meet, all are small."""
    monkeypatch.setattr(contact_list, "FEW", request.param)
    return int(request.param)


def offers(listing: Listing, key: str) -> bool:
    sort = contact_sorts.find(key)
    assert sort is not None
    return listing.offers(sort)


def test_it_knows_every_sort() -> None:
    assert set(SORTED) == {*contact_sorts.SORTS, "revenue-EUR", "revenue-EUR-up"}
    assert contact_sorts.find("revenue-eur") is None
    assert contact_sorts.find("shoe size") is None


def test_it_lists_all_in_every_order(people: list[Person], few: int) -> None:
    for sort, arrange in SORTED.items():
        if offers(Listing(), sort):
            assert found(Listing(), sort) == [person.id for person in arrange(people)], sort


def test_it_narrows_by_all_conditions_at_once(store: StoreRef, people: list[Person], few: int) -> None:
    offered = conditions(store)
    for count in (1, 2, 3):
        for chosen in combinations(offered, count):
            expected = [person for person in people if all(test(person) for _, test in chosen)]
            asked = [condition for condition, _ in chosen]
            for sort in ("newest", "oldest", "name", "email-down", "last-order", "orders"):
                if offers(Listing(asked), sort):
                    assert found(Listing(asked), sort) == [p.id for p in SORTED[sort](expected)], (
                        asked,
                        sort,
                    )
            assert Listing(asked).ids(100) == [person.id for person in expected], asked


@pytest.mark.parametrize("patience", ["10s", "1ms"])
def test_it_finds_the_same_on_a_walk_and_when_that_takes_too_long(
    store: StoreRef, people: list[Person], monkeypatch: pytest.MonkeyPatch, patience: str
) -> None:
    monkeypatch.setattr(contact_list, "FEW", 4)
    sample = Sample(likely=2, members=40, everyone=40)
    monkeypatch.setattr(Listing, "_sample", sample)
    monkeypatch.setattr(Sample, "is_soon_met", lambda self, limit: True)
    monkeypatch.setattr(contact_list, "_PATIENCE", patience)
    if patience == "1ms":
        slow = f"(pg_sleep(0.0005) IS NOT NULL AND {HasOrders().holds('')})"
        monkeypatch.setattr(HasOrders, "holds", lambda self, name: slow)
    asked: list[Condition] = [AcceptsMarketing(Accepts.YES), HasOrders()]
    expected = [person for person in people if person.orders and person.shape.accepts_marketing]
    assert len(expected) > 4

    for sort in ("name", "name-down", "email", "last-order", "orders", "newest"):
        assert found(Listing(asked), sort) == [p.id for p in SORTED[sort](expected)], sort

    listing = Listing(asked)
    listing.page(contact_sorts.SORTS["name"], 3)
    assert listing.counts_at_once == (patience == "1ms")
    assert listing.count() == Count(4, False)


def test_it_counts(store: StoreRef, people: list[Person]) -> None:
    offered = conditions(store)
    for count in (0, 1, 2):
        for chosen in combinations(offered, count):
            expected = sum(all(test(person) for _, test in chosen) for person in people)
            assert Listing([each for each, _ in chosen]).count() == Count(expected, True)


def test_it_counts_no_further_than_few(
    store: StoreRef, people: list[Person], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(contact_list, "FEW", 5)
    for (one, _), (two, _) in combinations(conditions(store)[:3], 2):
        assert Listing([one]).count() == Count(5, False)
        assert Listing([one, two]).count() == Count(5, False)
    assert Listing().count() == Count(5, False)
    assert Listing([HasNoOrders()]).count() == Count(5, False)
    assert Listing([HasOrders(), AcceptsMarketing(Accepts.YES)]).count() == Count(5, False)


def test_it_knows_many_by_a_sample(people: list[Person], monkeypatch: pytest.MonkeyPatch) -> None:
    """Without going through all: a sample is all that is asked for."""
    asked: list[str] = []
    ask = Listing._ask_patiently

    def note(listing: Listing, question: str, **values: Any) -> Any:
        asked.append(question)
        return ask(listing, question, **values)

    monkeypatch.setattr(contact_list, "FEW", 1)
    monkeypatch.setattr(Listing, "_ask_patiently", note)

    listing = Listing([HasOrders(), AcceptsMarketing(Accepts.YES)])

    assert listing.count() == Count(1, False)
    assert offers(listing, "name")
    assert not offers(listing, "orders")
    assert len(asked) == 1
    assert "generate_series" in asked[0]


def test_it_gives_up_counting_after_a_while(people: list[Person], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(contact_list, "FEW", 5)
    monkeypatch.setattr(contact_list, "_PATIENCE", "1ms")
    monkeypatch.setattr(HasNoOrders, "holds", lambda self, name: "pg_sleep(0.01) IS NOT NULL")

    assert Listing([HasNoOrders()]).count() == Count(None, False)
    assert Listing([HasNoOrders(), AcceptsMarketing(Accepts.YES)]).count() == Count(None, False)
    assert Contact.objects.exists()


def test_it_offers_what_is_quick(store: StoreRef, people: list[Person], few: int) -> None:
    *_, typed = (condition for condition, _ in conditions(store))
    walked = {"newest", "oldest", "name", "name-down", "email", "email-down", "last-order"}

    everyone = {sort for sort in SORTED if offers(Listing(), sort)}
    by_text = {sort for sort in SORTED if offers(Listing([typed]), sort)}

    assert everyone == (set(SORTED) if few == 10_000 else walked)
    assert by_text == (set(SORTED) if few == 10_000 else {"newest", "oldest"})
    if few < 10_000:
        with pytest.raises(NotOffered):
            found(Listing(), "orders")


def test_it_says_when_the_place_is_gone(people: list[Person]) -> None:
    with pytest.raises(Gone):
        Listing().place(contact_sorts.SORTS["name"], people[-1].id + 1000)


def test_it_walks_the_index_of_each_order(store: StoreRef) -> None:
    """Plans are asked for on a table as large as it takes for the planner to care; older ones would still
    rather sort so few rows.
    """
    shapes = [
        order(str(n), contact=contact(f"p{n}@example.com", first_name=f"N{n}"), placed_at=at(n))
        for n in range(3000)
    ]  # fmt: skip
    upsert(store, shapes, LIVE)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE contact, orders")
        cursor.execute("SET LOCAL enable_sort = off")
    nameless = ("contact_nameless", "contact_nameless")
    indexes = {
        "newest": ("contact_pkey",), "oldest": ("contact_pkey",),
        "name": ("contact_by_full_name", *nameless), "name-down": ("contact_by_full_name", *nameless),
        "email": ("contact_by_email",), "email-down": ("contact_by_email",), "last-order": ("order_latest",),
    }  # fmt: skip
    walks = [
        (sort, *each)
        for sort, names in indexes.items()
        for each in zip(contact_sorts.SORTS[sort].stretches, names, strict=False)
    ]
    for sort, stretch, index in walks:
        way = "ASC" if stretch.upward else "DESC"
        order_by = ", ".join(f"{key} {way}" for key in stretch.keys)
        question = f"SELECT c.id FROM {stretch.walk} WHERE {stretch.walk_test} ORDER BY {order_by} LIMIT 51"
        plan = "\n".join(row for (row,) in factories.query(f"EXPLAIN {question}"))
        assert index in plan, sort
        assert "Sort" not in plan, sort
        assert "Seq Scan" not in plan, sort
