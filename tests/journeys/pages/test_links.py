"""Nothing that a page shows leads nowhere, or to what whoever sees it may not do."""

from collections import Counter
from collections.abc import Iterator
from urllib.parse import parse_qs, urlsplit

import pytest
from django.test import Client
from django.urls import resolve

from comanda.records import access
from comanda.records.models import Role
from tests.journeys.browser import pages as places
from tests.journeys.browser.world import World
from tests.journeys.pages.reading import Reading, browser, own

pytestmark = pytest.mark.django_db

_ALIKE = 4
"""So many pages of one view, asked for in one way, stand for all of them."""


def kind(address: str) -> tuple[str, ...]:
    """View and names of what is asked: those of a kind answer alike."""
    parts = urlsplit(address)
    return (resolve(parts.path).view_name, *sorted(parse_qs(parts.query, keep_blank_values=True)))


def walk(client: Client) -> Iterator[tuple[str, str, int, str]]:
    """From Home, every page: where its link was seen, its address, status, and text if it is HTML."""
    waiting, met, looked_at = [("", "/")], {"/"}, Counter[tuple[str, ...]]()
    while waiting:
        seen_at, address = waiting.pop()
        answer = client.get(address)
        is_page = answer.status_code == 200 and answer.headers["Content-Type"].startswith("text/html")
        text = answer.content.decode() if is_page else ""
        yield seen_at, address, answer.status_code, text
        for link in own(Reading(text).links, address):
            if link not in met and not link.startswith("/static/"):
                met.add(link)
                looked_at[kind(link)] += 1
                waiting += [(address, link)] if looked_at[kind(link)] <= _ALIKE else []


@pytest.mark.parametrize("role", list(Role))
def test_it_shows_each_role_only_what_leads_somewhere(used: World, role: Role) -> None:
    wrong, pages = [], 0

    for seen_at, address, status, text in walk(browser(used.session(role))):
        pages += bool(text)
        wrong += [] if status in (200, 204, 302) else [f"{status} {address} (seen on {seen_at})"]
        wrong += [f"{form} (seen on {address})" for form in refused(text, address, role)]

    assert "\n".join(wrong) == ""
    assert pages > 30


def refused(text: str, address: str, role: Role) -> Iterator[str]:
    """Forms of the page that whoever has this role could send in vain."""
    for form in Reading(text, address).forms:
        view = resolve(urlsplit(form.action).path).func
        scope = getattr(view, "needed_scope", None)
        if form.can_be_sent and scope and scope not in access.ROLES[role]:
            yield f"a form for {scope}: {form.action}"


@pytest.mark.parametrize("role", list(Role))
def test_it_shows_each_role_the_side_that_it_may_see(used: World, role: Role) -> None:
    client = browser(used.session(role))

    shown = {
        link for link in own(Reading(client.get("/").content.decode()).links, "/") if link.count("/") == 1
    }

    assert shown >= {"/", "/contacts", "/orders", "/products", "/stores", "/imports", "/settings"}
    settings = set(own(Reading(client.get("/settings/profile").content.decode()).links, "/"))
    only_owners = {"/settings/users", "/settings/keys", "/settings/audit"}
    assert settings & only_owners == (only_owners if role == Role.OWNER else set())


def test_it_sets_aside_only_places_that_there_are() -> None:
    known = {place.name for place in places.places()}

    assert (set(places.ELSEWHERE) | places.FOR_STRANGERS | places.GUARDED) - known == set()
