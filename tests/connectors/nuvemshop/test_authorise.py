"""The way over the authorise page of Nuvemshop."""

import pytest

from comanda.connectors.base import Config, Delivery
from comanda.connectors.errors import NeedsOwner
from comanda.connectors.nuvemshop.client import Nuvemshop
from comanda.connectors.tiendanube import Tiendanube
from comanda.lib.guard import Guard
from tests.fake_shops import nuvemshop
from tests.fake_shops.server import FakeShop, Response

BACK = "https://comanda.example/back"


def came_back(**query: str) -> Delivery:
    """The owner, with this in the address."""
    return Delivery(b"", {}, query)


def config(shop: FakeShop, **fields: str) -> Config:
    """What the owner gave before."""
    kept = {name: shop.fields()[name] for name in ("app_id", "client_secret", "api_url")}
    return Config(shop.url, {**kept, **fields})


def test_it_leads_to_the_page_of_the_app() -> None:
    given = Config("https://loja.example", {"app_id": "1234"})

    pages = [kind.authoriser.address(given, BACK, "a&b") for kind in (Nuvemshop, Tiendanube)]

    assert pages == [
        "https://www.nuvemshop.com.br/apps/1234/authorize?state=a%26b",
        "https://www.tiendanube.com/apps/1234/authorize?state=a%26b",
    ]


def test_it_needs_the_number_of_the_app() -> None:
    with pytest.raises(NeedsOwner, match="app_id is missing"):
        Nuvemshop.authoriser.address(Config("https://loja.example", {}), BACK, "state")


def test_it_exchanges_the_code_for_a_token(shop: FakeShop) -> None:
    answer = came_back(code=nuvemshop.CODE, state="state")

    found = Nuvemshop.authoriser.fields(config(shop), answer, "state", BACK, Guard(["127.0.0.1"]))

    assert found == {"access_token": nuvemshop.TOKEN, "store_id": nuvemshop.STORE}


def test_it_says_that_a_code_is_stale(shop: FakeShop) -> None:
    answer = came_back(code="yesterday's", state="state")

    with pytest.raises(NeedsOwner, match="The authorization code expired") as told:
        Nuvemshop.authoriser.fields(config(shop), answer, "state", BACK, Guard(["127.0.0.1"]))

    assert told.value.code == "key_refused"


def test_it_says_why_a_code_is_refused(shop: FakeShop) -> None:
    shop.trouble.every = lambda request: Response.json({"error": "invalid_client"}, 400)
    answer = came_back(code=nuvemshop.CODE, state="state")

    with pytest.raises(NeedsOwner, match=r"does not take the key \(invalid_client\)") as told:
        Nuvemshop.authoriser.fields(config(shop), answer, "state", BACK, Guard(["127.0.0.1"]))

    assert told.value.code == "key_refused"


def test_it_takes_no_answer_to_another_question(shop: FakeShop) -> None:
    answer = came_back(code=nuvemshop.CODE, state="another")

    with pytest.raises(NeedsOwner, match="not to our question"):
        Nuvemshop.authoriser.fields(config(shop), answer, "state", BACK, Guard(["127.0.0.1"]))

    assert shop.requests == []
