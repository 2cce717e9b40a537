"""A Comanda in use: two stores, people, orders of every kind, carts, imports, keys, users, deeds."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret

from comanda.ingest.upsert import StoreRef, upsert
from comanda.records import connections, keys, stores, welcome
from comanda.records.models import (
    Audit,
    Contact,
    Field,
    Import,
    ImportDraft,
    Inbox,
    List,
    Order,
    Product,
    Role,
    ShopCall,
    Store,
    Sync,
    Tag,
    User,
)
from comanda.shapes import CartIn, CartState, ContactIn, LineIn, OrderIn, OrderStatus, ProductIn, RefundIn
from tests import factories
from tests.ingest.csv_import import importing, uploading
from tests.journeys.browser import visitor

PEOPLE = (
    ("Ana", "Silva"), ("Bruno", "Costa"), ("Chloé", "Lefèvre"), ("Diego", "Ruiz"), ("Emma", "Brown"),
    ("فاطمة", "الزهراء"), ("小林", "さくら"), ("<b>Bold</b>", "& Co"), ("", ""),
    ("Maximiliana-Alexandrina", "von und zu Hohenlohe-Waldenburg-Schillingsfürst"),
)  # fmt: skip
"""Names of many kinds, among them none, one that looks like markup, and one as long as a line."""

GOODS = (
    ("mug", "Enamel mug", "4.50"), ("tote", "Canvas tote bag, natural", "12.00"),
    ("lamp", "Desk lamp", "39.90"), ("tea", "Earl Grey, 100 g", "6.25"),
    ("rug", "Wool rug 170 × 240 cm", "249.00"),
)  # fmt: skip

_WORDS = {OrderStatus.COMPLETED: "processing", OrderStatus.UNKNOWN: "na-bancada"}


@dataclass(frozen=True)
class World:
    """Sessions of someone of each role, and of an owner who has set up all second factors there are.

    ``arguments`` are what addresses of pages ask for: name of the parameter → value.
    """

    owner: str
    guarded: str
    marketer: str
    viewer: str
    arguments: dict[str, str | int]

    def session(self, role: Role) -> str:
        """That of someone of this role."""
        return {Role.OWNER: self.owner, Role.MARKETER: self.marketer, Role.VIEWER: self.viewer}[role]


def make(folder: Path) -> World:
    """All of it."""
    owner = visitor.someone(Role.OWNER)
    other = visitor.someone(Role.VIEWER)
    guarded = visitor.someone(Role.OWNER, name="guarded")
    passkey = _guard(guarded)
    shop, counter = _stores()
    upsert(shop, [_product(number) for number in range(len(GOODS))], factories.LIVE)
    upsert(shop, [_order(number) for number in range(36)], factories.LIVE)
    upsert(shop, [_order(3, completed=True), _order(4, completed=True)], factories.LIVE)
    upsert(shop, [_cart(number) for number in range(4)], factories.LIVE)
    job = _imported(counter, folder)
    key, _ = keys.create("ERP", created_by=owner)
    link, token = welcome.invite("new@example.com", Role.MARKETER, by="tests")
    field = Field.objects.create(key="city", name="City")
    contact = Contact.objects.get(email="person0@example.com")
    return World(
        visitor.sign_in(owner),
        visitor.sign_in(guarded),
        visitor.sign_in(visitor.someone(Role.MARKETER)),
        visitor.sign_in(other),
        {
            "contact_id": contact.pk,
            "order_id": _first(Order, external_id="1003"),
            "product_id": _first(Product, external_id="mug"),
            "group_id": Tag.objects.get(name="vip").pk,
            "list.group_id": List.objects.get(name="Buyers of Corner shop").pk,
            "list_merge.group_id": List.objects.get(name="Buyers of Corner shop").pk,
            "field_id": field.pk,
            "key": "chiado",
            "platform": "woocommerce",
            "new_plain_store.platform": "csv",
            "day": datetime.now(UTC).date().isoformat(),
            "payload_id": _joined().pk,
            **{f"{name}.key": "shop" for name in OF_SHOPS},
            "import_id": job.pk,
            "draft_id": _drafted(counter, folder).pk,
            "key_id": key.pk,
            "user_id": other.pk,
            "link_id": link.pk,
            "pk": passkey.pk,
            "token": token,
        },
    )


OF_SHOPS = (
    "reconnect_store", "store_calls", "store_statuses", "store_audit", "store_audit_day", "store_inbox",
    "store_payload",
)  # fmt: skip
"""Pages of stores that have a shop behind them."""


def _joined() -> Inbox:
    """The online shop connected, in step; a day that differs, calls, and an order that did not come in."""
    store = Store.objects.get(key="shop")
    stores.edit(store, platform="woocommerce")
    joined = connections.connect(store, {"consumer_key": "ck_11111111", "consumer_secret": "cs_22222222"})
    connections.pause(joined)
    now = datetime.now(UTC)
    for resource in ("products", "customers", "orders", "carts"):
        Sync.objects.create(
            store=store, resource=resource, state="done", seen=36, total=36, until=now, synced_to=now,
            pulled_at=now,
        )  # fmt: skip
    ShopCall.objects.create(
        store=store, at=now, method="GET", url="https://shop.example/wp-json/wc/v3/orders?per_page=100",
        status=200, seconds=0.2, size=48_000,
    )  # fmt: skip
    ShopCall.objects.create(
        store=store, at=now, method="GET", url="https://shop.example/wp-json/", status=503, seconds=1.5,
        size=0, error="down",
    )  # fmt: skip
    Audit.objects.create(
        store=store, day=datetime.now(UTC).date(), shop_orders=3, own_orders=2, shop_totals={"EUR": "30.00"},
        own_totals={"EUR": "20.00"},
        differences=[_difference("1003", "on_its_way"), _difference("9001", "refused")],
    )  # fmt: skip
    Audit.objects.create(
        store=store, day=datetime.now(UTC).date() - timedelta(days=1), shop_orders=2, own_orders=2
    )
    Inbox.objects.create(
        store=store, kind="webhook", external_id="x-wc-webhook-topic: order.updated", source="webhook",
        delivery="h1", body=b'{"id": 1003}', state="done",
    )  # fmt: skip
    return Inbox.objects.create(
        store=store, kind="orders", external_id="9001", source="pull", delivery="f1", state="failed", tries=2,
        body=b'{"id": 9001, "total": "ten <b>euros</b>"}', error_code="unreadable",
        error_facts={"what": "ValueError: ten"},
    )  # fmt: skip


def _difference(order_id: str, reason: str) -> dict[str, str | None]:
    return {
        "order_id": order_id, "reason": reason, "shop_total": "10.00", "own_total": None, "currency": "EUR",
        "note": "total: expected an amount",
    }  # fmt: skip


def _first(model: type[Order] | type[Product], external_id: str) -> int:
    return model.objects.get(external_id=external_id, store__key="shop").pk


def _guard(user: User) -> Authenticator:
    """Codes of an app, recovery codes, and a passkey, which is given back."""
    TOTP.activate(user, generate_totp_secret())
    RecoveryCodes.activate(user)
    return Authenticator.objects.create(
        user=user, type=Authenticator.Type.WEBAUTHN, data={"name": "Laptop", "credential": {}}
    )


def _stores() -> tuple[StoreRef, StoreRef]:
    stores.create(
        "shop", name="Corner shop online", url="https://shop.example", currency="EUR", country="PT",
        timezone="Europe/Lisbon", contact_list="Buyers of Corner shop",
    )  # fmt: skip
    stores.create(
        "chiado", name="Corner shop, Chiado", kind="physical", description="The one with the blue door.",
        address="Rua Garrett 42, Lisboa", latitude=38.7107, longitude=-9.1425, currency="EUR", country="PT",
        timezone="Europe/Lisbon",
    )  # fmt: skip
    return _ref("shop"), _ref("chiado")


def _ref(key: str) -> StoreRef:
    store = Store.objects.get(key=key)
    return StoreRef(store.pk, key, store.country, store.contact_list_id)


def _product(number: int) -> ProductIn:
    key, name, price = GOODS[number]
    return ProductIn(
        key, name=name, sku=f"SKU-{number}", category="Home & living", price=Decimal(price), currency="EUR",
        image_url=f"https://shop.example/{key}.svg", url=f"https://shop.example/p/{key}",
    )  # fmt: skip


def _person(number: int) -> ContactIn:
    first, last = PEOPLE[number % len(PEOPLE)]
    return ContactIn(
        email=f"person{number % len(PEOPLE)}@example.com",
        first_name=first,
        last_name=last,
        company="Ateliê & Filhos, Lda." if number % 3 == 0 else "",
        accepts_marketing=(True, False, None)[number % 3],
        consent_at=datetime.now(UTC) - timedelta(days=200),
        consent_source="checkout",
        tags=("vip",) if number % 4 == 0 else (),
    )


def _order(number: int, *, completed: bool = False) -> OrderIn:
    status = OrderStatus.COMPLETED if completed else tuple(OrderStatus)[number % len(OrderStatus)]
    lines = [_line(number), _line(number + 2)]
    total = sum((line.total for line in lines), Decimal(0))
    placed = datetime.now(UTC) - timedelta(days=number * 3, minutes=number * 7)
    return OrderIn(
        str(1000 + number),
        placed_at=placed,
        updated_at=placed + timedelta(minutes=30 if completed else 0),
        currency="BRL" if number % 9 == 8 else "EUR",
        total=total - (1 if number % 5 == 3 else 0),
        lines=lines,
        status=status,
        source_status={OrderStatus.COMPLETED: "processing", OrderStatus.UNKNOWN: "na-bancada"}.get(
            status, status
        ),
        contact=_person(number) if number % 7 != 6 else None,
        number=f"#{1000 + number}",
        discount_total=Decimal(number % 5 == 3),
        coupons=("WELCOME",) if number % 5 == 3 else (),
        refunds=[RefundIn("r1", Decimal("1.50"), placed, "Broken")] if number % 10 == 2 else [],
        refund_total=Decimal("1.50") if number % 10 == 2 else Decimal(0),
        shipping_method="Post",
        admin_url=f"https://shop.example/admin/{number}",
        raw=b'{"id": %d}' % (1000 + number),
    )


def _line(number: int) -> LineIn:
    key, name, price = GOODS[number % len(GOODS)]
    quantity = Decimal(1 + number % 3)
    return LineIn(
        key, quantity, Decimal(price), quantity * Decimal(price), name=name, sku=f"SKU-{number % len(GOODS)}",
        category="Home & living", image_url=f"https://shop.example/{key}.svg",
    )  # fmt: skip


def _cart(number: int) -> CartIn:
    lines = [_line(number)]
    started = datetime.now(UTC) - timedelta(days=number)
    return CartIn(
        f"c{number}", started_at=started, currency="EUR", total=lines[0].total, lines=lines,
        state=CartState.ABANDONED if number else CartState.ACTIVE, contact=_person(number),
        abandoned_at=started + timedelta(hours=1) if number else None,
    )  # fmt: skip


def _imported(store: StoreRef, folder: Path) -> Import:
    """A file that came in but for one row."""
    rows = [importing.row(f"T{number}", f"counter{number % 9}@example.com") for number in range(30)]
    bad = importing.row("T99", "someone@example.com", price="ten")
    return importing.bring(store.id, importing.write(folder / "chiado.csv", [*rows, bad]))


def _drafted(store: StoreRef, folder: Path) -> ImportDraft:
    """A file that was tried out: a word that is not known, and rows that are wrong."""
    rows = [importing.row(f"D{number}", f"counter{number % 9}@example.com") for number in range(12)]
    odd = ["D98", "bezahlt", *importing.row("D98", "someone@example.com")[2:]]
    bad = [importing.row("D99", "someone@example", price="ten"), importing.row("", "someone@example.com")]
    draft = uploading.upload(store, folder, importing.text([*rows, odd, *bad]), "march.csv")
    return uploading.rehearse(uploading.look(draft))
