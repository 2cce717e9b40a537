"""The rows of a file as a table on disk, so that rows of one order come together wherever they stand.

DuckDB holds the table: text only, one column a column, ``n`` the record's number with the header as 1.
``fault`` says why a row cannot be taken as it stands, and then ``raw`` holds all its cells as JSON.
"""

import errno
import shutil
from collections.abc import Sequence
from pathlib import Path

import duckdb

from comanda.ingest.csv_import.problems import refuse

NARROW = 100
"""Files of more columns than this keep whole rows as JSON and only their known columns apart."""
MEMORY = "96MB"
THREADS = 1
"""One reads as fast as two, takes less memory, and leaves a core to those who use what is read."""
SPACES = "".join(character for character in map(chr, range(0x3001)) if character.isspace())
"""What Python's ``strip`` takes off, for DuckDB's ``trim``."""

_SPACE_CODES = ", ".join(str(ord(character)) for character in SPACES)
_LINE = 1 << 20
_BUFFER = 8 << 20


def connect(workdir: Path) -> duckdb.DuckDBPyConnection:
    """A DuckDB of its own in ``workdir``, sparing with memory, that reaches for nothing else."""
    path = workdir / "rows.duckdb"
    path.unlink(missing_ok=True)
    return duckdb.connect(
        str(path),
        config={
            "memory_limit": MEMORY,
            "threads": THREADS,
            "temp_directory": str(workdir / "spill"),
            "autoinstall_known_extensions": False,
            "autoload_known_extensions": False,
        },
    )


def load_lines(
    connection: duckdb.DuckDBPyConnection, path: Path, delimiter: str, columns: int, skip: int
) -> int:
    """Loads a file in which every line is one row; ``skip`` lines stand before the first.

    Gives the number of rows. Raises ``duckdb.Error`` where the file is not so.
    """
    connection.execute("DROP TABLE IF EXISTS staged")
    names = [f"c{index}" for index in range(columns)]
    connection.execute(
        "CREATE TABLE staged AS "
        "SELECT row_number() OVER () + 1 AS n, NULL::VARCHAR AS fault, NULL::VARCHAR AS raw, * "
        f"FROM {_read_csv(names)}",
        {"path": _literal(path), "delimiter": delimiter, "skip": skip},
    )
    return _count(connection)


def load_numbered(connection: duckdb.DuckDBPyConnection, path: Path, columns: Sequence[str]) -> int:
    """Loads a file of our own making: ``n``, ``fault``, ``raw`` and then ``columns``."""
    connection.execute("DROP TABLE IF EXISTS staged")
    reading = _read_csv(
        ["n", "fault", "raw", *columns], line=8 * _LINE, options=r"parallel = false, new_line = '\n'"
    )
    connection.execute(
        f"CREATE TABLE staged AS SELECT * REPLACE (n::BIGINT AS n) FROM {reading}",
        {"path": _literal(path), "delimiter": ",", "skip": 0},
    )
    return _count(connection)


def drop_blank(connection: duckdb.DuckDBPyConnection, columns: Sequence[str]) -> int:
    """Removes the rows whose cells are all empty or of spaces; gives how many are left."""
    cells = ", ".join(f"nullif(trim({column}, $spaces), '')" for column in columns)
    connection.execute(
        f"DELETE FROM staged WHERE ({columns[0]} IS NULL OR ord({columns[0]}) IN ({_SPACE_CODES})) "
        f"AND coalesce(raw, {cells}) IS NULL",
        {"spaces": SPACES},
    )
    return _count(connection)


def _count(connection: duckdb.DuckDBPyConnection) -> int:
    row = connection.execute("SELECT count(*) FROM staged").fetchone()
    assert row is not None
    return int(row[0])


def _read_csv(names: Sequence[str], *, line: int = _LINE, options: str = "parallel = true") -> str:
    columns = ", ".join(f"'{name}': 'VARCHAR'" for name in names)
    return (
        f"read_csv($path, columns = {{{columns}}}, delim = $delimiter, skip = $skip, header = false, "
        "quote = '\"', escape = '\"', auto_detect = false, strict_mode = true, null_padding = false, "
        "compression = 'none', hive_partitioning = false, "
        f"max_line_size = {line}, buffer_size = {max(2 * line, _BUFFER)}, {options})"
    )


def _literal(path: Path) -> str:
    """The path with the characters that DuckDB takes for wildcards made plain."""
    return "".join(f"[{character}]" if character in "*?[" else character for character in str(path))


def discard(connection: duckdb.DuckDBPyConnection | None, workdir: Path) -> None:
    """Closes the connection and removes all that was made in ``workdir``."""
    if connection is not None:
        connection.close()
    shutil.rmtree(workdir / "spill", ignore_errors=True)
    for name in ("rows.duckdb", "rows.duckdb.wal", "plain.csv", "utf8.csv", "records.csv"):
        (workdir / name).unlink(missing_ok=True)


def is_full(error: BaseException) -> bool:
    """Whether this is what a full disk or a used-up quota raises."""
    return isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT)


def refuse_full(error: BaseException) -> Exception:
    """What to raise when the disk of the work folder is full."""
    return refuse(
        "disk_full", f"There is no room left to read the file ({error}).", "Free some disk and try again."
    )
