import pytest

from comanda.ingest.csv_import import header
from comanda.ingest.csv_import.fields import FIELDS, SAMPLE_FIELDS
from comanda.ingest.csv_import.header import Columns
from comanda.ingest.csv_import.problems import FileRefused
from tests.ingest.csv_import.reading import HEADER

EIGHT = HEADER.split(",")
_NEAR = 'Did you mean --map "coupon=My Coupons"?'
_MEND = "Give each column a header of its own."


def resolve(titles: str | list[str], /, mapping: dict[str, str] | None = None, **constants: str) -> Columns:
    cells = titles.split(",") if isinstance(titles, str) else titles
    return header.resolve(cells, mapping or {}, constants)


def refusal(
    titles: str | list[str], /, mapping: dict[str, str] | None = None, **constants: str
) -> list[tuple[str, str, str, str]]:
    with pytest.raises(FileRefused) as caught:
        resolve(titles, mapping, **constants)
    problems = [each.problem for each in caught.value.problems]
    return [(problem.code, problem.field, problem.expected, problem.mend) for problem in problems]


def test_it_finds_columns_in_any_case_order_and_dress() -> None:
    written = (
        " Product-Quantity,ORDER ID,order date,Order_Status,contact identifier,"
        "PRODUCTID,Product Price,x,Order Révenue"
    )
    columns = resolve(written)
    assert columns.mapping == {
        "product_quantity": 0,
        "order_id": 1,
        "order_date": 2,
        "order_status": 3,
        "contact_identifier": 4,
        "product_id": 5,
        "product_price": 6,
        "order_revenue": 8,
    }
    assert columns.ignored == ("x",)
    assert columns.title("product_quantity") == "Product-Quantity"


@pytest.mark.parametrize(
    "titles",
    [
        "Order ID,Status,Created At,Email,Total,SKU,Unit Price,Qty",
        "Nº do Pedido,Situação,Data do Pedido,E-mail do Cliente,Valor Total,Código do Produto,Preço,Qtde",
        "Número de encomenda,Estado,Data,Email,Total,Referência do produto,Preço,Quantidade",
        "Número de pedido,Estado del pedido,Fecha,Correo,Importe total,Código del producto,Precio,Cantidad",
        "N° de commande,Statut,Date de commande,Courriel,Montant total,Référence produit,Prix,Quantité",
        "InvoiceNo,State,InvoiceDate,CustomerID,Amount,StockCode,UnitPrice,Quantity",
    ],
)
def test_it_knows_headers_in_four_languages(titles: str) -> None:
    assert resolve(titles).mapping == {name: index for index, name in enumerate(SAMPLE_FIELDS)}


def test_it_prefers_the_name_to_an_alias_and_an_alias_to_those_behind_it() -> None:
    columns = resolve([*EIGHT, "Order Number", "SKU", "coupon code", "voucher"])
    assert columns.mapping["order_id"] == 0
    assert columns.mapping["product_id"] == 5
    assert columns.title("coupon") == "coupon code"
    assert columns.ignored == ("Order Number", "SKU", "voucher")


def test_it_takes_the_columns_that_are_named() -> None:
    titles = "a,b,c,d,e,f,g"
    mapping = dict(
        zip(
            [
                "order_id",
                "order_status",
                "order_date",
                "contact_identifier",
                "product_id",
                "product_price",
                "product_quantity",
            ],
            "gfedcba",
            strict=True,
        )
    )
    assert resolve(titles, mapping).mapping == {
        field: "abcdefg".index(title) for field, title in mapping.items()
    }


def test_it_gives_a_named_column_to_nobody_else() -> None:
    columns = resolve([*EIGHT, "Total"], {"line_total": "order_revenue"})
    assert columns.mapping["line_total"] == 4
    assert columns.title("order_revenue") == "Total"


def test_it_takes_one_column_for_two_fields_when_told_so() -> None:
    columns = resolve(HEADER, {"phone": "contact_identifier", "contact_identifier": "contact_identifier"})
    assert columns.mapping["phone"] == columns.mapping["contact_identifier"] == 3


def test_it_finds_a_named_column_by_its_exact_text_first() -> None:
    columns = resolve([*EIGHT, "Total", "TOTAL"], {"order_revenue": "TOTAL"})
    assert columns.mapping["order_revenue"] == 9
    assert resolve([*EIGHT, "Grand total"], {"order_revenue": "grand-TOTAL"}).mapping["order_revenue"] == 8


