"""The cards beside a profile, each shown by itself after it was changed: details, marketing, tags, lists."""

import re
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _t
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from comanda.records import contact_consents, contact_edits, contact_groups, contacts
from comanda.records.contact_groups import BadName, Change, NoSuchGroup
from comanda.records.models import Contact, List, Tag
from comanda.web.access import actor, needs
from comanda.web.contacts import profile_forms as forms
from comanda.web.contacts.faces import face
from comanda.web.contacts.narrowing import MOST

_GROUP_CARDS = {
    Change.TAG: "tags",
    Change.UNTAG: "tags",
    Change.JOIN: "lists",
    Change.LEAVE: "lists",
}


def every(contact: Contact) -> dict[str, Any]:
    """What the templates of all cards are told."""
    return {
        "details": forms.shown(contact),
        "identities": contacts.identities(contact.pk),
        **_marketing(contact),
        **_groups("tags", contact),
        **_groups("lists", contact),
    }


def _marketing(contact: Contact, form: forms.ConsentForm | None = None) -> dict[str, Any]:
    return {"consents": list(contacts.consents(contact.pk)), "consent_form": form or forms.ConsentForm()}


def _groups(card: str, contact: Contact) -> dict[str, Any]:
    """The contact's tags or lists, and those that it could get."""
    if card == "tags":
        mine = Tag.objects.filter(contacttag__contact=contact)
        return {"tags": list(mine.order_by("name")), "tag_names": _names(Tag)}
    on = List.objects.filter(listmember__contact=contact)
    return {"lists": list(on.order_by("name")), "list_names": _names(List)}


def _names(model: type[Tag] | type[List]) -> list[str]:
    return list(model.objects.order_by("name").values_list("name", flat=True)[:MOST])


def found(contact_id: int) -> Contact:
    """The contact; raises Http404."""
    contact = contacts.find(contact_id)
    if contact is None:
        raise Http404(f"no contact {contact_id}")
    return contact


def _is_part(request: HttpRequest) -> bool:
    return bool(getattr(request, "htmx", False))


def _card(request: HttpRequest, card: str, contact: Contact, **told: Any) -> HttpResponse:
    """One card for htmx; without it back to the page, which shows all of them."""
    if not _is_part(request):
        return redirect(f"/contacts/{contact.pk}")
    return render(request, f"contacts/card_{card}.html", {"contact": contact, **told})


def _form(request: HttpRequest, card: str, contact: Contact, **told: Any) -> HttpResponse:
    """A form in place of its card; without htmx as a page of its own."""
    status = 422 if request.method == "POST" else 200
    part = f"contacts/card_{card}.html" if _is_part(request) else "contacts/form.html"
    return render(request, part, {"contact": contact, "card": card, **told}, status=status)


@require_safe
@needs("contacts:read")
def show_details(request: HttpRequest, contact_id: int) -> HttpResponse:
    """Who it is, to be read."""
    return _details(request, found(contact_id))


def _details(request: HttpRequest, contact: Contact, **besides: Any) -> HttpResponse:
    told = {"details": forms.shown(contact), "identities": contacts.identities(contact.pk)}
    return _card(request, "details", contact, **told, **besides)


@require_http_methods(["GET", "HEAD", "POST"])
@needs("contacts:write")
def edit_details(request: HttpRequest, contact_id: int) -> HttpResponse:
    """The form in its place; what will not do is said at its field, and nothing typed is lost."""
    contact = found(contact_id)
    form = forms.DetailsForm(contact, request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            edited = contact_edits.edit(contact_id, form.details(), form.own_fields(), actor(request))
        except contact_edits.Conflict as conflict:
            form.refuse(conflict)
        else:
            messages.success(request, _t("Saved."))
            contact = edited or found(contact_id)
            return _details(request, contact, is_saved=True, face=face(contact))
    return _form(request, "details_form", contact, form=form)


@require_http_methods(["GET", "HEAD", "POST"])
@needs("contacts:write")
def state_consent(request: HttpRequest, contact_id: int) -> HttpResponse:
    """Enters what the contact says on marketing, with the proof."""
    contact = found(contact_id)
    form = forms.ConsentForm(request.POST if request.method == "POST" else None)
    if not form.is_valid():
        return _form(request, "marketing", contact, is_open=True, **_marketing(contact, form))
    accepts, proof = form.cleaned_data["accepts"] == "yes", form.cleaned_data["proof"]
    contact = contact_consents.state(contact_id, accepts, proof, actor(request)) or found(contact_id)
    messages.success(request, _t("Saved."))
    return _card(request, "marketing", contact, **_marketing(contact))


@require_POST
@needs("contacts:write")
def change_groups(request: HttpRequest, contact_id: int) -> HttpResponse:
    """Gives or takes a tag or list: one that exists by its id, any by its name."""
    contact = found(contact_id)
    try:
        change = Change(request.POST.get("change", ""))
    except ValueError:
        raise Http404("no such change") from None
    card = _GROUP_CARDS[change]
    try:
        contact_groups.change(change, _group(request, change), [contact_id], actor(request))
    except BadName:
        messages.error(request, _t("A name has from 1 to 200 characters."))
    except NoSuchGroup:
        messages.error(request, _t("It was deleted meanwhile."))
    return _card(request, card, contact, **_groups(card, contact))


def _group(request: HttpRequest, change: Change) -> int:
    if change in (Change.TAG, Change.JOIN):
        return contact_groups.find_or_make(change, request.POST.get("name", ""), actor(request))
    group_id = request.POST.get("group", "")
    if not re.fullmatch("[0-9]{1,18}", group_id):
        raise NoSuchGroup(group_id)
    return int(group_id)
