"""A shop connected: what is typed is tried live, then kept."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods
from django_htmx.http import HttpResponseClientRedirect

from comanda.connectors.base import Connector
from comanda.connectors.errors import NeedsOwner
from comanda.ingest.sync import authorising, joining
from comanda.records.authorisations import Draft
from comanda.records.models import Store
from comanda.records.stores import StoreRefused
from comanda.web.access import actor, needs, user
from comanda.web.account.mails import address
from comanda.web.shops import desk as desks
from comanda.web.shops import finding, kept, words
from comanda.web.shops.desk import Desk
from comanda.web.shops.forms import ConnectForm
from comanda.web.stores.forms import begun


@require_http_methods(["GET", "HEAD", "POST"])
@needs("stores:write")
def connect(request: HttpRequest, platform: str) -> HttpResponse:
    """Connects a new store."""
    return _work(request, finding.get_platform(platform), None)


@require_http_methods(["GET", "HEAD", "POST"])
@needs("stores:write")
def reconnect(request: HttpRequest, key: str) -> HttpResponse:
    """Connects a store that is there anew."""
    store, kind = finding.get_with_platform(key)
    return _work(request, kind, store)


def _work(request: HttpRequest, kind: type[Connector], store: Store | None) -> HttpResponse:
    desk = desks.lay(request, kind, store)
    if request.method != "POST":
        return desks.show(request, desk, desk.form())
    deed = request.POST.get("do")
    desk = desks.take_secrets(request, desk)
    form = desk.form(request.POST, is_authorising=deed == "authorise")
    if not form.is_valid():
        return desks.show(request, desk, form)
    fields = joining.merged(kind, desk.known, form.typed)
    if deed == "authorise":
        return _authorise(request, desk, form, fields)
    if deed == "test":
        return _test(request, desk, form, fields)
    return finish(request, desk, desk.draft(form), fields)


def _authorise(request: HttpRequest, desk: Desk, form: ConnectForm, fields: dict[str, str]) -> HttpResponse:
    """Sends the owner to the shop's own page."""
    platform = desk.kind.platform
    back = address(request, "authorised", platform)
    try:
        page = authorising.begin(user(request), platform, desk.draft(form), fields, back)
    except authorising.NoSuchPage:
        return desks.show(request, desk, form)
    except NeedsOwner as refused:
        if refused.code != "key_missing":
            return desks.show(request, desk, form, refused=refused)
        form.miss(refused.facts["field"])
        return desks.show(request, desk, form)
    if request.headers.get("HX-Request"):
        return HttpResponseClientRedirect(page)
    return render(request, "shops/leave.html", {"platform": words.platform(desk.kind), "page": page})


def _test(request: HttpRequest, desk: Desk, form: ConnectForm, fields: dict[str, str]) -> HttpResponse:
    """Tries the connection, and changes nothing."""
    draft = desk.draft(form)
    if desk.store is None:
        found = joining.check(joining.draft_of(desk.kind.platform, draft, begun()), fields)
    else:
        desk.store.url = draft.url
        found = joining.recheck(desk.store, fields)
    return desks.show(request, desk, form, found)


def finish(request: HttpRequest, desk: Desk, draft: Draft, fields: dict[str, str]) -> HttpResponse:
    """Keeps the connection if the shop lets us in; else says which step failed."""
    store = desk.store
    try:
        if store is None:
            found, store = joining.add(desk.kind.platform, draft, begun(), fields, actor(request))
        else:
            found = joining.again(store, draft.url, fields, actor(request))
    except StoreRefused as refused:
        form = desks.typed_again(desk, draft)
        form.add_error(None, gettext(refused.expected))
        return desks.show(request, desk, form)
    if store is None or not found.is_good:
        return desks.show(request, desk, desks.typed_again(desk, draft), found)
    kept.forget(request, desks.name(desk.kind, desk.store))
    messages.success(request, gettext("Connected. Its history is being read now."))
    return desks.lead_to(request, store)


def to_gallery(request: HttpRequest, said: str) -> HttpResponse:
    """Back to where one begins, with why."""
    messages.error(request, said)
    return redirect("new_store")
