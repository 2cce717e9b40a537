"""Whatever way a shop writes its orders, the same orders are read back."""

import csv
import io
import random
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from comanda.ingest.csv_import.problems import FileRefused
from comanda.shapes import OrderIn
from tests.ingest.csv_import.reading import orders_of, read

FIELDS = [
    "order_id",
    "order_status",
    "order_date",
    "contact_identifier",
    "order_revenue",
    "product_id",
    "product_price",
    "product_quantity",
    "product_name",
    "shipping_total",
]
HEADERS = {
    "en": FIELDS,
    "EN": [
        "Order ID",
        "STATUS",
        "Created at",
        "E-mail",
        "Grand Total",
        "SKU",
        "Unit-Price",
        "qty",
        "Item Name",
        "Freight",
    ],
    "pt": [
        "Nº do pedido",
        "Situação",
        "Data do Pedido",
        "E-mail do cliente",
        "Valor total",
        "Código do produto",
        "Preço unitário",
        "Quantidade",
        "Nome do produto",
        "Frete",
    ],
    "es": [
        "Número de pedido",
        "Estado",
        "Fecha",
        "Correo electrónico",
        "Importe total",
        "Referencia del producto",
        "Precio unitario",
        "Cantidad",
        "Nombre del producto",
        "Gastos de envío",
    ],
    "fr": [
        "N° de commande",
        "Statut",
        "Date de commande",
        "Courriel",
        "Montant total",
        "Référence du produit",
        "Prix unitaire",
        "Quantité",
        "Désignation",
        "Frais de livraison",
    ],
}
DATES = [
    "%Y-%m-%d %H:%M:%S",
    "%Y-%m-%dT%H:%M:%S",
    "%d/%m/%Y %H:%M:%S",
    "%m/%d/%Y %I:%M:%S %p",
    "%d.%m.%Y %H:%M:%S",
    "%d-%m-%y %H:%M:%S",
    "%Y%m%d%H%M%S",
    "%d %B %Y %H:%M:%S",
]


@dataclass(frozen=True)
class Style:
    """How a file is written."""

    language: str
    delimiter: str
    encoding: str
    mark: str
    thousands: str
    currency: str
    date: str
    newline: str
    is_all_quoted: bool
    blank_lines: bool
    seed: int


STYLES = st.builds(
    Style,
    language=st.sampled_from(sorted(HEADERS)),
    delimiter=st.sampled_from([",", ";", "\t", "|"]),
    encoding=st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "cp1252"]),
    mark=st.sampled_from([".", ","]),
    thousands=st.sampled_from(["", "other", " ", "\u00a0", "'"]),
    currency=st.sampled_from(["", "€", " EUR"]),
    date=st.sampled_from(DATES),
    newline=st.sampled_from(["\n", "\r\n", "\r"]),
    is_all_quoted=st.booleans(),
    blank_lines=st.booleans(),
    seed=st.integers(0, 1000),
)
TEXTS = st.text("abcÃçñé €\"',;|\t\n=+", max_size=12).map(str.strip)
IDS = st.text("ABC123-/ç", min_size=1, max_size=6)
MONEY = st.decimals(Decimal(-99999), Decimal(9999999), places=2)
LINES = st.lists(st.tuples(IDS, MONEY, st.integers(-50, 5000), TEXTS), min_size=1, max_size=4)
ORDERS = st.lists(
    st.tuples(
        IDS,
        st.sampled_from(["paid", "Pendente", "anulado", "livré", "created"]),
        st.datetimes(datetime(2001, 1, 1), datetime(2025, 1, 1)).map(lambda at: at.replace(microsecond=0)),
        st.sampled_from(["", "maria@example.com", "joão@exemplo.pt", "17850"]),
        st.none() | MONEY,
        LINES,
        MONEY,
    ),
    min_size=1,
    max_size=5,
    unique_by=lambda order: order[0],
)


def money(value: Decimal | None, style: Style) -> str:
    if value is None:
        return ""
    other = "," if style.mark == "." else "."
    thousands = other if style.thousands == "other" else style.thousands
    written = f"{value:,f}".replace(",", "T").replace(".", style.mark).replace("T", thousands)
    return written + style.currency


def write(orders: list[Any], style: Style) -> bytes:
    rows = [
        [
            *(order_id, status, at.strftime(style.date), contact, money(revenue, style)),
            *(product, money(price, style), str(count), name, money(shipping, style)),
        ]
        for order_id, status, at, contact, revenue, lines, shipping in orders
        for product, price, count, name in lines
    ]
    columns = list(range(len(FIELDS)))
    random.Random(style.seed).shuffle(columns)
    buffer = io.StringIO(newline="")
    # With any other line end, Python's writer leaves some line ends inside cells without quotes.
    is_all_quoted = style.is_all_quoted or style.newline != "\r\n"
    quoting: Any = csv.QUOTE_ALL if is_all_quoted else csv.QUOTE_MINIMAL
    writer = csv.writer(buffer, delimiter=style.delimiter, lineterminator=style.newline, quoting=quoting)
    interleaved = sorted(range(len(rows)), key=lambda n: (n * 7919 + style.seed) % 13)
    for row in [HEADERS[style.language], *(rows[n] for n in interleaved)]:
        writer.writerow([row[column] for column in columns])
        if style.blank_lines:
            buffer.write(style.newline)
    return buffer.getvalue().encode(style.encoding, "replace")


def read_back(data: bytes, style: Style) -> list[OrderIn]:
    """Reads with as little help as possible: only what the file cannot tell is said."""
    options: dict[str, str] = {"currency": "EUR", "timezone": "UTC"}
    if style.encoding == "cp1252":
        options["encoding"] = style.encoding
    for _ in range(3):
        try:
            return orders_of(read(data, **options))
        except FileRefused as refusal:
            code = refusal.problems[0].problem.code
            if code not in ("decimal_undecided", "date_order_undecided"):
                raise
        if code == "decimal_undecided":
            options["decimal"] = style.mark
        else:
            options["date_order"] = "mdy" if "%m/%d" in style.date else "dmy"
    raise AssertionError("The file was asked about twice for the same thing.")


@given(ORDERS, STYLES)
@settings(max_examples=50)
def test_it_reads_back_what_any_shop_writes(orders: list[Any], style: Style) -> None:
    if style.encoding == "cp1252":
        style = Style(**{**vars(style), "language": "en"})
    got = {order.order_id: order for order in read_back(write(orders, style), style)}
    assert sorted(got) == sorted({order_id.strip() for order_id, *_ in orders})
    for order_id, status, at, contact, revenue, lines, shipping in orders:
        order = got[order_id.strip()]
        assert order.placed_at.replace(tzinfo=None) == at
        assert (order.source_status, order.shipping_total) == (status, shipping)
        found = order.contact
        assert contact == ((found.email or found.customer_id) if found else "")
        said = sorted((line.product_id, line.unit_price, line.quantity, line.name) for line in order.lines)
        meant = sorted(
            (product.strip(), price, Decimal(count), name) for product, price, count, name in lines
        )
        assert said == meant
        total = sum((price * count for _, price, count, _ in lines), Decimal(0))
        assert order.total == (total if revenue is None else revenue)
