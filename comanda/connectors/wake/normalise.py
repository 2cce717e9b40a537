"""What Wake says, as shapes. Amounts are numbers, times those of São Paulo without saying so.

A shop names its statuses as it likes, and an order carries a number only: the name is read beside it. With
whether it was paid, and whether it still stands, it makes the word that decides the status.
"""

import re
import unicodedata
from datetime import datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from comanda.connectors.base import Digest, Raw
from comanda.connectors.errors import SkipRecord
from comanda.connectors.values import (
    ZERO,
    amount,
    certain,
    child,
    children,
    first,
    flag,
    key,
    moment,
    names,
    price_of_one,
    spread,
    text,
)
from comanda.shapes import ContactIn, LineIn, OrderIn, OrderStatus, ProductIn

ZONE = ZoneInfo("America/Sao_Paulo")
CURRENCY = "BRL"
OPEN, PAID, VOID = "open", "paid", "void"
STATE = "_situacao"
"""Where the name of an order's status is kept beside what the shop said of it."""
PAYMENT = "_formaPagamento"
"""The same for the way it was paid."""
_CENT = Decimal("0.01")
_CANCELED = re.compile("CANCEL|ESTORN|DEVOL|RECUS|NEGAD|FRAUD")
_PAID = re.compile(r"^PAG[OA]\b|CREDITAD|SEPARAD|ENVIAD|FATURAD|ENTREGUE|CONCLUID")
_WAITING = re.compile("AGUARD|ANALISE|PENDENTE|DOCUMENT|AUTORIZAD")
_NUMBERS = {
    **dict.fromkeys(("1", "9", "11", "16", "18", "21"), OrderStatus.COMPLETED),
    **dict.fromkeys(("2", "7"), OrderStatus.PENDING),
    "8": OrderStatus.CANCELED,
}
"""What numbers were seen to mean in shops whose names cannot be read."""
_OF_FREIGHT = ("Frete", "PromocaoFrete", "TipoFreteProduto")


def word_of(raw: Raw) -> str:
    """The status, whether it was paid, and whether it stands: ``Pago/paid``."""
    name = first(raw.get(STATE), raw.get("situacaoPedidoId"))
    if flag(raw.get("valido")) is False:
        return f"{name}/{VOID}"
    return f"{name}/{PAID if moment(raw.get('dataPagamento'), ZONE) else OPEN}"


def words_of(name: str) -> tuple[str, ...]:
    """The words that orders of this status may carry."""
    return (f"{name}/{VOID}",) if _CANCELED.search(_fold(name)) else (f"{name}/{OPEN}", f"{name}/{PAID}")


def status_of(word: str) -> OrderStatus:
    """By the word alone: what does not stand first, then what was paid, then what is waited for."""
    name, _, state = word.rpartition("/")
    folded = _fold(name)
    if state == VOID or _CANCELED.search(folded):
        return OrderStatus.CANCELED
    if state == PAID:
        return OrderStatus.COMPLETED
    if name.isdigit():
        return _NUMBERS.get(name, OrderStatus.UNKNOWN)
    if _WAITING.search(folded):
        return OrderStatus.PENDING
    if _PAID.search(folded):
        return OrderStatus.COMPLETED
    return OrderStatus.CREATED if state == OPEN else OrderStatus.UNKNOWN


def _fold(name: str) -> str:
    plain = unicodedata.normalize("NFD", name.upper())
    return "".join(c for c in plain if not unicodedata.combining(c))


def clean(raw: Raw) -> Raw:
    """The same without data of cards and addresses of computers, which are none of ours to keep."""
    kept = {name: value for name, value in raw.items() if name not in ("ip", "avatar")}
    if "pagamento" in kept:
        kept["pagamento"] = [
            {name: value for name, value in child(each).items() if name != "cartaoCredito"}
            for each in children(kept["pagamento"])
        ]
    if child(kept.get("usuario")):
        kept["usuario"] = clean(dict(kept["usuario"]))
    return kept


def is_split(raw: Raw) -> bool:
    """Whether later orders stand for this one: their money would count twice."""
    parts = [int(text(each)) for each in children(raw.get("pedidoSplit")) if text(each).isdigit()]
    return bool(parts) and all(part > int(raw["pedidoId"]) for part in parts)


def order(raw: Raw) -> OrderIn:
    """One order."""
    if not text(raw.get("pedidoId")) or "itens" not in raw:
        raise SkipRecord("unreadable", what=first(raw.get("mensagem")) or "this is no order")
    shipping, word = amount(raw.get("valorFrete")), word_of(raw)
    lines = _lines(children(raw["itens"]), amount(raw["valorTotalPedido"]) - shipping)
    return OrderIn(
        order_id=text(raw["pedidoId"]),
        number=text(raw["pedidoId"]),
        placed_at=certain(raw.get("data"), ZONE),
        updated_at=moment(raw.get("dataUltimaAtualizacao"), ZONE),
        paid_at=moment(raw.get("dataPagamento"), ZONE),
        currency=CURRENCY,
        total=amount(raw["valorTotalPedido"]),
        discount_total=amount(raw.get("valorDesconto")),
        shipping_total=shipping,
        lines=lines,
        status=status_of(word),
        source_status=word,
        coupons=(text(raw["cupomDesconto"]),) if text(raw.get("cupomDesconto")) else (),
        shipping_method=_method(child(raw.get("frete"))),
        payment_method=text(raw.get(PAYMENT)),
        contact=buyer(raw),
    )


