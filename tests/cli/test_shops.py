"""Shops connected, synced and audited from the terminal."""

import json
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from tests.cli.command import Comanda
from tests.fake_shops import server, tray
from tests.fake_shops.server import FakeShop, Response
from tests.fake_shops.woocommerce import Fake
from tests.fake_shops.world import Order, World

_ALLOWED = {"COMANDA_ALLOW_PRIVATE_HOSTS": "127.0.0.1"}


@pytest.fixture
def shop() -> Iterator[Fake]:
    """A WooCommerce with 120 orders."""
    with server.served(Fake(World(orders=120, days=20))) as served:
        yield served


@pytest.fixture
def comanda(tmp_path: Path) -> Comanda:
    """The command on a data folder of its own."""
    return Comanda(tmp_path / "data")


def add(comanda: Comanda, shop: FakeShop, **fields: str) -> tuple[int, str]:
    """Adds the shop as "shop", its keys on standard input; the exit status and what was said."""
    keys = "\n".join(f"{name}={value}" for name, value in {**shop.fields(), **fields}.items())
    done = comanda.run(
        "store", "add", "--name", "Shop", "--platform", shop.platform, "--url", shop.url, "--set", "-",
        given=keys, **_ALLOWED,
    )  # fmt: skip
    return done.returncode, done.stdout + done.stderr


def day_of(order: Order, shop: Fake) -> date:
    """The day of an order as the shop counts days."""
    return order.placed_at.astimezone(shop.zone).date()


def test_a_shop_is_connected_synced_and_proven(comanda: Comanda, shop: Fake) -> None:
    assert add(comanda, shop)[0] == 0

    synced = comanda.run("store", "sync", "shop", "--wait", "--json", **_ALLOWED)
    (store,) = comanda.ask("store", "list")
    first = min(day_of(order, shop) for order in shop.world.orders.values())
    audit = comanda.run("store", "audit", "shop", "--from", first, "--to", first, "--json", **_ALLOWED)

    assert json.loads(synced.stdout)["state"] == "in_step"
    assert (store["orders"], store["currency"], store["timezone"]) == (120, "EUR", "America/Sao_Paulo")
    assert store["synced_to"] is not None
    told = json.loads(audit.stdout)
    assert (audit.returncode, told["complete"], told["days"][0]["differences"]) == (0, True, [])


def test_a_wrong_key_adds_nothing_and_says_no_secret(comanda: Comanda, shop: FakeShop) -> None:
    wrong = "cs_" + "9" * 40

    status, said = add(comanda, shop, consumer_secret=wrong)

    assert status == 1
    assert "does not take the key" in said
    assert wrong not in said
    assert comanda.ask("store", "list") == []


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--set", "consumer_key=nonsense", "--set", "consumer_secret=cs_12345678"], "no consumer key"),
        (["--set", "consumer_key=ck_12345678"], "also needs: --set consumer_secret=…"),
        (["--set", "consumer_key"], "expected FIELD=VALUE"),
    ],
    ids=["no key", "one missing", "no value"],
)
def test_wrong_keys_are_said_before_the_shop_is_asked(comanda: Comanda, words: list[str], said: str) -> None:
    done = comanda.run(
        "store", "add", "--name", "Shop", "--platform", "woocommerce", "--url", "https://x.example", *words
    )

    assert done.returncode == 1
    assert said in done.stderr


def test_an_address_inside_is_refused_unless_allowed(comanda: Comanda, shop: FakeShop) -> None:
    keys = [word for name, value in shop.fields().items() for word in ("--set", f"{name}={value}")]

    done = comanda.run(
        "store", "add", "--name", "Shop", "--platform", "woocommerce",
        "--url", "https://169.254.169.254", *keys,
    )  # fmt: skip

    assert done.returncode == 1
    assert "private network" in done.stderr


def test_a_check_names_the_step_that_fails(comanda: Comanda, shop: FakeShop) -> None:
    add(comanda, shop)
    shop.trouble.every = lambda request: Response.html("Attention Required!", 403)

    done = comanda.run("store", "check", "shop", "--json", **_ALLOWED)

    told = json.loads(done.stdout)
    assert (done.returncode, told["ok"], told["failed"], told["code"]) == (1, False, "answer", "firewall")


def test_a_difference_ends_with_one(comanda: Comanda, shop: Fake) -> None:
    add(comanda, shop)
    comanda.run("store", "sync", "shop", "--wait", **_ALLOWED)
    order = next(iter(shop.world.orders.values()))
    order.currency = "EURO"

    done = comanda.run("store", "audit", "shop", "--from", day_of(order, shop), "--json", **_ALLOWED)

    told = json.loads(done.stdout)
    reasons = [each["reason"] for day in told["days"] for each in day["differences"]]
    assert (done.returncode, told["complete"], reasons) == (1, False, ["refused"])


def test_what_did_not_come_in_is_listed_with_the_reason(comanda: Comanda, shop: FakeShop) -> None:
    add(comanda, shop)
    order = next(iter(shop.world.orders.values()))
    order.currency = "EURO"
    comanda.run("store", "sync", "shop", "--wait", **_ALLOWED)

    told = comanda.ask("store", "inbox", "shop")
    said = comanda.run("store", "inbox", "shop", "--again").stdout

    (row,) = told["rows"]
    assert told["failed"] == {"orders": 1}
    assert (row["kind"], row["external_id"], row["code"]) == ("orders", str(order.id), "refused")
    assert row["facts"]["value"] == "EURO"
    assert row["why"].startswith(
        "currency: “EURO” cannot be kept. Correct it in the shop, then try it again."
    )
    assert "The worker tries 1 payload again." in said


def test_an_inbox_where_all_came_in_says_so(comanda: Comanda) -> None:
    comanda.run("store", "add", "--name", "Counter")

    done = comanda.run("store", "inbox", "counter")

    assert "All that the shop sent came in." in done.stdout


@pytest.mark.parametrize(
    ("kind", "is_asked"), [(tray.Fake, True), (Fake, False)], ids=["tray", "woocommerce"]
)
def test_it_says_where_webhooks_go_that_people_must_set(
    comanda: Comanda, kind: type[FakeShop], is_asked: bool
) -> None:
    public = {**_ALLOWED, "COMANDA_PUBLIC_URL": "https://comanda.example"}
    with server.served(kind(World(currency=kind.currency))) as shop:
        add(comanda, shop)

    told = comanda.run("store", "show", "shop", "--json", **public)
    said = comanda.run("store", "show", "shop", **public)

    address = json.loads(told.stdout)["webhook_address"]
    assert address.startswith("https://comanda.example/hooks/shop/") is is_asked
    assert ("webhooks to" in said.stdout) is is_asked
    assert address in "".join(said.stdout.split())


def test_a_store_that_is_no_shop_says_so(comanda: Comanda) -> None:
    comanda.run("store", "add", "--name", "Counter")

    done = comanda.run("store", "sync", "counter")

    assert done.returncode == 1
    assert "no platform" in done.stderr
