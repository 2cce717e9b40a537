"""Statements on marketing that someone enters by hand, with the proof."""

from datetime import UTC, datetime

from django.db import transaction

from comanda.records import audit, database, locks
from comanda.records.models import Activity, Consent, Contact

LONGEST_PROOF = 2_000


class NoProof(ValueError):
    """A statement needs to say why it is believed, in at most ``LONGEST_PROOF`` characters."""


def state(contact_id: int, accepts: bool, proof: str, actor: str) -> Contact | None:
    """Enters what the contact says now: it counts from here on. Who entered it is its source.

    None if there is no such contact. Raises NoProof.
    """
    reason = proof.replace("\0", " ").strip()
    if not reason or len(reason) > LONGEST_PROOF:
        raise NoProof(proof)
    with transaction.atomic(durable=True), database.cursor() as cursor:
        locks.enter_door(cursor)
        contact = Contact.objects.select_for_update(no_key=True).filter(id=contact_id).first()
        if contact is not None:
            _keep(contact, accepts, reason, actor)
    return contact


def _keep(contact: Contact, accepts: bool, proof: str, actor: str) -> None:
    now, is_new = datetime.now(UTC), contact.accepts_marketing is not accepts
    Consent.objects.create(contact=contact, accepts_marketing=accepts, at=now, source=actor, proof=proof)
    contact.accepts_marketing, contact.consent_at, contact.consent_source = accepts, now, actor
    contact.updated_at = now
    contact.save(update_fields=["accepts_marketing", "consent_at", "consent_source", "updated_at"])
    if is_new:
        Activity.objects.create(
            kind="consent_given" if accepts else "consent_withdrawn",
            contact_id=contact.pk,
            at=now,
            live=True,
            data={"accepts_marketing": accepts, "source": actor},
        )
    audit.note(actor, "contact.consent", f"contact {contact.pk}", accepts_marketing=accepts)
