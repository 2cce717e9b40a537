"""Every page there is, taken from the addresses themselves: a new one cannot be forgotten."""

import inspect
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.urls import URLPattern, URLResolver, reverse

from comanda.web import urls
from tests.journeys.browser.world import World

ELSEWHERE: dict[str, str] = {
    "healthz": "for programs",
    "readyz": "for programs",
    "metrics": "for programs",
    "import_sample": "a file",
    "import_rejects": "a file",
    "import_looking": "a part of a page",
    "import_progress": "a part of a page",
    "account_logout": "only sent to: allauth's own view",
    "mfa_generate_recovery_codes": "only sent to: allauth's own view",
    "mfa_download_recovery_codes": "a file",
    "mfa_login_webauthn": "for a script",
    "mfa_list_webauthn": "leads on to mfa_index",
    "contacts_export": "a file",
    "contacts_count": "a part of contacts",
    "contact_details": "a part of contact",
    "contact_export": "a file",
    "contact_cart": "a part of contact",
    "contact_order": "a part of contact",
    "order_sums": "a part of orders",
    "orders_export": "a file",
    "order_payload": "a file",
    "product_story": "a part of product",
    "field_counts": "a part of fields",
    "tag_counts": "a part of tags",
    "list_counts": "a part of lists",
    "field_count": "a part of fields",
    "places": "a part of new_physical_store",
    "store_state": "a part of store",
    "store_payload_file": "a file",
    "authorised": "leads on, or tells what a shop said: tests/web/shops/test_authorise.py",
    "latest_orders": "a part of home",
    "imports_state": "a part of home",
    "confirm_email": "leads on to profile",
    "settings": "leads on to profile",
    "mfa_authenticate": "comes between: test_sign_in looks at it",
    "mfa_reauthenticate_webauthn": "comes between: test_access looks at it",
}
"""Names of addresses that browsers may ask for and that are no pages, or not by asking → why."""

FOR_STRANGERS = frozenset({"welcome", "account_login", "account_reset_password", "account_inactive"})
"""Names of pages for who is not signed in; who is has no business there."""

GUARDED = frozenset(
    {
        "mfa_deactivate_totp",
        "mfa_view_recovery_codes",
        "mfa_remove_webauthn",
        "mfa_edit_webauthn",
        "mfa_reauthenticate",
    }
)
"""Names of pages for who has set up a second factor."""


@dataclass(frozen=True)
class Place:
    """An address with what it asks for: ``/contacts/<int:contact_id>`` asks for ``contact_id``."""

    name: str
    asks: tuple[str, ...]
    is_sent_to: bool = False

    def path(self, world: World) -> str:
        """The address in that world; raises KeyError for what it does not hold."""
        return reverse(self.name, kwargs={name: self._value(world, name) for name in self.asks})

    def _value(self, world: World, name: str) -> str | int:
        """What stands there for this very page, or else for all pages."""
        own = f"{self.name}.{name}"
        return world.arguments[own if own in world.arguments else name]


def places() -> list[Place]:
    """Every address of ``comanda.web``, and where the API's docs are read."""
    return [*_places(urls.urlpatterns), Place("api-docs", ())]


def _places(
    found: Sequence[URLPattern | URLResolver], space: str = "", asked: tuple[str, ...] = ()
) -> Iterator[Place]:
    for each in found:
        asks = (*asked, *each.pattern.converters)
        if isinstance(each, URLResolver):
            yield from _places(each.url_patterns, f"{each.namespace}:" if each.namespace else space, asks)
        else:
            yield Place(f"{space}{each.name}", asks, is_sent_to="GET" not in _methods(each.callback))


def _methods(view: Callable[..., Any] | None) -> Sequence[str]:
    """What ``require_http_methods`` lets through to a view, however deep it is wrapped."""
    while view is not None:
        known: Sequence[str] | None = inspect.getclosurevars(view).nonlocals.get("request_method_list")
        if known is not None:
            return known
        view = getattr(view, "__wrapped__", None)
    return ("GET",)


def pages() -> list[Place]:
    """Those that are pages."""
    return [place for place in places() if not place.is_sent_to and place.name not in ELSEWHERE]


def session(world: World, place: Place) -> str:
    """That of someone who has business there."""
    if place.name in FOR_STRANGERS:
        return ""
    return world.guarded if place.name in GUARDED else world.owner
