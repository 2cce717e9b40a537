"""What shops sent, as it came: found, counted, looked at."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Q

from comanda.connectors import sentences
from comanda.records.models import Inbox, InboxState, Store

KINDS = ("orders", "customers", "products", "carts", "webhook", "order", "cart")
"""Kinds of payloads: records that did not come in, webhooks, and what became an order or a cart."""
REPLAYABLE = ("orders", "customers", "products", "carts", "webhook")


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which payloads: "" stands for all; ``id`` is the shop's own id of a record."""

    state: str = ""
    kind: str = ""
    id: str = ""


@dataclass(frozen=True, slots=True)
class Page:
    """Some payloads, newest first; ``after`` is where the next page goes on, None when there is none."""

    rows: Sequence[Inbox]
    after: tuple[datetime, int] | None


def page(store: Store, wanted: Wanted, after: tuple[datetime, int] | None = None, size: int = 50) -> Page:
    """The payloads behind a place in the inbox, without their bodies."""
    found = Inbox.objects.filter(store=store)
    if wanted.state:
        found = found.filter(state=wanted.state)
    if wanted.kind or wanted.id:
        found = found.filter(kind__in=[wanted.kind] if wanted.kind else KINDS)
    if wanted.id:
        found = found.filter(external_id=wanted.id)
    if after is not None:
        at, last_id = after
        found = found.filter(received_at__lte=at).filter(Q(received_at__lt=at) | Q(id__lt=last_id))
    rows = list(found.defer("body").order_by("-received_at", "-id")[: size + 1])
    more = len(rows) > size
    rows = rows[:size]
    return Page(rows, (rows[-1].received_at, rows[-1].pk) if more else None)


def failed(store: Store) -> dict[str, int]:
    """How many payloads did not come in, by kind."""
    counted = Inbox.objects.filter(store=store, state=InboxState.FAILED).values_list("kind")
    found = dict(counted.annotate(Count("id")))
    return {kind: found[kind] for kind in (*KINDS, *sorted(set(found) - set(KINDS))) if kind in found}


def waiting(store: Store) -> int:
    """How many payloads wait for their job."""
    return Inbox.objects.filter(store=store, state=InboxState.NEW).count()


def why(kept: Inbox) -> str:
    """Why a payload did not come in, in English; "" when it did."""
    code: str = kept.error_code
    return sentences.say(code, kept.error_facts) if code in sentences.ALL else code


def find(store: Store, number: int) -> Inbox | None:
    """One payload, with its body."""
    return Inbox.objects.filter(store=store, id=number).first()
