"""Tags and lists changed for the contacts that are ticked, or for all of the list."""

import re

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _t
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from comanda.records import contact_bulk, contact_groups
from comanda.records.contact_bulk import Done
from comanda.records.contact_groups import BadName, Change, NoSuchGroup
from comanda.records.contact_list import Gone
from comanda.web.access import actor, needs
from comanda.web.contacts import asked as asking
from comanda.web.contacts import listing

_MOST = 1_000
"""More cannot be ticked on a page."""


@require_POST
@needs("contacts:write")
def change_contacts(request: HttpRequest) -> HttpResponse:
    """Does what was chosen with those that were chosen, says so, and shows the list as it is then.

    Where it cannot be done the page stays as it is: with what was ticked, and the name that was written.
    """
    asked = asking.of(request)
    try:
        _tell(request, _change(request))
    except (BadName, NoSuchGroup) as error:
        messages.error(request, _reason(error, request.POST.get("change", "")))
        if getattr(request, "htmx", False):
            return HttpResponse(headers={"HX-Reswap": "none"})
    if not getattr(request, "htmx", False):
        return redirect(f"/contacts?{asked.address()}")
    try:
        return listing.show(request, asked, asked.page())
    except Gone:
        first = asking.Asked(asked.words, asked.sort_key)
        return listing.show(request, first, first.page())


def _change(request: HttpRequest) -> Done:
    change, name = _wanted(request.POST.get("change", "")), request.POST.get("name", "")
    by = actor(request)
    makes = change in (Change.TAG, Change.JOIN)
    group_id = contact_groups.find_or_make(change, name, by) if makes else contact_groups.get(change, name)
    if request.POST.get("whom") == "all":
        return contact_bulk.change(change, group_id, asking.of(request).words, by)
    ids = [int(each) for each in request.POST.getlist("id")[:_MOST] if re.fullmatch("[0-9]{1,18}", each)]
    return Done(contact_groups.change(change, group_id, ids, by), False)


def _wanted(word: str) -> Change:
    try:
        return Change(word)
    except ValueError:
        raise NoSuchGroup(word) from None


def _reason(error: ValueError, change: str) -> str:
    if isinstance(error, BadName):
        return _t("A name has from 1 to 200 characters.")
    if change == Change.UNTAG:
        return _t("There is no tag of this name.")
    if change == Change.LEAVE:
        return _t("There is no list of this name.")
    return _t("Choose what to do, and write the name of a tag or list that there is.")


def _tell(request: HttpRequest, done: Done) -> None:
    if done.goes_on:
        messages.success(request, _t("This goes on in the background, until all of them are changed."))
    elif not done.changed:
        messages.info(request, _t("Nothing had to be changed: it was so already."))
    else:
        said = ngettext("%(count)d contact was changed.", "%(count)d contacts were changed.", done.changed)
        messages.success(request, said % {"count": done.changed})
