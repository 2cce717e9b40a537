"""A person's data given out, and taken away."""

import pytest
from django.test import Client

from comanda.ingest import erasure
from comanda.records.models import AuditEntry, Contact, Order
from comanda.web.contacts import privacy
from tests.web.contacts.conftest import HOSTILE

pytestmark = pytest.mark.django_db(transaction=True)


def test_it_exports_all_that_is_known(marketer: Client, ana: Contact) -> None:
    answer = marketer.get(f"/contacts/{ana.pk}/export")

    told = answer.json()
    assert answer.headers["Content-Disposition"] == f'attachment; filename="contact-{ana.pk}.json"'
    assert told["contact"]["email"] == "ana@example.com"
    assert [(order["store"], order["external_id"], order["total"]) for order in told["orders"]] == [
        ("shop", "1", "20"), ("shop", "2", "10"), ("shop", "3", "10"),
    ]  # fmt: skip
    assert told["orders"][0]["lines"][0]["name"] == "Red mug"
    assert "digest" not in told["orders"][0]
    assert told["consents"][0]["proof"] == "Ticked the box."
    assert told["identities"][0]["value"] == "c-1"
    note = AuditEntry.objects.get()
    assert (note.action, note.target) == ("contact.export", f"contact {ana.pk}")


@pytest.mark.parametrize("typed", ["", "yes", "rui@example.com", HOSTILE, "\0"])
def test_it_erases_nobody_by_mistake(owner: Client, ana: Contact, typed: str) -> None:
    answer = owner.post(f"/contacts/{ana.pk}/erase", {"confirmation": typed})

    assert answer.status_code == 422
    assert "Nothing was erased." in answer.content.decode()
    assert "<script>alert" not in answer.content.decode()
    assert Contact.objects.filter(pk=ana.pk).exists()


def test_it_erases_and_gives_the_certificate(owner: Client, ana: Contact) -> None:
    assert "ana@example.com" in owner.get(f"/contacts/{ana.pk}/erase").content.decode()

    answer = owner.post(f"/contacts/{ana.pk}/erase", {"confirmation": " ANA@example.com "})

    text = answer.content.decode()
    assert answer.status_code == 200
    assert "Certificate of erasure" in text
    assert f"Contact {ana.pk} was erased on" in text
    assert "Orders made anonymous" in text
    assert "ana@example.com" not in text
    assert not Contact.objects.filter(pk=ana.pk).exists()
    assert Order.objects.filter(contact=None).count() == 3
    assert AuditEntry.objects.get().actor.endswith("(owner@example.com)")
    assert owner.post(f"/contacts/{ana.pk}/erase", {"confirmation": "x"}).status_code == 404


def test_it_knows_every_word_of_a_certificate(owner: Client, ana: Contact) -> None:
    certificate = erasure.erase(ana.pk, "test")

    assert set(certificate["removed"]) - set(privacy._REMOVED) == {"notices"}


def test_it_tells_when_files_are_left(owner: Client, ana: Contact, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(contact_id: int, actor: str) -> None:
        raise OSError("read-only")

    monkeypatch.setattr(erasure, "erase", fail)

    answer = owner.post(f"/contacts/{ana.pk}/erase", {"confirmation": "ana@example.com"})

    assert answer.status_code == 500
    assert "a kept file could not be searched or removed" in answer.content.decode()


def test_it_asks_for_the_number_of_who_has_neither_e_mail_nor_phone(owner: Client, ana: Contact) -> None:
    Contact.objects.filter(pk=ana.pk).update(email="", phone="")

    owner.post(f"/contacts/{ana.pk}/erase", {"confirmation": str(ana.pk)})

    assert not Contact.objects.filter(pk=ana.pk).exists()


def test_it_is_for_those_who_may(
    owner: Client, marketer: Client, viewer: Client, stranger: Client, ana: Contact
) -> None:
    export, erase = f"/contacts/{ana.pk}/export", f"/contacts/{ana.pk}/erase"

    assert [client.get(export).status_code for client in (owner, marketer, viewer, stranger)] == [
        200,
        200,
        403,
        302,
    ]
    assert [client.get(erase).status_code for client in (owner, marketer, viewer, stranger)] == [
        200,
        403,
        403,
        302,
    ]
    assert marketer.post(erase, {"confirmation": "ana@example.com"}).status_code == 403
    assert erase in owner.get(f"/contacts/{ana.pk}").content.decode()
    assert erase not in marketer.get(f"/contacts/{ana.pk}").content.decode()
    assert export not in viewer.get(f"/contacts/{ana.pk}").content.decode()
    assert owner.get("/contacts/999999/export").status_code == 404
