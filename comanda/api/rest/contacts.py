"""`/contacts`: people, found, looked at, sent and edited."""

from datetime import datetime
from typing import Annotated, Any

from django.http import HttpRequest, HttpResponse
from ninja import Body, Router

from comanda.api import known_stores, problems
from comanda.api.problems import ApiProblem
from comanda.api.rest import activity_answers, contact_answers, lists, order_answers, outcomes, paging
from comanda.api.rest.activity_answers import ActivityOut
from comanda.api.rest.contact_answers import ContactDetails, ContactOut
from comanda.api.rest.contact_bodies import ContactBody, ContactEdit
from comanda.api.rest.fields import Answer, Id, Live, Since, Sought, Typed
from comanda.api.rest.lists import Page
from comanda.api.rest.order_answers import OrderOut
from comanda.api.rest.orders import SoughtStatus, behind, position
from comanda.api.rest.paging import Cursor, Limit
from comanda.api.rest.routing import actor, needs
from comanda.ingest import coalesce
from comanda.ingest.upsert import Cause
from comanda.records import contact_edits, contact_search, contacts, orders
from comanda.records.models import Contact

router = Router(tags=["contacts"])
_LIST = "contacts"


@router.get("", response=Page[ContactOut], **needs("contacts:read"))
def list_contacts(
    request: HttpRequest,
    email: Sought = None,
    phone: Sought = None,
    updated_since: Since = None,
    limit: Limit = paging.USUAL,
    cursor: Cursor = None,
) -> Any:
    """Contacts, newest first; with filters, those that all of them let through."""
    found = contacts.newest_first(
        email=email, phone=phone, updated_since=updated_since, before_id=lists.behind(_LIST, cursor)
    )
    return lists.page(_LIST, found, limit, contact_answers.show)


@router.post("", response=outcomes.RESPONSES, **needs("contacts:write"))
def upsert_contact(
    request: HttpRequest, contact: Annotated[ContactBody, Body()], live: Live = True
) -> HttpResponse:
    """Adds a person, or changes what is sent of one who is known already."""
    store = known_stores.get(contact.store)
    return outcomes.respond("contact", coalesce.submit(store.ref, contact.shape(), Cause("api", live=live)))


class Found(Answer):
    """Contacts found by how something of theirs begins."""

    items: list[ContactOut]


@router.get("/search", response=Found, **needs("contacts:read"))
def search_contacts(request: HttpRequest, text: Typed, limit: Limit = paging.USUAL) -> Found:
    """Contacts whose name, e-mail or phone begins so, newest first: at most `limit`."""
    return Found(items=[contact_answers.show(row) for row in contact_search.search(text, limit)])


@router.get("/{id}", response=ContactDetails, **needs("contacts:read"))
def get_contact(request: HttpRequest, id: Id) -> ContactDetails:  # noqa: A002  # the name in the address
    """A person with all that is known of them: what they bought by currency, consent with its proof."""
    return contact_answers.show_details(found(id))


@router.patch("/{id}", response=ContactDetails, **needs("contacts:write"))
def edit_contact(request: HttpRequest, id: Id, contact: Annotated[ContactEdit, Body()]) -> ContactDetails:  # noqa: A002
    """Changes what is sent; the rest stays.

    A new e-mail or phone takes the place of the old one, by which the contact is no longer found. One that
    is another contact's is refused (409).
    """
    try:
        edited = contact_edits.edit(id, contact.details(), contact.fields, actor(request))
    except contact_edits.Conflict as conflict:
        fault = problems.at(problems.pointer([conflict.field]), f"expected {conflict.expected}")
        raise ApiProblem(409, f"{conflict.field}: expected {conflict.expected}.", [fault]) from None
    if edited is None:
        raise problems.not_found(f"contact {id}")
    return contact_answers.show_details(edited)


@router.get("/{id}/orders", response=Page[OrderOut], **needs("orders:read"))
def list_contact_orders(
    request: HttpRequest,
    id: Id,  # noqa: A002
    store: Sought = None,
    status: SoughtStatus = None,
    limit: Limit = paging.USUAL,
    cursor: Cursor = None,
) -> Any:
    """A person's orders, the one placed last first."""
    listing = f"orders of contact {found(id).pk}"
    bought = orders.latest_first(contact_id=id, store=store, status=status, before=behind(listing, cursor))
    return lists.page(listing, bought, limit, order_answers.show, position)


@router.get("/{id}/activity", response=Page[ActivityOut], **needs("contacts:read"))
def list_contact_activity(
    request: HttpRequest,
    id: Id,  # noqa: A002
    limit: Limit = paging.USUAL,
    cursor: Cursor = None,
) -> Any:
    """What happened to a person, latest first."""
    listing = f"activity of contact {found(id).pk}"
    before = None
    if cursor:
        at, row_id = paging.decode(listing, cursor)
        before = (datetime.fromisoformat(at), row_id)
    happened = contacts.activity(id, before)
    return lists.page(listing, happened, limit, activity_answers.show, lambda each: (each.at, each.pk))


def found(contact_id: int) -> Contact:
    """The contact with this id; raises ApiProblem (404)."""
    contact = contacts.find(contact_id)
    if contact is None:
        raise problems.not_found(f"contact {contact_id}")
    return contact
