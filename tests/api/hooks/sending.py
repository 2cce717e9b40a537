"""Webhooks as a WooCommerce signs and sends them."""

import hmac
from base64 import b64encode

import orjson
from django.test import Client

from comanda.ingest.sync import hooks
from comanda.records.models import Connection

BODY = orjson.dumps({"id": 7, "status": "processing"})


def signed(connection: Connection, body: bytes = BODY) -> dict[str, str]:
    """The headers of a genuine webhook."""
    mark = hmac.digest(hooks.secret_of(connection).encode(), body, "sha256")
    return {
        "X-WC-Webhook-Topic": "order.updated",
        "X-WC-Webhook-Source": "https://shop.example/",
        "X-WC-Webhook-Signature": b64encode(mark).decode(),
    }


def send(connection: Connection, body: bytes = BODY, given: dict[str, str] | None = None) -> int:
    """Sends a webhook; its status."""
    headers = {**signed(connection, body), **(given or {})}
    path = f"/hooks/shop/{connection.hook_key}"
    answer = Client(enforce_csrf_checks=True).post(
        path, body, content_type="application/json", headers=headers
    )
    return answer.status_code
