"""Orders narrowed, put in order and summed up."""

from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from comanda.ingest.upsert import StoreRef, upsert
from comanda.records import order_filters, order_list
from comanda.records.order_filters import NotUnderstood
from comanda.records.order_list import Listing, NotOffered, Sort, Sum
from comanda.shapes import OrderIn, OrderStatus
from tests import factories
from tests.factories import HISTORY, at, contact, order

LISBOA = ZoneInfo("Europe/Lisbon")
pytestmark = pytest.mark.django_db


def listing(**asked: str | list[str]) -> Listing:
    words = {key.rstrip("_"): value if isinstance(value, list) else [value] for key, value in asked.items()}
    return Listing(order_filters.read(words, LISBOA))


def found(sort: Sort = Sort.LATEST, **asked: str | list[str]) -> list[str]:
    return [each.external_id for each in listing(**asked).page(sort, 50).orders]


def sell(store: StoreRef, *orders: OrderIn) -> None:
    upsert(store, list(orders), HISTORY)


def sale(order_id: str, minutes: int, total: str = "10", **columns: object) -> OrderIn:
    return order(order_id, placed_at=at(minutes), total=Decimal(total), **columns)


@pytest.fixture
def counter(db: None) -> StoreRef:
    """A second store, which sells in reais."""
    return factories.make_store("counter", currency="BRL")


def test_it_lists_the_latest_first(store: StoreRef, counter: StoreRef) -> None:
    sell(store, sale("a", 1), sale("c", 3))
    sell(counter, sale("b", 2, currency="BRL"))

    assert found() == ["c", "b", "a"]
    assert found(Sort.OLDEST) == ["a", "b", "c"]


def test_it_merges_the_buckets_of_a_filter(store: StoreRef, counter: StoreRef) -> None:
    sell(
        store,
        sale("a", 1, status=OrderStatus.PENDING),
        sale("b", 2),
        sale("c", 3, status=OrderStatus.CREATED),
    )
    sell(counter, sale("d", 4, currency="BRL", status=OrderStatus.PENDING))

    assert found(status=["pending", "created"]) == ["d", "c", "a"]
    assert found(status="pending", store="shop") == ["a"]
    assert found(store="shop") == ["c", "b", "a"]
    assert found(currency="BRL") == ["d"]
    assert found(currency="BRL", store="shop") == []
    assert found(Sort.OLDEST, store="shop") == ["a", "b", "c"]


