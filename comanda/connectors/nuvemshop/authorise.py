"""The authorise page: the owner says yes, comes back with a code, and the code is exchanged for a token.

The token never runs out; it dies when another is made for the same shop, or the app is taken out.
https://tiendanube.github.io/api-documentation/authentication
"""

import hmac
from collections.abc import Mapping
from contextlib import closing
from urllib.parse import quote, urlencode

import httpx

from comanda.connectors.base import Config, Delivery
from comanda.connectors.errors import NeedsOwner
from comanda.connectors.http import Answer, Http, Policy
from comanda.connectors.values import child, first, text

EXCHANGE = "https://www.tiendanube.com"
"""Where codes are exchanged, those of Brazil too."""


class NuvemshopAuthoriser:
    """Where the owner comes back to is set in the app, not asked for here."""

    def __init__(self, site: str) -> None:
        self._site = site

    def address(self, config: Config, back: str, state: str) -> str:
        """The page of the app whose id the owner gave."""
        app = quote(config.need("app_id"), safe="")
        return (
            f"{config.fields.get('api_url') or self._site}/apps/{app}/authorize?{urlencode({'state': state})}"
        )

    def fields(
        self, config: Config, answer: Delivery, state: str, back: str, transport: httpx.BaseTransport
    ) -> Mapping[str, str]:
        """Token and store id, for the code that the owner brought; it is good for five minutes."""
        if not hmac.compare_digest(answer.query.get("state", "").encode(), state.encode()):
            raise NeedsOwner("key_refused", status="the answer is not to our question")
        asked = {
            "client_id": config.need("app_id"),
            "client_secret": config.need("client_secret"),
            "grant_type": "authorization_code",
            "code": answer.query.get("code", ""),
        }
        site = config.fields.get("api_url") or EXCHANGE
        with closing(Http(site, Policy(), transport)) as http:
            http.judge = _judge
            said = child(http.ask("POST", "apps/authorize/token", json=asked, again=False).json())
        if not said.get("access_token") or not said.get("user_id"):
            reason = first(said.get("error_description"), said.get("error"), "the shop gave no token")
            raise NeedsOwner("key_refused", status=reason)
        return {"access_token": text(said["access_token"]), "store_id": text(said["user_id"])}


def _judge(answer: Answer) -> None:
    """Refusals come with status 200 or with 400; both say why."""
    if answer.status in (400, 401) and answer.body[:1] == b"{":
        said = child(answer.json())
        raise NeedsOwner(
            "key_refused", status=first(said.get("error_description"), said.get("error"), answer.start)
        )
