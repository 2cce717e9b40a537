"""A person's data given out whole, or taken away for good."""

import json
import logging

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_safe

from comanda.ingest import erasure
from comanda.records import audit, privacy_document
from comanda.records.models import Contact
from comanda.web.access import actor, needs
from comanda.web.contacts import cards

log = logging.getLogger(__name__)

_REMOVED = {
    "payloads": _("Payloads as received"),
    "answers": _("Stored answers to programs"),
    "refused rows": _("Refused rows of files"),
    "activity": _("Activity"),
    "activity made anonymous": _("Activity made anonymous"),
    "changes of imports": _("Changes noted by imports"),
    "orders in imports made anonymous": _("Orders in imports made anonymous"),
    "reasons of refunds": _("Reasons of refunds"),
    "orders made anonymous": _("Orders made anonymous"),
    "carts made anonymous": _("Carts made anonymous"),
    "consents": _("Statements on marketing"),
    "tags": _("Tags"),
    "list memberships": _("Places on lists"),
    "identities": _("E-mails, phones and customer ids"),
    "contacts": _("Contacts"),
    "files": _("Uploaded files"),
}
"""What a certificate counts → what it is called; what only keeps the books is not told."""


@require_safe
@needs("privacy:read")
def export_person(request: HttpRequest, contact_id: int) -> HttpResponse:
    """All that is known of a person, as a file."""
    try:
        told = privacy_document.document(contact_id)
    except Contact.DoesNotExist:
        raise Http404(f"no contact {contact_id}") from None
    audit.note(actor(request), "contact.export", f"contact {contact_id}")
    response = HttpResponse(
        json.dumps(told, ensure_ascii=False, indent=2), content_type="application/json; charset=utf-8"
    )
    response["Content-Disposition"] = f'attachment; filename="contact-{contact_id}.json"'
    return response


@require_http_methods(["GET", "HEAD", "POST"])
@needs("privacy:write")
def erase_person(request: HttpRequest, contact_id: int) -> HttpResponse:
    """Asks for what cannot be mistyped, erases, and gives the certificate."""
    contact = cards.found(contact_id)
    asked_for = contact.email or contact.phone or str(contact.pk)
    told = {"contact": contact, "asked_for": asked_for}
    if request.method != "POST":
        return render(request, "contacts/erase.html", told)
    if request.POST.get("confirmation", "").strip().casefold() != asked_for.casefold():
        told["typed"] = request.POST.get("confirmation", "")
        return render(request, "contacts/erase.html", told, status=422)
    try:
        certificate = erasure.erase(contact_id, actor(request))
    except Contact.DoesNotExist:
        raise Http404(f"no contact {contact_id}") from None
    except OSError:
        log.exception("A kept file could not be searched for contact %s, or not be removed.", contact_id)
        return render(request, "contacts/erased.html", {"files_are_left": True}, status=500)
    removed = [(_REMOVED[what], count) for what, count in certificate["removed"].items() if what in _REMOVED]
    return render(request, "contacts/erased.html", {"certificate": certificate, "removed": removed})
