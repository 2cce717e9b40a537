"""What one-time links open."""

import pytest
from django.contrib.auth import authenticate

from comanda.records import links, users, welcome
from comanda.records.links import LinkSpent
from comanda.records.models import AuditEntry, Purpose, Role, User
from tests import threads

pytestmark = pytest.mark.django_db
GOOD = "korrekt-pferd-9"


def test_it_makes_the_first_user_an_owner() -> None:
    token = welcome.first_owner_link(by="command line")
    assert welcome.find(token) is not None

    made = welcome.make_owner(token, " Ana@Example.com", "Ana", GOOD)

    assert (made.email, made.name, made.role) == ("ana@example.com", "Ana", "owner")
    assert authenticate(email="ana@example.com", password=GOOD) == made
    assert AuditEntry.objects.values_list("actor", "action", "target").get() == (
        f"user {made.pk} (ana@example.com)", "user.create", f"user {made.pk}",
    )  # fmt: skip


def test_it_makes_no_second_first_user() -> None:
    early, late = (welcome.first_owner_link(by="command line") for _ in range(2))
    welcome.make_owner(early, "ana@example.com", "", GOOD)

    for token in (early, late):
        assert welcome.find(token) is None
        with pytest.raises(LinkSpent):
            welcome.make_owner(token, "eve@example.com", "", GOOD)
    assert User.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_it_makes_one_owner_of_several_who_try_at_once() -> None:
    tokens = [welcome.first_owner_link(by="command line") for _ in range(3)]

    def try_it(token: str) -> str:
        try:
            welcome.make_owner(token, f"{token[:5].strip('-_')}x@example.com", "", GOOD)
        except LinkSpent:
            return "late"
        return "owner"

    done = threads.together([lambda token=token: try_it(token) for token in tokens])  # type: ignore[misc]

    assert sorted(done) == ["late", "late", "owner"]
    assert User.objects.count() == 1


def test_it_leaves_a_link_usable_when_the_answers_will_not_do() -> None:
    token = welcome.first_owner_link(by="command line")

    with pytest.raises(ValueError, match="too short"):
        welcome.make_owner(token, "ana@example.com", "", "short")

    assert links.find(token) is not None
    assert not User.objects.exists()


def test_it_lets_someone_join_as_what_they_were_invited_for() -> None:
    link, token = welcome.invite(" Bob@Example.com", Role.MARKETER, by="user 1 (ana@example.com)")

    made = welcome.join(token, "Bob", GOOD)

    assert (made.email, made.name, made.role) == ("bob@example.com", "Bob", "marketer")
    assert list(AuditEntry.objects.order_by("id").values_list("action", "target")) == [
        ("user.invite", f"link {link.pk}"),
        ("user.create", f"user {made.pk}"),
    ]


def test_it_invites_nobody_who_is_there_already() -> None:
    users.create("bob@example.com", "", Role.VIEWER, GOOD)

    with pytest.raises(ValueError, match=r"bob@example\.com is a user already"):
        welcome.invite("BOB@example.com", Role.OWNER, by="test")


def test_it_sets_a_new_password() -> None:
    ana = users.create("ana@example.com", "", Role.OWNER, GOOD)
    token = welcome.reset_link(ana, by="test")

    done = welcome.set_password(token, "another-horse-1")

    assert done == authenticate(email="ana@example.com", password="another-horse-1") == ana
    with pytest.raises(LinkSpent):
        welcome.set_password(token, GOOD)


def test_it_signs_in_whom_the_link_was_made_for() -> None:
    ana = users.create("ana@example.com", "", Role.OWNER, GOOD)
    token = welcome.sign_in_link(ana, by="test")

    assert welcome.sign_in(token) == ana
    with pytest.raises(LinkSpent):
        welcome.sign_in(token)


def test_it_opens_nothing_else_with_a_link() -> None:
    ana = users.create("ana@example.com", "", Role.OWNER, GOOD)
    invite = welcome.invite("bob@example.com", Role.VIEWER, by="test")[1]
    reset = welcome.reset_link(ana, by="test")

    with pytest.raises(LinkSpent):
        welcome.make_owner(invite, "bob@example.com", "", GOOD)
    with pytest.raises(LinkSpent):
        welcome.sign_in(reset)
    with pytest.raises(LinkSpent):
        welcome.join(reset, "", GOOD)
    assert [links.find(token) is None for token in (invite, reset)] == [False, False]


def test_it_signs_in_nobody_who_was_let_in_no_more_or_is_gone() -> None:
    users.create("ana@example.com", "", Role.OWNER, GOOD)
    bob = users.create("bob@example.com", "", Role.VIEWER, GOOD)
    users.deactivate(bob.pk, by="test")
    token = welcome.sign_in_link(bob, by="test")

    with pytest.raises(LinkSpent):
        welcome.sign_in(token)
    users.remove(bob.pk, by="test")
    assert Purpose.SIGN_IN not in links.usable().values_list("purpose", flat=True)
