"""The way over Tray's authorise page: a code for an app, the code for two tokens that replace each other.

The app's secret goes to the shop that the owner named, or to Tray's own hosts, and nowhere else, whatever
address comes back with the owner's browser.
"""

import hmac
from collections.abc import Mapping
from urllib.parse import urlencode, urlsplit

import httpx

from comanda.connectors.base import Answer, Config, Delivery
from comanda.connectors.errors import NeedsOwner
from comanda.connectors.http import Http, Policy
from comanda.connectors.values import child, first, text

_OF_TRAY = ".commercesuite.com.br"


def api(config: Config) -> str:
    """Where the API of the shop is: as Tray said when the shop was connected, else where it is usually."""
    said = config.fields.get("api_address", "").strip()
    return address(config.url, said) if said else f"{config.url.rstrip('/')}/web_api"


def address(url: str, said: str) -> str:
    """``said`` without what Tray gets wrong in it: http, and a slash at the end."""
    shop, there = urlsplit(url), urlsplit(said.strip())
    scheme = shop.scheme if there.netloc == shop.netloc else "https"
    return f"{scheme}://{there.netloc}{there.path.rstrip('/')}"


def tokens(answer: Answer) -> dict[str, str]:
    """Both tokens, out of an answer that gives them."""
    said = child(answer.json())
    found = {name: text(said.get(name)) for name in ("access_token", "refresh_token")}
    if not all(found.values()):
        raise NeedsOwner("odd_answer", host=answer.url.host, what="it gave no tokens")
    return found


class TrayAuthoriser:
    """``state`` travels in our own address, for Tray has no parameter for it."""

    def __init__(self, policy: Policy) -> None:
        self._policy = policy

    def address(self, config: Config, back: str, state: str) -> str:
        """The page of the shop where the app is allowed."""
        query = {
            "response_type": "code",
            "consumer_key": config.need("consumer_key"),
            "callback": f"{back}{'&' if '?' in back else '?'}{urlencode({'state': state})}",
        }
        return f"{config.url.rstrip('/')}/auth.php?{urlencode(query)}"

    def fields(
        self, config: Config, answer: Delivery, state: str, back: str, transport: httpx.BaseTransport
    ) -> Mapping[str, str]:
        """The code that came back, made into tokens."""
        said = answer.query
        if not hmac.compare_digest(said.get("state", "").encode(), state.encode()) or not said.get("code"):
            raise NeedsOwner("key_refused", status="the shop sent no code")
        base = address(config.url, said.get("api_address", "") or api(config))
        _expect_own(config.url, base)
        http = Http(base, self._policy, transport)
        try:
            form = {name: config.need(name) for name in ("consumer_key", "consumer_secret")}
            given = http.ask("POST", "auth", form={**form, "code": said["code"]})
        finally:
            http.close()
        store = first(child(given.json()).get("store_id"), said.get("store"))
        return {**tokens(given), "api_address": base, "store_id": store}


def _expect_own(url: str, base: str) -> None:
    host, named = ((urlsplit(each).hostname or "").removeprefix("www.") for each in (base, url))
    if host != named and not host.endswith(_OF_TRAY):
        raise NeedsOwner("other_shop", host=host, wanted=named)
