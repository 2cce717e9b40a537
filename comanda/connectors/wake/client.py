"""One shop of Wake: what is asked, and how.

Lists show the newest first, and 10,000 records at most: they are read by windows of time, the oldest window
first. Each kind of record has a quota of its own, and who goes on when it is used up is shut out for an hour.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from hashlib import blake2b
from typing import Any
from urllib.parse import quote

from comanda.connectors import budget, pages
from comanda.connectors.base import (
    Answer,
    Config,
    Connector,
    Cursor,
    Delivery,
    Digest,
    Event,
    Field,
    Page,
    Policy,
    Raw,
    Resource,
    Shape,
    Shop,
    Status,
    Subscription,
    Verdict,
)
from comanda.connectors.errors import NeedsOwner, RetryLater
from comanda.connectors.http import wait_of
from comanda.connectors.sentences import _
from comanda.connectors.values import child, children, first, flag, key, text
from comanda.connectors.wake import normalise, webhooks
from comanda.connectors.wake.beside import pictures
from comanda.connectors.wake.normalise import ZONE
from comanda.shapes import OrderStatus

API = "https://api.fbits.net"
_LIMIT = 50
"""Rows that a page has at most."""
_MANY, _AIM = _LIMIT - 1, 35
"""Rows that a window may hold, and should: behind a first page, rows are passed over when one of it goes."""
_AT_A_TIME = 5
"""Products whose parts are read before a place in the history is kept."""
_CAP = 10_000
_NARROWEST = timedelta(seconds=2)
_SECOND = timedelta(seconds=1)
_BEGINNING = datetime(2008, 1, 1, tzinfo=UTC)
"""Before the platform was."""
_REACH = timedelta(hours=47)
"""How far back products that changed can be asked for: 48 hours, less what is lost on the way."""
_KINDS = {
    Resource.ORDERS: ("pedidos", "pedidoId"),
    Resource.CUSTOMERS: ("usuarios", "usuarioId"),
    Resource.PRODUCTS: ("produtos", "produtoVarianteId"),
}
_NEWSLETTER = "newsletter"
_CLOSED = ("key_refused", "right_missing")
"""What is said of a part that the token may not read: Wake answers as if it knew no such token."""
_PARTS = ("imagens", "categorias")
_BY_VARIANT = [("tipoIdentificador", "ProdutoVarianteId")]
_NAMES = (
    ("situacoesPedido", "situacaoPedidoId", normalise.STATE),
    ("formasPagamento", "formaPagamentoId", normalise.PAYMENT),
)


class Wake(Connector):
    """Refunds and carts are not told by it."""

    platform = "wake"
    title = "Wake"
    fields = (
        Field(
            "token",
            _("Token"),
            _("Made for Comanda alone, so that it shares its quota with nothing else."),
            secret=True,
            pattern="(Basic )?[!-~]{8,400}",
        ),
        Field(
            "email",
            _("E-mail for warnings"),
            _("Wake writes to it when it cannot deliver webhooks. May be left empty."),
            required=False,
        ),
        Field(
            "per_minute",
            _("Requests a minute"),
            _("For each kind of record. Left empty, 100 of the 120 that Wake allows."),
            required=False,
            pattern="[1-9][0-9]{0,5}",
        ),
        Field(
            "api_url",
            _("Address of the API"),
            _("Leave it empty, unless the platform gave you an address of your own."),
            required=False,
            pattern="https?://.+",
        ),
    )
    steps = (
        _("In Wake's panel, open Configurações > Integrações > Tokens and press “Adicionar Token”."),
        _("Allow GET on pedidos, situacoesPedido, formasPagamento, usuarios (with newsletter), produtos "
          "(with imagens and categorias), loja and webhook; POST and PUT on webhook/inscricao."),
        _("Copy the token here, just as it is shown."),
    )  # fmt: skip
    policy = Policy(rate=20.0, burst=20.0)
    has_webhooks = True
    makes_webhooks = True
    lists_statuses = True
    overlap = timedelta(minutes=15)

    @classmethod
    def base(cls, config: Config) -> str:
        """One for all shops: the token says which."""
        return (config.fields.get("api_url") or API).rstrip("/")

    def prepare(self) -> None:
        """The token goes into the header as it is; it is no name and password."""
        token = self.config.fields.get("token", "").removeprefix("Basic ").strip()
        self._headers = {"Authorization": f"Basic {token}"}
        self._mark = blake2b(token.encode(), digest_size=8).hexdigest()
        self._names: dict[str, dict[str, str]] | None = None

    def judge(self, answer: Answer) -> None:
        """After 429 nothing of this kind is asked for as long as the shop says."""
        if answer.status == 429:
            seconds = wait_of(answer, 60.0)
            self._quota(answer.url.path).hold(seconds)
            raise RetryLater("busy", after=seconds, status=429, seconds=int(seconds) or 1)
        if answer.status == 404 and answer.body[:1] == b"{":
            raise _Gone("no_api", url=str(answer.url.copy_with(query=None)))

    # Asking.

    def _quota(self, path: str) -> budget.Budget:
        """The quota of a kind of record, which all who use the token share."""
        kind = path.strip("/").partition("/")[0]
        minute = int(self.config.fields.get("per_minute") or 100)
        return budget.shared(f"wake {self._mark} {kind} {minute}", minute / 60, max(minute / 8, 1.0))

    def _ask(
        self, path: str, query: Sequence[tuple[str, str]] = (), method: str = "GET", json: Any = None
    ) -> Answer:
        self.config.need("token")
        self._quota(path).take()
        return self.http.ask(method, path, query, self._headers, json=json)

    def _rows(self, path: str, query: Mapping[str, str], number: int) -> tuple[list[Raw], int | None]:
        """A page of a list, and how many rows there are in all, where that is said."""
        asked = [*query.items(), ("pagina", str(number)), ("quantidadeRegistros", str(_LIMIT))]
        answer = self._ask(path, asked)
        found = answer.json()
        if not isinstance(found, list):
            raise RetryLater("not_json", host=answer.url.host, start=answer.start)
        total = answer.headers.get("x-total-count", "")
        return [normalise.clean(dict(child(each))) for each in found], int(total) if total.isdigit() else None

    def _all(self, path: str, query: Mapping[str, str], most: int, begin: int = 1) -> Iterator[list[Raw]]:
        """All pages. Raises _TooMany when there are more rows than that."""
        before: list[Raw] = []
        count = 0
        for number in range(begin, 1 << 30):
            found, total = self._rows(path, query, number)
            if found and found == before:
                raise RetryLater("loop", after=600)
            count += len(found)
            if max(count, total or 0) > most:
                raise _TooMany(total or count)
            if found:
                yield found
            if len(found) < _LIMIT:
                return
            before = found

    def _windows(
        self, resource: Resource, stamp: str, since: datetime, until: datetime
    ) -> Iterator[tuple[list[Raw], datetime, int | None]]:
        """Windows of time, the oldest first, each with its rows; narrower where there are many.

        Rows are new to the window: those on its edge were in the one before. With them: where the next window
        begins, and how many rows all of the time holds.
        """
        path, name = _KINDS[resource]
        start, width, total = since, until - since, None
        edge: set[str] = set()
        while start < until:
            end = min(start + width, until)
            query = {
                "dataInicial": normalise.local(start - _SECOND),
                "dataFinal": normalise.local(end + _SECOND),
                "enumTipoFiltroData": stamp,
            }
            most = _MANY if width > _NARROWEST else _CAP - 1
            try:
                rows = [row for found in self._all(path, query, most) for row in found]
            except _TooMany as error:
                if width <= _NARROWEST:
                    raise NeedsOwner(
                        "odd_answer", host=self.http.base, what=f"{error.count} {path} in a second"
                    ) from None
                total = total or error.count
                width /= 2
                continue
            ids = {text(row.get(name)) for row in rows}
            yield [row for row in rows[::-1] if text(row.get(name)) not in edge], end, total
            edge, start = ids, end
            width = max(width * min(2.0, _AIM / max(len(rows), 1)), _NARROWEST)

    def _named(self, raws: list[Raw]) -> list[Raw]:
        """Orders with the names of their status and of the way they were paid, which are listed apart."""
        if self._names is None:
            self._names = {field: self._table(path, number) for path, number, field in _NAMES}
        for raw in raws:
            paid = child(next(iter(children(raw.get("pagamento"))), {}))
            raw[normalise.STATE] = self._names[normalise.STATE].get(text(raw.get("situacaoPedidoId")), "")
            raw[normalise.PAYMENT] = self._names[normalise.PAYMENT].get(
                text(paid.get("formaPagamentoId")), ""
            )
        return raws

    def _table(self, path: str, number: str) -> dict[str, str]:
        """Names by number; none where the token may not read them."""
        try:
            found = children(self._ask(path).json())
        except NeedsOwner as error:
            if error.code not in _CLOSED:
                raise
            return {}
        return {
            text(each.get(number)): first(each.get("nomeExibicao"), each.get("nome")).replace("/", " ")
            for each in map(child, found)
        }

    def _with_pictures(self, raws: list[Raw]) -> list[Raw]:
        """Variants with the pictures and categories of their product, each asked for once."""
        for raw in raws:
            number = text(raw.get("produtoVarianteId"))
            known = f"{self.http.base} {self._mark} {text(raw.get('produtoId')) or number}"
            raw.update(pictures.get(known) or pictures.keep(known, self._pictures(number)))
        return raws

    def _pictures(self, number: str) -> dict[str, list[Any]]:
        """None where a product has none, or the token may not read them: the check says so."""
        found: dict[str, list[Any]] = {}
        for part in _PARTS:
            try:
                found[f"_{part}"] = children(self._part(number, part).json())
            except _Gone:
                found[f"_{part}"] = []
            except NeedsOwner as error:
                if error.code not in _CLOSED:
                    raise
                found[f"_{part}"] = []
        return found

    def _part(self, number: str, part: str) -> Answer:
        return self._ask(f"produtos/{number}/{part}", _BY_VARIANT)

    def _complete(self, resource: Resource, raws: list[Raw]) -> list[Raw]:
        match resource:
            case Resource.ORDERS:
                return self._named(raws)
            case Resource.PRODUCTS:
                return self._with_pictures(raws)
        return raws

    # What the shop is.

    def shop(self) -> Shop:
        """Also asks for a row of each list: a token has rights for each of them apart."""
        lately = list(_lately().items())
        asked = {"pedidos": lately, "usuarios": lately, "produtos": [], "loja": []}
        closed = [path for path, query in asked.items() if not self._may_read(path, query)]
        if len(closed) == len(asked):
            raise NeedsOwner("key_refused", status=401)
        if closed:
            raise NeedsOwner("right_missing", what=", ".join(closed), status=401)
        said = child(self._ask("loja").json())
        return Shop(
            name=first(said.get("nome"), self.config.url),
            url=first(said.get("urlSite"), self.config.url),
            currency=normalise.CURRENCY,
            timezone=str(ZONE),
            country="BR",
            skew=self.http.skew,
            remarks=tuple(self._remarks()),
        )

    def _may_read(self, path: str, query: Sequence[tuple[str, str]] = ()) -> bool:
        try:
            self._ask(path, query)
        except NeedsOwner as error:
            if error.code not in _CLOSED:
                raise
            return False
        return True

    def _remarks(self) -> Iterator[tuple[str, Mapping[str, str]]]:
        for path in ("situacoesPedido", "formasPagamento", "usuarios/newsletter", "webhook/Topicos"):
            if not self._may_read(path):
                yield "right_missing", {"what": path, "status": "401"}
        for row in self._rows("produtos", {}, 1)[0][:1]:
            for part in _PARTS:
                path = f"produtos/{text(row.get('produtoVarianteId'))}/{part}"
                if not self._may_read(path, _BY_VARIANT):
                    yield "right_missing", {"what": f"produtos/{part}", "status": "401"}

    def statuses(self) -> list[Status]:
        """The shop's own, each open and paid; of canceled ones, void."""
        named = dict.fromkeys(self._table("situacoesPedido", "situacaoPedidoId").values())
        return [
            Status(word, word, self.usual(word))
            for name in named
            if name
            for word in normalise.words_of(name)
        ]

    @classmethod
    def usual(cls, word: str) -> OrderStatus:
        """By the name and what is known beside it."""
        return normalise.status_of(word)

    # What the shop has.

    def history(self, resource: Resource, after: Cursor | None, until: datetime) -> Iterator[Page]:
        """Windows by when it was made; products page by page; after customers, who has the newsletter."""
        begun = after or {}
        if resource is Resource.PRODUCTS:
            yield from self._catalogue({}, int(begun.get("page", 1)), str(begun.get("last", "")))
            return
        if _NEWSLETTER not in begun:
            since = datetime.fromisoformat(begun["from"]) if "from" in begun else _BEGINNING
            total = begun.get("all")
            for rows, end, count in self._windows(resource, "DataCriacao", since, until):
                total = total or count
                if rows:
                    cursor = {"from": end.isoformat(), "all": total}
                    yield Page(self._complete(resource, rows), cursor, total)
        if resource is Resource.CUSTOMERS:
            yield from self._subscribers({}, int(begun.get(_NEWSLETTER, 1)))

    def _catalogue(self, query: Mapping[str, str], begin: int = 1, last: str = "") -> Iterator[Page]:
        """A few at a time, for each needs requests of its own; of the first page, those behind ``last``."""
        asked = {**query, "camposAdicionais": "Informacao"}
        for number, rows in enumerate(self._all("produtos", asked, 1 << 60, begin), begin):
            ids = [text(row.get("produtoVarianteId")) for row in rows]
            start = ids.index(last) + 1 if last in ids else 0
            for some in pages.parts(rows[start:], _AT_A_TIME):
                place = {"page": number, "last": text(some[-1].get("produtoVarianteId"))}
                yield Page(self._with_pictures(some), place)

    def _subscribers(self, query: Mapping[str, str], begin: int = 1) -> Iterator[Page]:
        """Nobody, where the token may not read the list: the check says so."""
        try:
            found = self._all("usuarios/newsletter", query, 1 << 60, begin)
            for number, rows in enumerate(found, begin):
                yield Page([{**row, _NEWSLETTER: True} for row in rows], {_NEWSLETTER: number + 1})
        except NeedsOwner as error:
            if error.code not in _CLOSED:
                raise

    def changes(self, resource: Resource, since: datetime, until: datetime) -> Iterator[Page]:
        """Products that changed longer ago than can be asked for are read all."""
        if resource is Resource.PRODUCTS:
            is_near = until - since < _REACH
            yield from self._catalogue({"alteradosPartirDe": normalise.local(since)} if is_near else {})
            return
        for rows, _end, _total in self._windows(resource, "DataAlteracao", since - _SECOND, until):
            if rows:
                yield Page(self._complete(resource, rows), {})
        if resource is Resource.CUSTOMERS:
            span = {"dataInicial": normalise.local(since), "dataFinal": normalise.local(until + _SECOND)}
            yield from self._subscribers({**span, "ordenarPor": "DataAtualizacao"})

    def read(self, resource: Resource, ids: Sequence[str]) -> list[Raw]:
        """One after another."""
        found = (self._one(resource, quote(each, safe="")) for each in ids)
        return self._complete(resource, [raw for raw in found if raw is not None])

    def _one(self, resource: Resource, record: str) -> Raw | None:
        path, name = _KINDS[resource]
        where = f"{path}/usuarioId/{record}" if resource is Resource.CUSTOMERS else f"{path}/{record}"
        query = _BY_VARIANT if resource is Resource.PRODUCTS else []
        try:
            said = self._ask(where, query).json()
        except _Gone:
            return None
        rows = [child(each) for each in (said if isinstance(said, list) else [said])]
        found = next((row for row in rows if text(row.get(name)) == record), None)
        return normalise.clean(dict(found)) if found else None

    def id_of(self, resource: Resource, raw: Raw) -> str:
        """Subscribers have but an e-mail."""
        if raw.get(_NEWSLETTER):
            return f"{_NEWSLETTER}:{text(raw.get('email')).lower()}"
        return key(raw.get(_KINDS[resource][1]))

    def shapes(self, resource: Resource, raw: Raw) -> list[Shape]:
        """An order that later ones stand for makes none."""
        match resource:
            case Resource.ORDERS:
                return [] if normalise.is_split(raw) else [normalise.order(raw)]
            case Resource.PRODUCTS:
                return [normalise.product(raw)]
        return [normalise.subscriber(raw) if raw.get(_NEWSLETTER) else normalise.customer(raw)]

    def digests(self, since: datetime, until: datetime) -> Iterator[list[Digest]]:
        """Fifty a request, whole orders: the shop knows no slimmer ones."""
        hour = timedelta(hours=1)
        for rows, _end, _total in self._windows(Resource.ORDERS, "DataCriacao", since - hour, until + hour):
            found = self.digests_of(self._named(rows), normalise.digest, since)
            yield [each for each in found if since <= each.placed_at < until]

    # Webhooks.

    def verify(self, delivery: Delivery, secret: str) -> Verdict:
        """Not signed, but with a header that we gave."""
        return webhooks.verify(delivery, secret)

    def events(self, delivery: Delivery) -> list[Event]:
        """Hints."""
        return webhooks.events(delivery)

    def subscriptions(self) -> list[Subscription]:
        """All that the shop keeps; in its answers, lists have names in the singular."""
        return [
            Subscription(
                text(each.get("inscricaoId")),
                ", ".join(sorted(_topics(each))),
                text(each.get("appUrl")),
                flag(each.get("ativo")) is True,
            )
            for each in map(child, children(self._ask("webhook/inscricao").json()))
        ]

    def subscribe(self, url: str, secret: str) -> None:
        """One subscription to all topics; nothing where the token may not: the check says so."""
        if not self._may_read("webhook/Topicos"):
            return
        topics = webhooks.wanted(self._ask("webhook/Topicos").json())
        made = {
            "nome": "Comanda",
            "appUrl": url,
            "topicos": topics,
            "usuario": "Comanda",
            "ativo": True,
            "emailResponsavel": self.config.fields.get("email", ""),
            "headers": [{"chave": webhooks.HEADER, "valor": secret}],
        }
        there = next((each for each in self.subscriptions() if each.url == url), None)
        if there is None:
            self._ask("webhook/inscricao", method="POST", json=made)
        elif not there.is_active or there.topic != ", ".join(sorted(topics)):
            self._ask(f"webhook/inscricao/{there.id}", method="PUT", json=made)

    def unsubscribe(self, url: str) -> None:
        """Wake deletes none: they are switched off."""
        for each in self.subscriptions():
            if each.url == url and each.is_active:
                said = {"ativo": False, "usuario": "Comanda", "observacao": "Comanda"}
                self._ask(f"webhook/inscricao/{each.id}/Ativar", method="PUT", json=said)


class _Gone(NeedsOwner):
    """The record is not there."""


class _TooMany(Exception):
    """A window holds more rows than can be read at once."""

    def __init__(self, count: int) -> None:
        super().__init__(count)
        self.count = count


def _topics(subscription: Mapping[str, Any]) -> list[str]:
    """Their names, given as such or in objects."""
    found = children(subscription.get("topico")) or children(subscription.get("topicos"))
    return [first(child(each).get("nome"), each) for each in found]


def _lately() -> dict[str, str]:
    """A short time, for questions that must have one."""
    now = datetime.now(UTC)
    return {
        "dataInicial": normalise.local(now - timedelta(hours=1)),
        "dataFinal": normalise.local(now),
    }
