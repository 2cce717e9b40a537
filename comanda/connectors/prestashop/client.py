"""One shop of PrestaShop: what is asked, and how.

Dates are asked for as the shop writes them: by its own clock on the wall, with ``date=1``.
"""

from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime, timedelta

from comanda.connectors import pages
from comanda.connectors.base import (
    Answer,
    Config,
    Connector,
    Cursor,
    Digest,
    Field,
    Page,
    Policy,
    Raw,
    Resource,
    Shape,
    Shop,
    Status,
)
from comanda.connectors.errors import NeedsOwner
from comanda.connectors.pages import Size
from comanda.connectors.prestashop import normalise, webservice
from comanda.connectors.prestashop.beside import PERSON, PRICES, Beside
from comanda.connectors.prestashop.webservice import Broken, Pairs, Webservice, above
from comanda.connectors.sentences import _
from comanda.connectors.values import key, text
from comanda.shapes import OrderStatus

_MOST = 100
_SECOND = timedelta(seconds=1)
_HOUR = timedelta(hours=1)
_SLIM = "[id,current_state,id_currency,total_paid_tax_incl,date_add,date_upd]"
_NEEDED = (
    "configurations", "currencies", "languages", "countries", "order_states", "groups", "orders",
    "order_histories", "order_payments", "order_slip", "order_cart_rules", "cart_rules", "carriers",
    "customers", "addresses", "products", "combinations", "categories", "carts",
)  # fmt: skip
"""What the key must be allowed to read."""
_DISPLAYS = {Resource.CUSTOMERS: PERSON}
_Ask = Callable[[int, datetime, int], list[Raw]]
_LEAST, _FAULTY = (1, 7), (8, 0, 0)


