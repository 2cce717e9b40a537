"""What tests of the pages lean on: someone of each role, signed in, and someone who is not."""

import time

import pytest
from django.test import Client

from comanda.records.models import Role, User


def sign_in(role: Role, language: str = "en") -> Client:
    """A browser in which a new user of this role, ``<role>@example.com``, has just signed in."""
    user = User(email=f"{role}@example.com", name=role.title(), role=role, language=language)
    user.password = "no password fits"  # hashing one would take longer than most tests
    user.save()
    client = Client(headers={"accept": "text/html"})
    client.force_login(user)
    prove(client, user)
    return client


def prove(client: Client, user: User) -> None:
    """Has someone have shown their password just now, as the sign-in notes it."""
    session = client.session
    session["account_authentication_methods"] = [{"method": "password", "at": time.time()}]
    session["account_authentication_methods_user"] = str(user.pk)
    session.save()


def forget_proof(client: Client) -> None:
    """Has a quarter of an hour pass since someone showed their password."""
    session = client.session
    session["account_authentication_methods"] = []
    session.save()


@pytest.fixture
def owner(db: None) -> Client:
    """Who may do all."""
    return sign_in(Role.OWNER)


@pytest.fixture
def marketer(db: None) -> Client:
    """Who may do the daily work."""
    return sign_in(Role.MARKETER)


@pytest.fixture
def viewer(db: None) -> Client:
    """Who may look."""
    return sign_in(Role.VIEWER)


@pytest.fixture
def stranger(db: None) -> Client:
    """Who has not signed in."""
    return Client(headers={"accept": "text/html"})
