"""What people ask through the platform is carried out, also after the app was taken out of the shop."""

from collections.abc import Iterator

import orjson
import pytest

from comanda.connectors.base import Delivery
from comanda.ingest.sync import hooks, shops, tasks
from comanda.records.models import AuditEntry, Connection, ConnectionState, Contact, Inbox, Order, Store
from tests.fake_shops import server, shopify
from tests.fake_shops.server import Response
from tests.fake_shops.world import Order as Sold
from tests.fake_shops.world import World
from tests.ingest.sync.conftest import connected

pytestmark = pytest.mark.django_db


@pytest.fixture
def shop(world: World) -> Iterator[shopify.Fake]:
    """A shop of Shopify."""
    fake = shopify.Fake(world)
    with server.served(fake):
        yield fake


@pytest.fixture
def store(db: None, shop: shopify.Fake) -> Store:
    """Its store, with its history."""
    made = connected(shop)
    tasks.sync_store(made.pk)
    return made


@pytest.fixture
def sold(world: World) -> Sold:
    """An order of a customer."""
    return next(order for order in world.present() if order.person.id)


def ask(store: Store, shop: shopify.Fake, topic: str, said: object) -> None:
    """The platform sends a request, and it is worked off."""
    body = orjson.dumps(said)
    headers = {name.lower(): value for name, value in shop.signed(topic, body).items()}
    hooks.store([hooks.arrival(store, Delivery(body, headers), shops.platform_of(store))])
    tasks.work_hooks(store.pk)


def take_out(store: Store, shop: shopify.Fake) -> None:
    """The app is taken out of the shop."""
    ask(store, shop, "app/uninstalled", {"id": 77})
    shop.trouble.every = lambda request: Response.json({"error": "app_not_installed"}, 401)


def notes() -> list[str]:
    """What the audit log says of privacy."""
    found = AuditEntry.objects.filter(action__startswith="privacy").order_by("id")
    return [entry.action for entry in found]


def test_an_app_that_was_taken_out_waits_for_the_owner(store: Store, shop: shopify.Fake) -> None:
    take_out(store, shop)

    connection = Connection.objects.get(store=store)
    assert (connection.state, connection.error_code) == (ConnectionState.BROKEN, "app_removed")


@pytest.mark.parametrize("is_taken_out", [False, True], ids=["connected", "taken out"])
def test_a_person_is_forgotten(store: Store, shop: shopify.Fake, sold: Sold, is_taken_out: bool) -> None:
    if is_taken_out:
        take_out(store, shop)
    email = sold.person.email.lower()
    assert Contact.objects.filter(email=email).exists()

    ask(store, shop, "customers/redact", {
        "shop_id": 77, "customer": {"id": sold.person.id, "email": email}, "orders_to_redact": [sold.id],
    })  # fmt: skip

    assert not Contact.objects.filter(email=email).exists()
    assert Order.objects.get(store=store, external_id=str(sold.id)).contact_id is None
    assert notes() == ["privacy.erase"]
    assert not [row for row in Inbox.objects.all() if email.encode() in bytes(row.body).lower()]
    assert not Inbox.objects.filter(kind="webhook", state="new").exists()


def test_a_report_is_noted_for_the_owner(store: Store, shop: shopify.Fake, sold: Sold) -> None:
    email = sold.person.email.lower()

    ask(store, shop, "customers/data_request", {
        "shop_id": 77, "customer": {"id": sold.person.id, "email": email}, "orders_requested": [sold.id],
    })  # fmt: skip

    contact = Contact.objects.get(email=email)
    entry = AuditEntry.objects.get(action="privacy.export")
    assert entry.target == f"contact {contact.pk}"
    assert entry.detail["report"] == f"/contacts/{contact.pk}/export"


def test_a_shop_is_forgotten_once_the_app_is_gone(store: Store, shop: shopify.Fake) -> None:
    ask(store, shop, "shop/redact", {"shop_id": 77})
    assert Order.objects.filter(store_id=store.pk).exists()
    take_out(store, shop)

    ask(store, shop, "shop/redact", {"shop_id": 77, "shop_domain": "casa.myshopify.com"})

    assert not Order.objects.filter(store_id=store.pk).exists()
    assert not Store.objects.filter(id=store.pk, removal_asked_at=None).exists()
    assert notes() == ["privacy.erase_shop"]
