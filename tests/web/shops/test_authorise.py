"""The way over a shop's own page: once, in time, for the one who began."""

from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
from django.conf import LazySettings
from django.test import Client

from comanda.records import connections
from comanda.records.models import Authorisation, Connection, Role, Store, User
from tests.fake_shops.server import FakeShop
from tests.fake_shops.woocommerce import KEY, SECRET
from tests.web.shops.reading import text

PAGE, BACK = "/stores/new/shop/woocommerce", "/stores/authorised/woocommerce"


@pytest.fixture(autouse=True)
def _public(settings: LazySettings) -> None:
    settings.PUBLIC_URL = "https://comanda.example"
    settings.ALLOWED_HOSTS = ["testserver", "comanda.example"]


def begin(owner: Client, shop: FakeShop) -> tuple[str, dict[str, str]]:
    """The address of the shop's page, and what it is asked."""
    answer = owner.post(
        PAGE, {"name": "Loja", "url": shop.url, "do": "authorise"}, headers={"hx-request": "true"}
    )
    page = urlsplit(answer.headers["HX-Redirect"])
    return f"{page.scheme}://{page.netloc}{page.path}", dict(parse_qsl(page.query))


def send_keys(state: str, key: str = KEY) -> Any:
    """The shop's own call, from no browser."""
    body = {"key_id": 1, "user_id": state, "consumer_key": key, "consumer_secret": SECRET}
    return Client(enforce_csrf_checks=True).post(BACK, body, content_type="application/json")


def test_the_owner_is_sent_to_the_shop(shop: FakeShop, owner: Client) -> None:
    page, asked = begin(owner, shop)

    assert page == f"{shop.url}/wc-auth/v1/authorize"
    assert asked["callback_url"] == asked["return_url"] == f"https://comanda.example{BACK}"
    assert len(asked["user_id"]) > 40
    assert asked["user_id"] not in str(Authorisation.objects.values())


def test_without_scripts_a_page_leads_there(shop: FakeShop, owner: Client) -> None:
    shown = text(owner.post(PAGE, {"name": "", "url": shop.url, "do": "authorise"}))

    assert f'href="{shop.url}/wc-auth/v1/authorize?' in shown


def test_keys_that_the_shop_sends_connect_it(shop: FakeShop, owner: Client) -> None:
    _, asked = begin(owner, shop)

    sent = send_keys(asked["user_id"])
    answer = owner.get(BACK, {"success": "1", "user_id": asked["user_id"]})

    store = Store.objects.get()
    assert sent.status_code == 200
    assert answer.headers["Location"] == f"/stores/{store.key}"
    assert store.name == "Loja"
    assert connections.unseal(Connection.objects.get()) == {"consumer_key": KEY, "consumer_secret": SECRET}
    assert Authorisation.objects.count() == 0


def test_a_state_is_good_once(shop: FakeShop, owner: Client) -> None:
    _, asked = begin(owner, shop)
    send_keys(asked["user_id"])

    assert send_keys(asked["user_id"]).status_code == 404
    owner.get(BACK, {"success": "1", "user_id": asked["user_id"]})
    again = owner.get(BACK, {"success": "1", "user_id": asked["user_id"]}, follow=True)
    assert again.redirect_chain == [("/stores/new", 302)]
    assert "used already" in text(again)
    assert Store.objects.count() == 1


def test_a_state_is_good_for_a_while_only(shop: FakeShop, owner: Client) -> None:
    _, asked = begin(owner, shop)
    Authorisation.objects.update(expires_at=datetime.now(UTC) - timedelta(seconds=1))

    assert send_keys(asked["user_id"]).status_code == 404


def test_a_state_is_good_for_who_began(shop: FakeShop, owner: Client) -> None:
    _, asked = begin(owner, shop)
    send_keys(asked["user_id"])
    other = Client()
    other.force_login(User.objects.create(email="other@example.com", role=Role.OWNER))

    answer = other.get(BACK, {"success": "1", "user_id": asked["user_id"]})

    assert answer.headers["Location"] == "/stores/new"
    assert Store.objects.count() == 0


@pytest.mark.parametrize("state", ["", "made-up", "x" * 10_000, "\ud800"])
def test_a_made_up_state_opens_nothing(shop: FakeShop, owner: Client, state: str) -> None:
    begin(owner, shop)

    assert send_keys(state.encode("utf-8", "replace").decode()).status_code == 404
    assert owner.get(BACK, {"user_id": state.encode("utf-8", "replace").decode()}).status_code == 302


def test_a_body_that_is_none_is_no_harm(shop: FakeShop, owner: Client) -> None:
    begin(owner, shop)

    assert Client().post(BACK, b"\xff\x00{", content_type="application/json").status_code == 404
    assert Client().post(BACK, b"x" * 70_000, content_type="application/json").status_code == 413


def test_keys_that_did_not_arrive_are_missed(shop: FakeShop, owner: Client) -> None:
    _, asked = begin(owner, shop)

    answer = owner.get(BACK, {"success": "1", "user_id": asked["user_id"]})

    assert answer.status_code == 422
    assert "its keys did not arrive" in text(answer)
    assert f'value="{shop.url}"' in text(answer)


def test_a_no_in_the_shop_is_said(shop: FakeShop, owner: Client) -> None:
    _, asked = begin(owner, shop)

    answer = owner.get(BACK, {"success": "0", "user_id": asked["user_id"]})

    assert "The shop does not take the key (it was not allowed there)." in text(answer)


def test_keys_that_do_not_work_are_kept_to_be_tried_again(shop: FakeShop, owner: Client) -> None:
    _, asked = begin(owner, shop)
    send_keys(asked["user_id"], "ck_" + "9z" * 20)

    answer = owner.get(BACK, {"success": "1", "user_id": asked["user_id"]})

    shown = text(answer)
    assert answer.status_code == 422
    assert "is-failed" in shown
    assert shown.count("Kept. Leave it empty, or type another.") == 2


def test_what_the_page_needs_is_asked_for(owner: Client) -> None:
    answer = owner.post("/stores/new/shop/nuvemshop", {"url": "https://loja.example", "do": "authorise"})

    assert answer.status_code == 422
    assert "This is needed for the shop's own page." in text(answer)
    assert Authorisation.objects.count() == 0


def test_the_owner_signs_in_first_if_need_be(stranger: Client) -> None:
    assert stranger.get(BACK, {"user_id": "x"}).headers["Location"].startswith("/sign-in?next=")


def test_a_platform_without_such_a_page_has_none(owner: Client) -> None:
    assert owner.get("/stores/authorised/prestashop").status_code == 404
    assert Client().post("/stores/authorised/prestashop").status_code == 404
