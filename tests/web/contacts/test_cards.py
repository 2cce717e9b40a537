"""What is edited in place."""

import re
from typing import Any

import pytest
from django.test import Client

from comanda.records import privacy
from comanda.records.models import Activity, AuditEntry, Consent, Contact, Field, List, Tag
from tests.web.contacts.conftest import HOSTILE

pytestmark = pytest.mark.django_db(transaction=True)
PART = {"hx-request": "true"}


def filled(client: Client, ana: Contact, **changed: str) -> dict[str, str]:
    """The form of details as a browser sends it, with some of it changed."""
    text = client.get(f"/contacts/{ana.pk}/edit", headers=PART).content.decode()
    given = {}
    for tag in re.findall("<input [^>]*>", text):
        name, value = re.search('name="([^"]*)"', tag), re.search('value="([^"]*)"', tag)
        if name:
            given[name[1]] = value[1] if value else ""
    return given | changed


def save(client: Client, ana: Contact, form: dict[str, Any], status: int = 200) -> str:
    answer = client.post(f"/contacts/{ana.pk}/edit", form, headers=PART)
    assert answer.status_code == status
    return answer.content.decode()


def test_it_edits_details_in_place(marketer: Client, ana: Contact) -> None:
    Field.objects.create(key="shoe", name="Shoe size")
    form = filled(
        marketer, ana, first_name=" Anna ", email="ANNA@Example.com", company="Silva & Co.",
        **{"field:city": "", "field:shoe": "38"},
    )  # fmt: skip

    text = save(marketer, ana, form)

    ana.refresh_from_db()
    assert (ana.first_name, ana.email, ana.company) == ("Anna", "anna@example.com", "Silva & Co.")
    assert ana.fields == {"shoe": "38"}
    assert "Silva &amp; Co." in text
    assert re.search(r'id="who" hx-swap-oob="true">.*<bdi>Anna Silva</bdi>', text, re.DOTALL)
    assert "<form" not in text
    happened = Activity.objects.filter(kind="contact_updated").latest("id")
    assert happened.data["changes"]["fields"] == [{"city": "Porto"}, {"shoe": "38"}]
    note = AuditEntry.objects.get()
    assert note.actor.endswith("(marketer@example.com)")
    assert (note.action, note.target) == ("contact.edit", f"contact {ana.pk}")


def test_it_leaves_alone_what_came_in_while_the_form_was_open(marketer: Client, ana: Contact) -> None:
    form = filled(marketer, ana, first_name="Anna")
    Contact.objects.filter(pk=ana.pk).update(company="From the shop", last_name="Souza")

    save(marketer, ana, form)

    ana.refresh_from_db()
    assert (ana.first_name, ana.last_name, ana.company) == ("Anna", "Souza", "From the shop")


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"email": "not an address"}, "This is no e-mail address that could exist."),
        ({"phone": "912 345 678"}, "Write the number with its country code"),
        ({"email": "rui@example.com"}, "This e-mail is another contact&#x27;s."),
        ({"email": "gone@example.com"}, "This e-mail is of someone who was erased and stays so."),
        ({"first_name": HOSTILE * 2}, "at most 20000 characters"),
        ({"company": "a\0b"}, "Null characters are not allowed."),
    ],
)
def test_it_says_what_will_not_do_and_loses_nothing(
    marketer: Client, ana: Contact, changed: dict[str, str], said: str
) -> None:
    gone = Contact.objects.get(email="zoe@example.com")
    gone.identities.update(value="gone@example.com")
    privacy.erase(gone.pk, "test")

    text = save(marketer, ana, filled(marketer, ana, language="pt-BR", **changed), 422)

    assert said in text
    assert 'value="pt-BR"' in text
    assert "<script>alert" not in text
    ana.refresh_from_db()
    assert (ana.first_name, ana.email, ana.language) == ("Ana", "ana@example.com", "")


def test_it_leads_to_the_contact_that_has_the_address(marketer: Client, ana: Contact) -> None:
    rui = Contact.objects.get(email="rui@example.com")

    text = save(marketer, ana, filled(marketer, ana, email="rui@example.com"), 422)

    assert f'<a href="/contacts/{rui.pk}">Show that contact</a>' in text


def test_it_keeps_someone_findable(marketer: Client, ana: Contact) -> None:
    rui = Contact.objects.get(email="rui@example.com")

    text = save(marketer, rui, filled(marketer, rui, email=""), 422)

    assert "Leave an e-mail or a phone: nothing else tells who this is." in text


def test_it_edits_without_scripts(marketer: Client, ana: Contact) -> None:
    shown = marketer.get(f"/contacts/{ana.pk}/edit")
    answer = marketer.post(f"/contacts/{ana.pk}/edit", filled(marketer, ana, first_name="Anna"))
    wrong = marketer.post(f"/contacts/{ana.pk}/edit", filled(marketer, ana, email="x"))

    assert "<html" in shown.content.decode()
    assert (answer.status_code, answer.headers["Location"]) == (302, f"/contacts/{ana.pk}")
    assert "<html" in wrong.content.decode()
    assert "This is no e-mail" in wrong.content.decode()


