"""What a file shows before anyone has said what its columns mean."""

from pathlib import Path
from typing import Any

import pytest

from comanda.ingest.csv_import import inspection
from comanda.ingest.csv_import.problems import FileRefused
from comanda.ingest.csv_import.sample import SAMPLE
from comanda.ingest.csv_import.seen import Proof, Seen

HEADER = "Ref;Quem;Quando;Artigo;Preço;Quantos;Soma"
ROWS = (
    "901;ana@example.com;03/04/2026;M-1;1.234,50;2;2.469,00",
    "901;ana@example.com;03/04/2026;T-9;10,00;1;10,00",
    "902;rui@example.com;05/06/2026;M-1;1.234,50;1;1.234,50",
    "903;ana@example.com;07/08/2026;S-4;5,00;3;15,00",
)


def look(tmp_path: Path, text: str | bytes, last: dict[str, Any] | None = None, **given: Any) -> Seen:
    path = tmp_path / "orders.csv"
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return inspection.inspect(path, tmp_path / "work", last or {}, **given)


def mapping(seen: Seen) -> dict[str, tuple[str, str]]:
    titles = {column.index: column.title for column in seen.columns}
    return {each.field: (titles[each.index], each.why) for each in seen.suggestions}


def test_it_tells_how_the_file_is_written(tmp_path: Path) -> None:
    seen = look(tmp_path, "\n".join([HEADER, *ROWS]).encode("cp1252"))

    assert (seen.delimiter, seen.encoding, seen.rows) == (";", "Windows-1252", 4)
    assert [column.title for column in seen.columns] == HEADER.split(";")


def test_it_shows_the_first_different_values_of_a_column(tmp_path: Path) -> None:
    seen = look(tmp_path, "\n".join([HEADER, *ROWS]))

    who = seen.columns[1]
    assert (who.samples, who.filled, who.distinct) == (["ana@example.com", "rui@example.com"], 4, 2)


def test_it_keeps_what_proves_the_decimal_mark_and_what_leaves_dates_open(tmp_path: Path) -> None:
    seen = look(tmp_path, "\n".join([HEADER, *ROWS]))

    assert seen.columns[4].marks == {",": Proof("1.234,50", 2)}
    assert seen.columns[2].orders == {"?": Proof("03/04/2026", 2)}


def test_it_knows_columns_by_their_data_where_names_say_nothing(tmp_path: Path) -> None:
    titles = "a;b;c;d;e;f;g"

    seen = look(tmp_path, "\n".join([titles, *ROWS]))

    assert mapping(seen) == {
        "contact_identifier": ("b", "emails"),
        "order_date": ("c", "dates"),
        "order_id": ("a", "repeats"),
        "product_quantity": ("f", "small_numbers"),
        "product_id": ("d", "codes"),
        "product_price": ("e", "amounts"),
        "line_total": ("g", "products_of_both"),
    }


def test_it_takes_headers_at_their_word(tmp_path: Path) -> None:
    seen = look(tmp_path, SAMPLE)

    assert {field: why for field, (_, why) in mapping(seen).items()} == dict.fromkeys(
        SAMPLE.partition("\n")[0].split(","), "name"
    )


def test_it_suggests_what_the_last_import_was_told_for_the_same_headers(tmp_path: Path) -> None:
    last = {
        "header": HEADER.split(";"),
        "mapping": {"order_id": 3, "order_revenue": 6},
        "constants": {"order_status": "paid"},
    }

    seen = look(tmp_path, "\n".join([HEADER, *ROWS]), last)

    assert mapping(seen)["order_id"] == ("Artigo", "remembered")
    assert mapping(seen)["order_revenue"] == ("Soma", "remembered")
    assert seen.constants == {"order_status": "paid"}


def test_it_lets_names_go_before_memory_in_another_file(tmp_path: Path) -> None:
    last = {"header": ["Pedido", "Data"], "mapping": {"order_id": 0}, "constants": {"order_status": "x"}}

    seen = look(tmp_path, "Pedido,order_id\n1,2\n", last)

    assert mapping(seen)["order_id"] == ("order_id", "name")
    assert seen.constants == {}


def test_it_reads_what_a_rejects_file_says_of_itself(tmp_path: Path) -> None:
    settings = '"_settings {""decimal"": "","", ""mapping"": {""order_id"": ""x""}}"'

    seen = look(tmp_path, f"_row;{settings};x;y\n2;;A1;1\n")

    assert seen.decimal == ","
    assert mapping(seen)["order_id"] == ("x", "rejects")
    assert [column.title for column in seen.columns] == ["x", "y"]


def test_it_looks_into_the_first_columns_of_a_wide_file_and_those_that_name_themselves(
    tmp_path: Path,
) -> None:
    titles = [f"column {number}" for number in range(300)]
    titles[250] = "order_id"

    seen = look(tmp_path, f"{','.join(titles)}\n{','.join(map(str, range(300)))}\n")

    assert len(seen.columns) == inspection.MOST_COLUMNS + 1
    assert seen.columns[-1].samples == ["250"]
    assert seen.hidden == 300 - 101


def test_it_can_be_kept_as_json(tmp_path: Path) -> None:
    seen = look(tmp_path, "\n".join([HEADER, *ROWS]))

    assert Seen.from_json(seen.as_json()) == seen


def test_it_takes_no_nul_into_what_is_kept(tmp_path: Path) -> None:
    seen = look(tmp_path, "order_id,who\nA\0,x\n")

    assert seen.columns[0].samples == ["A␀"]


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "empty"),
        (b"\n\n", "empty"),
        (b"order_id,order_date\n", "no_rows"),
        (b"\x89PNG\r\n\x1a\n" + bytes(200), "not_text"),
        (b"PK\x03\x04" + bytes(20), "damaged"),
        (b'order_id,who\n"1,2\n3,4\n', "unclosed_quote"),
    ],
)
def test_it_says_why_a_file_cannot_be_looked_into(tmp_path: Path, content: bytes, code: str) -> None:
    with pytest.raises(FileRefused) as refusal:
        look(tmp_path, content)

    assert [problem.problem.code for problem in refusal.value.problems] == [code]
    assert list((tmp_path / "work").iterdir()) == []
