"""Shapes and records as tests want them: plain by default, each told only what it is about."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db import connection

from comanda.ingest.upsert import Cause, StoreRef
from comanda.records.models import List, Store
from comanda.shapes import CartIn, ContactIn, LineIn, OrderIn, OrderStatus, ProductIn

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
LIVE = Cause("api", live=True)
HISTORY = Cause("csv", live=False)


def at(minutes: int) -> datetime:
    """So many minutes after ``NOON``."""
    return NOON + timedelta(minutes=minutes)


def make_store(key: str = "shop", country: str = "PT", **columns: Any) -> StoreRef:
    """A store in the database."""
    given = {"name": key.title(), "currency": "EUR", "country": country, **columns}
    contact_list: List | None = given.get("contact_list")
    made = Store.objects.create(key=key, **given)
    return StoreRef(made.pk, key, country, contact_list.pk if contact_list else None)


def line(product_id: str = "mug", quantity: str = "1", price: str = "10.00", **columns: Any) -> LineIn:
    """A line whose total is quantity times price."""
    total = columns.pop("total", None) or Decimal(quantity) * Decimal(price)
    return LineIn(product_id, Decimal(quantity), Decimal(price), total, **columns)


def order(order_id: str = "1001", *lines: LineIn, **columns: Any) -> OrderIn:
    """A completed order; its total is that of its lines."""
    bought = list(lines or [line()])
    given = {
        "placed_at": NOON,
        "currency": "EUR",
        "total": sum((each.total for each in bought), Decimal(0)),
        "status": OrderStatus.COMPLETED,
        "source_status": "paid",
        **columns,
    }
    return OrderIn(order_id, lines=bought, **given)


def cart(cart_id: str = "c1", *lines: LineIn, **columns: Any) -> CartIn:
    """A cart under way; its total is that of its lines."""
    chosen = list(lines or [line()])
    total = sum((each.total for each in chosen), Decimal(0))
    given = {"started_at": NOON, "currency": "EUR", "total": total, **columns}
    return CartIn(cart_id, lines=chosen, **given)


def contact(email: str = "ana@example.com", **columns: Any) -> ContactIn:
    """A person."""
    return ContactIn(email=email, **columns)


def product(product_id: str = "mug", **columns: Any) -> ProductIn:
    """An item of the catalogue."""
    return ProductIn(product_id, **{"name": "Mug", "price": Decimal("10.00"), "currency": "EUR", **columns})


def query(sql: str, **values: Any) -> list[tuple[Any, ...]]:
    """All rows of a question to the database, with ``%(name)s`` for values."""
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return list(cursor.fetchall())


def value(sql: str, **values: Any) -> Any:
    """The one value that a question has for an answer."""
    ((found,),) = query(sql, **values)
    return found


_TABLES = (
    "progress", "activity", "activity_cursor", "import_draft", "import_write", "import_problem", "import",
    "inbox", "refund",
    "order_line", "orders", "cart_line", "cart", "product", "consent", "contact_tag", "list_member", "tag",
    "contact_identity", "contact", "tombstone", "store", "list",
)  # fmt: skip


def clear() -> None:
    """Empties what the door writes: between the examples of one property test, where a flush is too slow."""
    with connection.cursor() as cursor:
        for table in _TABLES:
            cursor.execute(f"DELETE FROM {table}")
