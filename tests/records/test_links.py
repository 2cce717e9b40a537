"""One-time links."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import transaction

from comanda.records import links
from comanda.records.models import OneTimeLink, Purpose, Role
from tests import threads

pytestmark = pytest.mark.django_db


def test_it_keeps_only_the_hash_of_a_token() -> None:
    made, token = links.make(Purpose.INVITE, "ana@example.com", Role.VIEWER, by="user 1")

    assert len(token) == 43
    assert links.find(token) == made
    assert (made.purpose, made.email, made.role, made.made_by) == (
        "invite", "ana@example.com", "viewer", "user 1",
    )  # fmt: skip
    assert token not in str(OneTimeLink.objects.values().get())


def test_it_opens_once() -> None:
    _, token = links.make(Purpose.RESET, "ana@example.com", by="test")

    links.spend(token)

    assert links.find(token) is None
    with pytest.raises(links.LinkSpent):
        links.spend(token)


def test_it_opens_nothing_once_its_time_is_over() -> None:
    made, token = links.make(Purpose.RESET, "ana@example.com", by="test")
    OneTimeLink.objects.filter(pk=made.pk).update(expires_at=datetime.now(UTC) - timedelta(seconds=1))

    assert links.find(token) is None
    with pytest.raises(links.LinkSpent):
        links.spend(token)


@pytest.mark.parametrize("token", ["", "x", "\ud800", "x" * 10_000])
def test_it_knows_no_other_token(token: str) -> None:
    links.make(Purpose.RESET, "ana@example.com", by="test")

    assert links.find(token) is None


def test_it_replaces_an_earlier_link_of_the_same_person_and_purpose() -> None:
    _, first = links.make(Purpose.RESET, "ana@example.com", by="test")
    _, other = links.make(Purpose.INVITE, "ana@example.com", by="test")
    _, whose = links.make(Purpose.RESET, "bob@example.com", by="test")

    _, second = links.make(Purpose.RESET, "ana@example.com", by="test")

    assert [links.find(token) is None for token in (first, other, whose, second)] == [
        True, False, False, False,
    ]  # fmt: skip


def test_it_keeps_links_of_the_first_user_side_by_side() -> None:
    _, first = links.make(Purpose.OWNER, by="test")
    _, second = links.make(Purpose.OWNER, by="test")

    assert None not in (links.find(first), links.find(second))


def test_it_takes_back_what_was_not_used() -> None:
    links.make(Purpose.INVITE, "ana@example.com", by="test")

    taken = [links.withdraw(Purpose.INVITE, "ana@example.com") for _ in range(2)]

    assert taken == [True, False]


@pytest.mark.django_db(transaction=True)
def test_it_lets_one_of_several_who_open_a_link_at_once() -> None:
    _, token = links.make(Purpose.RESET, "ana@example.com", by="test")

    def spend() -> str:
        try:
            with transaction.atomic():
                links.spend(token)
        except links.LinkSpent:
            return "spent"
        return "opened"

    assert sorted(threads.together([spend] * 4)) == ["opened", "spent", "spent", "spent"]
