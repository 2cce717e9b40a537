"""The way over a shop's authorise page, from the first step to the fields of a connection."""

from collections.abc import Mapping
from dataclasses import dataclass

import orjson
from django.db import transaction

from comanda.connectors import registry
from comanda.connectors.base import Authoriser, Config, Connector, Delivery
from comanda.connectors.errors import NeedsOwner, ShopError
from comanda.connectors.hasty import Hasty
from comanda.connectors.values import child, text
from comanda.ingest.sync import shops
from comanda.ingest.sync.joining import PATIENCE
from comanda.records import authorisations
from comanda.records.authorisations import Draft, Spent
from comanda.records.models import Authorisation, User

_OURS = ("state", "user_id")
"""Where platforms give our state back."""


class NoSuchPage(LookupError):
    """The platform has no authorise page."""


@dataclass(frozen=True, slots=True)
class Returned:
    """What the way led to: the store as it was typed, and the fields of its connection."""

    draft: Draft
    fields: Mapping[str, str]
    error: ShopError | None = None


def kind_of(platform: str) -> tuple[type[Connector], Authoriser]:
    """The connector of a platform with its authoriser; raises NoSuchPage."""
    kind = registry.all_platforms().get(platform)
    if kind is None or not kind.has_authorise_page or kind.authoriser is None:
        raise NoSuchPage(platform)
    return kind, kind.authoriser


def begin(user: User, platform: str, draft: Draft, fields: Mapping[str, str], back: str) -> str:
    """The address of the shop's page. Raises NoSuchPage, and NeedsOwner for a field that is missing."""
    _, authoriser = kind_of(platform)
    with transaction.atomic():
        state = authorisations.begin(user, platform, draft, fields)
        return authoriser.address(Config(draft.url, dict(fields)), back, state)


def told(platform: str, delivery: Delivery, back: str) -> None:
    """The shop's own call with its keys. Raises Spent, NoSuchPage and ShopError."""
    way = authorisations.find(platform, state_of(delivery))
    _answer(way, delivery, back)


def returned(user: User, platform: str, delivery: Delivery, back: str) -> Returned:
    """The owner is back. Raises Spent and NoSuchPage."""
    kind, _ = kind_of(platform)
    way = authorisations.find(platform, state_of(delivery), user)
    error: ShopError | None = None
    try:
        if kind.sends_keys:
            _expect_keys(way, delivery)
        else:
            _answer(way, delivery, back)
    except ShopError as refused:
        error = refused
    return Returned(authorisations.draft(way), authorisations.end(way), error)


def _expect_keys(way: Authorisation, delivery: Delivery) -> None:
    if delivery.query.get("success") == "0":
        raise NeedsOwner("key_refused", status="it was not allowed there")
    if way.answered_at is None:
        raise NeedsOwner("keys_unsent")


def _answer(way: Authorisation, delivery: Delivery, back: str) -> None:
    """Once only, whatever comes of it."""
    _, authoriser = kind_of(way.platform)
    typed, draft = authorisations.fields(way), authorisations.draft(way)
    authorisations.answer(way)
    state = state_of(delivery)
    transport = Hasty(shops.guard(), PATIENCE)
    given = authoriser.fields(Config(draft.url, typed), delivery, state, back, transport)
    authorisations.keep(way, {**typed, **given})


def state_of(delivery: Delivery) -> str:
    """The state in an answer, "" where there is none."""
    for name in _OURS:
        if found := delivery.query.get(name):
            return found
    try:
        said = child(orjson.loads(delivery.body)) if delivery.body else {}
    except orjson.JSONDecodeError:
        said = {}
    return next((text(said[name]) for name in _OURS if said.get(name)), "")


__all__ = ["NoSuchPage", "Returned", "Spent", "begin", "kind_of", "returned", "state_of", "told"]
