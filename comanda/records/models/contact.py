"""People, and by what they are found."""

from django.db import models
from django.db.models.expressions import Combinable
from django.db.models.functions import Collate, Left

from comanda.records.folding import COMPARED, Folded, FullName

from . import columns


def folded(text: Combinable | str) -> models.GeneratedField:
    """As much of a text as is compared, as people compare it: found in indexes that need not ask the row."""
    return models.GeneratedField(
        expression=Folded(Left(text, COMPARED)),
        output_field=models.TextField(db_collation="C"),
        db_persist=True,
    )


class Contact(models.Model):
    """A person. ``accepts_marketing`` is None when nobody said; the proof lies in ``Consent``."""

    email = columns.text()
    phone = columns.text()
    first_name = columns.text()
    last_name = columns.text()
    company = columns.text()
    language = columns.text()
    accepts_marketing = models.BooleanField(null=True)
    consent_at = models.DateTimeField(null=True)
    consent_source = columns.text()
    fields = models.JSONField(default=dict)
    source_updated_at = models.DateTimeField(null=True)
    full_name_folded = folded(FullName("first_name", "last_name"))
    last_name_folded = folded("last_name")
    company_folded = folded("company")
    created_at = columns.stamp()
    updated_at = columns.stamp()

    class Meta:
        db_table = "contact"
        indexes = [
            models.Index(fields=["updated_at"], name="contact_changed"),
            models.Index(fields=["accepts_marketing", "id"], name="contact_by_consent"),
            models.Index(
                fields=["full_name_folded", "id"],
                condition=~models.Q(first_name="", last_name=""),
                name="contact_by_full_name",
            ),
            models.Index(
                Collate("email", "C"),
                "id",
                condition=models.Q(first_name="", last_name=""),
                name="contact_nameless",
            ),
            models.Index(
                fields=["last_name_folded", "id"],
                condition=~models.Q(last_name=""),
                name="contact_by_family_name",
            ),
            models.Index(
                fields=["company_folded", "id"], condition=~models.Q(company=""), name="contact_by_company"
            ),
            models.Index(Collate("email", "C"), "id", condition=~models.Q(email=""), name="contact_by_email"),
        ]


class ContactIdentity(models.Model):
    """What a contact is found by: unique for all contacts.

    ``kind`` is ``email``, ``phone`` or ``customer``; ``store_id`` is 0 but for ``customer``, whose
    ids mean something in one shop only.
    """

    pk = models.CompositePrimaryKey("kind", "store_id", "value")
    kind = models.CharField(max_length=8)
    store_id = models.BigIntegerField()
    value = models.TextField()
    contact = models.ForeignKey(Contact, on_delete=models.CASCADE, related_name="identities")

    class Meta:
        db_table = "contact_identity"
        indexes = [
            models.Index(
                "kind",
                Collate("value", "C"),
                condition=models.Q(store_id=0),
                include=["contact"],
                name="contact_identity_by_start",
            )
        ]


class Consent(models.Model):
    """One statement on marketing, with its proof: append-only."""

    contact = models.ForeignKey(Contact, on_delete=models.CASCADE, related_name="consents")
    accepts_marketing = models.BooleanField()
    at = models.DateTimeField()
    source = columns.text()
    proof = columns.text()
    recorded_at = columns.stamp()

    class Meta:
        db_table = "consent"


class Tombstone(models.Model):
    """Keyed hash of an identity whose person was erased: keeps the next sync from bringing them back."""

    digest = models.BinaryField(primary_key=True)
    erased_at = columns.stamp()

    class Meta:
        db_table = "tombstone"
