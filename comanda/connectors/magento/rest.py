"""REST V1 of Magento, asked in its own words: search criteria, signatures, and what its errors mean.

Groups of filters must all hold; of the filters in one group, one must. Each list is asked for by what lies
behind its last record, never by a page's number: older versions repeat their last page without end.
"""

import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

import orjson

from comanda.connectors import oauth1, pages
from comanda.connectors.base import Answer, Http, Raw
from comanda.connectors.errors import NeedsOwner, RetryLater
from comanda.connectors.http import Pairs
from comanda.connectors.pages import Size
from comanda.connectors.values import child, children, key, text

Filter = tuple[str, str, str]
"""A field, a condition (eq, gt, gteq, in …), and a value."""
Groups = Sequence[Sequence[Filter]]
_MANY = 150
"""Ids in one address: longer ones are refused by some web servers."""
_MOST_BROKEN = 50
"""Records that are passed over in one list: with more, it is the shop that is broken."""
_HIGHEST = 1 << 40


def criteria(groups: Groups, sort: Sequence[str], count: int, fields: str = "") -> Pairs:
    """The query of the first so many records that the groups let through, in ascending order."""
    pairs = []
    for number, group in enumerate(groups):
        for index, parts in enumerate(group):
            start = f"searchCriteria[filter_groups][{number}][filters][{index}]"
            named = zip(("field", "condition_type", "value"), parts, strict=True)
            pairs += [(f"{start}[{name}]", value) for name, value in named]
    for index, name in enumerate(sort):
        pairs.append((f"searchCriteria[sortOrders][{index}][field]", name))
        pairs.append((f"searchCriteria[sortOrders][{index}][direction]", "ASC"))
    pairs += [("searchCriteria[pageSize]", str(count)), ("searchCriteria[currentPage]", "1")]
    return [*pairs, ("fields", f"items[{fields}],total_count")] if fields else pairs


class Broken(RetryLater):
    """The shop stumbles: over one of the records asked for, or over everything."""


class Rest:
    """Asks one shop."""

    def __init__(self, http: Http) -> None:
        self._http = http
        self._broken: dict[str, dict[str, str]] = {}
        self._lost: list[Raw] = []
        self.total: int | None = None
        """How many records the last list had in all."""

    def rows(
        self, path: str, groups: Groups, count: int, sort: Sequence[str] = ("entity_id",), fields: str = ""
    ) -> list[Raw]:
        """The first so many. ``items`` is null, or not there, where there are none."""
        answer = self._http.get(path, criteria(groups, sort, count, fields))
        said = answer.json()
        if not isinstance(said, dict) or not {"items", "total_count"} & set(said):
            raise RetryLater("not_json", host=answer.url.host, start=answer.start)
        counted = said.get("total_count")
        self.total = counted if isinstance(counted, int) else None
        return children(said.get("items"))

    def rows_past(
        self, path: str, groups: Groups, count: int, sort: Sequence[str] = ("entity_id",), fields: str = ""
    ) -> list[Raw]:
        """The same, past records that make the shop stumble: ``lost`` gives what stands for them.

        Fewer are asked for first, by who called; where a single one is too many, it is looked for.
        """
        broken = self._broken.setdefault(path, {})
        known = [*groups, [("entity_id", "nin", ",".join(broken))]] if broken else groups
        try:
            return self.rows(path, known, count, sort, fields)
        except Broken as error:
            if count > 1 or len(broken) >= _MOST_BROKEN:
                raise
            number = self._culprit(path, known, sort)
            if number is None:
                raise
            broken[number] = error.facts["status"]
        self._lost += self.stumbled(path, [number])
        return self.rows_past(path, groups, count, sort, fields)

    def lost(self) -> list[Raw]:
        """What stands for the records that were passed over since this was asked last."""
        lost, self._lost = self._lost, []
        return lost

    def stumbled(self, path: str, ids: Iterable[str]) -> list[Raw]:
        """What stands for those of these records that are known to make the shop stumble."""
        broken = self._broken.get(path, {})
        return [{"entity_id": int(each), "_error": broken[each]} for each in ids if each in broken]

    def _culprit(self, path: str, groups: Groups, sort: Sequence[str]) -> str | None:
        """The id of the first record, which cannot be read, by halving; None where the shop is just down."""

        def fails(low: int, high: int) -> bool:
            between = [[("entity_id", "gt", str(low))], [("entity_id", "lteq", str(high))]]
            try:
                self._http.ask("GET", path, criteria([*groups, *between], sort, 1), again=False)
            except Broken:
                return True
            return False

        low, high = 0, 1
        if fails(0, 0):
            return None
        while not fails(0, high):
            low, high = high, high * 2
            if high > _HIGHEST:
                return None
        while high - low > 1:
            middle = (low + high) // 2
            low, high = (low, middle) if fails(low, middle) else (middle, high)
        return str(high)

    def among(
        self, path: str, field: str, values: Iterable[object], fields: str = "", more: Groups = ()
    ) -> Iterator[Raw]:
        """All records whose field is one of these values."""
        wanted = list(dict.fromkeys(filter(None, map(key, values))))
        for start in range(0, len(wanted), _MANY):
            yield from self.all_of(
                path, [[(field, "in", ",".join(wanted[start : start + _MANY]))], *more], fields
            )

    def all_of(self, path: str, groups: Groups, fields: str = "", by: str = "entity_id") -> Iterator[Raw]:
        """However many there are, by the field of their id; ``fields`` must have it."""

        def ask(count: int, behind: str) -> list[Raw]:
            return self.rows(path, [*groups, [(by, "gt", behind)]], count, (by,), fields)

        for found in pages.by_key(ask, id_of, Size(_MANY), "0"):
            yield from found


