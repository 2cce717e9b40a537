"""The webservice of PrestaShop, asked in its own words: filters, displays, and what its errors mean.

A list is ``{"orders": [...]}``, an empty one ``[]``. Ids among many are ``[1|2|3]``, what is larger ``>[1]``.
"""

from base64 import b64encode
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import orjson

from comanda.connectors.base import Answer, Http, Raw
from comanda.connectors.errors import NeedsOwner, RetryLater
from comanda.connectors.values import child, children, key, text

Pairs = list[tuple[str, str]]
_MANY = 150
"""Ids in one address: longer ones are refused by some web servers."""
_LISTS = {"order_slip": "order_slips"}
"""Resources whose list has another name than their address."""
_NO_KEY = {"16", "17"}
_BAD_KEY = {"18", "20"}
_NO_RIGHT = {"21", "23", "25", "26", "101"}
_SECRET = ("secure_key", "passwd", "reset_password_token")


class Broken(RetryLater):
    """One of the records asked for makes the shop stumble: a notice of some module becomes an error."""


class Webservice:
    """Asks one shop; ``shop_id`` is one of several in a multistore, "" for that of the address."""

    def __init__(self, http: Http, secret: str, shop_id: str = "") -> None:
        self._http, self._key = http, secret
        self._shop: Pairs = [("id_shop", shop_id)] if shop_id else []
        self._in_query = False
        self.version = ""
        """Of the shop's software, as its last answer says."""

    def rows(self, resource: str, query: Sequence[tuple[str, str]], display: str = "full") -> list[Raw]:
        """The records that a query finds, without their secrets."""
        pairs = [("output_format", "JSON"), ("display", display), *query, *self._shop]
        answer = self._ask(resource, pairs)
        self.version = answer.headers.get("psws-version", self.version)
        found = answer.json()
        if found == []:
            return []
        named = child(found).get(_LISTS.get(resource, resource))
        if not isinstance(named, list):
            raise RetryLater("not_json", host=answer.url.host, start=answer.start)
        return [{name: each[name] for name in each if name not in _SECRET} for each in named]

    def _ask(self, resource: str, pairs: Pairs) -> Answer:
        """With the key where the shop's web server lets it through."""
        if self._in_query:
            return self._http.get(resource, [*pairs, ("ws_key", self._key)])
        basic = b64encode(f"{self._key}:".encode()).decode()
        try:
            return self._http.get(resource, pairs, {"Authorization": f"Basic {basic}"})
        except NeedsOwner as error:
            if error.code != "header_stripped":
                raise
        self._in_query = True
        return self._ask(resource, pairs)

    def among(
        self,
        resource: str,
        field: str,
        values: Iterable[object],
        display: str = "full",
        more: Sequence[tuple[str, str]] = (),
    ) -> Iterator[Raw]:
        """All records whose field is one of these values.

        For a value whose records make the shop stumble, one stands that ``stumbled`` makes.
        """
        wanted = list(dict.fromkeys(filter(None, map(key, values))))
        for start in range(0, len(wanted), _MANY):
            yield from self._some(resource, field, wanted[start : start + _MANY], display, more)

    def _some(
        self, resource: str, field: str, values: list[str], display: str, more: Sequence[tuple[str, str]]
    ) -> list[Raw]:
        try:
            return self.rows(resource, [among(field, values), *more], display)
        except Broken as error:
            if len(values) == 1:
                return [stumbled({field: values[0]}, error)]
        half = len(values) // 2
        first, second = values[:half], values[half:]
        return [
            *self._some(resource, field, first, display, more),
            *self._some(resource, field, second, display, more),
        ]


def among(field: str, values: Iterable[str]) -> tuple[str, str]:
    """A filter: one of these."""
    return f"filter[{field}]", f"[{'|'.join(values)}]"


def above(field: str, value: str) -> tuple[str, str]:
    """A filter: larger than this."""
    return f"filter[{field}]", f">[{value}]"


def stumbled(raw: Raw, error: Broken) -> Raw:
    """What stands for a record that the shop cannot give: what is known of it, and why."""
    return {**raw, "_error": error.facts["status"]}


def judge(answer: Answer) -> None:
    """What the shop's own errors mean; raises ShopError."""
    if answer.status < 400:
        return
    told = _errors(answer)
    codes, said = set(told), "; ".join(told.values())
    what, status = answer.url.path.rpartition("/")[2], f"{answer.status} {said}".strip()
    if answer.status == 401 and (codes & _NO_KEY or answer.body.strip() == b"401 Unauthorized"):
        raise NeedsOwner("header_stripped")
    if codes & _BAD_KEY:
        raise NeedsOwner("key_refused", status=status)
    if codes & _NO_RIGHT or "132" in codes:
        raise NeedsOwner("right_missing", what=what, status=status)
    if "22" in codes:
        raise NeedsOwner("no_api", url=str(answer.url.copy_with(query=None)))
    if answer.status == 500 and codes:
        raise Broken("down", status=status)


def _errors(answer: Answer) -> dict[str, str]:
    """Messages by code."""
    try:
        body: Any = orjson.loads(answer.body)
    except orjson.JSONDecodeError:
        return {}
    return {text(child(each).get("code")): text(child(each).get("message"))
            for each in children(child(body).get("errors"))}  # fmt: skip
