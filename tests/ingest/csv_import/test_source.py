import gzip
import zipfile
from pathlib import Path

import pytest
import zstandard
from hypothesis import given
from hypothesis import strategies as st

from comanda.ingest.csv_import import source
from comanda.ingest.csv_import.problems import FileRefused
from comanda.ingest.csv_import.source import Text

TEXT = "order_id,product_name,first_name\n1,Café à la crème – grande,João\n2,Peça única €,Íñigo\n" * 20


def prepare(folder: Path, data: bytes, wanted: str | None = None) -> Text:
    path = folder / "orders"
    path.write_bytes(data)
    (folder / "work").mkdir(exist_ok=True)
    return source.prepare(path, folder / "work", wanted)


def problem_of(folder: Path, data: bytes, wanted: str | None = None) -> tuple[str, int, str]:
    with pytest.raises(FileRefused) as caught:
        prepare(folder, data, wanted)
    (problem,) = caught.value.problems
    return problem.problem.code, problem.row, problem.problem.expected


@pytest.mark.parametrize(
    ("codec", "name"),
    [
        ("utf-8", "UTF-8"),
        ("utf-8-sig", "UTF-8"),
        ("utf-16", "UTF-16"),
        ("utf-16-le", "UTF-16LE"),
        ("utf-16-be", "UTF-16BE"),
        ("utf-32", "UTF-32"),
        ("cp1252", "Windows-1252"),
        ("mac-roman", "Mac-Roman"),
    ],
)
def test_it_finds_the_encoding(tmp_path: Path, codec: str, name: str) -> None:
    text = prepare(tmp_path, TEXT.encode(codec))
    assert text.encoding == name
    assert text.path.read_text("utf-8-sig") == TEXT
    assert text.marks.lines == 60
    assert text.owned == (not codec.startswith("utf-8"))


def test_it_reads_latin_1_as_what_holds_it() -> None:
    """Windows-1252 has every printable letter of ISO-8859-1 in the same place."""
    letters = bytes(range(0xA0, 0x100))
    assert letters.decode("latin-1") == letters.decode("cp1252")


def test_it_reads_latin_1_where_windows_1252_has_no_such_byte(tmp_path: Path) -> None:
    written = TEXT.replace("–", "-").replace("€", "\x81")
    text = prepare(tmp_path, written.encode("latin-1"))
    assert text.encoding == "ISO-8859-1"
    assert text.path.read_text("utf-8") == written


@pytest.mark.parametrize(
    ("wanted", "codec"),
    [("latin1", "latin-1"), ("ISO_8859_15", "iso8859-15"), ("cp850", "cp850"), ("windows-1250", "cp1250"),
     ("UTF8", "utf-8"), ("utf-16le", "utf-16-le"), ("shift_jis", "cp932"), ("ANSI", "cp1252")],
)  # fmt: skip
def test_it_takes_the_encoding_that_is_named(tmp_path: Path, wanted: str, codec: str) -> None:
    written = "a,b\n1,ä\n2,é\n" if codec != "cp932" else "a,b\n1,茶\n"
    text = prepare(tmp_path, written.encode(codec), wanted)
    assert text.path.read_text("utf-8") == written


def test_it_refuses_an_encoding_that_does_not_exist(tmp_path: Path) -> None:
    assert problem_of(tmp_path, b"a\n", "utf-9")[0] == "unknown_encoding"
    assert problem_of(tmp_path, b"a\n", "rot13")[0] == "unknown_encoding"


def test_it_says_where_a_named_encoding_does_not_fit(tmp_path: Path) -> None:
    data = b"a,b\n1,2\n3,\x81\n"
    assert problem_of(tmp_path, data, "cp1252") == (
        "undecodable",
        3,
        "Byte 10 of the file is no Windows-1252 text.",
    )
    cut = "a,b\n1,é\n".encode("utf-16")[:-1]
    assert problem_of(tmp_path, cut) == ("undecodable", 2, "Byte 16 of the file is no UTF-16 text.")


def test_it_leaves_a_plain_utf_8_file_in_its_place(tmp_path: Path) -> None:
    text = prepare(tmp_path, TEXT.encode())
    assert text.path == tmp_path / "orders"
    assert not text.owned
    assert list((tmp_path / "work").iterdir()) == []


