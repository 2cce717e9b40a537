"""Webhooks of Wake: not signed, but with a header of our choice. Only ids are believed of what they hold.

Neither the names of the topics nor the bodies are published: topics are chosen by what they are called, and
bodies searched for the number of a record.
"""

import hmac
import unicodedata
from collections.abc import Iterator, Mapping
from typing import Any

import orjson

from comanda.connectors.base import Changed, Delivery, Event, Resource, Verdict
from comanda.connectors.errors import SkipRecord
from comanda.connectors.values import child, children, key, text

HEADER = "x-comanda-token"
_WORDS = ("pedido", "usuario", "cliente", "produto")
_IDS = {
    "pedidoid": Resource.ORDERS,
    "produtovarianteid": Resource.PRODUCTS,
    "usuarioid": Resource.CUSTOMERS,
}
"""In the order in which they count: an order names its buyer and its products too."""


def wanted(topics: object) -> list[str]:
    """The names of the topics that have to do with orders, people or products."""
    found = []
    for topic in map(child, children(topics)):
        said = _fold(f"{text(topic.get('nome'))} {text(topic.get('descricao'))}")
        if any(word in said for word in _WORDS) and text(topic.get("nome")):
            found.append(text(topic["nome"]))
    return found


def _fold(said: str) -> str:
    plain = unicodedata.normalize("NFD", said.lower())
    return "".join(c for c in plain if not unicodedata.combining(c))


def verify(delivery: Delivery, secret: str) -> Verdict:
    """Another header than ours is forged; without it, the secret address alone vouches for the sender."""
    said = delivery.headers.get(HEADER, "")
    if said and not hmac.compare_digest(said.encode(), secret.encode()):
        return Verdict.FORGED
    return Verdict.UNSIGNED


def events(delivery: Delivery) -> list[Event]:
    """Which records are to be read again."""
    try:
        said = orjson.loads(delivery.body)
    except orjson.JSONDecodeError:
        raise SkipRecord("hook_unreadable", what="the body of the webhook is no JSON") from None
    found: list[Event] = [Changed(*each) for each in map(_record, _objects(said)) if each]
    if not found:
        raise SkipRecord("hook_unreadable", what="the webhook names no order, customer or product")
    return found


def _objects(said: Any) -> Iterator[Mapping[str, Any]]:
    yield from (child(each) for each in (said if isinstance(said, list) else [said]))


def _record(said: Mapping[str, Any]) -> tuple[Resource, str] | None:
    """Of an object, or of one within it."""
    for name, resource in _IDS.items():
        for each in [said, *map(child, said.values())]:
            if number := key({k.lower(): v for k, v in each.items()}.get(name)):
                return resource, number
    return None
