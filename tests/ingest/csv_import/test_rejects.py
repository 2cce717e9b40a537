"""The rejects file: what is in it, and that it imports once it is mended."""

import csv
import io
from typing import Any

import pytest

from comanda.ingest.csv_import.reader import Format, Parsed
from comanda.ingest.csv_import.rejects import COLUMNS, Reject, Settings, rejects_of, render, settings_in
from tests.ingest.csv_import.reading import HEADER, csv_of, orders_of, read, read_with_format, told


def rejects_file(form: Format, parsed: list[Parsed]) -> bytes:
    rejects = [reject for each in parsed for reject in rejects_of(each.raw_rows, each.problems)]
    return b"".join(render(form.header, rejects, form.settings(), form.delimiter))


def cells_of(data: bytes, delimiter: str = ",") -> list[list[str]]:
    return list(csv.reader(io.StringIO(data.decode("utf-8-sig"), newline=""), delimiter=delimiter))


GOOD = "A,paid,2025-01-16,,,P1,1,1"
BAD = 'A,paid,2025-01-16,maria@,,"=cmd(""x"")\nnext",x,1'


def test_it_has_all_rows_of_refused_orders_with_their_reasons() -> None:
    data = rejects_file(*read_with_format(csv_of(GOOD, GOOD.replace("A", "B"), BAD)))
    header, first, second = cells_of(data)
    assert header[:5] == list(COLUMNS)
    assert header[6:] == HEADER.split(",")
    assert first == [
        "2",
        "",
        "refused_with_its_order",
        "Another row of the same order is refused, and an order comes in as a whole.",
        "Nothing in this row.",
        "",
        *GOOD.split(","),
    ]
    assert second[0] == "4"
    assert second[1] == "product_price | contact_identifier"
    assert second[2] == "not_a_number: x | not_an_email: maria@"
    assert second[3] == "A number like 1234.56. | An e-mail address like maria@example.com."
    assert second[4].startswith("It is no number. | ")
    assert second[6:] == ["A", "paid", "2025-01-16", "maria@", "", '=cmd("x")\nnext', "x", "1"]


def test_it_leaves_warnings_out() -> None:
    _, parsed = read_with_format(csv_of("A,odd,2025-01-16,,,P1,1,1", "A,odd,2025-01-16,,,P1,x,1"))
    assert told(parsed) == [(2, "order_status", "unknown_status"), (3, "product_price", "not_a_number")]
    (first, second) = rejects_of(parsed[0].raw_rows, parsed[0].problems)
    assert (first.row, first.problems) == (2, [])
    assert [problem.problem.code for problem in second.problems] == ["not_a_number"]


def mend(data: bytes, delimiter: str = ",", **cells: str) -> bytes:
    """The rejects file with these cells put right in all rows."""
    header, *rows = cells_of(data, delimiter)
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer, delimiter=delimiter)
    writer.writerow(header)
    for row in rows:
        writer.writerow([cells.get(title, cell) for title, cell in zip(header, row, strict=True)])
    return buffer.getvalue().encode()


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_it_imports_once_mended(delimiter: str) -> None:
    refused = csv_of(GOOD, BAD).replace(",", delimiter)
    form, parsed = read_with_format(refused)
    mended = mend(
        rejects_file(form, parsed), delimiter, product_price="2.50", contact_identifier="m@example.com"
    )
    (order,) = orders_of(read(mended))
    assert [line.product_id for line in order.lines] == ["P1", '=cmd("x")\nnext'.replace(",", delimiter)]
    assert f"{order.total:f}" == "5.00"


def test_it_is_refused_again_for_the_same_reasons_if_it_is_not_mended() -> None:
    form, parsed = read_with_format(csv_of(GOOD, BAD))
    again = read(rejects_file(form, parsed))
    assert [(column, code) for _, column, code in told(again)] == [(c, code) for _, c, code in told(parsed)]
    assert [cells[6:] for _, cells in again[0].raw_rows] == [cells for _, cells in parsed[0].raw_rows]


def test_it_keeps_to_the_mark_and_the_order_of_the_file_it_came_from() -> None:
    """Alone, the refused row proves neither: 03/04/2025 and 1.234 could be either."""
    rows = ["1,paid,17/04/2025,,,P,2;50,1".replace(";", ","), "2,paid,03/04/2025,m@,,P,1.234,1"]
    text = "\n".join(
        [HEADER.replace(",", ";"), "1;paid;17/04/2025;;;P;2,50;1", "2;paid;03/04/2025;m@;;P;1.234;1", ""]
    )
    assert len(rows) == 2
    form, parsed = read_with_format(text)
    (order,) = orders_of(read(mend(rejects_file(form, parsed), ";", contact_identifier="")))
    assert order.placed_at.isoformat() == "2025-04-03T00:00:00+00:00"
    assert order.total == 1234


def test_it_keeps_to_the_columns_and_constants_that_were_given() -> None:
    options: dict[str, Any] = {
        "mapping": {"order_id": "No", "product_id": "Thing"},
        "constants": {
            "order_status": "paid",
            "contact_identifier": "",
            "product_quantity": "2",
            "currency": "GBP",
        },
    }
    form, parsed = read_with_format("No,Thing,Price,Date\nA,P,x,2025-01-16\n", **options)
    data = mend(rejects_file(form, parsed), Price="1.50")
    (order,) = orders_of(read(data))
    assert (order.order_id, order.source_status, order.currency, f"{order.total:f}") == (
        "A",
        "paid",
        "GBP",
        "3.00",
    )
    (other,) = orders_of(read(data, constants={"currency": "USD"}))
    assert other.currency == "USD"


def test_it_holds_rows_of_the_wrong_width() -> None:
    form, parsed = read_with_format(csv_of("A,paid,2025-01-16,,,P1,1,1,extra", "B,paid"))
    data = rejects_file(form, parsed)
    _, first, second = cells_of(data)
    assert first[6:] == ["A", "paid", "2025-01-16", "", "", "P1", "1", "1", "extra"]
    assert second[6:] == ["B", "paid"]
    again = read(data)
    assert told(again) == [(2, "", "wrong_width"), (3, "", "wrong_width")]


def test_it_reads_its_own_header_only() -> None:
    assert settings_in(["order_id"]) == Settings()
    assert settings_in(['_settings {"decimal": ",", "date_order": "mdy"}']) == Settings(",", "mdy")
    mapping = '"mapping": {"order_id": "No", "tags": "gone", "x": "No"}'
    said = f'{{{mapping}, "constants": {{"currency": "GBP", "tags": 1}}}}'
    assert settings_in([f"_settings {said}", "No"]) == Settings(
        mapping={"order_id": "No"}, constants={"currency": "GBP"}
    )


@pytest.mark.parametrize(
    "said",
    [
        "",
        "{",
        "[]",
        "null",
        '{"decimal": 1}',
        '{"mapping": []}',
        '{"mapping": {"a": {}}}',
        '{"decimal": ";"}',
    ],
)
def test_it_passes_over_a_header_that_makes_no_sense(said: str) -> None:
    assert settings_in([f"_settings {said}"]) == Settings()
    assert (
        len(
            orders_of(
                read(csv_of("," + GOOD, header=f'"_settings {said.replace(chr(34), chr(34) * 2)}",{HEADER}'))
            )
        )
        == 1
    )


def test_it_streams() -> None:
    rejects = (Reject(row, ["x"], []) for row in range(3))
    pieces = render(["a"], rejects, Settings())
    assert next(pieces).startswith(b"\xef\xbb\xbf_row,")
    assert next(pieces).startswith(b"0,")
    assert next(rejects).row == 1
