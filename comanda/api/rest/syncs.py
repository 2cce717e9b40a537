"""`/stores/{key}/sync` and `/stores/{key}/audit`: how a store stands with its shop, and the proof of it."""

import re
from datetime import date, datetime, timedelta
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo

from django.http import HttpRequest
from ninja import Body, Query, Router, Schema, Status
from pydantic import BeforeValidator, Field

from comanda.api.problems import ApiProblem
from comanda.api.rest.fields import MoneyOut
from comanda.api.rest.routing import actor, needs
from comanda.api.rest.stores import InPath, find_store
from comanda.ingest.sync import audit, shops, standing, steering
from comanda.records import stores
from comanda.records.models import Audit, Store
from comanda.records.stores import StoreClosed

router = Router(tags=["stores"])
_MOST_DAYS = 366
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


class SyncAsked(Schema):
    """``full`` reads the whole history again."""

    full: bool = False


class PartOut(Schema):
    """How far one resource of a shop is."""

    resource: str
    state: Literal["waiting", "running", "done"]
    seen: int
    total: int | None
    synced_to: datetime | None
    pulled_at: datetime | None


class StandOut(Schema):
    """How a store stands: all orders of its shop up to ``complete_to`` are here, or refused with a reason."""

    state: Literal["unconnected", "history", "in_step", "waiting", "paused", "broken", "on"]
    complete_to: datetime | None
    refused: int
    error_code: str
    error: str
    retry_at: datetime | None
    hook_seen_at: datetime | None
    hooks_forged: int
    remarks: list[str]
    resources: list[PartOut]


class DifferenceOut(Schema):
    """An order that is not the same on both sides, and why."""

    order_id: str
    reason: str
    shop_total: MoneyOut | None
    own_total: MoneyOut | None
    currency: str
    note: str


class DayOut(Schema):
    """A day of a shop compared with the same day here."""

    day: date
    compared_at: datetime
    complete: bool
    shop_orders: int
    own_orders: int
    shop_totals: dict[str, MoneyOut]
    own_totals: dict[str, MoneyOut]
    healed: int
    differences: list[DifferenceOut]


def _iso(given: object) -> object:
    """Days as texts alone: a number would be taken for seconds since 1970."""
    if isinstance(given, str) and not _DAY.fullmatch(given):
        raise ValueError("expected a day such as 2026-11-01")
    if isinstance(given, int | float):
        raise ValueError("expected a day such as 2026-11-01, as text")
    return given


Day = Annotated[date, BeforeValidator(_iso)]


class Days(Schema):
    """The first and the last day, in the store's zone; of more than 366 days the first 366."""

    since: Day | None = Field(None, alias="from")
    until: Day | None = Field(None, alias="to")


class DaysAsked(Schema):
    """The same in a body."""

    since: Day | None = Field(None, alias="from")
    until: Day | None = Field(None, alias="to")


class AuditAsked(Schema):
    """What is compared."""

    asked: Literal[True] = True
    since: date
    until: date


@router.get("/{key}/sync", response=StandOut, **needs("stores:read"))
def get_sync(request: HttpRequest, key: InPath) -> Any:
    """How a store stands with its shop."""
    return standing.as_json(standing.of(find_store(key)))


@router.post("/{key}/sync", response={202: StandOut}, **needs("stores:sync"))
def ask_sync(request: HttpRequest, key: InPath, asked: Annotated[SyncAsked, Body()]) -> Any:
    """Has the shop read now: what changed, or the whole history. Asking twice is asking once."""
    store = _connected(key)
    steering.sync(store, actor(request), full=asked.full)
    return Status(202, standing.as_json(standing.of(store)))


@router.get("/{key}/audit", response=list[DayOut], **needs("stores:read"))
def get_audit(request: HttpRequest, key: InPath, days: Annotated[Days, Query()]) -> Any:
    """The last comparison of each day; of the last 30 days if none are named."""
    store = find_store(key)
    since, until = _bounds(store, days.since, days.until)
    return [_told(row) for row in audit.latest(store, since, until).values()]


@router.post("/{key}/audit", response={202: AuditAsked}, **needs("stores:sync"))
def ask_audit(request: HttpRequest, key: InPath, days: Annotated[DaysAsked, Body()]) -> Any:
    """Has days compared with the shop, order by order, and healed; see the answer by GET."""
    store = _connected(key)
    since, until = _bounds(store, days.since, days.until)
    steering.compare(store, since, until, actor(request))
    return Status(202, {"asked": True, "since": since, "until": until})


def _bounds(store: Store, since: date | None, until: date | None) -> tuple[date, date]:
    today = datetime.now(ZoneInfo(store.timezone)).date()
    last = until or (today if since is None else max(since, today))
    first = since or last - timedelta(days=min(29, (last - date.min).days))
    first, last = min(first, last), max(first, last)
    return first, min(last, first + timedelta(days=min(_MOST_DAYS - 1, (date.max - first).days)))


def _told(row: Audit) -> dict[str, Any]:
    return {
        "day": row.day,
        "compared_at": row.at,
        "complete": audit.is_complete(row),
        "shop_orders": row.shop_orders,
        "own_orders": row.own_orders,
        "shop_totals": row.shop_totals,
        "own_totals": row.own_totals,
        "healed": row.healed,
        "differences": row.differences,
    }


def _connected(key: str) -> Store:
    store = find_store(key)
    try:
        stores.check_open(store)
        shops.connection_of(store)
    except (shops.NotConnected, StoreClosed) as error:
        raise ApiProblem(409, str(error)) from None
    return store
