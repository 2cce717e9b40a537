"""`store connect`, `check`, `sync`, `audit`: the shops behind the stores."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Annotated, Any
from zoneinfo import ZoneInfo

import typer
from django.conf import settings

from comanda.cli import connecting, database
from comanda.cli.access import ACTOR, Json
from comanda.cli.output import Refused, as_json, count, moment, say, table
from comanda.cli.progress import bars
from comanda.cli.stores import find, pairs
from comanda.connectors import sentences
from comanda.connectors.errors import ShopError
from comanda.ingest.sync import audit, history, hooks, inbox, joining, shops, standing, steering, tasks
from comanda.ingest.sync.joining import Check
from comanda.lib.money import amount
from comanda.records import locks
from comanda.records.models import Inbox, Store
from comanda.records.stores import StoreClosed

_MOST_LISTED = 100
_STAGES = {"products": "Products", "customers": "Customers", "orders": "Orders", "carts": "Carts"}
Key = Annotated[str, typer.Argument(help="The store's key.")]


def connect(
    key: Key,
    set_: Annotated[
        list[str] | None,
        typer.Option(
            "--set", metavar="FIELD=VALUE", help="A field of the connection; - reads lines of them."
        ),
    ] = None,
    url: Annotated[str, typer.Option(help="The shop's address, if it is to be another.")] = "",
    json: Json = False,
) -> None:
    """Connect a store with its shop, or give it other keys."""
    given = [each for each in set_ or [] if each != "-"]
    with database.opened():
        store = find(key)
        _expect_platform(store)
        kept = connecting.kept(store)
        own, keys = connecting.sort(store.platform, {**kept, **pairs(given)}, from_input="-" in (set_ or []))
        if own:
            raise Refused(f"{store.platform} has no field {', '.join(own)}.")
        found = joining.again(store, url or store.url, keys, ACTOR)
    tell_check(key, found, json)


def check(key: Key, json: Json = False) -> None:
    """Try the connection of a store, step by step."""
    with database.opened():
        store = find(key)
        try:
            with shops.opened(store) as connector:
                found = joining.look(connector)
        except (shops.NotConnected, StoreClosed) as error:
            raise Refused(str(error)) from None
        except ShopError as error:
            found = Check((), error)
    tell_check(key, found, json)


def tell_check(key: str, found: Check, json: bool) -> None:
    """Prints the steps; ends with 1 when one failed."""
    if json:
        as_json(
            {
                "store": key,
                "ok": found.is_good,
                "passed": list(found.passed),
                "failed": found.error.step if found.error else None,
                "code": found.error.code if found.error else None,
                "error": str(found.error) if found.error else None,
            }
        )
    else:
        for step in found.passed:
            say(f"✓ {sentences.STEPS[step]}")
        if found.error:
            say(f"✗ {sentences.STEPS[found.error.step]}")
            say(str(found.error))
        elif found.shop:
            say(f"{found.shop.name} answers ({found.shop.currency or 'no currency told'}).")
    if found.error:
        raise typer.Exit(1)


def sync(
    key: Key,
    full: Annotated[bool, typer.Option("--full", help="Read the whole history again.")] = False,
    wait: Annotated[bool, typer.Option("--wait", help="Do it here and now, with progress.")] = False,
    json: Json = False,
) -> None:
    """Sync a store now: what changed, or the whole history; by the worker, or here with --wait."""
    with database.opened():
        store = find(key)
        _expect_connected(store)
        if wait:
            _sync_here(store, full=full, quiet=json)
        else:
            _steer(lambda: steering.sync(store, ACTOR, full=full))
        told = standing.of(store)
    if json:
        as_json(standing.as_json(told))
    elif wait:
        say(f"{store.name}: {standing.sentence(told)}")
    else:
        say(f"The worker syncs {store.key}. See: comanda store show {store.key}")


def _steer(deed: Callable[[], object]) -> None:
    """Does what people do with a sync; raises Refused for a store that is archived, or being deleted."""
    try:
        deed()
    except shops.NotConnected as error:
        raise Refused(str(error)) from None


def _sync_here(store: Store, *, full: bool, quiet: bool) -> None:
    with bars(_STAGES, quiet=quiet) as progress:
        try:
            with (
                locks.syncing(store.pk, waits=True),
                shops.opened(store) as connector,
                shops.watched(store, is_whole=True),
            ):
                if full:
                    history.begin(store, type(connector), again=True)
                tasks.perform(store, connector, full=False, by_hand=True, progress=progress)
        except (ShopError, StoreClosed, shops.NotConnected) as error:
            raise Refused(str(error)) from None
        except (KeyboardInterrupt, SystemExit):
            raise Refused("Stopped. It goes on where it was, by itself or by the same command.") from None


def _expect_platform(store: Store) -> None:
    try:
        shops.platform_of(store)
    except shops.NotConnected as error:
        raise Refused(str(error)) from None


def _expect_connected(store: Store) -> None:
    _expect_platform(store)
    try:
        shops.connection_of(store)
    except shops.NotConnected as error:
        raise Refused(str(error)) from None


def compare(
    key: Key,
    from_: Annotated[str, typer.Option("--from", help="The first day, such as 2026-11-01.")] = "",
    to: Annotated[str, typer.Option("--to", help="The last day; the same if left out.")] = "",
    json: Json = False,
) -> None:
    """Compare days of a store with its shop, order by order; heal what can be healed."""
    with database.opened():
        store = find(key)
        _expect_connected(store)
        wanted = _days(store, from_, to)
        try:
            with shops.opened(store) as connector, shops.watched(store):
                found = [audit.run(store, connector, day) for day in wanted]
        except (ShopError, StoreClosed, shops.NotConnected) as error:
            raise Refused(str(error)) from None
    if json:
        complete = all(day.is_complete for day in found)
        as_json({"store": key, "complete": complete, "days": [audit.as_json(day) for day in found]})
    else:
        _tell(found)
    if not all(day.is_complete for day in found):
        raise typer.Exit(1)


def _days(store: Store, since: str, until: str) -> list[date]:
    today = datetime.now(ZoneInfo(store.timezone)).date()
    try:
        first = date.fromisoformat(since) if since else today - timedelta(days=1)
        last = date.fromisoformat(until) if until else first if since else today
    except ValueError:
        raise Refused(f"{since} {until}: expected days such as 2026-11-01.") from None
    if last < first or (last - first).days > 3660:
        raise Refused(f"From {first} to {last}: expected at most ten years, in this order.")
    return list(audit.days(first, last))


def _tell(found: list[audit.Day]) -> None:
    numbers = ("shop", "here", "healed", "open")
    table(
        "",
        ("day", *numbers, "money in the shop", "money here"),
        (
            [
                f"{day.day}", f"{day.shop_orders:,}", f"{day.own_orders:,}", f"{day.healed:,}",
                f"{len(day.differences):,}", _money(day.shop_totals), _money(day.own_totals),
            ]
            for day in found
        ),
        right=(*numbers, "money in the shop", "money here"),
    )  # fmt: skip
    rows = [(day.day, each) for day in found for each in day.differences]
    if rows:
        table(
            "Differences",
            ("day", "order", "why", "note"),
            ([f"{day}", each.order_id, each.reason.value, each.note] for day, each in rows),
        )


def _money(totals: dict[str, Any]) -> str:
    return "\n".join(f"{amount(total, currency)} {currency}" for currency, total in totals.items())


def show(key: Key, json: Json = False) -> None:
    """Show how a store stands: how far it is synced, what is to be done."""
    with database.opened():
        store = find(key)
        told = standing.of(store)
        address = hooks.address_to_enter(store, settings.PUBLIC_URL)
    if json:
        as_json({**standing.as_json(told), "webhook_address": address})
        return
    say(f"{store.name}: {standing.sentence(told)}")
    if told.state == "paused":
        say(f"It is paused. Go on: comanda store pause {key} --on")
    elif told.retry_at:
        say(f"It is tried again at {moment(told.retry_at, store.timezone)}, or by: comanda store sync {key}")
    for remark in standing.remarks(told):
        say(remark)
    if address:
        say(f"Have the shop send its webhooks to {address}")
    table(
        "",
        ("what", "state", "records", "synced to"),
        (
            [each.resource, each.state, f"{each.seen:,}", moment(each.synced_to, store.timezone)]
            for each in told.resources
        ),
        right=("records",),
    )


def list_inbox(
    key: Key,
    again: Annotated[bool, typer.Option("--again", help="Have all of it tried again by the worker.")] = False,
    json: Json = False,
) -> None:
    """List what did not come in of a store, newest first, and why."""
    with database.opened():
        store = find(key)
        rows = inbox.page(store, inbox.Wanted(state="failed"), size=_MOST_LISTED).rows
        failed = inbox.failed(store)
        if again:
            _steer(lambda: [steering.replay(store, kind, [], ACTOR) for kind in failed])
    if json:
        as_json({"store": key, "failed": failed, "rows": [_as_kept(row) for row in rows]})
        return
    table(
        "",
        ("what", "number", "received", "why"),
        ([row.kind, row.external_id, moment(row.received_at), inbox.why(row)] for row in rows),
    )
    say(_inbox_end(key, sum(failed.values()), again=again))


def _inbox_end(key: str, failed: int, *, again: bool) -> str:
    if not failed:
        return "All that the shop sent came in."
    if again:
        return f"The worker tries {count(failed, 'payload')} again. See: comanda store inbox {key}"
    return f"{count(failed, 'payload')} did not come in. Try again: comanda store inbox {key} --again"


def _as_kept(row: Inbox) -> dict[str, Any]:
    return {
        "id": row.pk,
        "kind": row.kind,
        "external_id": row.external_id,
        "received_at": row.received_at,
        "tries": row.tries,
        "code": row.error_code,
        "facts": row.error_facts,
        "why": inbox.why(row),
    }


def pause(key: Key, on: Annotated[bool, typer.Option("--on", help="Switch it on again.")] = False) -> None:
    """Stop syncing a store by itself, until it is switched on again."""
    with database.opened():
        store = find(key)
        _expect_connected(store)
        _steer(lambda: (steering.resume if on else steering.pause)(store, ACTOR))
    say(f"{key} syncs by itself again." if on else f"{key} is paused. Go on: comanda store pause {key} --on")


def register(app: typer.Typer) -> None:
    """Adds these commands to those of `store`."""
    for name, command in _COMMANDS.items():
        app.command(name)(command)


_COMMANDS: dict[str, Callable[..., None]] = {
    "connect": connect,
    "check": check,
    "sync": sync,
    "audit": compare,
    "show": show,
    "inbox": list_inbox,
    "pause": pause,
}
