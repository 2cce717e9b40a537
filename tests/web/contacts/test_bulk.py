"""Tags and lists changed for many."""

from typing import Any

import pytest
from django.test import Client

from comanda.records import contact_bulk
from comanda.records.models import AuditEntry, Contact, ContactTag, ListMember, Tag
from tests.web.contacts.conftest import HOSTILE

pytestmark = pytest.mark.django_db(transaction=True)


def change(client: Client, query: str = "", **form: Any) -> str:
    """The part of the page that comes back, with its message."""
    answer = client.post(f"/contacts/change{query}", form, headers={"hx-request": "true"})
    assert answer.status_code == 200
    return answer.headers.get("HX-Trigger", "")


def tagged(name: str) -> list[str]:
    found = ContactTag.objects.filter(tag__name=name).order_by("contact_id")
    return [email.partition("@")[0] for email in found.values_list("contact__email", flat=True)]


def ids(*names: str) -> list[int]:
    return [Contact.objects.get(email=f"{name}@example.com").pk for name in names]


def test_it_changes_those_that_are_ticked(marketer: Client, ana: Contact) -> None:
    said = change(marketer, change="tag", name=" big  spender ", id=ids("ana", "zoe"))

    assert "2 contacts were changed." in said
    assert tagged("big spender") == ["ana", "zoe"]
    note = AuditEntry.objects.get(action="contact.tag")
    assert note.actor.endswith("(marketer@example.com)")
    assert note.detail == {"tag": "big spender", "changed": 2}
    change(marketer, change="untag", name="big spender", id=ids("ana"))
    assert tagged("big spender") == ["zoe"]


def test_it_changes_all_of_the_list(marketer: Client, ana: Contact) -> None:
    said = change(marketer, "?orders=no", change="join", name="Club", whom="all", id=ids("ana"))

    assert "2 contacts were changed." in said
    assert ListMember.objects.count() == 3


def test_it_leaves_many_to_the_worker(
    marketer: Client, ana: Contact, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(contact_bulk, "AT_ONCE", 1)

    assert "in the background" in change(marketer, change="tag", name="x", whom="all")


def test_it_shows_the_same_page_again(marketer: Client, ana: Contact) -> None:
    tag = Tag.objects.get(name="vip")

    answer = marketer.post(
        f"/contacts/change?tag={tag.pk}", {"change": "untag", "name": "vip", "id": ana.pk},
        headers={"hx-request": "true"},
    )  # fmt: skip

    assert "Nobody matches" in answer.content.decode()


def test_it_goes_back_to_the_list_without_scripts(marketer: Client, ana: Contact) -> None:
    answer = marketer.post("/contacts/change?q=an&sort=name", {"change": "tag", "name": "x", "id": ana.pk})

    assert (answer.status_code, answer.headers["Location"]) == (302, "/contacts?q=an&sort=name")


@pytest.mark.parametrize(
    ("form", "said"),
    [({"change": "tag", "name": ""}, "A name has from 1 to 200 characters."),
     ({"change": "tag", "name": HOSTILE}, "A name has from 1 to 200 characters."),
     ({"change": "untag", "name": "unknown"}, "There is no tag of this name."),
     ({"change": "leave", "name": "a\0b"}, "There is no list of this name."),
     ({"change": "delete", "name": "x"}, "Choose what to do"), ({"name": "vip"}, "Choose what to do")],
)  # fmt: skip
def test_it_says_what_it_needs_and_leaves_the_page_as_it_is(
    marketer: Client, ana: Contact, form: dict[str, str], said: str
) -> None:
    answer = marketer.post("/contacts/change", {**form, "id": ana.pk}, headers={"hx-request": "true"})

    assert said in answer.headers["HX-Trigger"]
    assert (answer.headers["HX-Reswap"], answer.content) == ("none", b"")
    assert tagged("vip") == ["ana"]


def test_it_says_that_all_was_so_already(marketer: Client, ana: Contact) -> None:
    assert "it was so already" in change(marketer, change="tag", name="vip", id=[ana.pk])


@pytest.mark.parametrize("wrong", ["x", "-1", "9" * 30, ""])
def test_it_passes_over_ids_that_are_none(marketer: Client, ana: Contact, wrong: str) -> None:
    assert "1 contact was changed." in change(marketer, change="tag", name="new", id=[wrong, ana.pk])