def test_it_lets_a_constant_stand_for_a_column() -> None:
    columns = resolve(
        "order_id,order_date,product_id,product_price",
        order_status="completed",
        contact_identifier="",
        product_quantity="1",
    )
    assert columns.mapping == {"order_id": 0, "order_date": 1, "product_id": 2, "product_price": 3}
    assert columns.constants == {
        "order_status": "completed",
        "contact_identifier": "",
        "product_quantity": "1",
    }
    assert "order_status" not in resolve(HEADER, order_status="completed").mapping


def test_it_takes_the_total_of_a_line_for_its_price() -> None:
    titles = [title.replace("product_price", "line_total") for title in EIGHT]
    assert "product_price" not in resolve(titles).mapping


def test_it_says_which_columns_are_missing_and_what_to_do() -> None:
    titles = "Pedidoo,order_date,produkt_id,product_price,Buyer e-mail adress"
    assert refusal(titles) == [
        (
            "missing_column",
            "order_id",
            f"No column is order_id. The file has: {titles.replace(',', ', ')}.",
            "Say which column it is: --map order_id=Pedidoo.",
        ),
        (
            "missing_column",
            "order_status",
            f"No column is order_status. The file has: {titles.replace(',', ', ')}.",
            "Say which column it is: --map order_status=Column; if there is none, say what all are: "
            "--set order_status=completed.",
        ),
        (
            "missing_column",
            "contact_identifier",
            f"No column is contact_identifier. The file has: {titles.replace(',', ', ')}.",
            'Say which column it is: --map "contact_identifier=Buyer e-mail adress"; '
            "if the buyers are not known, say so: --set contact_identifier=.",
        ),
        (
            "missing_column",
            "product_id",
            f"No column is product_id. The file has: {titles.replace(',', ', ')}.",
            "Say which column it is: --map product_id=produkt_id.",
        ),
        (
            "missing_column",
            "product_quantity",
            f"No column is product_quantity. The file has: {titles.replace(',', ', ')}.",
            "Say which column it is: --map product_quantity=Column; if every row is one piece: "
            "--set product_quantity=1.",
        ),
    ]


def test_it_says_that_neither_price_nor_total_is_there() -> None:
    ((code, field, _, mend),) = refusal(HEADER.replace("product_price", "x"))
    assert (code, field) == ("missing_column", "product_price")
    assert mend == (
        "Say which column it is: --map product_price=Column; or, where the file has the total of each line: "
        "--map line_total=Column."
    )


def test_it_refuses_two_headers_that_are_the_same() -> None:
    assert refusal([*EIGHT, "Order ID"]) == [
        ("duplicate_header", "order_id", "Columns 1 and 9 have the same header.", _MEND)
    ]
    assert refusal(["a", *EIGHT, "a"], {"coupon": "a"}) == [
        ("duplicate_header", "coupon", "Columns 1 and 10 have the same header.", _MEND)
    ]


def test_it_does_not_mind_the_same_header_where_nothing_is_read() -> None:
    assert resolve([*EIGHT, "note", "note", "", ""]).ignored == ("note", "note", "", "")


def test_it_refuses_a_named_column_that_is_not_there() -> None:
    assert refusal(HEADER, {"coupon": "Cupon"}) == [
        ("no_such_column", "coupon", "The file has no column Cupon.", f"The file has: {', '.join(EIGHT)}.")
    ]
    assert refusal([*EIGHT, "My Coupons"], {"coupon": "My Coupon"}) == [
        (
            "no_such_column",
            "coupon",
            "The file has no column My Coupon.",
            'Did you mean --map "coupon=My Coupons"?',
        )
    ]


def test_it_refuses_fields_that_do_not_exist() -> None:
    assert refusal(HEADER, {"order_ids": "order_id"}) == [
        ("unknown_field", "order_ids", "There is no field order_ids.", "Did you mean order_id?")
    ]
    assert refusal(HEADER, {}, zzz="1") == [
        ("unknown_field", "zzz", "There is no field zzz.", f"Use one of: {', '.join(FIELDS)}.")
    ]


def test_it_refuses_a_field_with_both_a_column_and_a_constant() -> None:
    assert refusal(HEADER, {"coupon": "order_revenue"}, coupon="X") == [
        ("mapped_twice", "coupon", "coupon is given both a column and a constant.", "Drop one of the two.")
    ]


def test_it_passes_over_what_a_rejects_file_adds() -> None:
    columns = resolve(
        ["_row", "_column", "_problem", "_expected", "_mend", '_settings {"decimal": ","}', *EIGHT]
    )
    assert columns.mapping["order_id"] == 6
    assert columns.ignored == ()


def test_it_reads_ten_thousand_headers() -> None:
    titles = [*EIGHT, *(f"x{n}" for n in range(10_000))]
    assert len(resolve(titles).ignored) == 10_000
    ((_, _, expected, _),) = refusal([*titles[1:]])
    assert len(expected) < 600
