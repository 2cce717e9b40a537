"""The authorise page: the owner says yes, comes back with a signed code, and it is exchanged for a token.

https://shopify.dev/docs/apps/build/authentication-authorization
"""

import hmac
from collections.abc import Mapping
from contextlib import closing
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlencode, urlsplit

import httpx

from comanda.connectors.base import Config, Delivery
from comanda.connectors.errors import NeedsOwner
from comanda.connectors.http import Http, Policy
from comanda.connectors.shopify import refusals
from comanda.connectors.values import child, first, text

SCOPES = ("read_orders", "read_all_orders", "read_customers", "read_products")
PATH = "admin/oauth/access_token"


class ShopifyAuthoriser:
    """What comes back is signed by the app's secret, in hexadecimal, over the sorted query."""

    def address(self, config: Config, back: str, state: str) -> str:
        """``back`` must be among the addresses that the app allows."""
        query = {
            "client_id": config.need("client_id"),
            "scope": ",".join(SCOPES),
            "redirect_uri": back,
            "state": state,
        }
        return f"{config.url.rstrip('/')}/admin/oauth/authorize?{urlencode(query)}"

    def fields(
        self, config: Config, answer: Delivery, state: str, back: str, transport: httpx.BaseTransport
    ) -> Mapping[str, str]:
        """The token, for the code that the owner brought."""
        secret = config.need("client_secret")
        if not hmac.compare_digest(answer.query.get("state", "").encode(), state.encode()):
            raise NeedsOwner("key_refused", status="the answer is not to our question")
        if (
            not _is_signed(answer.query, secret)
            or answer.query.get("shop", "") != urlsplit(config.url).netloc
        ):
            raise NeedsOwner("key_refused", status="the answer is not this shop's")
        asked = {
            "client_id": config.need("client_id"),
            "client_secret": secret,
            "code": answer.query.get("code", ""),
        }
        with closing(Http(config.url, Policy(), transport)) as http:
            http.judge = refusals.judge
            return kept(child(http.ask("POST", PATH, form=asked, again=False).json()))


def _is_signed(query: Mapping[str, str], secret: str) -> bool:
    said = "&".join(f"{name}={value}" for name, value in sorted(query.items()) if name != "hmac")
    made = hmac.digest(secret.encode(), said.encode(), "sha256").hex()
    return hmac.compare_digest(made.encode(), query.get("hmac", "").encode())


def kept(said: Mapping[str, Any]) -> dict[str, str]:
    """What of an answer with a token is kept: also when it runs out, and by what it is renewed."""
    token = text(said.get("access_token"))
    if not token:
        reason = first(said.get("error_description"), said.get("error"), "the shop gave no token")
        raise NeedsOwner("key_refused", status=reason)
    found = {"access_token": token, "expires_at": "", "refresh_token": text(said.get("refresh_token"))}
    if said.get("expires_in"):
        until = datetime.now(UTC) + timedelta(seconds=int(said["expires_in"]))
        found["expires_at"] = until.isoformat(timespec="seconds")
    return found
