"""The quick way and the exact way through a file give the same rows."""

import csv
import io
import tempfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from comanda.ingest.csv_import import dialect, header, loading, records, source, staging
from comanda.ingest.csv_import.problems import FileRefused, RowProblem

FIELDS = ["order_id", "product_id", "product_price"]
CONSTANTS = {
    "order_status": "",
    "contact_identifier": "",
    "product_quantity": "1",
    "order_date": "2025-01-01",
}
Staged = list[tuple[Any, ...]]


def load(data: bytes, *, exactly: bool = False) -> Staged:
    """The staged rows, by the exact way if that is wanted."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "orders.csv"
        path.write_bytes(data)
        work = Path(folder) / "work"
        work.mkdir()
        text = source.prepare(path, work, None)
        found = dialect.sniff(source.start_of(text), {}, ",")
        columns = header.resolve(found.header, {}, CONSTANTS)
        text.marks.lone_returns = text.marks.lone_returns or exactly
        connection = staging.connect(work, text.marks.size)
        try:
            loading.load(connection, text, found, columns, work)
            return connection.execute("SELECT * FROM staged ORDER BY n").fetchall()
        finally:
            staging.discard(connection, work)


def load_or_refuse(data: bytes, *, exactly: bool = False) -> Staged | list[RowProblem]:
    try:
        return load(data, exactly=exactly)
    except FileRefused as refusal:
        return refusal.problems


def is_quick(data: bytes) -> bool:
    """Whether the file goes the quick way."""
    used: list[str] = []
    stage = records.stage

    def spy(*arguments: Any) -> tuple[int, bool]:
        used.append("exact")
        return stage(*arguments)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(records, "stage", spy)
        load(data)
    return not used


def written(rows: list[list[str]], end: str = "\n", quoting: Any = csv.QUOTE_MINIMAL) -> bytes:
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer, lineterminator=end, quoting=quoting)
    writer.writerows([FIELDS, *rows])
    return buffer.getvalue().encode()


CELLS = st.text(
    st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=8
) | st.sampled_from(
    ["", " ", '"', '""', 'a"b', " x ", "a,b", "é", "\ufeff", "NULL", "=cmd()", "\\", "'", "#", "\t"]
)
ROWS = st.lists(st.lists(CELLS, min_size=3, max_size=3), min_size=1, max_size=8)


@settings(max_examples=25)
@given(ROWS, st.sampled_from(["\n", "\r\n"]), st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL]))
def test_both_ways_give_what_was_written(rows: list[list[str]], end: str, quoting: Any) -> None:
    if quoting == csv.QUOTE_MINIMAL:  # Python's writer then leaves a lone carriage return without quotes
        rows = [[cell.replace("\r", "") for cell in row] for row in rows]
    data = written(rows, end, quoting)
    kept = [(number, row) for number, row in enumerate(rows, start=2) if any(cell.strip() for cell in row)]
    if not kept:
        return
    expected = [(number, None, None, *(cell or None for cell in row)) for number, row in kept]
    assert load(data, exactly=True) == expected
    assert load(data) == expected


LINES = st.text(alphabet='ab,"\n\r ;é', max_size=30)


@settings(max_examples=25)
@given(LINES)
@example('a,b,c\n1, "2",3')
@example('"a""b",c,d\n"x')
@example("a,b\n")
@example("a,b,c,\n")
@example('a,"b\nc",d\n\n\n')
@example("a,b,c\r\rd,e,f")
@example('a,b,"c""\n1,2,"')
def test_the_quick_way_is_taken_only_where_it_is_the_exact_one(lines: str) -> None:
    data = f"{','.join(FIELDS)}\nx,y,z\n{lines}".encode()
    assert load_or_refuse(data) == load_or_refuse(data, exactly=True)


@pytest.mark.parametrize(
    "lines",
    [
        "1,2,3",
        "1,2,3\n",
        "1,2,3\r\n4,5,6\r\n",
        "1,2,3\r\n\r\n",
        "1,2,3\n4,5,6\n\n",
        '"1","a ""b"" c",3\n',
        "1,é,3\n",
        '1,5" nail,3\n',
        "1,2,3,\n4,5,6,\n",
    ],
)
def test_it_goes_the_quick_way_with_regular_files(lines: str) -> None:
    end = "\r\n" if "\r" in lines else "\n"
    assert is_quick(f"{','.join(FIELDS)}{end}{lines}".encode())


@pytest.mark.parametrize(
    "lines",
    ['1,"a\nb",3\n', "1,2,3\n\n4,5,6\n", "1,2\n", "1,2,3\r4,5,6\r", "1,a\0b,3\n", '1, "2",3\n', "1,2,3,4\n"],
)
def test_it_goes_the_exact_way_with_all_others(lines: str) -> None:
    assert not is_quick(f"{','.join(FIELDS)}\n{lines}".encode())


def rows_of(lines: str) -> Staged:
    return load(f"{','.join(FIELDS)}\n{lines}".encode())


def test_it_numbers_rows_as_a_spreadsheet_does() -> None:
    staged = rows_of('1,"a\n\nb",3\n\n4,5,6\n,,\n , \n7,8,9\n')
    assert staged == [
        (2, None, None, "1", "a\n\nb", "3"),
        (4, None, None, "4", "5", "6"),
        (7, None, None, "7", "8", "9"),
    ]


def test_it_drops_empty_rows_on_the_quick_way_too() -> None:
    assert rows_of("1,2,3\n,　, \n4,5,6\n") == [
        (2, None, None, "1", "2", "3"),
        (4, None, None, "4", "5", "6"),
    ]


def test_it_marks_rows_of_the_wrong_width() -> None:
    assert rows_of("1,2,3,4\n5\n6,7,8\n9,9,9,,\n") == [
        (2, "wrong_width", '["1", "2", "3", "4"]', "1", "2", "3"),
        (3, "wrong_width", '["5"]', "5", None, None),
        (4, None, None, "6", "7", "8"),
        (5, None, None, "9", "9", "9"),
    ]


def test_it_takes_missing_cells_at_the_end_as_empty_where_none_is_needed() -> None:
    data = b"order_id,product_id,product_price,coupon,note\n1,2,3,X,y\n1,2,3,X\n1,2,3\n1,2\n"
    assert load(data) == [
        (2, None, None, "1", "2", "3", "X", "y"),
        (3, "short_row", None, "1", "2", "3", "X", None),
        (4, "short_row", None, "1", "2", "3", None, None),
        (5, "wrong_width", '["1", "2"]', "1", "2", None, None, None),
    ]


def test_it_marks_rows_with_misplaced_quotes() -> None:
    assert rows_of('1,"2"x,3\n4,5,6\n') == [
        (2, "bad_quotes", '["1", "2x", "3"]', "1", "2x", "3"),
        (3, None, None, "4", "5", "6"),
    ]


def test_it_marks_rows_with_damage() -> None:
    data = "order_id,product_id,product_price\n1,Peça,3\n4,Peça,6\n7,x\0y,9\n".encode()
    damaged = data.replace("4,Peça".encode(), b"4,Pe\xe7a")
    assert load(damaged) == [
        (2, None, None, "1", "Peça", "3"),
        (3, "broken_text", '["4", "Peça", "6"]', "4", "Peça", "6"),
        (4, "nul", '["7", "x␀y", "9"]', "7", "x␀y", "9"),
    ]


def test_it_marks_rows_with_a_giant_cell() -> None:
    giant = "x" * ((1 << 20) + 1)
    (first, second) = rows_of(f"1,{giant},3\n4,5,6\n")
    assert first[:2] == (2, "row_too_long")
    assert second == (3, None, None, "4", "5", "6")


def unclosed(lines: str) -> tuple[str, int]:
    with pytest.raises(FileRefused) as caught:
        rows_of(lines)
    (problem,) = caught.value.problems
    return problem.problem.code, problem.row


def test_it_says_where_a_quote_opens_that_never_closes() -> None:
    rows = ["1,2,3\n"] * 5000
    rows[4000] = '1,"2,3\n'
    assert unclosed("".join(rows)) == ("unclosed_quote", 4002)
    rows[4500] = '1,"2",3\n'
    assert unclosed("".join(rows)) == ("unclosed_quote", 4002)
    assert unclosed('1,2,3\n4,"5') == ("unclosed_quote", 3)
    assert unclosed('1,"2\n' + "x" * (3 << 20) + "\n") == ("unclosed_quote", 2)


def test_it_keeps_a_wide_file_as_whole_rows_and_known_columns() -> None:
    titles = [*FIELDS, *(f"x{n}" for n in range(10_000))]
    data = ",".join(titles) + "\n" + ",".join(["1", "2", "3", *["y"] * 10_000]) + "\n"
    (row,) = load(data.encode())
    assert (row[0], *row[3:]) == (2, "1", "2", "3")
    assert row[2].startswith('["1", "2", "3", "y", "y"')


def test_it_refuses_a_header_alone() -> None:
    with pytest.raises(FileRefused) as caught:
        rows_of("\n\n")
    assert caught.value.problems[0].problem.code == "no_rows"


def test_it_refuses_a_column_that_can_be_no_order_id(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(loading, "MOST_LINES", 3)
    monkeypatch.setattr(loading, "MOST_NAMELESS", 3)
    assert unclosed("1,2,3\n" * 4) == ("order_too_long", 0)
    assert unclosed(",2,3\n" * 4) == ("no_order_id", 0)
    assert len(rows_of("1,2,3\n" * 3 + ",2,3\n" * 3)) == 6


@pytest.mark.parametrize(
    "name", ["orders [1]*.csv", "a?b.csv", "it's.csv", "ação.csv", "x=1.csv", "a{b,c}.csv", "$path.csv"]
)
def test_it_opens_files_whatever_their_name(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    path.write_bytes(b"a,b\n1,2\n")
    work = tmp_path / "work [x]*"
    work.mkdir()
    connection = staging.connect(work, 0)
    assert staging.load_lines(connection, path, ",", 2, 1) == 1
    staging.discard(connection, work)
    assert list(work.iterdir()) == []
