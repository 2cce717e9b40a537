"""Contacts as they are shown."""

from datetime import datetime

from comanda.api.rest.fields import Answer, MoneyOut
from comanda.lib import money
from comanda.records import contacts
from comanda.records.contacts import Totals
from comanda.records.models import Contact


class ContactOut(Answer):
    """A person. ``accepts_marketing`` is null when nobody said."""

    id: int
    email: str
    phone: str
    first_name: str
    last_name: str
    company: str
    language: str
    accepts_marketing: bool | None
    consent_at: datetime | None
    consent_source: str
    fields: dict[str, str]
    created_at: datetime
    updated_at: datetime


class IdentityOut(Answer):
    """What a contact is found by; ``store`` names the shop whose customer id it is."""

    kind: str
    value: str
    store: str


class ConsentOut(Answer):
    """One statement on marketing, with its proof."""

    accepts_marketing: bool
    at: datetime
    source: str
    proof: str
    recorded_at: datetime


class TotalsOut(Answer):
    """What a contact bought in one currency.

    ``orders`` and the first and last are of all orders; ``completed``, ``revenue`` (total less refunds),
    ``products`` (things bought) and ``average`` (revenue of one) are of completed orders.
    """

    currency: str
    orders: int
    completed: int
    revenue: MoneyOut
    products: MoneyOut
    average: MoneyOut | None
    first_order_at: datetime
    last_order_at: datetime


class ContactDetails(ContactOut):
    """A person with all that is known of them, and what they bought by currency."""

    identities: list[IdentityOut]
    consents: list[ConsentOut]
    tags: list[str]
    lists: list[str]
    totals: list[TotalsOut]


_COLUMNS = tuple(ContactOut.model_fields)


def show(contact: Contact) -> ContactOut:
    """A contact without what lies in other tables."""
    return ContactOut(**{column: getattr(contact, column) for column in _COLUMNS})


def show_details(contact: Contact) -> ContactDetails:
    """A contact with all that is known."""
    return ContactDetails(
        **{column: getattr(contact, column) for column in _COLUMNS},
        identities=[IdentityOut(**each) for each in contacts.identities(contact.pk)],
        consents=[
            ConsentOut(**{column: getattr(each, column) for column in ConsentOut.model_fields})
            for each in contacts.consents(contact.pk)
        ],
        tags=contacts.tags(contact.pk),
        lists=contacts.lists(contact.pk),
        totals=[_totals(each) for each in contacts.totals(contact.pk)],
    )


def _totals(totals: Totals) -> TotalsOut:
    average = totals.average
    return TotalsOut(
        currency=totals.currency,
        orders=totals.orders,
        completed=totals.completed,
        revenue=money.to_the_cent(totals.revenue, totals.currency),
        products=money.plain(totals.products),
        average=None if average is None else money.to_the_cent(average, totals.currency),
        first_order_at=totals.first_order_at,
        last_order_at=totals.last_order_at,
    )
