"""Contacts as they are shown."""

from datetime import datetime

from comanda.api.rest.fields import Answer
from comanda.records.models import Contact


class ContactOut(Answer):
    """A person."""

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


class ContactPage(Answer):
    """One page of contacts."""

    items: list[ContactOut]
    next: str | None


_COLUMNS = tuple(ContactOut.model_fields)


def summary(contact: Contact) -> ContactOut:
    """A contact without what lies in other tables."""
    return ContactOut(**{column: getattr(contact, column) for column in _COLUMNS})
