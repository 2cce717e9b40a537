"""The reader as those who import see it: what it finds out, what it gives, what it leaves behind."""

import errno
import gzip
import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from comanda.ingest.csv_import import loading, reader, source, staging
from comanda.ingest.csv_import.problems import FileRefused
from comanda.ingest.csv_import.reader import Options, OrderFile, Parsed
from tests.ingest.csv_import.reading import (
    HEADER,
    LINE,
    csv_of,
    orders_of,
    read,
    read_with_format,
    refused,
    told,
)


def open_file(folder: Path, data: bytes | str, progress: Any = None, **options: Any) -> OrderFile:
    path = folder / "orders.csv"
    path.write_bytes(data.encode() if isinstance(data, str) else data)
    return OrderFile.open(path, Options(**options), folder / "work", progress)


def code_of(data: bytes | str, **options: Any) -> tuple[str, int]:
    with pytest.raises(FileRefused) as caught:
        read(data, **options)
    return caught.value.problems[0].problem.code, caught.value.problems[0].row


def ids(count: int) -> str:
    return csv_of(*(LINE.replace("A1", f"{n}") for n in range(count)))


def test_it_tells_what_it_found_out(tmp_path: Path) -> None:
    data = "\ufeffOrder ID;Status;Created at;E-mail;Total;SKU;Price;Qty;Note\r\n"
    data += "1;paid;17/01/2025;;;P;1,50;2;x\r\n"
    with open_file(tmp_path, data.encode("utf-16")) as file:
        assert file.rows == file.orders == 1
        assert json.loads(json.dumps(file.format.as_json())) == {
            "delimiter": ";",
            "encoding": "UTF-16",
            "decimal": ",",
            "date_order": "dmy",
            "dates": {"order_date": "dmy"},
            "header": ["Order ID", "Status", "Created at", "E-mail", "Total", "SKU", "Price", "Qty", "Note"],
            "mapping": {
                "order_id": 0,
                "order_status": 1,
                "order_date": 2,
                "contact_identifier": 3,
                "order_revenue": 4,
                "product_id": 5,
                "product_price": 6,
                "product_quantity": 7,
            },
            "constants": {},
            "ignored": ["Note"],
            "rows": 1,
            "orders": 1,
        }


def test_it_gives_orders_by_the_bytes_of_their_ids() -> None:
    names = ["b", "a", "10", "9", "é", "z", "Z", "\U0001f600", "\uffee"]
    parsed = read(csv_of(*(LINE.replace("A1", name) for name in names)))
    assert [each.order_id for each in parsed] == sorted(names, key=str.encode)


@pytest.mark.parametrize("small", [0, 1 << 30])
def test_it_gives_the_same_on_disk_and_in_memory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, small: int
) -> None:
    monkeypatch.setattr(staging, "SMALL", small)
    with open_file(tmp_path, ids(5000) + LINE.replace(",1", ",x")) as file:
        assert (tmp_path / "work" / "rows.duckdb").exists() == (small == 0)
        parsed = list(file.read())
    assert [each.order_id for each in parsed] == sorted([*map(str, range(5000)), "A1"])
    assert parsed[-1].raw_rows[0][0] == 5002


@given(st.integers(0, 40), st.integers(1, 12))
@settings(max_examples=15)
def test_it_goes_on_behind_any_order(tmp_path: Path, stop: int, batch: int) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(reader, "BATCH", batch)
        with open_file(
            tmp_path, csv_of(f",{LINE[3:]}", *(LINE.replace("A1", f"{n // 2}") for n in range(80)))
        ) as file:
            whole = list(file.read())
            rest = list(file.read(after=whole[stop].order_id))
    assert whole[0].order_id == ""
    assert [each.order_id for each in rest] == [each.order_id for each in whole[stop + 1 :]]
    assert rest == whole[stop + 1 :]


def test_it_reads_again_what_it_has_read(tmp_path: Path) -> None:
    with open_file(tmp_path, ids(5)) as file:
        first = file.read()
        next(first)
        assert len(list(file.read())) == 5
        assert len(list(first)) == 4


def test_it_leaves_nothing_behind(tmp_path: Path) -> None:
    with open_file(tmp_path, gzip.compress(ids(5).encode("cp1252"))) as file:
        list(file.read())
    assert list((tmp_path / "work").iterdir()) == []
    for data in (b"", b"a,b\n1,2\n", csv_of(LINE, '"').encode(), gzip.compress(ids(9).encode())[:-20]):
        with pytest.raises(FileRefused):
            open_file(tmp_path, data)
        assert list((tmp_path / "work").iterdir()) == []


