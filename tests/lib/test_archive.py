import gzip
import io
import random
import struct
import zipfile
from pathlib import Path

import pytest
import zstandard
from hypothesis import given
from hypothesis import strategies as st

from comanda.lib import archive
from comanda.lib.archive import ArchiveError, Caps

TEXT = b"a,b\n" + b"".join(b"%d,%d\n" % (n, n * n) for n in range(50_000))
SMALL = Caps(most=1 << 20, times=50, free=1 << 16)


def zipped(*members: tuple[str, bytes], compression: int = zipfile.ZIP_DEFLATED) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", compression) as file:
        for name, data in members:
            file.writestr(name, data)
    return buffer.getvalue()


def unpack(path: Path, data: bytes, caps: Caps | None = None) -> bytes:
    path.write_bytes(data)
    return b"".join(archive.blocks(path, caps))


def code_of(path: Path, data: bytes, caps: Caps | None = None) -> str:
    with pytest.raises(ArchiveError) as caught:
        unpack(path, data, caps)
    assert str(caught.value).endswith(".")
    return caught.value.code


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "orders"


def test_it_unpacks_what_its_first_bytes_say(path: Path) -> None:
    assert unpack(path, TEXT) == TEXT
    assert unpack(path, b"") == b""
    assert unpack(path, gzip.compress(TEXT)) == TEXT
    assert unpack(path, zstandard.compress(TEXT)) == TEXT
    assert unpack(path, zipped(("orders.csv", TEXT))) == TEXT
    assert unpack(path, zipped(("orders.csv", TEXT), compression=zipfile.ZIP_STORED)) == TEXT


def test_it_unpacks_pieces_that_were_put_together(path: Path) -> None:
    assert unpack(path, gzip.compress(b"a\n") + gzip.compress(b"b\n")) == b"a\nb\n"
    assert unpack(path, zstandard.compress(b"a\n") + zstandard.compress(b"b\n")) == b"a\nb\n"


def test_it_gives_small_blocks_and_tells_how_far_it_is(path: Path) -> None:
    path.write_bytes(zstandard.compress(bytes(64 << 20)))
    told: list[int] = []
    largest = max(len(block) for block in archive.blocks(path, progress=told.append))
    assert largest <= archive.BLOCK
    assert told == sorted(told)
    assert told[-1] == path.stat().st_size


def test_it_passes_over_what_systems_add_to_a_zip(path: Path) -> None:
    members = [("__MACOSX/._orders.csv", b"x"), ("shop/", b""), ("shop/.DS_Store", b"x"), ("readme.md", b"x")]
    assert unpack(path, zipped(*members, ("shop/Orders.CSV", b"a\n"))) == b"a\n"


def test_it_never_writes_where_a_zip_says(path: Path, tmp_path: Path) -> None:
    assert unpack(path, zipped(("../../escaped.csv", b"a\n"))) == b"a\n"
    assert unpack(path, zipped(("/tmp/escaped.csv", b"a\n"))) == b"a\n"
    assert [each.name for each in tmp_path.iterdir()] == ["orders"]


@pytest.mark.parametrize("cut", [1, 8, 1000])
def test_it_refuses_what_was_cut_short(path: Path, cut: int) -> None:
    assert code_of(path, gzip.compress(TEXT)[:-cut]) == "truncated"
    assert code_of(path, zstandard.compress(TEXT)[:-cut]) == "truncated"
    assert code_of(path, zipped(("orders.csv", TEXT))[:-cut]) == "damaged"


def test_it_refuses_what_was_damaged(path: Path) -> None:
    for packed in (gzip.compress(TEXT), zstandard.ZstdCompressor(write_checksum=True).compress(TEXT)):
        middle = len(packed) // 2
        assert code_of(path, packed[:middle] + b"damage" + packed[middle + 6 :]) in ("damaged", "truncated")
    packed = zipped(("orders.csv", TEXT))
    assert code_of(path, packed[:1000] + b"damage" + packed[1006:]) == "damaged"


