"""Who did what."""

from datetime import timedelta

import pytest

from comanda.records import audit
from comanda.records.audit import Wanted
from comanda.records.models import AuditEntry
from tests import factories

pytestmark = pytest.mark.django_db


def deeds(*who_and_what: tuple[str, str]) -> None:
    """So many deeds, a minute apart from noon on."""
    for minute, (actor, action) in enumerate(who_and_what):
        audit.note(actor, action, "thing")
        AuditEntry.objects.filter(pk=AuditEntry.objects.latest("pk").pk).update(at=factories.at(minute))


def told(page: audit.Page) -> list[tuple[str, str]]:
    return [(entry.actor, entry.action) for entry in page.entries]


def test_it_tells_the_newest_first_page_by_page() -> None:
    deeds(*((f"user {number}", "do") for number in range(5)))

    first = audit.page(Wanted(), size=2)
    second = audit.page(Wanted(), first.after, size=2)
    third = audit.page(Wanted(), second.after, size=2)

    assert [actor for page in (first, second, third) for actor, _ in told(page)] == [
        "user 4", "user 3", "user 2", "user 1", "user 0",
    ]  # fmt: skip
    assert third.after is None


def test_it_loses_none_of_the_same_instant() -> None:
    deeds(*((f"user {number}", "do") for number in range(4)))
    AuditEntry.objects.update(at=factories.NOON)

    first = audit.page(Wanted(), size=3)
    second = audit.page(Wanted(), first.after, size=3)

    assert [actor for actor, _ in told(first) + told(second)] == ["user 3", "user 2", "user 1", "user 0"]
    assert audit.page(Wanted(), size=4).after is None


def test_it_tells_what_one_actor_did_or_one_deed_or_a_stretch_of_time() -> None:
    deeds(("ana", "key.create"), ("bob", "key.create"), ("ana", "key.revoke"), ("ana", "backup"))

    assert told(audit.page(Wanted(actor="ana", action="key.create"))) == [("ana", "key.create")]
    assert told(audit.page(Wanted(action="key.create"))) == [("bob", "key.create"), ("ana", "key.create")]
    stretch = Wanted(since=factories.at(1), until=factories.at(3))
    assert told(audit.page(stretch)) == [("ana", "key.revoke"), ("bob", "key.create")]
    assert told(audit.page(Wanted(until=factories.NOON - timedelta(seconds=1)))) == []


def test_it_names_each_actor_and_deed_once() -> None:
    deeds(("bob", "key.create"), ("ana", "backup"), ("bob", "backup"))

    assert (audit.actors(), audit.actions()) == (["ana", "bob"], ["backup", "key.create"])


def test_it_names_nobody_while_nothing_was_done() -> None:
    assert (audit.actors(), audit.actions()) == ([], [])


def test_it_keeps_the_beginning_of_a_very_long_name() -> None:
    audit.note("ü" * 10_000, "do", "thing")

    assert AuditEntry.objects.get().actor == "ü" * 299 + "…"