def test_it_leaves_the_file_itself_alone(tmp_path: Path) -> None:
    data = ids(5).encode()
    open_file(tmp_path, data).close()
    assert (tmp_path / "orders.csv").read_bytes() == data


def test_it_tells_how_far_it_is(tmp_path: Path) -> None:
    told_of: list[tuple[str, int, int]] = []
    data = ids(50_000).replace("\n", "\n\n", 1)
    open_file(tmp_path, data, lambda *step: told_of.append(step)).close()
    assert {stage for stage, _, _ in told_of} == {"reading", "staging", "examining"}
    for stage, whole in (("reading", len(data.encode())), ("staging", 50_000)):
        steps = [(done, total) for name, done, total in told_of if name == stage]
        assert [done for done, _ in steps] == sorted(done for done, _ in steps)
        assert steps[-1] == (whole, whole)


@pytest.mark.parametrize("pieces", [7, 100_000])
def test_it_counts_every_row_once(pieces: int) -> None:
    bad = LINE.replace("29.90,1", "x,1")
    rows = [LINE.replace("A1", f"{n % 500}") for n in range(1000)] + [
        bad.replace("A1", "17"),
        bad.replace("A1", ""),
    ]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(reader, "BATCH", pieces)
        form, parsed = read_with_format(csv_of(*rows))
    assert form.rows == 1002 == sum(each.rows for each in parsed)
    assert sum(each.lines for each in parsed) == 998
    assert [(each.order_id, len(each.raw_rows)) for each in parsed if each.order is None] == [
        ("", 1),
        ("17", 3),
    ]
    assert [each.raw_rows[0][0] for each in parsed if each.order is None] == [1003, 19]


@pytest.mark.parametrize(
    ("data", "answer"),
    [
        (b"", ("empty", 0)),
        (b"\n\n\n", ("empty", 0)),
        (HEADER.encode(), ("no_rows", 1)),
        (f"{HEADER}\n\n,,,,,,,\n".encode(), ("no_rows", 1)),
        (b"a;b\n1;2\n", ("missing_column", 1)),
        (f"{HEADER},order_id\n{LINE},A1\n".encode(), ("duplicate_header", 1)),
        (b"\x00" * 1000, ("not_text", 0)),
        (gzip.compress(b""), ("empty", 0)),
    ],
)
def test_it_refuses_a_file_as_a_whole(data: bytes, answer: tuple[str, int]) -> None:
    assert code_of(data) == answer


def test_it_names_the_row_where_a_quote_opens_at_row_400_000() -> None:
    rows = [LINE] * 400_100
    rows[399_998] = LINE.replace("P1", '"P1')
    assert code_of(csv_of(*rows)) == ("unclosed_quote", 400_000)


def test_it_refuses_only_the_rows_with_broken_bytes() -> None:
    data = csv_of(LINE.replace("P1", "Chá"), LINE.replace("A1", "B").replace("P1", "Pão")).encode()
    parsed = read(data.replace("Pão".encode(), b"P\xe3o"))
    assert refused(parsed) == [(3, "", "broken_text")]
    assert parsed[1].raw_rows[0][1][5] == "Pão"


def test_it_refuses_only_the_rows_with_nul_bytes() -> None:
    parsed = read(csv_of(LINE, LINE.replace("A1", "B").replace("P1", "P\0")))
    assert refused(parsed) == [(3, "", "nul")]


def test_it_reads_files_from_old_macs_and_of_mixed_line_ends() -> None:
    assert len(orders_of(read(ids(9).replace("\n", "\r")))) == 9
    assert len(orders_of(read(ids(9).replace("\n", "\r\n", 4)))) == 9


def test_it_reads_ten_thousand_columns() -> None:
    extra = 10_000
    bad = LINE.replace("A1", "B").replace(",1", ",z")
    data = csv_of(f"{LINE}{',y' * extra}", f"{bad}{',y' * extra}", header=f"{HEADER}{',x' * extra}")
    parsed = read(data)
    assert parsed[0].lines == 1
    assert len(parsed[1].raw_rows[0][1]) == 10_008
    assert parsed[1].raw_rows[0][1][7:9] == ["z", "y"]


def test_it_takes_formulas_templates_and_sql_for_text() -> None:
    for text in (
        "=cmd|' /C calc'!A0",
        "{{ settings.SECRET_KEY }}",
        "'); DROP TABLE staged; --",
        "$order_id",
        "%(x)s",
        "\\N",
    ):
        cell = '"' + text.replace('"', '""') + '"'
        (order,) = orders_of(
            read(csv_of(LINE.replace("A1", cell).replace("P1", cell).replace("maria@example.com", cell)))
        )
        assert order.order_id == order.lines[0].product_id == text
        assert order.contact is not None
        assert order.contact.customer_id == text