def test_it_refuses_a_zip_without_just_one_table(path: Path) -> None:
    assert code_of(path, zipped()) == "not_one_file"
    assert code_of(path, zipped(("orders.pdf", b"x"))) == "not_one_file"
    assert code_of(path, zipped(("a.csv", b"x"), ("b.csv", b"x"))) == "not_one_file"
    assert code_of(path, zipped(("inner.zip", zipped(("a.csv", b"x"))))) == "not_one_file"


def test_it_refuses_a_spreadsheet(path: Path) -> None:
    members = [("[Content_Types].xml", b"<Types/>"), ("xl/worksheets/sheet1.xml", b"<x/>")]
    assert code_of(path, zipped(*members)) == "spreadsheet"


def test_it_refuses_a_locked_zip(path: Path) -> None:
    packed = bytearray(zipped(("orders.csv", b"a\n")))
    packed[6] |= 1
    packed[packed.index(b"PK\x01\x02") + 8] |= 1
    assert code_of(path, bytes(packed)) == "encrypted"


def test_it_refuses_unknown_packing(path: Path) -> None:
    packed = bytearray(zipped(("orders.csv", b"a\n")))
    packed[8] = packed[packed.index(b"PK\x01\x02") + 10] = 97
    assert code_of(path, bytes(packed)) == "unknown_packing"
    assert code_of(path, zipped(("orders.csv", b"a\n"), compression=zipfile.ZIP_LZMA)) == "unknown_packing"


@pytest.mark.parametrize("pack", [gzip.compress, zstandard.compress, lambda data: zipped(("a.csv", data))])
def test_it_stops_a_bomb(path: Path, pack: object) -> None:
    assert callable(pack)
    assert code_of(path, pack(bytes(900_000)), SMALL) == "bomb"
    noise = random.Random(1).randbytes(2 << 20)
    assert code_of(path, pack(noise), SMALL) == "too_big"


def test_it_lets_a_plain_file_be_as_large_as_it_is(path: Path) -> None:
    assert len(unpack(path, bytes(2 << 20), SMALL)) == 2 << 20


def test_it_refuses_a_zip_of_very_many_files_before_it_reads_their_names(path: Path) -> None:
    packed = zipped(*((f"{n:050}.csv", b"") for n in range(12_000)))
    assert code_of(path, packed) == "not_one_file"


def test_it_refuses_a_zip_that_lies_about_its_directory(path: Path) -> None:
    packed = bytearray(zipped(("a.csv", b"a\n")))
    struct.pack_into("<L", packed, packed.rindex(b"PK\x05\x06") + 12, 0x7FFFFFFF)
    assert code_of(path, bytes(packed)) == "not_one_file"


@given(
    st.sampled_from([b"", b"\x1f\x8b", b"\x28\xb5\x2f\xfd", b"PK\x03\x04", b"PK\x05\x06"]),
    st.binary(max_size=300),
)
def test_it_gives_bytes_or_a_reason_for_any_file(tmp_path: Path, start: bytes, rest: bytes) -> None:
    path = tmp_path / "any"
    path.write_bytes(start + rest)
    try:
        unpacked, why = b"".join(archive.blocks(path)), "."
    except ArchiveError as error:
        unpacked, why = b"", str(error)
    assert len(unpacked) < 1 << 20
    assert why.endswith(".")


@given(st.sampled_from(["gz", "zst", "zip"]), st.integers(0, 200), st.integers(0, 255))
def test_it_gives_the_same_bytes_or_a_reason_when_one_byte_is_wrong(
    tmp_path: Path, kind: str, place: int, value: int
) -> None:
    data = b"order_id,product_id\n" + b"1,2\n" * 20
    checked = zstandard.ZstdCompressor(write_checksum=True).compress(data)
    packed = bytearray({"gz": gzip.compress(data), "zst": checked, "zip": zipped(("a.csv", data))}[kind])
    packed[place % len(packed)] = value
    path = tmp_path / "any"
    path.write_bytes(packed)
    try:
        got = b"".join(archive.blocks(path))
    except ArchiveError:
        return
    assert got in (data, bytes(packed))
