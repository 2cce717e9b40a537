"""Secrets that someone typed while connecting a shop: kept sealed in their session, never sent back.

So nothing typed is lost when something else is wrong, and no page holds a key.
"""

from collections.abc import Mapping

from cryptography.fernet import InvalidToken
from django.http import HttpRequest

from comanda.records import connections


def find(request: HttpRequest, what: str) -> dict[str, str]:
    """The secrets typed for a platform or store."""
    sealed = request.session.get(_name(what))
    if not isinstance(sealed, str):
        return {}
    try:
        return connections.open_sealed(sealed.encode())
    except InvalidToken:
        return {}


def keep(request: HttpRequest, what: str, fields: Mapping[str, str]) -> None:
    """Keeps them, in place of those before."""
    request.session[_name(what)] = connections.seal(fields).decode()


def forget(request: HttpRequest, what: str) -> None:
    """Forgets them."""
    request.session.pop(_name(what), None)


def _name(what: str) -> str:
    return f"connecting {what}"