def test_it_takes_hostile_headers_for_text() -> None:
    title = "id'); DROP TABLE staged; --"
    data = f'"{title}",{HEADER}\nx,{LINE}\n'
    assert len(orders_of(read(data, mapping={"coupon": title}))) == 1


def test_it_says_that_the_disk_is_full(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: Any, **__: Any) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(source, "_write", fail)
    with pytest.raises(FileRefused) as caught:
        open_file(tmp_path, gzip.compress(ids(5).encode()))
    assert caught.value.problems[0].problem.code == "disk_full"


def test_it_leaves_some_disk_to_the_database(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(source, "CHECKED_EVERY", 1000)
    monkeypatch.setattr(source, "KEPT_FREE", 1 << 60)
    with pytest.raises(FileRefused) as caught:
        open_file(tmp_path, gzip.compress(ids(5000).encode()))
    assert caught.value.problems[0].problem.code == "disk_full"
    assert list((tmp_path / "work").iterdir()) == []
    open_file(tmp_path, ids(5000).encode()).close()


def test_it_asks_for_more_memory_before_it_gives_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(staging, "MEMORY_STEPS", ("1MB", "64MB"))
    rows = [LINE.replace("A1", f"{n % 9000}").replace("P1", f"{n}" * 9) for n in range(30_000)]
    with open_file(tmp_path, csv_of(*rows)) as file:
        assert sum(each.rows for each in file.read()) == 30_000


def test_it_says_that_memory_ran_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(staging, "MEMORY_STEPS", ("1MB",))
    rows = [LINE.replace("A1", f"{n % 9000}").replace("P1", f"{n}" * 9) for n in range(30_000)]
    with pytest.raises(FileRefused) as caught:
        open_file(tmp_path, csv_of(*rows))
    assert caught.value.problems[0].problem.code == "out_of_memory"
    assert list((tmp_path / "work").iterdir()) == []


def test_it_does_not_reach_for_other_files(tmp_path: Path) -> None:
    connection = staging.connect(tmp_path, 0)
    secret = tmp_path / "secret"
    secret.write_text("x")
    staging.lock(connection)
    with pytest.raises(duckdb.PermissionException):
        connection.execute(f"SELECT * FROM read_text('{secret}')")
    with pytest.raises(duckdb.Error):
        connection.execute("SET enable_external_access = true")
    staging.discard(connection, tmp_path)


ANY_BYTES = st.binary(max_size=200) | st.lists(
    st.sampled_from(
        [
            HEADER.encode(),
            LINE.encode(),
            b"\n",
            b"\r\n",
            b"\r",
            b",",
            b'"',
            b";",
            b"\0",
            b"\xff",
            b"\xfe",
            "é".encode(),
            b"A2",
            b"\x1f\x8b",
            b"PK\x03\x04",
            b" ",
            b"1e400",
        ]
    ),
    max_size=12,
).map(b"".join)


@given(ANY_BYTES, st.booleans())
@settings(max_examples=40)
def test_it_gives_orders_or_reasons_for_any_bytes(data: bytes, has_header: bool) -> None:
    whole = f"{HEADER}\n".encode() + data if has_header else data
    try:
        form, parsed = read_with_format(whole, decimal=".", date_order="dmy")
    except FileRefused as refusal:
        parsed = []
        form = None
        assert_told(refusal)
    assert sum(each.rows for each in parsed) == (form.rows if form else 0)
    for each in parsed:
        check_parsed(each)


def assert_told(refusal: FileRefused) -> None:
    assert refusal.problems
    for each in refusal.problems:
        assert each.problem.code
        assert each.problem.expected
        assert each.problem.mend


def check_parsed(each: Parsed) -> None:
    """Either an order with all its lines, or reasons and all its rows."""
    if each.order is None:
        assert each.lines == 0
        assert len(each.raw_rows) == each.rows
        assert any(problem.severity == "refused" for problem in each.problems)
    else:
        assert each.lines == each.rows == len(each.order.lines)
        assert each.raw_rows == []
    assert all(isinstance(problem.problem.code, str) and problem.problem.mend for problem in each.problems)


def test_it_bounds_what_one_order_may_be(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(loading, "MOST_LINES", 2)
    assert code_of(csv_of(LINE, LINE, LINE)) == ("order_too_long", 0)


def test_it_knows_the_sum_to_the_last_digit() -> None:
    rows = [LINE.replace("29.90,P1,29.90,1", f",P{n},{n % 100}.0{n % 10},{n % 7}") for n in range(2000)]
    (order,) = orders_of(read(csv_of(*rows)))
    assert order.total == sum(Decimal(f"{n % 100}.0{n % 10}") * (n % 7) for n in range(2000))
    assert told(read(csv_of(*rows))) == []
