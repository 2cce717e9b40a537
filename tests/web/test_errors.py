"""What people see where there is no page for them."""

import pytest
from django.contrib.auth.models import AnonymousUser
from django.test import Client, RequestFactory

from comanda.web import errors

PAGE = {"accept": "text/html"}


def test_it_keeps_the_navigation_for_who_is_signed_in(viewer: Client) -> None:
    missing = viewer.get("/nothing")
    denied = viewer.get("/settings/users")

    assert (missing.status_code, denied.status_code) == (404, 403)
    for answer in (missing, denied):
        assert 'href="/contacts"' in answer.content.decode()
        assert 'role="search"' in answer.content.decode()


def test_it_tells_a_stranger_nothing(stranger: Client) -> None:
    answer = stranger.get("/nothing")

    text = answer.content.decode()
    assert answer.status_code == 404
    assert "There is nothing at this address." in text
    assert 'href="/contacts"' not in text
    assert 'role="search"' not in text


def test_it_owns_up_when_the_database_is_away() -> None:
    request = RequestFactory().get("/contacts", headers=PAGE)

    answer = errors.our_fault(request)

    assert answer.status_code == 500
    assert "Something went wrong here, and it was noted." in answer.content.decode()


@pytest.mark.parametrize("accept", ["", "application/json"])
def test_it_tells_programs_in_words(accept: str) -> None:
    request = RequestFactory().get("/nothing", headers={"accept": accept})
    request.user = AnonymousUser()

    answer = errors.not_found(request, Exception())

    assert answer.headers["Content-Type"] == "text/plain; charset=utf-8"
    assert answer.content.decode().startswith("Not Found. There is nothing at this address.")


def test_it_says_of_a_form_that_is_too_old_what_to_do(stranger: Client) -> None:
    strict = Client(headers=PAGE, enforce_csrf_checks=True)

    answer = strict.post("/sign-in", {"login": "ana@example.com", "password": "x"})

    text = answer.content.decode()
    assert answer.status_code == 403
    assert "This form could not be taken." in text
    assert "Load it again, then repeat." in text