def test_it_goes_on_behind_a_place(store: StoreRef) -> None:
    sell(store, *(sale(f"{number:02}", number // 3) for number in range(10)))
    narrowed = listing(store="shop")

    first = narrowed.page(Sort.LATEST, 4)
    second = narrowed.page(Sort.LATEST, 4, first.end)
    last = narrowed.page(Sort.LATEST, 4, second.end)

    pages = [[each.external_id for each in page.orders] for page in (first, second, last)]
    assert pages == [["09", "08", "07", "06"], ["05", "04", "03", "02"], ["01", "00"]]
    assert [page.more for page in (first, second, last)] == [True, True, False]


def test_its_days_are_those_of_the_zone(store: StoreRef) -> None:
    late = factories.NOON.replace(month=7, day=1, hour=23, minute=30)  # half past midnight in Lisbon
    sell(store, order("late", placed_at=late), sale("noon", 0))

    assert found(from_="2026-07-02", to="2026-07-02") == ["late"]
    assert found(to="2026-07-01") == ["noon"]
    assert found(from_="2026-03-02", to="2026-07-01") == []


def test_it_tells_guests_from_who_is_known(store: StoreRef) -> None:
    sell(store, sale("guest", 1), sale("ana", 2, contact=contact()))

    assert found(buyer="guest") == ["guest"]
    assert found(buyer="known") == ["ana"]


def test_it_finds_refunds_and_coupons(store: StoreRef) -> None:
    sell(
        store,
        sale("plain", 1),
        sale("back", 2, refund_total=Decimal(3)),
        sale("ten", 3, coupons=("TEN",)),
        sale("both", 4, coupons=("TEN", "FIVE"), refund_total=Decimal(1)),
    )

    assert found(refund="yes") == ["both", "back"]
    assert found(coupon="*") == ["both", "ten"]
    assert found(coupon="FIVE") == ["both"]
    assert found(coupon="TEN", refund="yes", store="shop") == ["both"]
    assert found(coupon="ten") == []


def test_it_finds_numbers_by_how_they_begin(store: StoreRef) -> None:
    sell(
        store,
        sale("1", 1, number="#1001"),
        sale("2", 2, number="#1002"),
        sale("3", 3, number="R-77"),
        sale("X9", 4),
    )

    assert found(q="100") == ["2", "1"]
    assert found(q="#1001") == ["1"]
    assert found(q="r-7") == ["3"]
    assert found(q="X9") == ["X9"]
    assert found(q="x9") == []
    assert found(q="%") == []
    assert found(q="100", status="pending") == []


def test_it_says_when_it_looked_at_some_numbers_only(
    store: StoreRef, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(order_list, "MOST_FOUND", 1)
    sell(store, sale("1", 1, number="#1001"), sale("2", 2, number="#1002"))

    assert listing(q="1001").is_cut is False
    assert listing(q="100").is_cut is True


def test_it_sorts_by_total_within_one_currency(store: StoreRef, counter: StoreRef) -> None:
    sell(store, sale("a", 1, "5"), sale("b", 2, "7"), sale("c", 3, "5"))
    sell(counter, sale("d", 4, "99", currency="BRL"))

    assert found(Sort.LARGEST, currency="EUR") == ["b", "c", "a"]
    assert found(Sort.SMALLEST, currency="EUR") == ["a", "c", "b"]
    first = listing(currency="EUR").page(Sort.LARGEST, 2)
    rest = listing(currency="EUR").page(Sort.LARGEST, 2, first.end)
    assert [each.external_id for each in rest.orders] == ["a"]
    with pytest.raises(NotOffered):
        listing().page(Sort.LARGEST, 50)


def test_it_sorts_by_total_where_all_are_of_one_currency(store: StoreRef) -> None:
    sell(store, sale("a", 1, "5"), sale("b", 2, "7"))

    assert found(Sort.LARGEST) == ["b", "a"]


def test_it_does_not_sort_too_many_by_total(store: StoreRef, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(order_list, "FEW", 1)
    sell(store, sale("a", 1, "5"), sale("b", 2, "7"))

    assert listing().offers(Sort.LARGEST) is False
    assert listing().offers(Sort.LATEST) is True
    assert listing(q="a").offers(Sort.LARGEST) is True


def test_it_adds_up_each_currency_by_itself(store: StoreRef, counter: StoreRef) -> None:
    sell(
        store,
        sale("a", 1, "10.50", refund_total=Decimal("0.50")),
        sale("b", 2, "5", status=OrderStatus.CANCELED),
    )
    sell(counter, sale("c", 3, "7", currency="BRL", status=OrderStatus.PENDING))

    assert listing().sums() == [
        Sum("BRL", 1, Decimal(7), 0, Decimal(0)),
        Sum("EUR", 2, Decimal("15.50"), 1, Decimal(10)),
    ]
    assert listing(status="canceled").sums() == [Sum("EUR", 1, Decimal(5), 0, Decimal(0))]


def test_it_gives_up_a_sum_that_takes_too_long(store: StoreRef, monkeypatch: pytest.MonkeyPatch) -> None:
    sell(store, sale("a", 1))
    monkeypatch.setattr(order_list, "_PATIENTLY", "1ms")
    monkeypatch.setattr(Listing, "_whole", lambda _: "pg_sleep(1) IS NOT NULL")

    assert listing().sums() is None
    assert found() == ["a"]


def test_it_knows_the_currencies(store: StoreRef) -> None:
    assert order_list.currencies() == []

    sell(store, sale("a", 1), sale("b", 2, currency="USD"))

    assert order_list.currencies() == ["EUR", "USD"]


@pytest.mark.parametrize(
    ("key", "word"),
    [("status", "paid"), ("store", "nowhere"), ("currency", "eur"), ("from", "today"), ("to", "2026-02-30"),
     ("to", "9999-12-31"), ("buyer", "all"), ("refund", "no"), ("q", "a\0"), ("coupon", "x" * 201)],
)  # fmt: skip
def test_it_says_which_words_mean_nothing(db: None, key: str, word: str) -> None:
    with pytest.raises(NotUnderstood) as told:
        order_filters.read({key: [word]}, LISBOA)

    assert told.value.key == key


def test_it_passes_over_what_says_nothing(store: StoreRef) -> None:
    sell(store, sale("a", 1))

    assert found(q=" ", status="", utm_source="mail") == ["a"]
    words = order_filters.only_words({"q": [" "], "status": ["pending"], "x": ["y"]})
    assert words == {"status": ["pending"]}
