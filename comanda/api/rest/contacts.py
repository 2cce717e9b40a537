"""`/contacts`: people, found and looked at."""

from django.http import HttpRequest
from ninja import Router

from comanda.api import paging
from comanda.api.paging import Cursor, Limit
from comanda.api.rest import contact_answers
from comanda.api.rest.fields import Since, Sought
from comanda.api.rest.routing import needs
from comanda.records import contacts

router = Router(tags=["contacts"])
_LIST = "contacts"


@router.get("", response=contact_answers.ContactPage, **needs("contacts:read"))
def list_contacts(
    request: HttpRequest,
    email: Sought = None,
    phone: Sought = None,
    updated_since: Since = None,
    limit: Limit = paging.USUAL,
    cursor: Cursor = None,
) -> contact_answers.ContactPage:
    """Contacts, newest first; with filters, those that all of them let through."""
    before = paging.decode(_LIST, cursor)[0] if cursor else None
    found = contacts.newest_first(email=email, phone=phone, updated_since=updated_since, before_id=before)
    rows = list(found[: limit + 1])
    more = paging.encode(_LIST, [rows[limit - 1].pk]) if len(rows) > limit else None
    return contact_answers.ContactPage(
        items=[contact_answers.summary(row) for row in rows[:limit]], next=more
    )
