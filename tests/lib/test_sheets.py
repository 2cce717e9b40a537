"""Tables for spreadsheets."""

import csv
import io
from decimal import Decimal

import pytest

from comanda.lib import sheets


def written(*rows: list[sheets.Cell]) -> list[list[str]]:
    """The rows of a file as a program reads them, without the header."""
    text = b"".join(sheets.write(["a"], rows)).decode("utf-8-sig")
    return list(csv.reader(io.StringIO(text, newline="")))[1:]


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", "\n"])
def test_it_makes_text_of_what_looks_like_a_formula(start: str) -> None:
    assert written([f"{start}1+1", f"a{start}1"]) == [[f"'{start}1+1", f"a{start}1"]]
    assert b"".join(sheets.write([f"{start}x"], [])).decode("utf-8-sig").lstrip('"').startswith(f"'{start}x")


def test_it_keeps_numbers_as_they_are() -> None:
    assert written([Decimal("-1.50"), -3, None, "", "Ana, \"Silva\""]) == [
        ["-1.5", "-3", "", "", "Ana, \"Silva\""]
    ]  # fmt: skip


def test_it_writes_in_pieces() -> None:
    pieces = list(sheets.write(["n"], ([number] for number in range(1001))))

    assert len(pieces) == 3
    assert b"".join(pieces).decode("utf-8-sig").split() == ["n", *map(str, range(1001))]
    assert pieces[0].startswith("\ufeffn\r\n0\r\n".encode())