# Marketing


def test_it_enters_what_was_said_with_the_proof(marketer: Client, ana: Contact) -> None:
    form = {"accepts": "no", "proof": "Said so on the phone."}

    answer = marketer.post(f"/contacts/{ana.pk}/consent", form, headers=PART)

    ana.refresh_from_db()
    kept = Consent.objects.latest("id")
    assert ana.accepts_marketing is False
    assert (kept.accepts_marketing, kept.proof) == (False, "Said so on the phone.")
    assert kept.source.endswith("(marketer@example.com)")
    assert "Said so on the phone." in answer.content.decode()


@pytest.mark.parametrize(
    "form",
    [{}, {"accepts": "no"}, {"accepts": "perhaps", "proof": "x"}, {"accepts": "no", "proof": HOSTILE},
     {"accepts": "no", "proof": " "}, {"accepts": "no", "proof": "a\0b"}],
)  # fmt: skip
def test_it_needs_an_answer_and_a_proof(marketer: Client, ana: Contact, form: dict[str, str]) -> None:
    for headers in (PART, {}):
        answer = marketer.post(f"/contacts/{ana.pk}/consent", form, headers=headers)
        assert answer.status_code == 422
        assert "invalid-feedback" in answer.content.decode()
        assert "<script>alert" not in answer.content.decode()

    ana.refresh_from_db()
    assert ana.accepts_marketing is True


# Tags and lists


def post(client: Client, ana: Contact, **form: Any) -> str:
    answer = client.post(f"/contacts/{ana.pk}/groups", form, headers=PART)
    assert answer.status_code == 200
    return answer.content.decode() + answer.headers.get("HX-Trigger", "")


def test_it_gives_and_takes_tags_and_lists(marketer: Client, ana: Contact) -> None:
    vip, club = Tag.objects.get(), List.objects.get()

    assert "<bdi>New one</bdi>" in post(marketer, ana, change="tag", name=" New  one ")
    assert "vip</bdi>" not in post(marketer, ana, change="untag", group=vip.pk)
    assert "Club</bdi>" not in post(marketer, ana, change="leave", group=club.pk)
    assert "Club</bdi>" in post(marketer, ana, change="join", name="Club")

    kinds = Activity.objects.filter(contact_id=ana.pk, store_id=None).order_by("id")
    assert list(kinds.values_list("kind", flat=True)) == [
        "tag_added",
        "tag_removed",
        "list_left",
        "list_joined",
    ]
    assert "contact.untag" in AuditEntry.objects.values_list("action", flat=True)


def test_it_says_what_is_no_name(marketer: Client, ana: Contact) -> None:
    assert "A name has from 1 to 200 characters." in post(marketer, ana, change="tag", name=HOSTILE)
    assert "It was deleted meanwhile." in post(marketer, ana, change="leave", group="4711")
    assert "It was deleted meanwhile." in post(marketer, ana, change="untag", group="x")
    assert marketer.post(f"/contacts/{ana.pk}/groups", {"change": "x"}).status_code == 404


# Who may


@pytest.mark.parametrize("path", ["edit", "consent", "groups"])
def test_viewers_only_look(viewer: Client, stranger: Client, ana: Contact, path: str) -> None:
    form = {"accepts": "no", "proof": "x", "change": "tag", "name": "x", "first_name": "x"}

    assert viewer.post(f"/contacts/{ana.pk}/{path}", form).status_code == 403
    assert stranger.post(f"/contacts/{ana.pk}/{path}", form).status_code == 302
    text = viewer.get(f"/contacts/{ana.pk}").content.decode()
    assert f"/contacts/{ana.pk}/edit" not in text
    assert "<textarea" not in text
    assert 'name="name"' not in text


def test_it_asks_for_what_fits_the_kind_of_a_field(marketer: Client, ana: Contact) -> None:
    for key, kind in (("vip", "yes_no"), ("born", "date"), ("points", "number"), ("said", "yes_no")):
        Field.objects.create(key=key, name=key.title(), kind=kind)
    Contact.objects.filter(pk=ana.pk).update(fields={"vip": "yes", "born": "1980-02-29", "said": "perhaps"})

    text = marketer.get(f"/contacts/{ana.pk}/edit", headers=PART).content.decode()

    assert re.search(r'<select name="field:vip"[^>]*>\s*<option value="">–</option>', text)
    assert '<option value="yes" selected>Yes</option>' in text
    assert re.search(r'<input type="date" name="field:born" value="1980-02-29"', text)
    assert re.search(r'<input type="text" name="field:points" inputmode="decimal"', text)
    assert re.search(r'<input type="text" name="field:said" value="perhaps"', text)
    saved = save(marketer, ana, {**filled(marketer, ana), "field:vip": "no"})
    ana.refresh_from_db()
    assert ana.fields == {"vip": "no", "born": "1980-02-29", "said": "perhaps"}
    assert "Feb 29, 1980" in saved
