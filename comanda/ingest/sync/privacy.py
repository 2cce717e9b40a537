"""What people ask through their shop's platform, their data or to be forgotten: carried out, recorded."""

import logging

from comanda.connectors.base import Privacy, PrivacyKind
from comanda.ingest import erasure, store_removal
from comanda.lib import emails, phones
from comanda.records import audit
from comanda.records.models import Contact, ContactIdentity, Order, Store

log = logging.getLogger(__name__)


def carry_out(store: Store, asked: Privacy) -> None:
    """Erases at once; a report is for the owner to send on, and is noted as due with where it is found."""
    actor = f"shop {store.key}"
    if asked.kind is PrivacyKind.ERASE_SHOP:
        audit.note(actor, "privacy.erase_shop", f"store {store.key}")
        store_removal.remove(store, actor)
        return
    found = _contacts(store, asked)
    if not found:
        audit.note(actor, f"privacy.{asked.kind}", "nobody here is meant", orders=list(asked.order_ids))
    for contact_id in found:
        if asked.kind is PrivacyKind.ERASE:
            done = erasure.erase(contact_id, actor)
            audit.note(actor, "privacy.erase", f"contact {contact_id}", certificate=str(done.get("id", "")))
        else:
            audit.note(
                actor, "privacy.export", f"contact {contact_id}", report=f"/contacts/{contact_id}/export"
            )


def _contacts(store: Store, asked: Privacy) -> list[int]:
    """Who is meant: by the shop's own id, else by e-mail, else by phone, else as the buyer of the orders."""
    by_identity = [
        ("customer", store.pk, asked.customer_id),
        ("email", 0, _email(asked.email)),
        ("phone", 0, _phone(asked.phone, store.country)),
    ]
    for kind, store_id, value in by_identity:
        if value:
            found = ContactIdentity.objects.filter(kind=kind, store_id=store_id, value=value)
            ids = list(found.values_list("contact_id", flat=True))
            if ids:
                return ids
    orders = Order.objects.filter(store=store, external_id__in=asked.order_ids).exclude(contact=None)
    ids = sorted(set(orders.values_list("contact_id", flat=True)))
    return list(Contact.objects.filter(id__in=ids).values_list("id", flat=True))


def _email(given: str) -> str:
    try:
        return emails.normalise(given) if given else ""
    except ValueError:
        return ""


def _phone(given: str, country: str) -> str:
    try:
        return phones.normalise(given, country) if given else ""
    except ValueError:
        return ""
