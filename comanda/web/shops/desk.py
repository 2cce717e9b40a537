"""What lies before someone who connects a shop."""

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django_htmx.http import HttpResponseClientRedirect

from comanda.connectors.base import Connector
from comanda.connectors.errors import ShopError
from comanda.ingest.sync import joining
from comanda.ingest.sync.joining import Check
from comanda.records.authorisations import Draft
from comanda.records.models import Store
from comanda.web.account.mails import address
from comanda.web.shops import forms, gallery, kept, words
from comanda.web.shops.forms import ConnectForm


@dataclass(frozen=True, slots=True)
class Desk:
    """``store`` is there when it is connected anew. ``known`` are fields that are kept, of its connection or
    typed a moment ago.
    """

    kind: type[Connector]
    store: Store | None
    known: dict[str, str]

    def form(self, data: Any = None, *, is_authorising: bool = False) -> ConnectForm:
        """The form, with what was typed or what is kept."""
        shown = forms.initial(self.known, self.kind)
        if self.store is not None:
            shown["url"] = self.store.url
        return ConnectForm(
            self.kind,
            data,
            kept=self.known,
            is_new=self.store is None,
            is_authorising=is_authorising,
            initial=shown,
        )

    def draft(self, form: ConnectForm) -> Draft:
        """The store as it was typed."""
        typed = form.cleaned_data
        url, key = (self.store.url, self.store.key) if self.store else ("", "")
        return Draft(typed.get("name", ""), typed.get("url", url), key)


def lay(request: HttpRequest, kind: type[Connector], store: Store | None) -> Desk:
    """The desk as it is now."""
    fields = joining.kept_fields(store) if store else {}
    return Desk(kind, store, joining.merged(kind, fields, kept.find(request, name(kind, store))))


def take_secrets(request: HttpRequest, desk: Desk) -> Desk:
    """The desk with the secrets that were just typed: they are kept, and never sent back."""
    form = desk.form(request.POST)
    form.full_clean()
    called = name(desk.kind, desk.store)
    given = {each: value for each, value in form.secrets.items() if value}
    if given:
        kept.keep(request, called, {**kept.find(request, called), **given})
    return lay(request, desk.kind, desk.store)


def typed_again(desk: Desk, draft: Draft) -> ConnectForm:
    """The form as it would be, had someone typed what is known."""
    told = QueryDict(mutable=True)
    told.update({"name": draft.name, "url": draft.url, **forms.initial(desk.known, desk.kind)})
    form = desk.form(told)
    form.full_clean()
    return form


def name(kind: type[Connector], store: Store | None) -> str:
    """By which the secrets typed for a platform, or a store, are kept."""
    return f"store {store.key}" if store else kind.platform


def show(
    request: HttpRequest,
    desk: Desk,
    form: ConnectForm,
    check: Check | None = None,
    refused: ShopError | None = None,
) -> HttpResponse:
    """The page: the form, what to click in the shop, and how a try went."""
    kind = desk.kind
    back = address(request, "authorised", kind.platform) if kind.has_authorise_page else ""
    told = {
        "platform": words.platform(kind),
        "form": form,
        "store": desk.store,
        "abilities": gallery.abilities(kind),
        "steps": [words.said(each) for each in kind.steps],
        "check": check,
        "checked": words.steps(check, kind) if check else [],
        "remarks": words.remarks(check.shop.remarks, kind) if check and check.shop else [],
        "refused": words.of_try(refused, kind) if refused else None,
        "back": "" if kind.sends_keys else back,
        "can_authorise": kind.has_authorise_page and (not kind.sends_keys or back.startswith("https:")),
    }
    failed = form.errors or refused or (check and not check.is_good)
    return render(request, "shops/connect.html", told, status=422 if failed else 200)


def lead_to(request: HttpRequest, store: Store) -> HttpResponse:
    """On to the page of a store."""
    where = reverse("store", args=(store.key,))
    return HttpResponseClientRedirect(where) if request.headers.get("HX-Request") else redirect(where)
