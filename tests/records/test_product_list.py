"""Products narrowed and put in order."""

from decimal import Decimal

import pytest

from comanda.ingest.upsert import StoreRef, upsert
from comanda.records import product_list, product_sales
from comanda.records.models import Product
from comanda.records.product_list import Gone, NotUnderstood, Page
from comanda.shapes import ProductIn
from tests import factories
from tests.factories import HISTORY, line, order, product

pytestmark = pytest.mark.django_db


def stock(store: StoreRef, *products: ProductIn) -> None:
    upsert(store, list(products), HISTORY)


def page(sort: str = "newest", limit: int = 50, after: tuple[str, int] | None = None) -> Page:
    chosen = product_list.find_sort(sort)
    assert chosen is not None
    return product_list.page(product_list.read({}), chosen, limit, after)


def found(sort: str = "newest", **asked: str) -> list[str]:
    wanted = product_list.read({key: [word] for key, word in asked.items()})
    chosen = product_list.find_sort(sort)
    assert chosen is not None
    return [row.product.external_id for row in product_list.page(wanted, chosen, 50).rows]


@pytest.fixture
def shelf(store: StoreRef) -> StoreRef:
    """Three products, of which two were sold."""
    stock(
        store,
        product("a", name="Élan Mug", sku="MUG-1", category="Mugs"),
        product("b", name="bowl", sku="BOWL-2", category="Bowls"),
        product("c", name="Clock", sku="CL-3", category="Mugs"),
    )
    sales = [
        order("1", line("a", "2", "10"), line("b", "1", "99"), contact=factories.contact()),
        order("2", line("a", "3", "10"), contact=factories.contact("bea@example.com")),
        order("3", line("a", "1", "7"), currency="USD", contact=factories.contact()),
    ]
    upsert(store, sales, HISTORY)
    product_sales.count()
    return store


def test_it_lists_the_newest_first(shelf: StoreRef) -> None:
    assert found() == ["c", "b", "a"]


@pytest.mark.parametrize(
    ("typed", "expected"),
    [("mug", ["a"]), ("elan", ["a"]), ("ÉLAN mug", ["a"]), ("lo", ["c"]), ("owl-2", ["b"]), ("mug clock", []),
     ("%", []), ("c", ["c"])],
)  # fmt: skip
def test_it_finds_what_stands_in_name_and_sku(shelf: StoreRef, typed: str, expected: list[str]) -> None:
    assert found(q=typed) == expected


def test_it_narrows_by_store_and_category(shelf: StoreRef) -> None:
    stock(factories.make_store("other"), product("z", category="Mugs"))

    assert found(category="Mugs") == ["z", "c", "a"]
    assert found(category="Mugs", store="shop") == ["c", "a"]
    assert product_list.categories() == ["Bowls", "Mugs"]


def test_it_leaves_archived_products_out_unless_asked(shelf: StoreRef) -> None:
    Product.objects.filter(external_id="c").update(archived=True)

    assert found() == ["b", "a"]
    assert found(archived="all") == ["c", "b", "a"]
    assert found(archived="yes") == ["c"]


def test_it_sorts(shelf: StoreRef) -> None:
    assert found("name") == ["b", "c", "a"]
    assert found("name-down") == ["a", "c", "b"]
    assert found("sold") == ["a", "b", "c"]
    assert found("sold-up") == ["c", "b", "a"]
    assert found("buyers") == ["a", "b", "c"]
    assert found("revenue-EUR") == ["b", "a", "c"]
    assert found("revenue-USD") == ["a", "c", "b"]
    assert product_list.find_sort("price") is None


@pytest.mark.parametrize("sort", ["newest", "name", "sold", "sold-up", "revenue-EUR", "revenue-EUR-up"])
def test_its_pages_join(shelf: StoreRef, sort: str) -> None:
    first = page(sort, 2)
    second = page(sort, 2, first.end)

    pages = [row.product.external_id for row in (*first.rows, *second.rows)]
    assert (first.more, second.more) == (True, False)
    assert pages == found(sort)


def test_it_tells_sales_with_each(shelf: StoreRef) -> None:
    rows = {row.product.external_id: row for row in page().rows}

    assert rows["c"].sales is None
    assert rows["a"].sales is not None
    assert (rows["a"].sales.sold, rows["a"].sales.buyers) == (Decimal(6), 2)
    assert [(each.currency, each.revenue) for each in rows["a"].revenue] == [
        ("EUR", Decimal(50)), ("USD", Decimal(7)),
    ]  # fmt: skip
    assert product_list.currencies() == ["EUR", "USD"]


@pytest.mark.parametrize(("sort", "key"), [("sold", "x"), ("newest", "1.5")])
def test_it_knows_no_place_that_there_is_not(shelf: StoreRef, sort: str, key: str) -> None:
    with pytest.raises(Gone):
        page(sort, 2, (key, 1))


@pytest.mark.parametrize(
    ("key", "word"), [("store", "nowhere"), ("archived", "no"), ("q", "\0"), ("q", "x" * 201)]
)
def test_it_says_which_words_mean_nothing(db: None, key: str, word: str) -> None:
    with pytest.raises(NotUnderstood) as told:
        product_list.read({key: [word]})

    assert told.value.key == key
