"""The search of every page."""

import pytest
from django.test import Client

from comanda.ingest.upsert import StoreRef, upsert
from comanda.records.models import Contact, Order, Product
from tests.factories import LIVE, contact, line, order, product
from tests.web.contacts.conftest import HOSTILE

pytestmark = pytest.mark.django_db
PART = {"hx-request": "true"}


@pytest.fixture
def shop(store: StoreRef) -> StoreRef:
    """Something of each kind."""
    who = contact("ana@example.com", first_name="Ána", company="Mugs & Co.")
    upsert(store, [order("77", line("mug-1", name="Red mug", sku="RM-1"), contact=who, number="#1001")], LIVE)
    upsert(store, [product("mug-2", name="Blue müg")], LIVE)
    return store


def find(client: Client, text: str) -> str:
    answer = client.get("/search", {"q": text}, headers=PART)
    assert answer.status_code == 200
    return answer.content.decode()


@pytest.mark.parametrize("text", ["an", "ÁN", "ana@", "mugs"])
def test_it_finds_contacts(viewer: Client, shop: StoreRef, text: str) -> None:
    found = find(viewer, text)

    assert f'href="/contacts/{Contact.objects.get().pk}"' in found
    assert "1 order" in found
    assert "<html" not in found


@pytest.mark.parametrize("text", ["#10", "1001", "#1001", "77"])
def test_it_finds_orders(viewer: Client, shop: StoreRef, text: str) -> None:
    found = find(viewer, text)

    assert f'href="/orders/{Order.objects.get().pk}"' in found
    assert "€10.00" in found


@pytest.mark.parametrize(
    ("text", "names"), [("mug red", {"Red mug"}), ("RM-1", {"Red mug"}), ("MUG", {"Red mug", "Blue müg"})]
)
def test_it_finds_products(viewer: Client, shop: StoreRef, text: str, names: set[str]) -> None:
    found = find(viewer, text)

    assert {each.name for each in Product.objects.all() if f'href="/products/{each.pk}"' in found} == names


def test_it_finds_nothing_and_says_so(viewer: Client, shop: StoreRef) -> None:
    assert "Nothing begins with “zz”." in find(viewer, "zz")
    assert find(viewer, "  ").strip() == ""


@pytest.mark.parametrize("text", [HOSTILE, "<script>alert(1)</script>", "a\0b", "\0", "%", "'", "x " * 200])
def test_it_takes_any_text_as_text(viewer: Client, shop: StoreRef, text: str) -> None:
    assert "<script>alert" not in find(viewer, text)


def test_it_has_a_page_of_its_own(viewer: Client, shop: StoreRef) -> None:
    text = viewer.get("/search?q=mug").content.decode()

    assert "<html" in text
    assert "Found for “mug”" in text
    assert "Red mug" in text
    assert "What are you looking for?" in viewer.get("/search").content.decode()
