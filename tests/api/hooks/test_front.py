"""Webhooks as the server takes them: before Django's middleware, with the same answers."""

from typing import Any
from unittest.mock import Mock

import pytest
from django.test import RequestFactory
from django.urls import reverse

from comanda.api.hooks import front, views
from comanda.records.models import Connection, Inbox
from tests.api.hooks.sending import BODY, signed


def ask(path: str, headers: dict[str, str]) -> tuple[str, dict[str, str], bytes]:
    """Status line, headers and body of an answer."""
    request = RequestFactory().post(path, BODY, content_type="application/json", headers=headers)
    start_response = Mock()
    body = b"".join(front.first(Mock())(request.environ, start_response))
    status, told = start_response.call_args.args
    return status, dict(told), body


@pytest.mark.django_db(transaction=True)
def test_a_genuine_one_is_stored(connection: Connection) -> None:
    status, headers, body = ask(f"/hooks/shop/{connection.hook_key}", signed(connection))

    assert (status, headers["Content-Length"], body) == ("200 OK", "0", b"")
    assert Inbox.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_its_address_is_that_of_the_pages(connection: Connection) -> None:
    status, _, _ = ask(reverse("hook", args=["shop", "wrong"]), signed(connection))

    assert status == "404 Not Found"


@pytest.mark.parametrize("path", ["/", "/hooks/", "/hooks/shop", "/hooks/shop/a/b", "/api/hooks/a"])
def test_all_else_is_handed_on(path: str) -> None:
    application = Mock(return_value=[b"a page"])
    request = RequestFactory().get(path)

    assert front.first(application)(request.environ, Mock()) == [b"a page"]
    application.assert_called_once()


def test_what_nobody_foresaw_is_a_500(monkeypatch: pytest.MonkeyPatch, settings: Any) -> None:
    settings.DEBUG_PROPAGATE_EXCEPTIONS = False
    monkeypatch.setattr(views, "receive", Mock(side_effect=ValueError("unforeseen")))

    status, _, _ = ask("/hooks/shop/a", {})

    assert status == "500 Internal Server Error"
