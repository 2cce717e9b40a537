"""What was sold of each product, counted."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from comanda.ingest.upsert import StoreRef, upsert
from comanda.records import product_sales
from comanda.records.models import Order, Product, ProductCount
from comanda.shapes import OrderStatus
from tests.factories import HISTORY, at, contact, line, order, query

pytestmark = pytest.mark.django_db
_KEPT = """
SELECT p.external_id, s.sold, s.buyers, r.currency, r.revenue
FROM product p JOIN product_sales s ON s.product_id = p.id JOIN product_revenue r ON r.product_id = p.id
ORDER BY p.external_id, r.currency
"""


def test_it_counts_completed_orders_alone(store: StoreRef) -> None:
    bought = [
        order("1", line("mug", "2", "10"), line("mug", "1", "8"), contact=contact()),
        order("2", line("mug", "-1", "10"), contact=contact()),
        order("3", line("mug", "4", "10"), status=OrderStatus.PENDING),
        order("4", line("mug", "1", "9")),
        order("5", line("mug", "1", "12"), currency="USD", contact=contact("bea@example.com")),
    ]
    upsert(store, bought, HISTORY)

    product_sales.count()

    assert query(_KEPT) == [
        ("mug", Decimal(4), 2, "EUR", Decimal(27)),
        ("mug", Decimal(4), 2, "USD", Decimal(12)),
    ]


def test_counting_again_comes_out_as_counting_anew(store: StoreRef) -> None:
    upsert(store, [order("1", line("mug")), order("2", line("bowl"), line("pot"))], HISTORY)
    product_sales.count()
    changed = [order("1", line("mug", "3"), updated_at=at(1)), order("2", line("bowl"), updated_at=at(1))]
    upsert(store, changed, HISTORY)

    product_sales.count()
    again = query(_KEPT)
    query("DELETE FROM product_sales RETURNING 1")
    query("DELETE FROM product_revenue RETURNING 1")
    product_sales.count()

    assert again == query(_KEPT)
    assert [row[0] for row in again] == ["bowl", "mug"]


def test_it_clears_up_after_products_that_went(store: StoreRef) -> None:
    upsert(store, [order("1", line("mug"))], HISTORY)
    product_sales.count()
    query("DELETE FROM product RETURNING id")

    product_sales.count()

    assert query("SELECT count(*) FROM product_sales") == [(0,)]
    assert query("SELECT count(*) FROM product_revenue") == [(0,)]


def test_it_is_due_when_something_happened_and_time_went_by(store: StoreRef) -> None:
    now = datetime(2026, 3, 1, 12, tzinfo=UTC)
    assert product_sales.is_due(now) is True

    product_sales.count()
    ProductCount.objects.update(counted_at=now, seconds=3.0)
    assert product_sales.is_due(now + timedelta(hours=1)) is False
    assert product_sales.is_due(now + timedelta(days=1, seconds=1)) is True

    upsert(store, [order("1")], HISTORY)
    assert product_sales.is_due(now + timedelta(seconds=59)) is False
    assert product_sales.is_due(now + timedelta(seconds=61)) is True


def test_its_job_counts_when_it_is_due(store: StoreRef) -> None:
    upsert(store, [order("1", line("mug"))], HISTORY)

    product_sales.count_if_due(0)
    Order.objects.update(status="canceled")
    product_sales.count_if_due(0)

    assert query("SELECT sold FROM product_sales") == [(Decimal(1),)]
    assert Product.objects.count() == 1
