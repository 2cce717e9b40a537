"""People to look at."""

from datetime import timedelta
from decimal import Decimal

import pytest

from comanda.ingest.upsert import StoreRef, upsert
from comanda.records.models import Contact
from comanda.shapes import CartState, OrderStatus
from tests.factories import LIVE, NOON, at, cart, contact, line, order

HOSTILE = "<script>alert('x')</script>\u202e😀" + "x" * 10_000


@pytest.fixture
def ana(store: StoreRef) -> Contact:
    """Ana, who bought three times and left a cart; with Rui and Zoe there are three contacts."""
    who = contact(
        "ana@example.com", first_name="Ana", last_name="Silva", phone="+351912345678", accepts_marketing=True,
        consent_at=at(0), consent_proof="Ticked the box.", tags=("vip",), lists=("Club",),
        fields={"city": "Porto"}, customer_id="c-1",
    )  # fmt: skip
    upsert(
        store, [who, contact("rui@example.com", accepts_marketing=False), contact("zoe@example.com")], LIVE
    )
    orders = [
        order(
            "1", line("mug", "2", "10", name="Red mug", sku="RM-1", category="Mugs"), contact=who,
            number="#1001", coupons=("TEN",), discount_total=Decimal(5), admin_url="https://shop.example/1",
            source_status="processing", updated_at=at(1),
        ),
        order("2", contact=who, placed_at=at(60), status=OrderStatus.PENDING),
        order("3", contact=who, placed_at=NOON + timedelta(days=40), currency="USD"),
    ]  # fmt: skip
    upsert(store, orders, LIVE)
    upsert(store, [cart("k1", contact=who, state=CartState.ABANDONED, started_at=at(120))], LIVE)
    return Contact.objects.get(email="ana@example.com")
