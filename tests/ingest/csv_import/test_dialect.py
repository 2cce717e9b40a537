import pytest

from comanda.ingest.csv_import import dialect
from comanda.ingest.csv_import.dialect import Dialect
from comanda.ingest.csv_import.problems import FileRefused
from tests.ingest.csv_import.reading import HEADER, LINE

EIGHT = tuple(HEADER.split(","))


def sniff(text: str, wanted: str | None = None) -> Dialect:
    return dialect.sniff(text, {}, wanted)


def code_of(text: str, wanted: str | None = None) -> str:
    with pytest.raises(FileRefused) as caught:
        sniff(text, wanted)
    return caught.value.problems[0].problem.code


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_it_finds_the_delimiter(delimiter: str) -> None:
    text = f"{HEADER}\n{LINE}\n".replace(",", delimiter)
    assert sniff(text) == Dialect(delimiter, EIGHT, lines=1, blank=0)


def test_it_counts_no_delimiter_inside_quotes() -> None:
    text = 'order_id;"product name, with, many, commas";qty\n1;"a,b,c,d,e,f";2\n2;"a,b,c,d,e,f";3\n'
    assert sniff(text).delimiter == ";"


def test_it_is_not_misled_by_decimal_commas() -> None:
    text = "order_id;product_price;product_quantity\n" + "1;12,50;1,0\n" * 50
    assert sniff(text).delimiter == ";"


def test_it_finds_the_delimiter_under_unknown_headers() -> None:
    assert sniff("a|b|c\n1|2,5|3\n2|3,5|4\n").delimiter == "|"
    assert sniff("a;b\n1,5;2\n1,6;3\n").delimiter == ";"


def test_it_takes_the_delimiter_that_is_named() -> None:
    assert sniff("a,b;c\n", "semicolon").delimiter == ";"
    assert sniff("a,b;c\n", ",").delimiter == ","
    assert sniff("a,b;c\n", "Tab").delimiter == "\t"
    assert sniff("a,b;c\n", "\\t").delimiter == "\t"
    assert sniff("a,b;c\n", "|").delimiter == "|"
    assert code_of("a,b\n", "#") == "unknown_delimiter"


def test_it_takes_the_delimiter_that_the_first_line_names() -> None:
    assert sniff("sep=;\r\na,b;c,d\r\n") == Dialect(";", ("a,b", "c,d"), lines=2, blank=0)
    assert sniff('"sep=|"\na|b\n') == Dialect("|", ("a", "b"), lines=2, blank=0)
    assert sniff("sep=;\na,b;c,d\n", "comma").header == ("a", "b;c", "d")


def test_it_counts_blank_lines_and_lines_of_the_header() -> None:
    assert sniff("\n  \n,,\na,b\n1,2\n") == Dialect(",", ("a", "b"), lines=4, blank=3)
    assert sniff('"a\nb",c\n1,2\n') == Dialect(",", ("a\nb", "c"), lines=2, blank=0)
    assert sniff("a,b\r1,2\r") == Dialect(",", ("a", "b"), lines=1, blank=0)


def test_it_refuses_what_has_no_header() -> None:
    assert code_of("\n\n \n") == "empty"
    assert code_of(",".join(f"c{n}" for n in range(20_000)) + "\n") == "too_many_columns"
    assert code_of('"' + "x" * 200_000) == "unclosed_quote"
