"""The page of the audit log."""

import re
from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.test import Client

import comanda
from comanda.connectors.base import PrivacyKind
from comanda.records import audit
from comanda.records.contact_groups import Change
from comanda.records.models import AuditEntry
from comanda.web.audit import labels


def seen(client: Client, query: str = "") -> list[tuple[str, str]]:
    """Who did what, as the page shows it."""
    return [
        (who[0], called) for _, who, called, *_ in client.get(f"/settings/audit{query}").context["entries"]
    ]


def at(moment: datetime) -> None:
    """Has the latest deed have been done then."""
    AuditEntry.objects.filter(pk=AuditEntry.objects.latest("pk").pk).update(at=moment)


def test_it_is_seen_by_owners_only(owner: Client, marketer: Client, viewer: Client, stranger: Client) -> None:
    statuses = [client.get("/settings/audit").status_code for client in (owner, marketer, viewer, stranger)]

    assert statuses == [200, 403, 403, 302]


def test_it_tells_who_did_what_on_what(owner: Client) -> None:
    audit.note("user 7 (ana@example.com)", "contact.edit", "contact 5", columns=["phone", "tags"])

    text = owner.get("/settings/audit").content.decode()

    for words in (
        "ana@example.com",
        "User 7",
        "Edited a contact",
        '<a href="/contacts/5">Contact 5</a>',
        "columns: phone, tags",
    ):
        assert words in text


def test_it_shows_hostile_text_as_text(owner: Client) -> None:
    audit.note("key 1 (<script>alert(1)</script>)", "<b>x</b>", "store </table>", note="<i>\u202e")

    text = owner.get("/settings/audit").content.decode()

    assert [tag for tag in ("<script>alert", "<b>x", "store </table>", "<i>") if tag in text] == []


def test_it_narrows_by_who_what_and_day(owner: Client) -> None:
    for day, actor, action in ((1, "ana", "backup"), (2, "ana", "restore"), (3, "bob", "backup")):
        audit.note(actor, action, "x")
        at(datetime(2026, 3, day, 12, tzinfo=UTC))

    assert seen(owner, "?actor=ana") == [("ana", "Restored a backup"), ("ana", "Wrote a backup")]
    assert seen(owner, "?action=backup") == [("bob", "Wrote a backup"), ("ana", "Wrote a backup")]
    assert seen(owner, "?since=2026-03-02&until=2026-03-02") == [("ana", "Restored a backup")]
    assert seen(owner, "?actor=bob&action=restore") == []


def test_its_days_are_those_of_the_reader(owner: Client) -> None:
    audit.note("ana", "backup", "x")
    at(datetime(2026, 3, 2, 1, 30, tzinfo=UTC))
    owner.cookies["zone"] = "America%2FSao_Paulo"

    assert seen(owner, "?since=2026-03-01&until=2026-03-01") == [("ana", "Wrote a backup")]
    assert seen(owner, "?since=2026-03-02&until=2026-03-02") == []


def test_it_pages_by_where_the_last_page_ended(owner: Client) -> None:
    for number in range(120):
        audit.note(f"user {number}", "backup", "x")
    pages = []
    query: str | None = ""
    while query is not None:
        answer = owner.get(f"/settings/audit{query}")
        pages.append([entry.actor for entry, *_ in answer.context["entries"]])
        older = answer.context["older"]
        query = f"?cursor={older.replace('+', '%2B')}" if older else None

    assert [len(page) for page in pages] == [50, 50, 20]
    assert [actor for page in pages for actor in page] == [
        f"user {number}" for number in reversed(range(120))
    ]


@pytest.mark.parametrize(
    "query",
    ["?cursor=x", "?cursor=2026-01-01~5", "?cursor=2026-01-01T00:00:00%2B00:00~99999999999999999999",
     "?cursor=2026-01-01T00:00:00%2B00:00~-1", "?since=yesterday", "?until=9999-12-31", "?since=0001-01-01",
     "?actor=nobody", "?action=%00", "?actor=%00", "?cursor=%00~1"],
)  # fmt: skip
def test_it_takes_no_harm_from_what_it_cannot_read(owner: Client, query: str) -> None:
    audit.note("ana", "backup", "x")

    assert owner.get(f"/settings/audit{query}").status_code == 200


@pytest.mark.parametrize(
    ("actor", "told"),
    [("user 3 (ana@example.com)", ("ana@example.com", "User 3")),
     ("key 12 (Till (2))", ("Till (2)", "Key 12")),
     ("shop largo", ("largo", "The shop itself")),
     ("command line", ("Command line", "")), ("stranger", ("Someone not signed in", "")), ("", ("", "")),
     ("x 3 (y)", ("x 3 (y)", ""))],
)  # fmt: skip
def test_it_calls_actors_by_what_they_are(actor: str, told: tuple[str, str]) -> None:
    assert labels.who(actor) == told


@pytest.mark.parametrize(
    ("target", "page"),
    [("contact 5", "/contacts/5"), ("store lisbon", "/stores/lisbon"), ("user 3", "/settings/users/3"),
     ("tag 4", "/tags/4"), ("/srv/x.backup", ""), ("key 1", ""), ("contact ", ""), ("store ../../x", "")],
)  # fmt: skip
def test_it_leads_to_what_was_touched(target: str, page: str) -> None:
    assert labels.page_of(target) == page


@pytest.mark.parametrize(
    ("target", "told"),
    [("contact 5", "Contact 5"), ("store lisbon", "Store lisbon"), ("store {0}", "Store {0}"),
     ("user 3", "User 3"), ("key 1", "Key 1"), ("contacts", "Contacts"),
     ("nobody here is meant", "Nobody here is meant"), ("/srv/x.backup", "/srv/x.backup"),
     ("contact", "contact"), ("", "")],
)  # fmt: skip
def test_it_calls_what_was_touched_by_its_name(target: str, told: str) -> None:
    assert labels.target(target) == told


def test_it_has_a_name_for_every_deed() -> None:
    package = Path(comanda.__file__).parent
    written = {
        action
        for file in package.rglob("*.py")
        for action in re.findall(r'audit\.note\(\s*[^"]*?"([a-z_]+\.[a-z_]+)"', file.read_text("utf-8"))
    }
    composed = {
        *(f"contact.{change}" for change in Change),
        *(f"{noun}.{deed}" for noun in ("tag", "list") for deed in ("create", "rename", "merge", "delete")),
        *(f"privacy.{kind}" for kind in PrivacyKind),
    }

    assert len(written) > 30
    assert (written | composed) - set(labels.ACTIONS) == set()