def test_it_keeps_one_copy_of_what_it_unpacks(tmp_path: Path) -> None:
    for data in (TEXT.encode(), TEXT.encode("cp1252"), TEXT.encode("utf-16")):
        text = prepare(tmp_path, gzip.compress(data))
        assert text.path.read_text("utf-8") == TEXT
        assert list((tmp_path / "work").iterdir()) == [text.path]
        source.discard(text)
        assert list((tmp_path / "work").iterdir()) == []


def test_it_unpacks_every_kind(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as file:
        file.writestr("orders.csv", TEXT)
    for data in (
        gzip.compress(TEXT.encode()),
        zstandard.compress(TEXT.encode()),
        (tmp_path / "a.zip").read_bytes(),
    ):
        assert prepare(tmp_path, data).path.read_text("utf-8") == TEXT


def test_it_knows_damaged_utf_8_from_another_encoding(tmp_path: Path) -> None:
    broken = TEXT.encode().replace("Peça".encode(), b"Pe\xe7a", 1)
    text = prepare(tmp_path, broken)
    assert text.encoding == "UTF-8"
    assert text.marks.escaped == 1
    assert not text.marks.is_regular
    assert prepare(tmp_path, b"\xef\xbb\xbfa,b\n1,\xe7\n").encoding == "UTF-8"
    assert prepare(tmp_path, b"a,b\n1,Pe\xe7a\n").encoding == "Windows-1252"


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "empty"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(500), "not_text"),
        (b"%PDF-1.7\n", "not_text"),
        (b"\x89PNG\r\n\x1a\n", "not_text"),
        (b"\x7fELF" + bytes(range(256)) * 4 + bytes(40), "not_text"),
        (b"\x1f\x8b\x08", "truncated"),
        (gzip.compress(b"a,b\n1,2\n" * 100)[:-9], "truncated"),
        (b"PK\x03\x04", "damaged"),
        (b"x" * (9 << 20), "line_too_long"),
        (gzip.compress(bytes(1)), "no_header"),
    ],
)
def test_it_refuses_what_is_no_text(tmp_path: Path, data: bytes, code: str) -> None:
    if code == "no_header":
        assert prepare(tmp_path, data).marks.nuls == 1
    else:
        assert problem_of(tmp_path, data)[0] == code


def test_it_counts_what_makes_a_line_other_than_a_row(tmp_path: Path) -> None:
    def marks(data: bytes) -> source.Marks:
        return prepare(tmp_path, data).marks

    assert marks(b"a,b\n1,2\n").is_regular
    assert marks(b"a,b\r\n1,2\r\n\r\n\r\n").is_regular
    assert marks(b"a,b\r\n1,2\r\n\r\n\r\n").lines == 2
    assert marks(b"a,b\n1,2").lines == 2
    assert not marks(b"\na,b\n1,2\n").is_regular
    assert not marks(b"a,b\n\n1,2\n").is_regular
    assert not marks(b"a,b\r\n\r\n1,2\r\n").is_regular
    assert not marks(b"a,b\r1,2\r").is_regular
    assert not marks(b"a,b\r\n1,2\r3,4\r\n").is_regular
    assert not marks(b"a,b\n1,\x002\n").is_regular
    assert not marks(b'a,b\n1, "2"\n').is_regular
    assert not marks(b'a,b\n  "1",2\n').is_regular
    assert marks(b'a,b\n1,"say ""x"" "\n').is_regular


@given(
    st.lists(
        st.sampled_from([b"\n", b"\r\n", b"\r", b"a,b", b'"', b' "', b"\0", "é".encode(), b"\xe9"]),
        max_size=30,
    )
)
def test_it_finds_the_same_whatever_the_blocks(pieces: list[bytes]) -> None:
    data = b"".join(pieces)
    whole, by_byte = source.Marks(), source.Marks()
    for block in source.lines_of([data]):
        whole.add(block)
    for block in source.lines_of(data[place : place + 1] for place in range(len(data))):
        by_byte.add(block)
    whole.sample = by_byte.sample = b""
    if whole.lone_returns:  # a carriage return ends a block too, so what is a blank line is moot
        whole.blank_at = by_byte.blank_at
    assert whole == by_byte
