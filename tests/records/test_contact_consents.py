"""Statements on marketing entered by hand."""

from datetime import UTC, datetime

import pytest

from comanda.ingest.upsert import StoreRef, upsert
from comanda.records import contact_consents
from comanda.records.contact_consents import NoProof
from comanda.records.models import Activity, AuditEntry, Consent, Contact
from tests.factories import LIVE, at, contact

pytestmark = pytest.mark.django_db(transaction=True)

ANA = "user 1 (ana@example.com)"


@pytest.fixture
def rui(store: StoreRef) -> int:
    """A contact who said yes once."""
    upsert(store, [contact("rui@example.com", accepts_marketing=True, consent_at=at(0))], LIVE)
    return Contact.objects.get().pk


def test_it_keeps_the_statement_with_its_proof(rui: int) -> None:
    before = datetime.now(UTC)

    changed = contact_consents.state(rui, False, " Said so on the\0phone. ", ANA)

    contact = Contact.objects.get()
    assert changed == contact
    assert contact.accepts_marketing is False
    assert (contact.consent_source, contact.consent_at) == (ANA, Consent.objects.latest("id").at)
    assert contact.updated_at >= before
    kept = list(Consent.objects.order_by("id").values_list("accepts_marketing", "source", "proof"))
    assert kept == [(True, "api", ""), (False, ANA, "Said so on the phone.")]
    happened = Activity.objects.latest("id")
    assert (happened.kind, happened.contact_id, happened.live) == ("consent_withdrawn", rui, True)
    assert happened.data == {"accepts_marketing": False, "source": ANA}
    note = AuditEntry.objects.get()
    assert (note.actor, note.action, note.target) == (ANA, "contact.consent", f"contact {rui}")
    assert note.detail == {"accepts_marketing": False}


def test_it_keeps_a_statement_that_repeats_without_telling_it_as_news(rui: int) -> None:
    contact_consents.state(rui, True, "Signed at the till.", ANA)

    assert Consent.objects.count() == 2
    assert Contact.objects.get().consent_source == ANA
    assert not Activity.objects.filter(kind="consent_given", data__source=ANA).exists()


def test_it_counts_over_what_older_files_say(store: StoreRef, rui: int) -> None:
    contact_consents.state(rui, False, "By letter.", ANA)

    upsert(store, [contact("rui@example.com", accepts_marketing=True, consent_at=at(5))], LIVE)

    assert Contact.objects.get().accepts_marketing is False


@pytest.mark.parametrize("proof", ["", "  \0 ", "x" * 2001])
def test_it_needs_a_proof(rui: int, proof: str) -> None:
    with pytest.raises(NoProof):
        contact_consents.state(rui, False, proof, ANA)

    assert Contact.objects.get().accepts_marketing is True


def test_it_finds_nobody(db: None) -> None:
    assert contact_consents.state(4711, True, "Why not.", ANA) is None
