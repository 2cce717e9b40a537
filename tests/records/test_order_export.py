"""Orders as a table."""

from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from comanda.ingest.upsert import StoreRef, upsert
from comanda.lib import sheets
from comanda.records import order_export, order_filters
from comanda.records.order_list import Listing, Sort
from tests.factories import HISTORY, at, contact, order


@pytest.fixture
def all_orders(db: None) -> Listing:
    return Listing(order_filters.read({}, ZoneInfo("UTC")))


def test_it_writes_a_row_an_order(store: StoreRef, all_orders: Listing) -> None:
    buyer = contact(first_name="=1+1", last_name="Silva")
    made = order(
        "7", contact=buyer, total=Decimal("19.90"), refund_total=Decimal(5), number="#7", coupons=("A", "B")
    )
    upsert(store, [made], HISTORY)

    rows = list(order_export.cells(all_orders, Sort.LATEST))

    told = dict(zip(order_export.COLUMNS, rows[0], strict=True))
    assert len(rows) == 1
    assert [told[column] for column in ("store", "order_id", "number", "status", "email")] == [
        "shop", "7", "#7", "completed", "ana@example.com",
    ]  # fmt: skip
    assert (told["placed_at"], told["paid_at"]) == ("2026-03-01T12:00:00+00:00", "")
    assert (str(told["total"]), str(told["revenue"]), told["coupons"]) == ("19.9", "14.9", "A, B")
    text = b"".join(sheets.write(list(order_export.COLUMNS), rows)).decode("utf-8-sig")
    assert ",'=1+1,Silva," in text


def test_it_goes_through_all_pages(
    store: StoreRef, all_orders: Listing, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(order_export, "_AT_ONCE", 2)
    upsert(store, [order(str(number), placed_at=at(number)) for number in range(5)], HISTORY)

    rows = list(order_export.cells(all_orders, Sort.OLDEST))

    assert [row[2] for row in rows] == ["0", "1", "2", "3", "4"]
