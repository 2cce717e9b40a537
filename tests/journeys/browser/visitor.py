"""Someone at a browser."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from typing import Literal

import pytest
from allauth.account.internal.flows.login import record_authentication
from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.test import Client, RequestFactory
from playwright.sync_api import Browser, BrowserContext, Page

from comanda.records.models import Role, User
from tests.journeys.browser.watch import Watch

HEIGHTS = {390: 844, 1280: 900}
"""Width of a screen → its height: a phone, a desk."""

_NAMES = {Role.OWNER: "Olga", Role.MARKETER: "Marc", Role.VIEWER: "Vera"}
PASSWORD = "correct horse battery"


@dataclass
class Desk:
    """Opens browsers, each with cookies of its own, and watches them all."""

    chromium: Browser
    address: str
    watch: Watch
    contexts: list[BrowserContext] = field(default_factory=list)

    def visit(
        self,
        session: str = "",
        *,
        language: str = "en",
        scheme: Literal["light", "dark"] = "light",
        width: int = 1280,
    ) -> Page:
        """A page of a new browser, signed in by that session; paths are relative to our server."""
        context = self.chromium.new_context(
            base_url=self.address,
            viewport={"width": width, "height": HEIGHTS[width]},
            color_scheme=scheme,
            reduced_motion="reduce",
            locale=language,
            timezone_id="Europe/Lisbon",
            accept_downloads=True,
        )
        context.set_default_timeout(10_000)
        self.contexts.append(context)
        self.watch.over(context)
        if session:
            context.add_cookies(
                [{"name": settings.SESSION_COOKIE_NAME, "value": session, "url": self.address}]
            )
        return context.new_page()

    def leave(self) -> None:
        """Closes all that is open."""
        for context in self.contexts:
            context.close()


@contextmanager
def desk(chromium: Browser, address: str) -> Iterator[Desk]:
    """A desk for one test, which fails by what its pages did wrong."""
    made = Desk(chromium, address, Watch(address))
    try:
        yield made
    finally:
        made.leave()
    if made.watch.faults:
        pytest.fail("\n".join(made.watch.faults))


def sign_in(user: User) -> str:
    """The session of someone who has just signed in by their password."""
    client = Client()
    client.force_login(user)
    request = RequestFactory().get("/")
    request.session = client.session
    record_authentication(request, user, "password")
    request.session.save()
    return client.cookies[settings.SESSION_COOKIE_NAME].value


def someone(role: Role, language: str = "", name: str = "") -> User:
    """A new user of this role, ``<role>@example.com`` with ``PASSWORD``."""
    user = User(email=f"{name or role}@example.com", name=name or _NAMES[role], role=role, language=language)
    user.password = _hashed()
    user.save()
    return user


@cache
def _hashed() -> str:
    return make_password(PASSWORD)
