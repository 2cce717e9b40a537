"""Contacts read: lists of them, one with all that is known, and what they bought."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.db import connection
from django.db.models import Q, QuerySet

from comanda.lib import emails, phones
from comanda.records.models import Activity, Consent, Contact, ContactIdentity, List, Tag


@dataclass(frozen=True, slots=True)
class Totals:
    """What a contact bought in one currency.

    ``orders``, ``first_order_at`` and ``last_order_at`` are of all orders; the rest is of completed ones:
    revenue is their total less refunds, ``products`` the number of things in them.
    """

    currency: str
    orders: int
    completed: int
    revenue: Decimal
    products: Decimal
    first_order_at: datetime
    last_order_at: datetime

    @property
    def average(self) -> Decimal | None:
        """Revenue of one completed order."""
        return self.revenue / self.completed if self.completed else None


def newest_first(
    *,
    email: str | None = None,
    phone: str | None = None,
    updated_since: datetime | None = None,
    before_id: int | None = None,
) -> QuerySet[Contact]:
    """Contacts that all filters let through; the e-mail and phone may be any of a contact's."""
    found = Contact.objects.order_by("-id")
    if email is not None:
        found = found.filter(id__in=_owners("email", _email(email)))
    if phone is not None:
        found = found.filter(id__in=_owners("phone", _phone(phone)))
    if updated_since is not None:
        found = found.filter(updated_at__gte=updated_since)
    if before_id is not None:
        found = found.filter(id__lt=before_id)
    return found


def _owners(kind: str, value: str) -> Sequence[int]:
    if not value:
        return []
    owners = ContactIdentity.objects.filter(kind=kind, store_id=0, value=value)
    return list(owners.values_list("contact_id", flat=True))


def _email(text: str) -> str:
    try:
        return emails.normalise(text)
    except ValueError:
        return ""


def _phone(text: str) -> str:
    """In E.164; in an address a ``+`` that nobody quoted arrives as a space."""
    try:
        return phones.normalise(f"+{text[1:]}" if text.startswith(" ") else text, "")
    except ValueError:
        return ""


_TOTALS = """
SELECT currency, count(*), count(*) FILTER (WHERE status = 'completed'),
       COALESCE(sum(total - refund_total) FILTER (WHERE status = 'completed'), 0),
       COALESCE(sum(items) FILTER (WHERE status = 'completed'), 0),
       min(placed_at), max(placed_at)
FROM orders WHERE contact_id = %(contact_id)s GROUP BY currency ORDER BY currency
"""


def totals(contact_id: int) -> list[Totals]:
    """What a contact bought, one entry a currency.

    Read from the orders each time: an index finds a contact's orders, and nothing kept can go stale.
    """
    with connection.cursor() as cursor:
        cursor.execute(_TOTALS, {"contact_id": contact_id})
        return [Totals(*row) for row in cursor.fetchall()]


def find(contact_id: int) -> Contact | None:
    """The contact with this id."""
    return Contact.objects.filter(id=contact_id).first()


def identities(contact_id: int) -> list[dict[str, str]]:
    """What the contact is found by: ``kind``, ``value``, and the key of the store whose customer id it is."""
    with connection.cursor() as cursor:
        cursor.execute(_IDENTITIES, {"contact_id": contact_id})
        return [{"kind": kind, "value": value, "store": store} for kind, value, store in cursor.fetchall()]


_IDENTITIES = """
SELECT i.kind, i.value, COALESCE(s.key, '') FROM contact_identity i LEFT JOIN store s ON s.id = i.store_id
WHERE i.contact_id = %(contact_id)s ORDER BY i.kind, i.store_id, i.value
"""


def consents(contact_id: int) -> QuerySet[Consent]:
    """All that was said on marketing, the latest first."""
    return Consent.objects.filter(contact_id=contact_id).order_by("-at", "-id")


def tags(contact_id: int) -> list[str]:
    """The names of the contact's tags."""
    found = Tag.objects.filter(contacttag__contact_id=contact_id)
    return list(found.order_by("name").values_list("name", flat=True))


def lists(contact_id: int) -> list[str]:
    """The names of the lists that the contact is on."""
    found = List.objects.filter(listmember__contact_id=contact_id)
    return list(found.order_by("name").values_list("name", flat=True))


def activity(
    contact_id: int, before: tuple[datetime, int] | None = None, kinds: Sequence[str] = ()
) -> QuerySet[Activity]:
    """What happened to the contact, latest first; only what lies behind a position (at, id), and of kinds."""
    found = Activity.objects.filter(contact_id=contact_id).order_by("-at", "-id")
    if kinds:
        found = found.filter(kind__in=kinds)
    if before is not None:
        at, row_id = before
        found = found.filter(Q(at__lt=at) | Q(at=at, id__lt=row_id))
    return found
