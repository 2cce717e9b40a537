"""People who use Comanda."""

from functools import partial

import pytest
from django.contrib.auth import authenticate

from comanda.records import links, users
from comanda.records.models import AuditEntry, Purpose, Role, User
from tests import threads

pytestmark = pytest.mark.django_db
GOOD = "korrekt-pferd-9"


def test_it_makes_a_user_who_can_sign_in() -> None:
    made = users.create(" Ana@Example.COM ", " Ana ", Role.MARKETER, GOOD)

    assert (made.email, made.name, made.role) == ("ana@example.com", "Ana", "marketer")
    assert GOOD not in User.objects.get().password
    assert authenticate(email="ana@example.com", password=GOOD) == made
    assert authenticate(email="ana@example.com", password="other") is None


def test_it_makes_no_two_of_one_address() -> None:
    users.create("ana@example.com", "", Role.OWNER, GOOD)

    with pytest.raises(ValueError, match="is a user already"):
        users.create("ANA@example.com", "", Role.OWNER, GOOD)
    assert User.objects.count() == 1


@pytest.mark.parametrize("password", ["", "short", "password123", "1234567890"])
def test_it_refuses_passwords_that_will_not_do(password: str) -> None:
    with pytest.raises(ValueError, match="password"):
        users.create("ana@example.com", "", Role.OWNER, password)
    assert not User.objects.exists()


@pytest.mark.parametrize("email", ["", "ana", "ana@", "@example.com", "ana@exa mple.com"])
def test_it_refuses_addresses_that_are_none(email: str) -> None:
    with pytest.raises(ValueError, match=r"address|sign|domain|part"):
        users.create(email, "", Role.OWNER, GOOD)


def test_it_changes_a_password() -> None:
    ana = users.create("ana@example.com", "", Role.OWNER, GOOD)

    users.change_password(ana, "another-horse-1", by="test")

    assert authenticate(email="ana@example.com", password="another-horse-1") == ana
    assert authenticate(email="ana@example.com", password=GOOD) is None
    with pytest.raises(ValueError, match="too short"):
        users.change_password(ana, "short", by="test")


def test_it_refuses_a_password_that_is_ones_own_address() -> None:
    with pytest.raises(ValueError, match="too similar to the email"):
        users.create("ana.oliveira@example.com", "", Role.OWNER, "ana.oliveira")


def test_it_finds_a_user_however_the_address_is_written() -> None:
    ana = users.create("ana@example.com", "", Role.OWNER, GOOD)

    found = [
        users.find(email) for email in (" ANA@Example.com", "ana@example.org", "", "ana", "\0@x.example")
    ]

    assert found == [ana, None, None, None, None]


def test_it_changes_an_address_and_lets_nobody_take_anothers() -> None:
    ana = users.create("ana@example.com", "", Role.OWNER, GOOD)
    users.create("bob@example.com", "", Role.VIEWER, GOOD)
    _, token = links.make(Purpose.RESET, "ana@example.com", by="test")

    users.change_email(ana, " Ana.B@Example.com", by="test")

    assert User.objects.get(pk=ana.pk).email == ana.email == "ana.b@example.com"
    assert links.find(token) is None
    with pytest.raises(ValueError, match=r"bob@example\.com is a user already"):
        users.change_email(ana, "BOB@example.com", by="test")
    assert ana.email == "ana.b@example.com"


def test_it_changes_what_someone_may_do() -> None:
    ana = users.create("ana@example.com", "", Role.OWNER, GOOD)
    bob = users.create("bob@example.com", "", Role.VIEWER, GOOD)

    users.change_role(bob.pk, Role.OWNER, by="ana")
    users.change_role(ana.pk, Role.MARKETER, by="bob")

    assert dict(User.objects.values_list("email", "role")) == {
        "ana@example.com": "marketer",
        "bob@example.com": "owner",
    }
    assert list(AuditEntry.objects.order_by("id").values_list("actor", "action", "target", "detail")) == [
        ("ana", "user.role", f"user {bob.pk}", {"before": "viewer", "after": "owner"}),
        ("bob", "user.role", f"user {ana.pk}", {"before": "owner", "after": "marketer"}),
    ]


def test_it_keeps_the_last_owner() -> None:
    ana = users.create("ana@example.com", "", Role.OWNER, GOOD)
    bob = users.create("bob@example.com", "", Role.OWNER, GOOD)
    users.deactivate(bob.pk, by="test")

    for change in (users.deactivate, users.remove):
        with pytest.raises(users.LastOwner, match="last owner"):
            change(ana.pk, by="test")
    with pytest.raises(users.LastOwner):
        users.change_role(ana.pk, Role.VIEWER, by="test")

    assert User.objects.get(pk=ana.pk).role == Role.OWNER
    users.remove(bob.pk, by="test")
    assert list(User.objects.all()) == [ana]


def test_it_lets_someone_in_no_more_and_again() -> None:
    users.create("ana@example.com", "", Role.OWNER, GOOD)
    bob = users.create("bob@example.com", "", Role.VIEWER, GOOD)
    _, token = links.make(Purpose.RESET, "bob@example.com", by="test")

    users.deactivate(bob.pk, by="test")

    assert authenticate(email="bob@example.com", password=GOOD) is None
    assert links.find(token) is None
    users.reactivate(bob.pk, by="test")
    assert authenticate(email="bob@example.com", password=GOOD) == bob


@pytest.mark.django_db(transaction=True)
def test_it_keeps_one_of_two_owners_who_remove_each_other() -> None:
    for _ in range(5):
        ana = users.create("ana@example.com", "", Role.OWNER, GOOD)
        bob = users.create("bob@example.com", "", Role.OWNER, GOOD)

        outcomes = threads.together([partial(_try_to_remove, ana.pk), partial(_try_to_remove, bob.pk)])

        assert sorted(outcomes) == ["LastOwner", "removed"]
        User.objects.all().delete()


def _try_to_remove(user_id: int) -> str:
    try:
        users.remove(user_id, by="test")
    except users.LastOwner:
        return "LastOwner"
    return "removed"
