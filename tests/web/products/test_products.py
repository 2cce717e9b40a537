"""The pages of products."""

from decimal import Decimal

import pytest
from django.test import Client

from comanda.ingest.upsert import StoreRef, upsert
from comanda.records import product_sales
from comanda.records.models import Product
from comanda.web.products import listing
from tests import factories
from tests.factories import HISTORY, contact, line, order, product
from tests.web import hostile


@pytest.fixture
def shelf(store: StoreRef) -> int:
    """A mug that was sold twice and a pot that was not; the id of the mug."""
    things = [
        product("mug", name="Mug", sku="MUG-1", category="Mugs", url="https://shop.example/mug",
                image_url="https://shop.example/mug.png", description="<b>Round</b>"),
        product("pot", name="Pot", archived=False),
    ]  # fmt: skip
    upsert(store, things, HISTORY)
    bought = [
        order("1", line("mug", "2", "10"), number="#1", contact=contact(first_name="Ana")),
        order("2", line("mug", "1", "9"), currency="USD", number="#2"),
    ]
    upsert(store, bought, HISTORY)
    return Product.objects.get(external_id="mug").pk


def text(client: Client, path: str) -> str:
    return " ".join(client.get(path).content.decode().split())


@pytest.mark.parametrize("path", ["/products", "/products/{mug}", "/products/{mug}/story"])
def test_whoever_is_signed_in_may_look(
    shelf: int, owner: Client, marketer: Client, viewer: Client, stranger: Client, path: str
) -> None:
    clients = (owner, marketer, viewer, stranger)

    told = [client.get(path.format(mug=shelf)).status_code for client in clients]

    assert told == [200, 200, 200, 302]


def test_it_leads_by_the_hand_when_there_is_nothing(owner: Client) -> None:
    assert "No products yet" in text(owner, "/products")


def test_it_lists_products_with_what_was_sold(shelf: int, viewer: Client) -> None:
    before = text(viewer, "/products")
    product_sales.count()
    after = text(viewer, "/products")

    assert "What was sold is being counted" in before
    assert ">just now</time>" in after
    for told in ("SKU MUG-1", "€20.00", "$9.00", "€10.00", 'src="https://shop.example/mug.png"'):
        assert told in after


def test_it_narrows_and_sorts(shelf: int, viewer: Client) -> None:
    product_sales.count()

    found = viewer.get("/products?q=ug-1&category=Mugs&store=shop")
    by_sold = viewer.get("/products?sort=sold")
    nothing = text(viewer, "/products?q=clock")

    assert [row.product.external_id for row in found.context["rows"]] == ["mug"]
    assert [row.product.external_id for row in by_sold.context["rows"]] == ["mug", "pot"]
    assert 'aria-sort="descending"' in by_sold.content.decode()
    assert "No such products" in nothing


def test_its_pages_join(shelf: int, viewer: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(listing, "AT_ONCE", 1)

    first = viewer.get("/products?sort=name")
    second = viewer.get("/products", {"sort": "name", "cursor": first.context["older"]})

    assert [row.product.name for row in (*first.context["rows"], *second.context["rows"])] == ["Mug", "Pot"]


@pytest.mark.parametrize("cursor", ["x~1", "1", "~", "1~9999999999999999999999", "\0~1"])
def test_a_cursor_that_is_none_begins_anew(shelf: int, viewer: Client, cursor: str) -> None:
    answer = viewer.get("/products", {"sort": "sold", "cursor": cursor})

    assert [row.product.external_id for row in answer.context["rows"]] == ["pot", "mug"]


@pytest.mark.parametrize("query", ["store=nowhere", "q=%00", "archived=maybe", f"category={'x' * 201}"])
def test_it_tells_what_it_does_not_understand(shelf: int, viewer: Client, query: str) -> None:
    answer = viewer.get(f"/products?{query}", headers={"hx-request": "true"})

    assert answer.status_code == 422
    assert "Show all products" in answer.content.decode()


def test_its_page_tells_the_catalogue(shelf: int, viewer: Client) -> None:
    shown = text(viewer, f"/products/{shelf}")

    assert 'href="https://shop.example/mug" target="_blank"' in shown
    assert "Round" in shown
    assert "<b>Round" not in shown
    assert f'hx-get="/products/{shelf}/story"' in shown


def test_its_story_tells_each_currency_by_itself(shelf: int, viewer: Client) -> None:
    whole = text(viewer, f"/products/{shelf}/story")
    part = viewer.get(f"/products/{shelf}/story", headers={"hx-request": "true"}).content.decode()

    for told in (
        "Revenue in EUR",
        "€20.00",
        "Revenue in USD",
        "$9.00",
        "Ana",
        ">#2</a>",
        "<rect",
        "Mar 2026",
    ):
        assert told in whole
        assert told in part
    assert "<html" in whole
    assert "<html" not in part


def test_what_nobody_bought_has_no_story(shelf: int, viewer: Client) -> None:
    pot = Product.objects.get(external_id="pot").pk

    assert "No completed order holds this product." in text(viewer, f"/products/{pot}/story")


@pytest.mark.parametrize("product_id", [0, 2**63, 10**30])
def test_a_product_that_there_is_not(viewer: Client, product_id: int) -> None:
    assert viewer.get(f"/products/{product_id}").status_code == 404
    assert viewer.get(f"/products/{product_id}/story").status_code == 404


@pytest.mark.parametrize("said", hostile.TEXTS)
def test_hostile_text_is_shown_as_text(store: StoreRef, owner: Client, said: str) -> None:
    shown = product(
        "x", name=said, sku=said, category=said, kind=said, description=said, url="javascript:alert(1)",
        image_url="javascript:alert(1)", price=Decimal(1),
    )  # fmt: skip
    upsert(store, [shown], HISTORY)
    product_id = factories.value("SELECT id FROM product")

    for path in ("/products", f"/products/{product_id}"):
        page = text(owner, path)
        assert hostile.SCRIPT not in page
        assert "<img src=x" not in page
        assert "javascript:" not in page
    assert owner.get("/products", {"q": said, "category": said}).status_code == 200
