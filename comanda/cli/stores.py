"""`store`: where orders come from."""

from typing import Annotated, Any
from zoneinfo import ZoneInfo

import typer

from comanda.cli import database
from comanda.cli.access import ACTOR, Json
from comanda.cli.output import Refused, as_json, say, table
from comanda.records import audit, store_totals, stores
from comanda.records.models import Store, StoreKind

app = typer.Typer(help="Shops that orders come from.", no_args_is_help=True)
_NUMBERS = ("latitude", "longitude")


@app.command("add")
def add(
    name: Annotated[str, typer.Option(help="What people call the shop.")],
    platform: Annotated[str, typer.Option(help="What it runs on: csv, api.")] = "csv",
    key: Annotated[
        str, typer.Option(help="Its name in commands and the API; made from the name if left out.")
    ] = "",
    url: Annotated[str, typer.Option(help="Its address on the web.")] = "",
    currency: Annotated[str, typer.Option(help="ISO 4217 code.")] = "EUR",
    timezone: Annotated[str, typer.Option(help="IANA name, such as Europe/Lisbon.")] = "UTC",
    set_: Annotated[
        list[str] | None,
        typer.Option("--set", metavar="FIELD=VALUE", help="More: kind=physical, country=PT, description=…"),
    ] = None,
    json: Json = False,
) -> None:
    """Add a store."""
    columns: dict[str, Any] = {"name": name, "platform": platform, "url": url, "currency": currency.upper()}
    columns |= {"timezone": timezone, **_fields(set_ or [])}
    with database.opened():
        made = stores.create(key or stores.slug(name), **columns)
        audit.note(ACTOR, "store.add", f"store {made.key}")
        if json:
            as_json(stores.totals(made))
        else:
            say(
                f"Store {made.key} is there ({made.currency}, {made.timezone}). "
                f"Next: comanda import FILE --store {made.key}"
            )


def _fields(given: list[str]) -> dict[str, Any]:
    fields: dict[str, Any] = {}
    for each in given:
        name, found, value = each.partition("=")
        if not found:
            raise Refused(f"--set {each}: expected FIELD=VALUE.")
        fields[name] = _number(name, value) if name in _NUMBERS else value
    if "kind" in fields and fields["kind"] not in set(StoreKind):
        raise Refused(f"--set kind={fields['kind']}: expected online or physical.")
    return fields


def _number(name: str, value: str) -> float:
    try:
        return float(value)
    except ValueError:
        raise Refused(f"--set {name}={value}: expected degrees, such as 38.7223.") from None


@app.command("list")
def list_stores(json: Json = False) -> None:
    """List the stores with what they have brought."""
    with database.opened():
        found = store_totals.of(list(Store.objects.order_by("key")))
    if json:
        as_json(found)
        return
    numbers = ("orders", "lines", "contacts", "products", "revenue")
    table("", ("key", *numbers, "last order"), (_cells(store, numbers) for store in found), right=numbers)
    if not found:
        say("No store yet. Add one: comanda store add --name 'My shop' --currency EUR")


def _cells(store: dict[str, Any], numbers: tuple[str, ...]) -> list[str]:
    revenue = "\n".join(f"{amount} {currency}" for currency, amount in store["revenue"].items())
    last = store["last_order_at"]
    day = f"{last.astimezone(ZoneInfo(store['timezone'])):%Y-%m-%d}" if last else ""
    return [store["key"], *(f"{store[number]:,}" for number in numbers[:-1]), revenue, day]


def find(key: str) -> Store:
    """The store with this key; raises Refused with those that there are."""
    store = stores.find(key)
    if store is None:
        there = ", ".join(Store.objects.order_by("key").values_list("key", flat=True)) or "none yet"
        raise Refused(f"There is no store {key!r}. Stores: {there}. Add one: comanda store add --name NAME")
    return store
