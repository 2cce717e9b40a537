"""One product, as orders tell of it."""

from datetime import date
from decimal import Decimal

import pytest

from comanda.ingest.upsert import StoreRef, upsert
from comanda.records import product_figures
from comanda.records.models import Product
from comanda.records.product_figures import Figures, Month
from comanda.shapes import OrderStatus
from tests.factories import HISTORY, NOON, at, contact, line, order

pytestmark = pytest.mark.django_db


def test_it_tells_a_product_s_story(store: StoreRef) -> None:
    midnight = NOON.replace(month=3, day=31, hour=23, minute=30)  # 1 April in Lisbon
    bought = [
        order("1", line("mug", "2", "10"), line("mug", "1", "7"), line("pot"), contact=contact()),
        order("2", line("mug", "5", "10"), placed_at=midnight, contact=contact("bea@example.com")),
        order("3", line("mug", "1", "12"), currency="USD", placed_at=at(5), contact=contact()),
        order("4", line("mug"), status=OrderStatus.CANCELED, placed_at=at(100_000)),
        order("5", line("pot")),
    ]
    upsert(store, bought, HISTORY)

    story = product_figures.story(Product.objects.get(external_id="mug").pk, "Europe/Lisbon")

    assert list(story.figures) == [
        Figures("EUR", Decimal(8), Decimal(77), 2, 2, NOON, midnight),
        Figures("USD", Decimal(1), Decimal(12), 1, 1, at(5), at(5)),
    ]
    assert story.months == {
        "EUR": [
            Month(date(2026, 3, 1), Decimal(3), Decimal(27)),
            Month(date(2026, 4, 1), Decimal(5), Decimal(50)),
        ],
        "USD": [Month(date(2026, 3, 1), Decimal(1), Decimal(12))],
    }
    assert [(each.contact.email, each.sold, each.orders) for each in story.buyers] == [
        ("bea@example.com", Decimal(5), 1),
        ("ana@example.com", Decimal(4), 2),
    ]
    assert [(each.order.external_id, each.quantity) for each in story.latest] == [
        ("4", Decimal(1)), ("2", Decimal(5)), ("3", Decimal(1)), ("1", Decimal(3)),
    ]  # fmt: skip


def test_nothing_is_told_of_what_nobody_bought(db: None) -> None:
    story = product_figures.story(1, "UTC")

    assert (list(story.figures), story.months, list(story.buyers), list(story.latest)) == ([], {}, [], [])
