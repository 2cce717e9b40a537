"""The inbox of a store: what its shop sent, and what did not come in of it."""

import contextlib
from dataclasses import dataclass
from datetime import datetime

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.functional import Promise
from django.utils.translation import gettext, ngettext
from django.views.decorators.http import require_POST, require_safe

from comanda.ingest.sync import inbox, replay, steering
from comanda.ingest.sync.inbox import Wanted
from comanda.ingest.sync.shops import NotConnected
from comanda.records import progress
from comanda.records.models import Inbox, InboxState, Order, Store
from comanda.web.access import actor, needs
from comanda.web.frame import tags
from comanda.web.orders import payloads as laid_out
from comanda.web.shops import finding, words

_LARGEST_ID = 2**63 - 1


@dataclass(frozen=True, slots=True)
class Row:
    """A payload in the list."""

    kept: Inbox

    @property
    def label(self) -> Promise | str:
        """What it is called."""
        return words.KINDS_SHORT.get(self.kept.kind, self.kept.kind)

    @property
    def topics(self) -> str:
        """What a webhook's headers say it is about."""
        pairs = (line.partition(": ") for line in self.kept.external_id.split("\n"))
        return ", ".join(value for name, _, value in pairs if "topic" in name or "event" in name)

    @property
    def state(self) -> Promise | str:
        """How it stands."""
        return words.STATES[self.kept.state][0]

    @property
    def classes(self) -> str:
        """The colour of its state."""
        return words.STATES[self.kept.state][1]

    @property
    def trouble(self) -> words.Trouble | None:
        """Why it did not come in."""
        return words.trouble(self.kept.error_code, self.kept.error_facts)

    @property
    def can_replay(self) -> bool:
        """Whether it can be tried again."""
        return self.kept.kind in inbox.REPLAYABLE and self.kept.state == InboxState.FAILED


@require_safe
@needs("stores:read")
def show_inbox(request: HttpRequest, key: str) -> HttpResponse:
    """The payloads of a store, newest first."""
    store = finding.get(key)
    wanted, after = _wanted(request), _place(request.GET.get("cursor", ""))
    page = inbox.page(store, wanted, after)
    told = {
        "store": store,
        "wanted": wanted,
        "rows": [Row(each) for each in page.rows],
        "older": f"{page.after[0].isoformat()}~{page.after[1]}" if page.after else None,
        "is_first": after is None,
        "is_narrowed": any((wanted.state, wanted.kind, wanted.id)),
        "failed_named": words.named(inbox.failed(store)),
        "replayable": inbox.REPLAYABLE,
        "kinds": words.KINDS,
        "states": words.STATES,
        "progress": progress.find(replay.task(store)),
        "is_connected": finding.is_joined(store),
        "tab": "inbox",
    }
    is_part = request.headers.get("HX-Target") == "payloads"
    return render(request, "shops/payloads.html" if is_part else "shops/inbox.html", told)


def _wanted(request: HttpRequest) -> Wanted:
    """What is asked for; words that mean nothing stand for all."""
    state, kind = request.GET.get("state", ""), request.GET.get("kind", "")
    return Wanted(
        state if state in words.STATES else "",
        kind if kind in words.KINDS else "",
        request.GET.get("id", "").replace("\0", "").strip()[:300],
    )


def _place(cursor: str) -> tuple[datetime, int] | None:
    """Where to go on; a cursor that is none stands for the beginning."""
    at, _, last_id = cursor.partition("~")
    with contextlib.suppress(ValueError):
        when, number = datetime.fromisoformat(at), int(last_id)
        if when.tzinfo is not None and 0 <= number <= _LARGEST_ID:
            return when, number
    return None


@require_safe
@needs("privacy:read")
def payload(request: HttpRequest, key: str, payload_id: int) -> HttpResponse:
    """One payload, laid out for reading."""
    store = finding.get(key)
    kept = _get(store, payload_id)
    told = {
        "store": store,
        "payload": laid_out.show(kept),
        "row": Row(kept),
        "order": _order(store, kept),
        "is_connected": finding.is_joined(store),
        "tab": "inbox",
    }
    return render(request, "shops/payload.html", told)


@require_safe
@needs("privacy:read")
def download(request: HttpRequest, key: str, payload_id: int) -> HttpResponse:
    """A payload byte by byte as it came."""
    kept = _get(finding.get(key), payload_id)
    response = HttpResponse(bytes(kept.body), content_type="application/octet-stream")
    response["Content-Disposition"] = f'attachment; filename="payload-{kept.pk}.json"'
    return response


def _get(store: Store, payload_id: int) -> Inbox:
    kept = inbox.find(store, payload_id) if payload_id <= _LARGEST_ID else None
    if kept is None:
        raise Http404
    return kept


def _order(store: Store, kept: Inbox) -> Order | None:
    """The order that came of it, if any did."""
    if kept.kind not in ("order", "orders"):
        return None
    return Order.objects.filter(store=store, external_id=kept.external_id).first()


@require_POST
@needs("stores:sync")
def replay_failed(request: HttpRequest, key: str) -> HttpResponse:
    """Tries one payload again, or all of a kind that did not come in."""
    store, kind = finding.get(key), request.POST.get("kind", "")
    if kind not in inbox.REPLAYABLE:
        raise Http404
    with contextlib.suppress(ValueError):
        one = int(request.POST["id"]) if request.POST.get("id") else 0
        try:
            count = steering.replay(store, kind, [one] if 0 < one <= _LARGEST_ID else [], actor(request))
        except NotConnected:
            messages.error(request, gettext("This store is not connected with a shop."))
            return redirect("store", key)
        messages.success(request, _said(count))
    return redirect("store_inbox", key)


def _said(count: int) -> str:
    if not count:
        return gettext("Nothing of that kind is left to be tried again.")
    told = ngettext("%(count)s payload is tried again.", "%(count)s payloads are tried again.", count)
    return told % {"count": tags.number(count)}
