"""Webhooks of Nuvemshop: genuine, forged, and those that privacy law asks for."""

import hmac
from typing import Any

import orjson
import pytest

from comanda.connectors.base import (
    Changed,
    Closed,
    Connector,
    Delivery,
    Privacy,
    PrivacyKind,
    Resource,
    Verdict,
)
from comanda.connectors.errors import SkipRecord
from comanda.connectors.nuvemshop import webhooks
from tests.fake_shops.nuvemshop import SECRET, STORE
from tests.fake_shops.server import FakeShop, Response


def delivery(said: Any, secret: str = SECRET) -> Delivery:
    """A webhook that says this, signed unless the secret is empty."""
    body = orjson.dumps(said)
    signed = hmac.digest(secret.encode(), body, "sha256").hex()
    return Delivery(body, {webhooks.SIGNATURE: signed} if secret else {})


ORDER = {"store_id": int(STORE), "event": "order/paid", "id": 871254203}
PERSON = {"id": 1, "email": "ana@example.test", "phone": "+5511900000000", "identification": "0"}
ERASE = {"store_id": int(STORE), "customer": PERSON, "orders_to_redact": [213, 4]}
ASK = {
    "store_id": int(STORE), "customer": PERSON, "orders_requested": [213], "checkouts_requested": [],
    "drafts_orders_requested": [], "data_request": {"id": 456},
}  # fmt: skip


@pytest.mark.parametrize(
    ("came", "secret", "verdict"),
    [
        (delivery(ORDER), SECRET, Verdict.GENUINE),
        (delivery(ORDER, "another"), SECRET, Verdict.FORGED),
        (delivery(ORDER, ""), SECRET, Verdict.FORGED),
        (delivery(ORDER, ""), "", Verdict.UNSIGNED),
        (delivery({**ORDER, "store_id": 1}), SECRET, Verdict.FORGED),
        (delivery({**ORDER, "store_id": 1}, ""), "", Verdict.FORGED),
        (delivery(ERASE), SECRET, Verdict.GENUINE),
        (delivery(ERASE, ""), SECRET, Verdict.UNSIGNED),
        (delivery(ERASE, "another"), SECRET, Verdict.FORGED),
        (Delivery(b"[", {}), SECRET, Verdict.FORGED),
    ],
)
def test_it_knows_genuine_ones(came: Delivery, secret: str, verdict: Verdict) -> None:
    assert webhooks.verify(came, secret, STORE) is verdict


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        (ORDER, [Changed(Resource.ORDERS, "871254203")]),
        ({**ORDER, "event": "product/deleted"}, [Changed(Resource.PRODUCTS, "871254203")]),
        ({**ORDER, "event": "customer/updated"}, [Changed(Resource.CUSTOMERS, "871254203")]),
        ({**ORDER, "event": "app/uninstalled"}, [Closed("app_removed")]),
        ({**ORDER, "event": "app/suspended"}, [Closed("app_suspended")]),
        ({**ORDER, "event": "app/resumed"}, []),
        ({**ORDER, "event": "domain/updated"}, []),
        (
            ERASE,
            [Privacy(PrivacyKind.ERASE, "ana@example.test", "+5511900000000", "1", ("213", "4"))],
        ),
        (ASK, [Privacy(PrivacyKind.EXPORT, "ana@example.test", "+5511900000000", "1", ("213",))]),
        ({"store_id": int(STORE)}, [Privacy(PrivacyKind.ERASE_SHOP)]),
    ],
)
def test_it_says_what_they_mean(said: Any, expected: list[Any]) -> None:
    assert webhooks.events(delivery(said)) == expected


@pytest.mark.parametrize("body", [b"[1]", b"<html>", b'{"store_id": 1, "odd": 2}'])
def test_it_keeps_what_it_cannot_read(body: bytes) -> None:
    with pytest.raises(SkipRecord):
        webhooks.events(Delivery(body, {}))


def test_it_forgets_no_shop_that_is_still_connected(connector: Connector, shop: FakeShop) -> None:
    with pytest.raises(SkipRecord, match="still in the shop"):
        connector.events(delivery({"store_id": int(STORE)}))

    shop.trouble.every = lambda request: Response.json({"code": 401, "message": "Unauthorized"}, 401)

    assert connector.events(delivery({"store_id": int(STORE)})) == [Privacy(PrivacyKind.ERASE_SHOP)]