def _lines(items: list[Any], paid: Decimal) -> list[LineIn]:
    """What adjustments leave; what the order lacks beyond them is shared. More than that is a surcharge."""
    totals = [_total(item) for item in items]
    lacking = min(paid - sum(totals, ZERO), ZERO)
    parts = spread(lacking, totals) if lacking else [ZERO] * len(totals)
    return [_line(item, total + part) for item, total, part in zip(items, totals, parts, strict=True)]


def _before(item: Any) -> Decimal:
    return (amount(item.get("precoVenda")) * amount(item.get("quantidade"))).quantize(_CENT)


def _total(item: Any) -> Decimal:
    adjustments = (child(each) for each in children(item.get("ajustes")))
    own = [amount(each.get("valor")) for each in adjustments if text(each.get("tipo")) not in _OF_FREIGHT]
    return _before(item) + sum(own, ZERO)


def _line(item: Any, total: Decimal) -> LineIn:
    quantity = amount(item.get("quantidade"))
    return LineIn(
        product_id=key(item.get("produtoVarianteId")),
        name=text(item.get("nome")),
        sku=text(item.get("sku")),
        quantity=quantity,
        unit_price=price_of_one(total, quantity),
        total=total,
        discount=_before(item) - total,
    )


def _method(freight: Any) -> str:
    service = child(freight.get("servico"))
    return first(freight.get("freteContrato"), service.get("nome"), service.get("transportadora"))


def buyer(raw: Raw) -> ContactIn | None:
    """Who ordered; orders say nothing of marketing."""
    found = customer(child(raw.get("usuario")))
    found.updated_at = None  # how the person stood when the order was made
    return found if found.email or found.phone or found.customer_id else None


def customer(raw: Any) -> ContactIn:
    """A customer; what they said of the newsletter stands in a list of its own."""
    first_name, last_name = names(text(raw.get("nome")))
    return ContactIn(
        customer_id=key(raw.get("usuarioId")),
        email=text(raw.get("email")),
        phone=first(raw.get("telefoneCelular"), raw.get("telefoneResidencial"), raw.get("telefoneComercial")),
        first_name=first_name,
        last_name=last_name,
        company=text(raw.get("razaoSocial")),
        updated_at=moment(raw.get("dataAtualizacao"), ZONE),
    )


def subscriber(raw: Raw) -> ContactIn:
    """A row of the newsletter's list: customers or not, subscribed or not any more."""
    accepts = flag(raw.get("status"))
    first_name, last_name = names(text(raw.get("nome")))
    if not text(raw.get("email")):
        raise SkipRecord("unreadable", what="a subscriber without e-mail")
    return ContactIn(
        email=text(raw["email"]),
        first_name=first_name,
        last_name=last_name,
        accepts_marketing=accepts,
        consent_source="" if accepts is None else "Wake: newsletter",
    )


def product(raw: Raw) -> ProductIn:
    """One variant: orders name nothing else. Its picture and category are read beside it."""
    if not text(raw.get("produtoVarianteId")) or "nome" not in raw:
        raise SkipRecord("unreadable", what=first(raw.get("mensagem")) or "this is no product")
    price = raw.get("precoPor")
    return ProductIn(
        product_id=text(raw["produtoVarianteId"]),
        name=first(raw.get("nome"), raw.get("nomeProdutoPai")),
        sku=text(raw.get("sku")),
        category=_category(children(raw.get("_categorias"))),
        description=_description(children(raw.get("informacoes"))),
        price=None if price is None else amount(price),
        currency=CURRENCY,
        image_url=_image(children(raw.get("_imagens"))),
        url=text(raw.get("urlProduto")),
        archived=flag(raw.get("valido")) is False or flag(raw.get("exibirSite")) is False,
        updated_at=moment(raw.get("dataAtualizacao"), ZONE),
    )


def _category(found: list[Any]) -> str:
    main = [each for each in found if flag(child(each).get("categoriaPrincipal"))]
    return next((text(child(each).get("nome")) for each in [*main, *found]), "")


def _image(found: list[Any]) -> str:
    ordered = sorted(map(child, found), key=lambda each: amount(each.get("ordem")))
    return next(filter(None, (text(each.get("url")) for each in ordered)), "")


def _description(found: list[Any]) -> str:
    return next(filter(None, (text(child(each).get("texto")) for each in found)), "")


def digest(raw: Raw) -> Digest:
    """What an audit compares; an order that later ones stand for does not count."""
    return Digest(
        text(raw["pedidoId"]),
        certain(raw.get("data"), ZONE),
        CURRENCY,
        amount(raw["valorTotalPedido"]),
        word_of(raw),
        moment(raw.get("dataUltimaAtualizacao"), ZONE),
        is_test=is_split(raw),
    )


def local(at: datetime) -> str:
    """As Wake takes times in questions: those of São Paulo."""
    return at.astimezone(ZONE).strftime("%Y-%m-%d %H:%M:%S")
