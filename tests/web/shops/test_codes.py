"""The way over the pages of platforms that send the owner back with a code."""

import hmac
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
from django.conf import LazySettings
from django.test import Client

from comanda.records import connections
from comanda.records.models import AuditEntry, Authorisation, Connection, Store
from tests.fake_shops import nuvemshop, server, shopify, tray
from tests.fake_shops.server import FakeShop
from tests.fake_shops.world import World
from tests.web.shops.reading import text


@pytest.fixture(autouse=True)
def _public(settings: LazySettings) -> None:
    settings.PUBLIC_URL = "https://comanda.example"


@contextmanager
def served(kind: type[FakeShop]) -> Iterator[FakeShop]:
    with server.served(kind(World(orders=3, currency=kind.currency))) as shop:
        yield shop


def begin(owner: Client, shop: FakeShop, typed: dict[str, str]) -> dict[str, str]:
    """What the shop's page is asked."""
    given = {f"field_{name}": value for name, value in typed.items()}
    answer = owner.post(
        f"/stores/new/shop/{shop.platform}",
        {"name": "Loja", "url": shop.url, "do": "authorise", **given},
        headers={"hx-request": "true"},
    )
    return dict(parse_qsl(urlsplit(answer.headers["HX-Redirect"]).query))


def of_nuvemshop(shop: FakeShop) -> tuple[dict[str, str], Callable[[str], dict[str, str]]]:
    typed = {"app_id": nuvemshop.APP, "client_secret": nuvemshop.SECRET, "api_url": shop.url}
    return typed, lambda state: {"code": nuvemshop.CODE, "state": state}


def of_shopify(shop: FakeShop) -> tuple[dict[str, str], Callable[[str], dict[str, str]]]:
    def back(state: str) -> dict[str, str]:
        query = {"code": shopify.CODE, "shop": urlsplit(shop.url).netloc, "state": state, "timestamp": "1"}
        said = "&".join(f"{name}={value}" for name, value in sorted(query.items()))
        return {**query, "hmac": hmac.digest(shopify.SECRET.encode(), said.encode(), "sha256").hex()}

    fields = shop.fields()
    return {name: fields[name] for name in ("client_id", "client_secret")}, back


def of_tray(shop: FakeShop) -> tuple[dict[str, str], Callable[[str], dict[str, str]]]:
    typed = {"consumer_key": tray.KEY, "consumer_secret": tray.SECRET}
    return typed, lambda state: {
        "code": tray.CODE, "state": state, "api_address": f"{shop.url}/web_api", "store": "1",
    }  # fmt: skip


WAYS: dict[str, tuple[type[FakeShop], Any]] = {
    "nuvemshop": (nuvemshop.Fake, of_nuvemshop),
    "shopify": (shopify.Fake, of_shopify),
    "tray": (tray.Fake, of_tray),
}


@pytest.mark.parametrize("platform", WAYS)
def test_a_code_connects_the_shop(owner: Client, platform: str) -> None:
    kind, way = WAYS[platform]
    with served(kind) as shop:
        typed, back = way(shop)
        asked = begin(owner, shop, typed)
        state = asked.get("state") or dict(parse_qsl(urlsplit(asked["callback"]).query))["state"]

        answer = owner.get(f"/stores/authorised/{platform}", back(state), headers={"host": "testserver"})

    assert answer.status_code == 302, text(answer)
    store = Store.objects.get()
    assert answer.headers["Location"] == f"/stores/{store.key}"
    assert (store.name, store.platform) == ("Loja", platform)
    assert connections.unseal(Connection.objects.get())["access_token"]
    assert AuditEntry.objects.filter(action="store.connect").count() == 1
    assert Authorisation.objects.count() == 0


@pytest.mark.parametrize("platform", WAYS)
def test_a_wrong_code_is_said_and_loses_nothing(owner: Client, platform: str) -> None:
    kind, way = WAYS[platform]
    with served(kind) as shop:
        typed, back = way(shop)
        asked = begin(owner, shop, typed)
        state = asked.get("state") or dict(parse_qsl(urlsplit(asked["callback"]).query))["state"]

        answer = owner.get(f"/stores/authorised/{platform}", {**back(state), "code": "another"})

        shown = text(answer)
        assert answer.status_code == 422
        assert 'role="alert"' in shown
        assert f'value="{shop.url}"' in shown
    assert "Kept. Leave it empty, or type another." in shown
    assert Store.objects.count() == 0


@pytest.mark.parametrize("platform", WAYS)
def test_a_shop_that_is_gone_by_then_is_said(owner: Client, platform: str) -> None:
    kind, way = WAYS[platform]
    with served(kind) as shop:
        typed, back = way(shop)
        asked = begin(owner, shop, typed)
    state = asked.get("state") or dict(parse_qsl(urlsplit(asked["callback"]).query))["state"]

    answer = owner.get(f"/stores/authorised/{platform}", back(state))

    assert answer.status_code == 422
    assert "could not be reached" in text(answer)