class PrestaShop(Connector):
    """The webservice. It has no webhooks: what changed is asked for each minute."""

    platform = "prestashop"
    title = "PrestaShop"
    fields = (
        Field(
            "key",
            _("Webservice key"),
            _("32 letters and digits."),
            secret=True,
            pattern="[0-9A-Za-z]{32}",
            example="ABCD…",
        ),
        Field(
            "id_shop",
            _("Number of the shop"),
            _("Only where one PrestaShop holds several shops: the number that this one has there."),
            required=False,
            pattern="[1-9][0-9]{0,5}",
            example="1",
        ),
        Field(
            "admin",
            _("Address of the back office"),
            _("Only for links from orders here to the shop: its folder has a secret name."),
            required=False,
            pattern="https?://[^ ]{1,300}",
            example="https://shop.example/admin123",
        ),
    )
    steps = (
        _("In the back office, open Advanced Parameters > Webservice and switch the webservice on."),
        _("Press “Add new webservice key”, then “Generate!”, describe it as Comanda, and leave it enabled."),
        _(
            "Tick “View (GET)” for addresses, carriers, cart_rules, carts, categories, combinations, "
            "configurations, countries, currencies, customers, groups, languages, order_cart_rules, "
            "order_histories, order_payments, order_slip, order_states, orders and products."
        ),
        _("In a multistore, associate the key with the shop. Save, and copy the key here."),
    )  # fmt: skip
    resources = (Resource.PRODUCTS, Resource.CUSTOMERS, Resource.ORDERS, Resource.CARTS)
    policy = Policy(rate=20.0, burst=20.0, timeout=120.0, secrets=("ws_key",))
    lists_statuses = True
    tells_refunds = True
    overlap = timedelta(minutes=15)

    def prepare(self) -> None:
        """The key is of the webservice alone."""
        self._site = self.config.url.rstrip("/")
        shop_id = self.config.fields.get("id_shop", "")
        self._service = Webservice(self.http, self.config.need("key"), shop_id)
        self._beside = Beside(self._service, self._site, shop_id)

    @classmethod
    def base(cls, config: Config) -> str:
        """Beneath the address of the shop."""
        return f"{config.url.rstrip('/')}/api"

    def judge(self, answer: Answer) -> None:
        """By the codes of the webservice."""
        webservice.judge(answer)

    # What the shop is.

    def shop(self) -> Shop:
        """Also asks for one record of each kind, which the key must be allowed to read."""
        for resource in _NEEDED:
            self._service.rows(resource, [("limit", "1")], "[id]")
        _expect_version(self._service.version)
        settings = self._beside.settings
        country = list(self._service.among("countries", "id", [settings.get("PS_COUNTRY_DEFAULT")]))
        return Shop(
            name=settings.get("PS_SHOP_NAME", ""),
            url=self._site,
            currency=self._beside.currencies.get(settings.get("PS_CURRENCY_DEFAULT", ""), ""),
            timezone=self._beside.zone.key,
            country=text(country[0].get("iso_code")) if country else "",
            version=self._service.version,
            skew=self.http.skew,
        )

    def statuses(self) -> list[Status]:
        """Those of the shop, as its own language calls them."""
        return [
            Status(state["_word"], normalise.translated(state["name"]), self.usual(state["_word"]))
            for state in self._beside.states.values()
            if text(state.get("deleted")) != "1"
        ]

    @classmethod
    def usual(cls, word: str) -> OrderStatus:
        """The word of a state alone tells."""
        return normalise.meaning(word)

    # What the shop has.

    def _page(self, resource: Resource, query: Pairs, count: int, offset: int = 0) -> list[Raw]:
        """Some records. Where one alone makes the shop stumble, what is known of it stands for it."""
        limit = ("limit", f"{offset},{count}" if offset else str(count))
        asked = [*query, *self._filters(resource), limit]
        try:
            return self._service.rows(resource.value, asked, _DISPLAYS.get(resource, "full"))
        except Broken as error:
            if count > 1:
                raise
            bare = self._service.rows(resource.value, asked, "[id,date_upd]")
            return [webservice.stumbled(each, error) for each in bare]

    def _filters(self, resource: Resource) -> Pairs:
        """Carts of people who are known; products at their price, in one language."""
        if resource is Resource.CARTS:
            return [("filter[id_customer]", "![0]")]
        return [*PRICES, *self._beside.language] if resource is Resource.PRODUCTS else []

    def _whole(self, resource: Resource, found: list[Raw]) -> list[Raw]:
        """Records with what must be read beside them."""
        whole = [raw for raw in found if "_error" not in raw]
        broken = [raw for raw in found if "_error" in raw]
        match resource:
            case Resource.ORDERS:
                return self._beside.orders(whole) + broken
            case Resource.CUSTOMERS:
                return self._beside.customers(whole) + broken
            case Resource.PRODUCTS:
                return self._beside.products(whole) + broken
            case Resource.CARTS:
                return self._beside.carts(whole) + broken

    def history(self, resource: Resource, after: Cursor | None, until: datetime) -> Iterator[Page]:
        """By id, which only grows: always those behind the last."""

        def ask(count: int, behind: str) -> list[Raw]:
            return self._page(resource, [("sort", "[id_ASC]"), above("id", behind)], count)

        for found in pages.by_key(ask, _id, Size(_MOST), str((after or {}).get("last", "0"))):
            last = _id(found[-1])
            yield Page(self._whole(resource, found), {"last": last})

    def changes(self, resource: Resource, since: datetime, until: datetime) -> Iterator[Page]:
        """By when they changed; and what a change elsewhere makes anew: refunds, and addresses of people."""
        begin = self._wall(since)
        seen: set[str] = set()
        for found in pages.by_time(
            self._changed(resource), normalise.wall, _id, Size(_MOST), begin - _SECOND
        ):
            seen.update(map(_id, found))
            yield Page(self._whole(resource, found), {})
        if resource is Resource.ORDERS:
            yield from self._others(resource, "order_slip", "id_order", "date_add", begin, seen)
        if resource is Resource.CUSTOMERS:
            yield from self._others(resource, "addresses", "id_customer", "date_upd", begin, seen)

    def _changed(self, resource: Resource) -> _Ask:
        def ask(count: int, since: datetime, offset: int) -> list[Raw]:
            query = [("date", "1"), above("date_upd", _bare(since)), ("sort", "[date_upd_ASC,id_ASC]")]
            return self._page(resource, query, count, offset)

        return ask

    def _others(
        self, resource: Resource, where: str, field: str, date: str, begin: datetime, seen: set[str]
    ) -> Iterator[Page]:
        """Records that something of theirs changed of, while they themselves did not."""

        def ask(count: int, behind: str) -> list[Raw]:
            query = [("date", "1"), above(date, _bare(begin - _SECOND)), above("id", behind)]
            asked = [*query, ("sort", "[id_ASC]"), ("limit", str(count))]
            return self._service.rows(where, asked, f"[id,{field}]")

        for found in pages.by_key(ask, _id, Size(_MOST), "0"):
            ids = list(dict.fromkeys(filter(None, (key(each.get(field)) for each in found))))
            fresh = [each for each in ids if each not in seen]
            seen.update(fresh)
            if fresh:
                yield Page(self.read(resource, fresh), {})

    def read(self, resource: Resource, ids: Sequence[str]) -> list[Raw]:
        """Many a request."""
        known = [each for each in ids if each.isdigit()]
        display, filters = _DISPLAYS.get(resource, "full"), self._filters(resource)
        found = list(self._service.among(resource.value, "id", known, display, filters))
        return self._whole(resource, found)

    def shapes(self, resource: Resource, raw: Raw) -> list[Shape]:
        """One each; none for accounts that were deleted and carts that are empty."""
        shape: Shape | None
        match resource:
            case Resource.ORDERS:
                shape = normalise.order(raw, self.config.fields.get("admin", "").rstrip("/"))
            case Resource.CARTS:
                shape = normalise.cart(raw)
            case Resource.CUSTOMERS:
                shape = normalise.customer(raw)
            case Resource.PRODUCTS:
                shape = normalise.product(raw, self._site, self.config.currency)
        return [shape] if shape else []

    def digests(self, since: datetime, until: datetime) -> Iterator[list[Digest]]:
        """A hundred orders a request, six fields each. A doubled hour is read whole, and sorted out here."""
        zone = self._beside.zone
        span = f"[{_bare(self._wall(since))},{_bare(until.astimezone(zone).replace(tzinfo=UTC) + _HOUR)}]"

        def ask(count: int, behind: str) -> list[Raw]:
            query = [("date", "1"), ("filter[date_add]", span), above("id", behind), ("sort", "[id_ASC]")]
            return self._service.rows("orders", [*query, ("limit", str(count))], _SLIM)

        def digest(raw: Raw) -> Digest:
            return normalise.digest(raw, self._beside.word(raw), self._beside.currency(raw), zone)

        for found in pages.by_key(ask, _id, Size(_MOST), "0"):
            made = self.digests_of(found, digest, since)
            yield [digest for digest in made if since <= digest.placed_at < until]

    def _wall(self, at: datetime) -> datetime:
        """What the shop's clock showed, as if that were UTC; two hours before, where it was put back."""
        zone = self._beside.zone
        around = {(at + _HOUR * hours).astimezone(zone).utcoffset() for hours in (-2, 0, 2)}
        return at.astimezone(zone).replace(tzinfo=UTC) - _HOUR * (2 if len(around) > 1 else 0)


def _expect_version(said: str) -> None:
    """8.0.0 writes broken JSON."""
    numbers = tuple(int(part) for part in said.split(".") if part.isdigit())
    if numbers and (numbers < _LEAST or numbers[:3] == _FAULTY):
        raise NeedsOwner("version_old", version=said, least="1.7" if numbers < _LEAST else "8.0.1")


def _id(raw: Raw) -> str:
    return text(raw["id"])


def _bare(at: datetime) -> str:
    return at.strftime("%Y-%m-%d %H:%M:%S")
