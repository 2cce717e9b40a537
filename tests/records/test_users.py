"""People who use Comanda."""

import pytest
from django.contrib.auth import authenticate

from comanda.records import users
from comanda.records.models import Role, User

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
    users.create("ana@example.com", "", Role.OWNER, GOOD)

    users.change_password("Ana@example.com", "another-horse-1")

    assert authenticate(email="ana@example.com", password="another-horse-1") is not None
    assert authenticate(email="ana@example.com", password=GOOD) is None
    with pytest.raises(ValueError, match="is no user"):
        users.change_password("bob@example.com", GOOD)
    with pytest.raises(ValueError, match="too short"):
        users.change_password("ana@example.com", "short")
