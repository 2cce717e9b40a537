"""The list of stores, one of them, and what is done with them."""

import logging
from collections.abc import Sequence

from django.conf import settings
from django.contrib import messages
from django.db import transaction
from django.db.models import F
from django.db.models.functions import Lower
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language, gettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from django_htmx.http import HttpResponseClientRedirect

from comanda.connectors import geocoder
from comanda.ingest import store_removal as removal
from comanda.lib.outgoing import Unreachable
from comanda.records import audit, progress, remembered, store_figures, store_removal, stores
from comanda.records.models import Import, Store
from comanda.records.progress import Standing
from comanda.records.remembered import Answer
from comanda.records.store_figures import Figures
from comanda.web.access import actor, needs
from comanda.web.shops import standing
from comanda.web.stores.forms import DeletionForm, PhysicalStoreForm, StoreForm, begun, known

log = logging.getLogger(__name__)
_LAST_IMPORTS = 5
_EVERY = "store-figures"
Counted = Answer[dict[int, Figures]] | None


@require_safe
@needs("stores:read")
def store_list(request: HttpRequest) -> HttpResponse:
    """All stores, those in use first; what they have brought comes later where counting takes long."""
    kept = list(Store.objects.order_by(F("archived_at").asc(nulls_first=True), Lower("name"), "key"))
    counted = _figures(request, _EVERY, kept)
    stands = standing.briefly([each for each in kept if not each.archived_at and not each.removal_asked_at])
    rows = [(store, _own(counted, store), _removal(store), stands.get(store.pk)) for store in kept]
    told = {"rows": rows, "counted": counted, "any_goes": any(store.removal_asked_at for store in kept)}
    is_part = request.headers.get("HX-Target") == "stores"
    return render(request, "stores/rows.html" if is_part else "stores/list.html", told)


@require_safe
@needs("stores:read")
def store(request: HttpRequest, key: str) -> HttpResponse:
    """One store: what is known of it, what it has brought, its last imports."""
    kept = _find(key)
    if kept is None:
        return _gone(request)
    counted = _figures(request, f"{_EVERY}-{kept.pk}", [kept])
    told = {
        "store": kept,
        "figures": _own(counted, kept),
        "counted": counted,
        "removal": _removal(kept),
        "imports": Import.objects.filter(store=kept, dry_run=False).order_by("-id")[:_LAST_IMPORTS],
        "tiles": settings.MAP_TILES,
        "tab": "overview",
    }
    if standing.has_shop(kept):
        told |= standing.told(request, kept) | {"acts": standing.acts(kept)}
    is_part = request.headers.get("HX-Target") == "figures"
    return render(request, "stores/figures.html" if is_part else "stores/store.html", told)


@require_http_methods(["GET", "HEAD", "POST"])
@needs("stores:write")
def new_store(request: HttpRequest) -> HttpResponse:
    """Adds a physical store."""
    posted = request.method == "POST"
    form = PhysicalStoreForm(request.POST) if posted else PhysicalStoreForm(initial=begun())
    if posted and form.is_valid() and form.save(actor(request)) and form.store:
        messages.success(request, gettext("The store is there. Now bring its orders in."))
        return redirect("store", form.store.key)
    return _show_form(request, "stores/new.html", form)


@require_http_methods(["GET", "HEAD", "POST"])
@needs("stores:write")
def edit_store(request: HttpRequest, key: str) -> HttpResponse:
    """Changes what is known of a store."""
    kept = _get(key)
    posted = request.method == "POST"
    form = StoreForm(request.POST if posted else None, store=kept, initial=known(kept))
    if posted and form.is_valid() and form.save(actor(request)):
        messages.success(request, gettext("Saved."))
        return redirect("store", key)
    return _show_form(request, "stores/edit.html", form)


def _show_form(request: HttpRequest, template: str, form: StoreForm) -> HttpResponse:
    told = {
        "form": form,
        "store": form.store,
        "tiles": settings.MAP_TILES,
        "can_search": bool(settings.GEOCODER_URL),
    }
    return render(request, template, told, status=422 if form.errors else 200)


@require_safe
@needs("stores:write")
def places(request: HttpRequest) -> HttpResponse:
    """Where the words of an address may be, asked of the geocoder that the operator has set."""
    words = request.GET.get("q", "").replace("\0", "").strip()
    if not settings.GEOCODER_URL:
        raise Http404
    try:
        found = geocoder.search(settings.GEOCODER_URL, words, get_language() or "en") if words else []
    except Unreachable as error:
        log.warning("The geocoder could not be asked: %s.", error)
        return render(request, "stores/places.html", {"is_away": True})
    return render(request, "stores/places.html", {"places": found, "words": words})


@require_POST
@needs("stores:write")
def archive(request: HttpRequest, key: str) -> HttpResponse:
    """Takes a store out of use."""
    kept = _get(key)
    with transaction.atomic():
        stores.archive(kept)
        audit.note(actor(request), "store.archive", f"store {key}")
    messages.success(request, gettext("Archived. What it brought stays; nothing more comes in."))
    return redirect("store", key)


@require_POST
@needs("stores:write")
def unarchive(request: HttpRequest, key: str) -> HttpResponse:
    """Takes a store into use again."""
    kept = _get(key)
    with transaction.atomic():
        stores.unarchive(kept)
        audit.note(actor(request), "store.unarchive", f"store {key}")
    messages.success(request, gettext("In use again."))
    return redirect("store", key)


@require_http_methods(["GET", "HEAD", "POST"])
@needs("stores:write")
def delete(request: HttpRequest, key: str) -> HttpResponse:
    """Says what goes with a store, and deletes it once its key is typed."""
    kept = _get(key)
    form = DeletionForm(kept, request.POST if request.method == "POST" else None)
    if form.is_valid():
        gone = removal.remove(kept, actor(request))
        said = gettext("%(name)s is deleted.") if gone else gettext("%(name)s is being deleted.")
        messages.success(request, said % {"name": kept.name})
        return redirect("stores")
    told = {"store": kept, "form": form, "going": store_removal.contents(kept)}
    return render(request, "stores/delete.html", told, status=422 if form.errors else 200)


def _find(key: str) -> Store | None:
    return Store.objects.select_related("contact_list").filter(key=key).first()


def _get(key: str) -> Store:
    kept = _find(key)
    if kept is None:
        raise Http404
    return kept


def _gone(request: HttpRequest) -> HttpResponse:
    """Who looks on while a store is deleted is led back to the others once it is done."""
    if request.headers.get("HX-Request"):
        return HttpResponseClientRedirect(reverse("stores"))
    raise Http404


def _figures(request: HttpRequest, question: str, kept: Sequence[Store]) -> Counted:
    """What the stores have brought; None where it takes long and the page is to come first."""
    if "figures" in request.GET or store_figures.are_quick():
        return remembered.ask(question, lambda: store_figures.of(kept))
    return remembered.find(question)


def _own(counted: Counted, store: Store) -> Figures | None:
    """One that was added after the counting has brought nothing."""
    return counted.value.get(store.pk, Figures()) if counted else None


def _removal(store: Store) -> Standing | None:
    return progress.find(removal.task_of(store.pk)) if store.removal_asked_at else None
