"""A shop connected by hand: tried live, kept, its keys never shown again."""

import pytest
from django.test import Client

from comanda.ingest.sync import joining
from comanda.records import connections
from comanda.records.models import AuditEntry, Connection, Store
from tests.fake_shops.server import FakeShop
from tests.fake_shops.woocommerce import KEY, SECRET
from tests.web.hostile import TEXTS
from tests.web.shops.reading import text

PAGE = "/stores/new/shop/woocommerce"
WRONG = "ck_" + "9z" * 20


def typed(shop: FakeShop, **more: str) -> dict[str, str]:
    return {
        "name": "", "url": shop.url, "field_consumer_key": KEY, "field_consumer_secret": SECRET, "do": "test",
        **more,
    }  # fmt: skip


def fields(store: Store) -> dict[str, str]:
    return connections.unseal(Connection.objects.get(store=store))


def test_it_says_what_to_do_in_the_shop(owner: Client) -> None:
    shown = text(owner.get(PAGE))

    assert "open WooCommerce > Settings > Advanced > REST API" in shown
    assert shown.count('type="password"') == 2
    assert "set COMANDA_PUBLIC_URL" in shown


def test_a_test_shows_each_step_and_changes_nothing(shop: FakeShop, owner: Client) -> None:
    answer = owner.post(PAGE, typed(shop))

    shown = text(answer)
    assert answer.status_code == 200
    assert shown.count('<li class="is-passed">') == 6
    assert f"{shop.world.name} lets Comanda in." in shown
    assert Store.objects.count() == 0


def test_a_test_says_which_step_failed_and_what_to_do(shop: FakeShop, owner: Client) -> None:
    answer = owner.post(PAGE, typed(shop, field_consumer_key=WRONG))

    shown = text(answer)
    assert answer.status_code == 422
    assert (shown.count("is-passed"), shown.count("is-failed"), shown.count("is-waits")) == (3, 1, 2)
    assert "The shop does not take the key (401" in shown
    assert "Make a new key in the shop" in shown


def test_it_loses_nothing_and_shows_no_key(shop: FakeShop, owner: Client) -> None:
    shown = text(owner.post(PAGE, typed(shop, name="Minha loja", field_consumer_key=WRONG)))
    again = text(owner.post(PAGE, typed(shop, field_consumer_key=KEY, field_consumer_secret="")))

    assert 'value="Minha loja"' in shown
    assert f'value="{shop.url}"' in shown
    assert shown.count("Kept. Leave it empty, or type another.") == 2
    for secret in (WRONG, KEY, SECRET):
        assert secret not in shown + again
    assert again.count("is-passed") == 6


def test_the_shop_is_connected_named_and_synced(shop: FakeShop, owner: Client) -> None:
    answer = owner.post(PAGE, typed(shop, do="connect"))

    store = Store.objects.get()
    assert answer.headers["Location"] == f"/stores/{store.key}"
    assert (store.name, store.platform, store.url) == (shop.world.name, "woocommerce", shop.url)
    assert (store.timezone, store.currency) == ("America/Sao_Paulo", "EUR")
    assert fields(store) == {"consumer_key": KEY, "consumer_secret": SECRET}
    assert list(AuditEntry.objects.order_by("id").values_list("action", flat=True)) == [
        "store.add", "store.connect",
    ]  # fmt: skip
    assert AuditEntry.objects.filter(actor__contains="owner@example.com").count() == 2
    assert [key for key in dict(owner.session) if key.startswith("connecting")] == []


def test_htmx_is_led_on_by_its_header(shop: FakeShop, owner: Client) -> None:
    answer = owner.post(PAGE, typed(shop, do="connect"), headers={"hx-request": "true"})

    assert answer.headers["HX-Redirect"] == f"/stores/{Store.objects.get().key}"


def test_nothing_is_kept_of_a_shop_that_refuses(shop: FakeShop, owner: Client) -> None:
    answer = owner.post(PAGE, typed(shop, do="connect", field_consumer_key=WRONG))

    assert answer.status_code == 422
    assert "is-failed" in text(answer)
    assert Store.objects.count() == 0
    assert AuditEntry.objects.count() == 0


@pytest.mark.parametrize(
    ("address", "said"),
    [
        ("https://169.254.169.254", "leads into a private network"),
        ("http://shop.example", "would be asked without encryption"),
        ("https://no-such-shop.invalid", "No server is called no-such-shop.invalid"),
        ("https://shop.example:22", "No shop is asked at this port"),
        ("ftp://shop.example", "is no address of a shop"),
        ("shop", "is no address of a shop"),
    ],
)
def test_it_says_what_is_wrong_with_an_address(
    shop: FakeShop, owner: Client, address: str, said: str
) -> None:
    answer = owner.post(PAGE, typed(shop, url=address))

    assert answer.status_code == 422
    assert said in text(answer)


@pytest.mark.parametrize("hostile", [*TEXTS, "x" * 10_000, "a\0b"])
def test_it_takes_whatever_is_typed(shop: FakeShop, owner: Client, hostile: str) -> None:
    for field in ("name", "url", "field_consumer_key", "field_consumer_secret"):
        answer = owner.post(PAGE, typed(shop, **{field: hostile}))

        assert answer.status_code in (200, 422)
        assert "<script>alert" not in answer.content.decode()


def test_a_store_is_connected_anew_with_another_key(store: Store, shop: FakeShop, owner: Client) -> None:
    connections.connect(store, {"consumer_key": WRONG, "consumer_secret": SECRET})

    answer = owner.post(
        "/stores/shop/connection",
        {"url": shop.url, "field_consumer_key": KEY, "field_consumer_secret": "", "do": "connect"},
    )

    assert answer.headers["Location"] == "/stores/shop"
    assert fields(store) == {"consumer_key": KEY, "consumer_secret": SECRET}
    assert AuditEntry.objects.get().action == "store.connect"


def test_a_wrong_key_leaves_the_old_one_in_place(store: Store, shop: FakeShop, owner: Client) -> None:
    answer = owner.post(
        "/stores/shop/connection",
        {"url": shop.url, "field_consumer_key": WRONG, "field_consumer_secret": "", "do": "connect"},
    )

    assert answer.status_code == 422
    assert fields(store) == {"consumer_key": KEY, "consumer_secret": SECRET}


def test_its_page_shows_no_key_that_is_kept(store: Store, owner: Client) -> None:
    shown = text(owner.get("/stores/shop/connection"))

    assert shown.count("Kept. Leave it empty, or type another.") == 2
    assert KEY not in shown
    assert SECRET not in shown


def test_a_slow_shop_is_not_waited_for(
    shop: FakeShop, owner: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(joining, "PATIENCE", 0)

    shown = text(owner.post(PAGE, typed(shop)))

    assert "did not answer within 0 seconds" in shown
    # Nothing was connected: nothing tries it again by itself.
    assert "Nothing was changed. Try again in a moment" in shown
    assert "by itself, with smaller pages" not in shown
