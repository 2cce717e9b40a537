"""The authorise page of WooCommerce: the owner says yes, and the shop sends the keys to us by itself.

https://woocommerce.github.io/woocommerce-rest-api-docs/#authentication-endpoint
"""

from collections.abc import Mapping
from urllib.parse import urlencode

import httpx
import orjson

from comanda.connectors.base import Config, Delivery
from comanda.connectors.errors import NeedsOwner
from comanda.connectors.values import child, text


class WooCommerceAuthoriser:
    """``user_id`` is ours to choose and comes back with the keys: it carries the state."""

    def address(self, config: Config, back: str, state: str) -> str:
        """``back`` must be https: the shop posts the keys to it."""
        query = {
            "app_name": "Comanda",
            "scope": "read_write",
            "user_id": state,
            "return_url": back,
            "callback_url": back,
        }
        return f"{config.url.rstrip('/')}/wc-auth/v1/authorize?{urlencode(query)}"

    def fields(
        self, config: Config, answer: Delivery, state: str, back: str, transport: httpx.BaseTransport
    ) -> Mapping[str, str]:
        """The keys, out of the shop's own call."""
        try:
            said = child(orjson.loads(answer.body))
        except orjson.JSONDecodeError:
            said = {}
        if text(said.get("user_id")) != state or not said.get("consumer_key"):
            raise NeedsOwner("key_refused", status="the shop sent no keys")
        return {
            "consumer_key": text(said["consumer_key"]),
            "consumer_secret": text(said.get("consumer_secret")),
        }
