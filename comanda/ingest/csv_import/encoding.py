"""Which encoding a file is in, from its bytes."""

from charset_normalizer import from_bytes

from comanda.ingest.csv_import.problems import refuse

UTF_8 = "UTF-8"
SAMPLE = 1 << 16
"""Bytes of lines beyond ASCII that are looked at."""

CODECS = {
    UTF_8: "utf-8",
    "UTF-16": "utf-16",
    "UTF-16LE": "utf-16-le",
    "UTF-16BE": "utf-16-be",
    "UTF-32": "utf-32",
    "Windows-1252": "cp1252",
    "ISO-8859-1": "latin-1",
    "ISO-8859-15": "iso8859-15",
    "Windows-1250": "cp1250",
    "Windows-1251": "cp1251",
    "Windows-1253": "cp1253",
    "Windows-1254": "cp1254",
    "Windows-1257": "cp1257",
    "CP437": "cp437",
    "CP850": "cp850",
    "Mac-Roman": "mac-roman",
    "Shift-JIS": "cp932",
    "GB18030": "gb18030",
    "Big5": "big5",
    "EUC-KR": "euc-kr",
}
"""Encodings that can be asked for, and Python's name for each."""

_WIDE_MARKS = (
    (b"\xff\xfe\x00\x00", "UTF-32"),
    (b"\x00\x00\xfe\xff", "UTF-32"),
    (b"\xff\xfe", "UTF-16"),
    (b"\xfe\xff", "UTF-16"),
)
_UTF_8_MARK = b"\xef\xbb\xbf"
_NOT_TEXT = (
    (b"\xd0\xcf\x11\xe0", "an old Excel workbook (.xls)"),
    (b"%PDF", "a PDF"),
    (b"\x89PNG", "a picture"),
    (b"\xff\xd8\xff", "a picture"),
    (b"SQLite format 3\x00", "a database"),
    (b"PAR1", "a Parquet file"),
    (b"Rar!", "a RAR archive"),
    (b"7z\xbc\xaf", "a 7z archive"),
    (b"BZh", "a bzip2 archive"),
    (b"\xfd7zXZ", "an xz archive"),
)
_LOOKED_AT = 1 << 16
_SHORTEST = 8
_WESTERN = {"cp1252": "Windows-1252", "cp850": "CP850", "mac_roman": "Mac-Roman"}


def wide_of(start: bytes, wanted: str | None) -> str:
    """The encoding of two or four bytes a character that the file is in, "" when it is in none such."""
    for mark, what in _NOT_TEXT:
        if start.startswith(mark):
            raise refuse(
                "not_text", f"This is {what}, not a CSV file.", "Save it as CSV (UTF-8) and import that."
            )
    name = canonical(wanted) if wanted else ""
    if name:
        return name if name.startswith(("UTF-16", "UTF-32")) else ""
    for mark, found in _WIDE_MARKS:
        if start.startswith(mark):
            return found
    return _wide_by_nuls(start[:_LOOKED_AT])


def _wide_by_nuls(start: bytes) -> str:
    """UTF-16 without its mark: a file of commas, digits and line ends has a NUL in every second byte."""
    nuls = start.count(0)
    if nuls * 100 < len(start) or len(start) < _SHORTEST:
        return ""
    even, odd = start[0::2].count(0), start[1::2].count(0)
    if nuls * 10 > len(start) * 2 and max(even, odd) > 20 * min(even, odd):
        return "UTF-16BE" if even > odd else "UTF-16LE"
    if len(start) > 100:
        raise refuse("not_text", "This is not a text file.", "Save it as CSV (UTF-8) and import that.")
    return ""


def narrow_of(sample: bytes, escaped: int, beyond_ascii: int, start: bytes, wanted: str | None) -> str:
    """The encoding of a file that is not wide.

    ``escaped`` bytes are no UTF-8, ``beyond_ascii`` are UTF-8 that is not ASCII: a file with more of
    these than of those is UTF-8 with damage in it, any other is in an encoding of one byte a letter.
    """
    if wanted:
        return canonical(wanted)
    if not escaped or start.startswith(_UTF_8_MARK) or beyond_ascii >= escaped:
        return UTF_8
    return _single_byte(sample)


def _single_byte(sample: bytes) -> str:
    """Windows-1252, unless one of its western rivals reads clearly better or it lacks a byte."""
    best = from_bytes(sample, cp_isolation=list(_WESTERN), preemptive_behaviour=False).best()
    if best is not None and best.encoding != "cp1252":
        return _WESTERN[best.encoding]
    try:
        sample.decode("cp1252")
    except UnicodeDecodeError:
        return "ISO-8859-1"
    return "Windows-1252"


def canonical(wanted: str) -> str:
    """The name in ``CODECS`` of an encoding as people write it. Raises ``FileRefused``."""
    key = _bare(wanted)
    for name, codec in CODECS.items():
        if key in (_bare(name), _bare(codec)):
            return name
    if key in ("utf8sig", "utf8bom"):
        return UTF_8
    if key in ("ansi", "latin"):
        return "Windows-1252"
    raise refuse("unknown_encoding", f"There is no encoding {wanted}.", f"Use one of: {', '.join(CODECS)}.")


def _bare(name: str) -> str:
    return name.lower().replace("-", "").replace("_", "").replace(" ", "")
