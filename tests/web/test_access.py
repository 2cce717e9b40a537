"""Every page says what it needs, and nobody gets past that."""

from collections.abc import Iterator

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory
from django.urls import URLPattern, URLResolver, get_resolver

from comanda.records.access import SCOPES
from comanda.records.models import Role, User
from comanda.web.access import needs

OPEN = {
    "healthz", "readyz", "metrics", "language", "welcome", "account_login", "account_reset_password",
    "authorised",
}  # fmt: skip
"""Names of the pages that strangers may see; all other pages say what they need."""


def patterns(found: list[URLPattern | URLResolver]) -> Iterator[URLPattern]:
    for each in found:
        if isinstance(each, URLResolver):
            yield from patterns(each.url_patterns)
        else:
            yield each


def pages() -> list[URLPattern]:
    every = patterns(get_resolver().url_patterns)
    return [each for each in every if str(getattr(each.callback, "__module__", "")).startswith("comanda.web")]


@pytest.mark.parametrize("page", pages(), ids=lambda page: str(page.name))
def test_every_page_says_what_it_needs(page: URLPattern) -> None:
    needed = getattr(page.callback, "needed_scope", "open")

    assert page.name in OPEN if needed == "open" else needed is None or needed in SCOPES


@needs("stores:write")
def secret(request: HttpRequest) -> HttpResponse:
    return HttpResponse("in")


def asked(role: Role, **headers: str) -> HttpResponse:
    request = RequestFactory().get("/secret?a=b", headers={"accept": "text/html", **headers})
    setattr(request, "user", User(email="a@example.com", role=role))  # noqa: B010
    answer = secret(request)
    assert isinstance(answer, HttpResponse)
    return answer


def test_it_lets_in_who_may() -> None:
    assert asked(Role.OWNER).content == b"in"


@pytest.mark.parametrize("role", [Role.MARKETER, Role.VIEWER])
def test_it_tells_who_may_not(role: Role) -> None:
    answer = asked(role)

    assert answer.status_code == 403
    assert "You may not do this." in answer.content.decode()


def test_it_sends_strangers_to_the_sign_in_and_back(stranger: Client) -> None:
    answer = stranger.get("/?period=30")

    assert (answer.status_code, answer.headers["Location"]) == (302, "/sign-in?next=/%3Fperiod%3D30")


def test_it_sends_the_whole_page_there_when_a_part_was_asked_for(stranger: Client) -> None:
    headers = {"hx-request": "true", "hx-current-url": "http://testserver/contacts?q=a"}

    answer = stranger.get("/", headers=headers)

    assert answer.status_code == 200
    assert answer.headers["HX-Redirect"] == "/sign-in?next=/contacts%3Fq%3Da"


def test_it_knows_no_scope_that_there_is_not() -> None:
    with pytest.raises(ValueError, match="no scope is called"):
        needs("everything:write")
