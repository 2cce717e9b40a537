"""The page that a one-time link leads to."""

import pytest
from django.test import Client

from comanda.records import users, welcome
from comanda.records.models import Role, User

pytestmark = pytest.mark.django_db
GOOD = "korrekt-pferd-9"


def test_it_makes_the_first_owner_and_signs_them_in() -> None:
    client = Client()
    path = f"/welcome/{welcome.first_owner_link(by='test')}"
    client.get(path)
    client.head(path)

    answer = client.post(path, {"email": "Ana@Example.com", "name": "Ana", "password": GOOD})

    ana = User.objects.get()
    assert (ana.email, ana.name, ana.role, ana.check_password(GOOD)) == (
        "ana@example.com", "Ana", "owner", True,
    )  # fmt: skip
    assert (answer.status_code, answer.headers["Location"]) == (302, "/")
    assert client.session["_auth_user_id"] == str(ana.pk)
    assert client.get(path).status_code == 404


def test_it_lets_the_invited_in_as_what_they_were_invited_for() -> None:
    client = Client()
    _, token = welcome.invite("bob@example.com", Role.VIEWER, by="test")

    client.post(
        f"/welcome/{token}",
        {"email": "eve@example.com", "role": "owner", "name": "Bob", "password": GOOD},
    )

    bob = User.objects.get()
    assert (bob.email, bob.name, bob.role) == ("bob@example.com", "Bob", "viewer")
    assert client.session["_auth_user_id"] == str(bob.pk)


def test_it_remembers_the_language_in_which_someone_joined() -> None:
    client = Client(headers={"accept-language": "fr"})
    _, token = welcome.invite("bob@example.com", Role.VIEWER, by="test")

    client.post(f"/welcome/{token}", {"name": "Bob", "password": GOOD})

    assert User.objects.get().language == "fr"


def test_it_signs_in_by_a_link_and_asks_for_nothing() -> None:
    ana = users.create("ana@example.com", "", Role.OWNER, GOOD)
    client, token = Client(), welcome.sign_in_link(ana, by="test")

    assert client.get(f"/welcome/{token}").status_code == 200
    assert "_auth_user_id" not in client.session
    client.post(f"/welcome/{token}")

    assert client.session["_auth_user_id"] == str(ana.pk)


def test_it_sets_a_new_password_and_ends_all_other_sessions() -> None:
    ana = users.create("ana@example.com", "", Role.OWNER, GOOD)
    elsewhere, client = Client(), Client()
    elsewhere.force_login(ana)

    client.post(f"/welcome/{welcome.reset_link(ana, by='test')}", {"password": "another-horse-1"})

    ana.refresh_from_db()
    assert ana.check_password("another-horse-1")
    assert client.session["_auth_user_id"] == str(ana.pk)
    assert elsewhere.get("/settings/security").status_code == 302


@pytest.mark.parametrize(
    ("answers", "field"),
    [
        ({"email": "ana", "password": GOOD}, "email"),
        ({"email": "ana@example.com", "password": "short"}, "password"),
        ({"email": "ana.oliveira@example.com", "password": "ana.oliveira"}, "password"),
        ({"email": "ana@example.com", "password": GOOD, "name": "x" * 10_000}, "name"),
        ({"email": "ana@example.com", "password": GOOD, "name": "a\0b"}, "name"),
        ({"email": "<script>alert(1)</script>@example.com", "password": GOOD}, "email"),
        ({}, "email"),
    ],
)
def test_it_says_what_will_not_do_and_keeps_the_link(answers: dict[str, str], field: str) -> None:
    path = f"/welcome/{welcome.first_owner_link(by='test')}"

    answer = Client().post(path, answers)

    assert answer.status_code == 200
    assert next(iter(answer.context["form"].errors)) == field
    assert "<script>" not in answer.content.decode()
    assert not User.objects.exists()
    assert Client().get(path).status_code == 200


@pytest.mark.parametrize("token", ["x", "x" * 5000, "%00", "ümläut", "<script>"])
def test_it_knows_no_other_link(token: str) -> None:
    answer = Client().get(f"/welcome/{token}")

    assert answer.status_code == 404
    assert "used already" in answer.content.decode()


def test_it_lets_whoever_was_signed_in_here_leave_first() -> None:
    ana = users.create("ana@example.com", "", Role.OWNER, GOOD)
    client = Client()
    client.force_login(ana)
    _, token = welcome.invite("bob@example.com", Role.VIEWER, by="test")

    client.post(f"/welcome/{token}", {"password": GOOD})

    assert client.session["_auth_user_id"] == str(users.find("bob@example.com").pk)  # type: ignore[union-attr]
