"""The page of the order CSV, from the import's own table of fields."""

from comanda.ingest.csv_import.encoding import CODECS
from comanda.ingest.csv_import.fields import FIELDS, REQUIRED, SAMPLE_FIELDS, Kind
from tools.reference import markdown

_KINDS = {Kind.TEXT: "text", Kind.DATE: "date and time", Kind.MONEY: "money", Kind.QUANTITY: "number"}

_INTRODUCTION = """\
One row of the file is one line of an order. Rows with the same `order_id` are one order, wherever in the
file they stand. Columns may come in any order; their headers are compared without case, accents, spaces,
dashes and underscores. Columns that are not known are left aside."""

_REQUIRED = """\
What a file must say, each by a column or by a constant (`--set field=value`): {names}, and either
`product_price` or `line_total`. A cell of `contact_identifier` may be empty: the order is then a guest's.
The currency may be said by a column, a constant, signs in the amounts, or the store."""

_RULES = """\
## How cells are read

**Files.** `.csv`, `.csv.gz`, `.csv.zst`, or `.zip` with one CSV in it. The delimiter (comma, semicolon, tab
or bar) is found from the file. So is the encoding; these can be named with `--encoding`: {encodings}.

**Money and numbers.** `1,234.56`, `1.234,56`, `1 234,56` and `1'234.56` are read, with a currency sign or
code on either side, and negatives as `-5`, `5-` or `(5)`. The decimal mark is decided once for the file,
from all its numbers. Where they do not tell (`1.234` and nothing else), say `--decimal .` or `--decimal ,`.

**Dates.** ISO 8601 (`2025-01-16T14:32:10Z`, also with a space, without a time, or without marks),
`16/01/2025 14:32`, `01/16/2025 2:32 pm`, `16 Jan 2025` with months in four languages, and seconds or
milliseconds since 1970. Whether the day or the month comes first is decided once for the column, from all
its dates; where they do not tell, say `--date-order dmy` or `--date-order mdy`. Years of two digits: 70 to
99 are 1970 to 1999, 00 to 69 are 2000 to 2069.

**Time zones.** A time that names no zone is the store's local time. Where the clock skips an hour, a time
in the gap is moved forward by the length of the gap; where an hour comes twice, the first is meant. Both
are told as warnings."""


def page() -> str:
    """Each column with what it holds, its aliases, and the rules by which cells are read."""
    required = ", ".join(f"`{name}`" for name in REQUIRED)
    rows = (
        (f"[`{field.name}`](#{field.name})", _KINDS[field.kind], _scope(field.per_line), field.help)
        for field in FIELDS.values()
    )
    return markdown.page(
        "The order CSV",
        _INTRODUCTION,
        f"The eight columns that every example shows: {', '.join(f'`{name}`' for name in SAMPLE_FIELDS)}.",
        _REQUIRED.format(names=required),
        "## Columns",
        markdown.table(("column", "holds", "said", "meaning"), rows),
        _RULES.format(encodings=", ".join(CODECS)),
        "## Other names",
        "Each column is also known by these headers, in English, Portuguese, Spanish and French.",
        *(
            f"### `{field.name}` {{ #{field.name} }}\n\n{', '.join(field.aliases)}"
            for field in FIELDS.values()
        ),
    )


def _scope(per_line: bool) -> str:
    return "line by line" if per_line else "order by order"
