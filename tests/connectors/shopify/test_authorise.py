"""The way over the authorise page of Shopify."""

import hmac
from datetime import UTC, datetime
from urllib.parse import parse_qsl, urlsplit

import httpx
import pytest

from comanda.connectors.base import Config, Delivery
from comanda.connectors.errors import NeedsOwner
from comanda.connectors.shopify.authorise import kept
from comanda.connectors.shopify.client import Shopify
from comanda.lib.guard import Guard
from tests.fake_shops import shopify

BACK = "https://comanda.example/back"


def came_back(shop: shopify.Fake, secret: str = shopify.SECRET, /, **more: str) -> Delivery:
    """The owner, with a signed query."""
    query = {
        "code": shopify.CODE, "host": "YWRt", "shop": urlsplit(shop.url).netloc, "state": "state",
        "timestamp": "1337178173", **more,
    }  # fmt: skip
    said = "&".join(f"{name}={value}" for name, value in sorted(query.items()))
    return Delivery(b"", {}, {**query, "hmac": hmac.digest(secret.encode(), said.encode(), "sha256").hex()})


def transport() -> httpx.BaseTransport:
    """Reaches the fake."""
    return Guard(["127.0.0.1"])


def test_it_leads_to_the_page_of_the_shop() -> None:
    config = Config("https://casa.myshopify.com", {"client_id": "abc"})

    found = urlsplit(Shopify.authoriser.address(config, BACK, "s"))

    assert (found.netloc, found.path) == ("casa.myshopify.com", "/admin/oauth/authorize")
    assert dict(parse_qsl(found.query)) == {
        "client_id": "abc",
        "scope": "read_orders,read_all_orders,read_customers,read_products",
        "redirect_uri": BACK,
        "state": "s",
    }


def test_it_exchanges_the_code_for_a_token(shop: shopify.Fake) -> None:
    config = Config(shop.url, shop.fields())

    found = Shopify.authoriser.fields(config, came_back(shop), "state", BACK, transport())

    assert shop.tokens[found["access_token"]]
    assert (found["expires_at"], found["refresh_token"]) == ("", "")


@pytest.mark.parametrize(
    ("secret", "more", "reason"),
    [
        ("another", {}, "not this shop's"),
        (shopify.SECRET, {"shop": "evil.example"}, "not this shop's"),
        (shopify.SECRET, {"state": "another"}, "not to our question"),
    ],
)
def test_it_takes_no_forged_answer(
    shop: shopify.Fake, secret: str, more: dict[str, str], reason: str
) -> None:
    config = Config(shop.url, shop.fields())

    with pytest.raises(NeedsOwner, match=reason) as told:
        Shopify.authoriser.fields(config, came_back(shop, secret, **more), "state", BACK, transport())

    assert told.value.code == "key_refused"
    assert shop.requests == []


def test_it_says_that_a_code_is_stale(shop: shopify.Fake) -> None:
    config = Config(shop.url, shop.fields())

    with pytest.raises(NeedsOwner, match=r"does not take the key \(400 invalid_request\)"):
        Shopify.authoriser.fields(config, came_back(shop, code="old"), "state", BACK, transport())


def test_it_keeps_by_what_a_token_is_renewed() -> None:
    found = kept({"access_token": "shpat_x", "expires_in": 3600, "refresh_token": "shprt_y"})

    assert (found["access_token"], found["refresh_token"]) == ("shpat_x", "shprt_y")
    assert datetime.fromisoformat(found["expires_at"]) > datetime.now(UTC)
