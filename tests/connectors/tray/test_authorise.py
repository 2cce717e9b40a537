"""The way over Tray's authorise page."""

from urllib.parse import parse_qs, urlsplit

import pytest

from comanda.connectors.base import Config, Delivery
from comanda.connectors.errors import NeedsOwner
from comanda.connectors.tray.client import Tray
from comanda.lib.guard import Guard
from tests.fake_shops.tray import CODE, KEY, SECRET, STORE_ID, Fake

BACK = "https://comanda.example/stores/x/back"
APP = {"consumer_key": KEY, "consumer_secret": SECRET}


def returned(shop: Fake, **other: str) -> Delivery:
    """What comes back with the owner."""
    query = {"state": "s7", "code": CODE, "store": STORE_ID, "api_address": f"{shop.url}/web_api/"}
    return Delivery(b"", {}, {**query, **other})


def fields(shop: Fake, answer: Delivery, url: str = "") -> dict[str, str]:
    """What the connection has after this."""
    config = Config(url or shop.url, APP)
    return dict(Tray.authoriser.fields(config, answer, "s7", BACK, Guard(["127.0.0.1"])))


def test_it_leads_to_the_page_of_the_shop() -> None:
    found = Tray.authoriser.address(Config("https://www.loja.example/", APP), BACK, "s7")

    assert found.startswith("https://www.loja.example/auth.php?")
    assert parse_qs(urlsplit(found).query) == {
        "response_type": ["code"],
        "consumer_key": [KEY],
        "callback": [f"{BACK}?state=s7"],
    }


def test_it_makes_tokens_of_the_code(shop: Fake) -> None:
    found = fields(shop, returned(shop))

    assert found == {
        "api_address": f"{shop.url}/web_api",
        "access_token": shop.access,
        "refresh_token": shop.refresh,
        "store_id": STORE_ID,
    }


@pytest.mark.parametrize(
    "other", [{"state": "other"}, {"state": ""}, {"code": ""}], ids=["state", "no state", "no code"]
)
def test_an_answer_that_is_forged_or_a_refusal_is_said(shop: Fake, other: dict[str, str]) -> None:
    with pytest.raises(NeedsOwner) as told:
        fields(shop, returned(shop, **other))

    assert told.value.code == "key_refused"
    assert shop.requests == []


def test_the_secret_goes_to_no_other_shop(shop: Fake) -> None:
    with pytest.raises(NeedsOwner) as told:
        fields(shop, returned(shop, api_address="https://evil.example/web_api"))

    assert told.value.code == "other_shop"
    assert shop.requests == []


def test_a_code_that_is_not_taken_is_said(shop: Fake) -> None:
    with pytest.raises(NeedsOwner) as told:
        fields(shop, returned(shop, code="0" * 64))

    assert told.value.code == "key_refused"


@pytest.mark.parametrize(
    ("said", "base"),
    [
        ("http://www.loja.example/web_api/", "https://www.loja.example/web_api"),
        ("http://391250.commercesuite.com.br/web_api", "https://391250.commercesuite.com.br/web_api"),
        ("", "https://www.loja.example/web_api"),
    ],
)
def test_the_api_is_where_the_shop_said(said: str, base: str) -> None:
    assert Tray.base(Config("https://www.loja.example", {"api_address": said})) == base
