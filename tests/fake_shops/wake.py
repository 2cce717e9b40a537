"""A shop of Wake, by its published description and by what those who use it saw."""

from collections import defaultdict
from collections.abc import Iterator
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import orjson

from tests.fake_shops.server import FakeShop, Hook, Request, Response
from tests.fake_shops.world import Bought, Item, Order, Person, Stage, World

TOKEN = "tcs-" + "8b" * 24
STATES = {
    Stage.UNPAID: (3, "Pedido Realizado"),
    Stage.ON_HOLD: (2, "Aguardando Pagamento"),
    Stage.PAID: (1, "Pago"),
    Stage.SHIPPED: (11, "Pedido Enviado"),
    Stage.CANCELED: (8, "Cancelado"),
    Stage.REFUNDED: (5, "Devolvido"),
}
TOPICS = ["Pedido Criado", "Pedido Alterado", "Usuário Alterado", "Alteração de Produto"]
_STAMPS = {
    "pedidos": {"DataCriacao": "data", "DataAlteracao": "dataUltimaAtualizacao", "DataPedido": "data"},
    "usuarios": {"DataCriacao": "dataCriacao", "DataAlteracao": "dataAtualizacao"},
}
_FORM = "%Y-%m-%dT%H:%M:%S"


class Fake(FakeShop):
    """Options: ``closed`` (first parts of paths that the token may not read), ``untold`` (no x-total-count),
    ``cap`` (rows that a question shows), ``quota`` (requests of a kind; the sixth beyond it shuts out).
    """

    platform = "wake"
    currency = "BRL"
    tells_refunds = False
    zone = ZoneInfo("America/Sao_Paulo")

    def __init__(self, world: World, **options: Any) -> None:
        super().__init__(world, **options)
        self.asked: dict[str, int] = defaultdict(int)

    def fields(self) -> dict[str, str]:
        """A token that may read all."""
        return {"token": TOKEN, "api_url": self.url, "per_minute": "60000", "email": "it@shop.example"}

    def answer(self, request: Request) -> Response:
        """By path. The token is taken literally: who encodes it has none."""
        path = request.path.strip("/")
        if refused := self._refusal(request, path):
            return refused
        name, *rest = path.split("/")
        with self.world.mutex:
            match name, rest:
                case "loja", []:
                    return Response.json({"nome": self.world.name, "urlSite": "https://www.shop.example"})
                case "situacoesPedido", []:
                    return Response.json(
                        [{"situacaoPedidoId": number, "nome": said} for number, said in STATES.values()]
                    )
                case "formasPagamento", []:
                    return Response.json([{"formaPagamentoId": 7, "nome": "pix", "nomeExibicao": "Pix"}])
                case (("pedidos" | "usuarios" | "produtos"), []):
                    return self._list(name, request)
                case "usuarios", ["newsletter"]:
                    return self._newsletter(request)
                case "usuarios", ["usuarioId", number]:
                    return self._found(self._people(), "usuarioId", number)
                case "pedidos", [number]:
                    return self._found(self._orders(), "pedidoId", number)
                case "produtos", [number, *part]:
                    return self._product(request, number, part)
                case "webhook", _:
                    return self._webhooks(request, rest)
        return _error(404, "Recurso não encontrado")

    def _refusal(self, request: Request, path: str) -> Response | None:
        name = path.partition("/")[0]
        if request.headers.get("authorization") != f"Basic {TOKEN}":
            return _error(401, "Token inválido")
        if any(path.startswith(each) or path.endswith(each) for each in self.options.get("closed", ())):
            return _error(401, "Sem permissão")
        self.asked[name] += 1
        over = self.asked[name] - int(self.options.get("quota", 1_000_000))
        if over > 5:
            return Response(429, b"", {"Retry-After": "3600"})
        return Response(429, b"", {"Retry-After": "30"}) if over > 0 else None

    # Lists.

    def _list(self, name: str, request: Request) -> Response:
        """The newest first, whoever asks."""
        if name == "produtos":
            rows = list(self._variants(request.get("alteradosPartirDe")))
        else:
            rows = list(self._orders() if name == "pedidos" else self._people())
            default = "DataPedido" if name == "pedidos" else "DataAlteracao"
            stamp = _STAMPS[name].get(request.get("enumTipoFiltroData", default))
            if stamp is None:
                return _error(400, "enumTipoFiltroData")
            since, until = (_asked(request.get(each)) for each in ("dataInicial", "dataFinal"))
            rows = [row for row in rows if since <= row[stamp] <= until]
            rows.sort(key=lambda row: row[stamp], reverse=True)
        return self._page(rows, request, is_told=name == "pedidos")

    def _page(self, rows: list[dict[str, Any]], request: Request, *, is_told: bool) -> Response:
        count, number = int(request.get("quantidadeRegistros", "50")), int(request.get("pagina", "1"))
        if count > 50:
            return _error(422, "quantidadeRegistros deve ser no máximo 50")
        shown = rows[: int(self.options.get("cap", 10_000))]
        some = shown[(number - 1) * count : number * count]
        is_told = is_told and not self.options.get("untold")
        return Response.json(some, headers={"x-total-count": str(len(rows))} if is_told else {})

    def _newsletter(self, request: Request) -> Response:
        """Fifty a page, whatever is asked for; people who are no customers too."""
        rows = [
            {"nome": person.first_name, "email": person.email.lower(), "sexo": "", "status": person.accepts,
             "grupoInformacao": [], "_at": self._local(person.updated_at)}
            for person in self.world.people.values() if person.accepts is not None
        ]  # fmt: skip
        rows.append(
            {"nome": "Só Leitora", "email": "reader@example.test", "status": True, "_at": "2020-01-01"}
        )
        if request.get("dataInicial"):
            since, until = _asked(request.get("dataInicial")), _asked(request.get("dataFinal"))
            rows = [row for row in rows if since <= str(row["_at"]) <= until]
        start = (int(request.get("pagina", "1")) - 1) * 50
        return Response.json(
            [{k: v for k, v in row.items() if k != "_at"} for row in rows[start : start + 50]]
        )

    def _product(self, request: Request, number: str, part: list[str]) -> Response:
        kind = request.get("tipoIdentificador")
        if part == ["imagens"] and kind not in ("Sku", "ProdutoVarianteId"):
            return _error(422, "tipoIdentificador inválido")
        if kind != "ProdutoVarianteId":
            return _error(422, "tipoIdentificador")
        item = self.world.items.get(int(number)) if number.isdigit() else None
        if item is None or item.is_gone:
            return _error(404, "Produto não encontrado")
        if part == ["imagens"]:
            other = "https://cdn.shop.example/z.jpg"
            return Response.json([{"url": other, "ordem": 2}, {"url": item.image, "ordem": 1}])
        if part == ["categorias"]:
            shown = [{"id": 1, "nome": "Tudo"}, {"id": 2, "nome": item.category, "categoriaPrincipal": True}]
            return Response.json(shown)
        return Response.json(self._variant(item))

    def _found(self, rows: Iterator[dict[str, Any]], name: str, number: str) -> Response:
        found = next((row for row in rows if str(row[name]) == number), None)
        return Response.json(found) if found else _error(404, "Registro não encontrado")

    # Records.

    def _local(self, at: datetime) -> str:
        return at.astimezone(self.zone).strftime(_FORM)

    def _orders(self) -> Iterator[dict[str, Any]]:
        return (self._order(order) for order in self.world.orders.values() if not order.is_gone)

    def _people(self) -> Iterator[dict[str, Any]]:
        return (self._person(person) for person in self.world.people.values() if not person.is_gone)

    def _variants(self, since: str) -> Iterator[dict[str, Any]]:
        for item in self.world.items.values():
            if not item.is_gone and self._local(item.updated_at) >= (_asked(since) if since else ""):
                yield self._variant(item)

    def _order(self, order: Order) -> dict[str, Any]:
        number, _name = STATES[order.stage]
        return {
            "pedidoId": order.id,
            "situacaoPedidoId": number,
            "data": self._local(order.placed_at),
            "dataPagamento": self._local(order.paid_at) if order.paid_at else None,
            "dataUltimaAtualizacao": self._local(order.updated_at),
            "valorFrete": float(order.shipping),
            "valorTotalPedido": float(order.total),
            "valorDesconto": float(order.discount),
            "valorDebitoCC": 0,
            "cupomDesconto": order.coupon or None,
            "marketPlacePedidoId": None,
            "canalNome": "Site",
            "valido": order.stage is not Stage.CANCELED,
            "usuario": self._person(order.person),
            "frete": {"freteContrato": order.shipping_method, "valorFreteCliente": float(order.shipping)},
            "itens": [self._item(line) for line in order.bought],
            "pagamento": [
                {
                    "formaPagamentoId": 7, "valorTotal": float(order.total),
                    "cartaoCredito": [{"numeroCartao": "4111111111111111", "codigoSeguranca": "123"}],
                }
            ],
            "observacao": [],
        }  # fmt: skip

    def _item(self, line: Bought) -> dict[str, Any]:
        cut = (line.before - line.price) * line.quantity
        freight = {"tipo": "Frete", "valor": 4.9, "nome": "Frete", "observacao": None}
        coupon = {"tipo": "Promocao", "valor": float(-cut), "nome": "WELCOME10", "observacao": None}
        return {
            "produtoVarianteId": line.item.id,
            "sku": line.item.sku,
            "nome": line.item.name,
            "quantidade": line.quantity,
            "precoVenda": float(line.before),
            "precoPor": float(line.before),
            "ajustes": [freight, coupon] if cut else [freight],
        }

    def _person(self, person: Person) -> dict[str, Any]:
        return {
            "usuarioId": self.number_of(person),
            "tipoPessoa": "Juridica" if person.company else "Fisica",
            "nome": f"{person.first_name} {person.last_name}",
            "razaoSocial": person.company or None,
            "email": person.email,
            "telefoneCelular": person.phone or None,
            "telefoneResidencial": None,
            "ip": "203.0.113.9",
            "dataCriacao": self._local(person.created_at),
            "dataAtualizacao": self._local(person.updated_at),
        }

    def _variant(self, item: Item) -> dict[str, Any]:
        return {
            "produtoVarianteId": item.id,
            "produtoId": item.id + 5_000,
            "sku": item.sku,
            "nome": item.name,
            "nomeProdutoPai": item.name,
            "precoDe": float(item.price) + 10,
            "precoPor": float(item.price),
            "valido": True,
            "exibirSite": True,
            "urlProduto": f"https://www.shop.example/{item.id}",
            "dataAtualizacao": self._local(item.updated_at),
        }

    # Webhooks.

    def _webhooks(self, request: Request, rest: list[str]) -> Response:
        match request.method, rest:
            case "GET", ["Topicos"]:
                others = [{"nome": "Estoque", "descricao": "Saldo", "payload": "{}"}]
                return Response.json(
                    [{"nome": each, "descricao": "", "payload": "{}"} for each in TOPICS] + others
                )
            case "GET", ["inscricao"]:
                return Response.json([_subscription(hook) for hook in self.hooks.values()])
            case "POST", ["inscricao"]:
                said = request.json()
                hook = Hook(len(self.hooks) + 1, "", said["appUrl"])
                self.hooks[hook.id] = hook
                return self._set(hook, said)
            case "PUT", ["inscricao", number]:
                return self._set(self.hooks[int(number)], request.json())
            case "PUT", ["inscricao", number, "Ativar"]:
                self.hooks[int(number)].is_active = request.json()["ativo"]
                return Response.json(True)
        return _error(405, "Método não permitido")

    def _set(self, hook: Hook, said: dict[str, Any]) -> Response:
        if set(said["topicos"]) - {*TOPICS, "Estoque"}:
            return _error(422, "Tópico inexistente")
        hook.is_active, hook.rest = said["ativo"], said
        return Response.json(True)

    def deliveries(self, what: str, event: str, number: int) -> Iterator[tuple[Hook, bytes, dict[str, str]]]:
        """With the headers that were asked for, and no signature."""
        topic = {"order": "Pedido Criado" if event == "created" else "Pedido Alterado"}.get(what, "")
        for hook in list(self.hooks.values()):
            if topic in hook.rest.get("topicos", ()):
                sent = {each["chave"]: each["valor"] for each in hook.rest["headers"]}
                body = {"topico": topic, "dados": self._order(self.world.orders[number])}
                yield hook, orjson.dumps(body), {"Content-Type": "application/json", **sent}


def _asked(said: str) -> str:
    """Times come with a space; rows have a T."""
    assert datetime.fromisoformat(said).tzinfo is None
    assert said[10] == " "
    return said.replace(" ", "T")


def _subscription(hook: Hook) -> dict[str, Any]:
    """Lists are called otherwise in answers."""
    headers = [{"headerId": n, **each} for n, each in enumerate(hook.rest["headers"], 1)]
    return {
        "inscricaoId": hook.id, "nome": hook.rest["nome"], "appUrl": hook.url, "ativo": hook.is_active,
        "emailResponsavel": hook.rest["emailResponsavel"], "topico": hook.rest["topicos"],
        "usuario": hook.rest["usuario"], "header": headers,
    }  # fmt: skip


def _error(status: int, message: str) -> Response:
    return Response.json({"resultadoOperacao": False, "codigo": status, "mensagem": message}, status)
