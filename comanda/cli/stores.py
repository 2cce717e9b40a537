"""`store`: where orders come from."""

from collections.abc import Iterable, Mapping
from typing import Annotated, Any
from zoneinfo import ZoneInfo

import typer

from comanda.cli import connecting, database
from comanda.cli.access import ACTOR, Json
from comanda.cli.output import Refused, as_json, say, table
from comanda.records import audit, store_totals, stores
from comanda.records.models import Store, StoreKind

app = typer.Typer(help="Shops that orders come from.", no_args_is_help=True)
_NUMBERS = ("latitude", "longitude")


@app.command("add")
def add(
    name: Annotated[str, typer.Option(help="What people call the shop.")],
    platform: Annotated[
        str, typer.Option(help="What it runs on: csv, api, or a platform (see the docs of each).")
    ] = "csv",
    key: Annotated[
        str, typer.Option(help="Its name in commands and the API; made from the name if left out.")
    ] = "",
    url: Annotated[str, typer.Option(help="Its address on the web.")] = "",
    currency: Annotated[str, typer.Option(help="ISO 4217 code; a shop's own is taken over.")] = "EUR",
    timezone: Annotated[str, typer.Option(help="IANA name, such as Europe/Lisbon.")] = "UTC",
    set_: Annotated[
        list[str] | None,
        typer.Option(
            "--set",
            metavar="FIELD=VALUE",
            help="More: kind=physical, country=PT, description=…; and the keys of a platform's connection. "
            "With --set - they are read from standard input, a line each.",
        ),
    ] = None,
    json: Json = False,
) -> None:
    """Add a store; one of a platform is connected once its shop was checked."""
    columns: dict[str, Any] = {"name": name, "platform": platform, "url": url, "currency": currency.upper()}
    given = [each for each in set_ or [] if each != "-"]
    with database.opened():
        own, keys = connecting.sort(platform, pairs(given), from_input="-" in (set_ or []))
        columns |= {"timezone": timezone, **_columns(own)}
        if connecting.is_platform(platform):
            made = connecting.add(key or stores.free_key(name), columns, keys)
        else:
            made = stores.create(key or stores.slug(name), **columns)
        audit.note(ACTOR, "store.add", f"store {made.key}")
        if json:
            as_json(stores.totals(made))
        elif connecting.is_platform(platform):
            say(f"Store {made.key} is connected. Its history: comanda store sync {made.key} --wait")
        else:
            say(
                f"Store {made.key} is there ({made.currency}, {made.timezone}). "
                f"Next: comanda import FILE --store {made.key}"
            )


def pairs(given: Iterable[str]) -> dict[str, str]:
    """``FIELD=VALUE`` each; raises Refused, naming the field alone, for the value may be secret."""
    fields: dict[str, str] = {}
    for each in given:
        name, found, value = each.partition("=")
        if not found:
            raise Refused(f"--set {name.strip()[:40]}: expected FIELD=VALUE.")
        fields[name.strip()] = value.strip()
    return fields


def _columns(given: Mapping[str, str]) -> dict[str, Any]:
    fields: dict[str, Any] = {
        name: _number(name, value) if name in _NUMBERS else value for name, value in given.items()
    }
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
