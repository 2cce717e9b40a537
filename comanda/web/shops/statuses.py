"""The status map of a store: which of the five each word of the shop's means."""

from dataclasses import dataclass

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.views.decorators.http import require_POST, require_safe

from comanda.ingest.sync import statuses, steering
from comanda.ingest.sync.statuses import Word
from comanda.records import progress
from comanda.shapes import OrderStatus
from comanda.web.access import actor, needs
from comanda.web.frame.tags import STATUSES
from comanda.web.shops import finding

FIVE: list[tuple[str, Promise]] = [(each.value, STATUSES[each.value][0]) for each in OrderStatus]


@dataclass(frozen=True, slots=True)
class Row:
    """A word, and the five to choose from: value, label, whether it is chosen, whether it is usual."""

    word: Word
    choices: list[tuple[str, Promise, bool, bool]]


@require_safe
@needs("stores:read")
def status_map(request: HttpRequest, key: str) -> HttpResponse:
    """Every word of the shop's, how many orders carry it, and what it means."""
    store, _ = finding.get_with_platform(key)
    told = {
        "store": store,
        "rows": [_row(each) for each in statuses.words(store)],
        "five": FIVE,
        "progress": progress.find(statuses.task(store)),
        "tab": "statuses",
    }
    is_part = request.headers.get("HX-Target") == "derivation"
    return render(request, "shops/derivation.html" if is_part else "shops/statuses.html", told)


def _row(word: Word) -> Row:
    return Row(
        word,
        [(value, label, value == word.status, value == word.usual) for value, label in FIVE],
    )


@require_POST
@needs("stores:write")
def save_map(request: HttpRequest, key: str) -> HttpResponse:
    """Keeps what was chosen, and gives all orders the status that it says."""
    store, _ = finding.get_with_platform(key)
    words, chosen = request.POST.getlist("word"), request.POST.getlist("status")
    known = {each.word for each in statuses.words(store)}
    five = {value for value, _ in FIVE}
    map_ = {w: s for w, s in zip(words, chosen, strict=False) if w in known and s in five}
    if steering.map_statuses(store, map_, actor(request)):
        messages.success(request, gettext("Saved. Its orders are given their status now."))
    else:
        messages.success(request, gettext("Nothing was other than it is."))
    return redirect("store_statuses", store.key)
