"""Notifications of Tray: forms that nobody signed."""

import pytest

from comanda.connectors.base import Changed, Delivery, Resource, Verdict
from comanda.connectors.errors import SkipRecord
from comanda.connectors.tray.client import Tray
from tests.fake_shops.tray import Fake
from tests.fake_shops.world import World


def said(text: str) -> Delivery:
    """A form."""
    return Delivery(text.encode(), {"content-type": "application/x-www-form-urlencoded"})


def test_what_the_shop_sends_leads_to_the_order(shop: Fake, tray: Tray, world: World) -> None:
    shop.notify("https://comanda.example/hooks/x/y")
    order = next(iter(world.present()))

    sent = [Delivery(body, {}) for _, body, _ in shop.deliveries("order", "updated", order.id)]

    assert [tray.verify(each, "") for each in sent] == [Verdict.UNSIGNED, Verdict.UNSIGNED]
    assert [tray.events(each) for each in sent] == [[Changed(Resource.ORDERS, str(order.id))]] * 2


def test_what_is_said_of_another_shop_is_answered_and_dropped(tray: Tray) -> None:
    assert tray.verify(said("seller_id=1&scope_id=5&scope_name=order&act=update"), "") is Verdict.PING


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("scope_id=5&scope_name=order&act=delete", [Changed(Resource.ORDERS, "5")]),
        ("scope_id=6&scope_name=customer&act=insert", [Changed(Resource.CUSTOMERS, "6")]),
        ("scope_id=7&scope_name=product_price&act=update", [Changed(Resource.PRODUCTS, "7")]),
        ("scope_id=8&scope_name=variant_stock&act=update", []),
        ("scope_id=0&scope_name=order&act=update", []),
    ],
)
def test_it_tells_what_to_read_again(tray: Tray, text: str, expected: list[Changed]) -> None:
    assert tray.events(said(text)) == expected


def test_a_body_that_is_no_form_is_kept_and_told(tray: Tray) -> None:
    with pytest.raises(SkipRecord):
        tray.events(said('{"scope_id": 5}'))