def id_of(raw: Raw) -> str:
    """Sales have ``entity_id``, all else ``id``."""
    return text(raw.get("entity_id") or raw.get("id"))


def signer(fields: Mapping[str, str], http: Http) -> Callable[[str, str, Pairs], Mapping[str, str]]:
    """The header Authorization for a request: signed with all four values, else the bare token.

    The signature carries the shop's own time, as its last answer told it.
    """
    token = fields.get("access_token", "")
    if not fields.get("consumer_key"):
        return lambda method, url, query: {"Authorization": f"Bearer {token}"}
    keys = oauth1.Keys(
        fields["consumer_key"],
        fields.get("consumer_secret", ""),
        token,
        fields.get("access_token_secret", ""),
    )

    def sign(method: str, url: str, query: Pairs) -> Mapping[str, str]:
        signed = oauth1.sign(method, url, query, keys, timestamp=int(time.time() + http.skew))
        return {"Authorization": oauth1.header(signed)}

    return sign


def judge(answer: Answer, skew: float) -> None:
    """What the shop's own errors mean; raises ShopError."""
    if answer.status not in (400, 401, 500):
        return
    message, parameters = _told(answer)
    if answer.status == 500 and message.startswith("Internal Error"):
        raise Broken("down", status=f"500 {message}")
    if "pageSize" in message:  # the shop limits pages: smaller ones are asked for at once
        raise RetryLater("too_large", host=answer.url.host, most=0)
    if answer.status != 401 and "correct length" not in message:
        return
    lower = f"{message} {answer.start}".lower()
    if "timestamp" in lower:
        raise RetryLater("clock_apart", after=600, seconds=round(skew))
    if "resources" in parameters:
        raise NeedsOwner("right_missing", what=text(parameters["resources"]), status=answer.status)
    raise NeedsOwner("key_refused", status=f"{answer.status} {message or answer.start}")


def _told(answer: Answer) -> tuple[str, Mapping[str, object]]:
    try:
        said = child(orjson.loads(answer.body))
    except orjson.JSONDecodeError:
        return "", {}
    return text(said.get("message")), child(said.get("parameters"))
