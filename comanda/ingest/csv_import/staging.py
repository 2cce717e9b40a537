"""The rows of a file as a table on disk, so that rows of one order come together wherever they stand.

DuckDB holds the table: text only, one column a column, ``n`` the record's number with the header as 1.
``fault`` says why a row cannot be taken as it stands, and then ``raw`` holds all its cells as JSON.
"""

import errno
import shutil
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TypeVar

import duckdb

from comanda.ingest.csv_import.problems import FileRefused, refuse

NARROW = 100
"""Files of more columns than this keep whole rows as JSON and only their known columns apart."""
MEMORY_STEPS = ("96MB", "192MB", "384MB")
"""What DuckDB may take; more only after it has failed with less, which takes very long rows."""
SMALL = 8 << 20
"""Bytes of text that are held in memory."""
THREADS = 1
"""One reads as fast as two, takes less memory, and leaves a core to those who use what is read."""
SPACES = "".join(character for character in map(chr, range(0x3001)) if character.isspace())
"""What Python's ``strip`` takes off, for DuckDB's ``trim``."""

_SPACE_CODES = ", ".join(str(ord(character)) for character in SPACES)
_T = TypeVar("_T")
_LINE = 1 << 20
_BUFFER = 8 << 20


def connect(workdir: Path, size: int) -> duckdb.DuckDBPyConnection:
    """A DuckDB of its own for a text of ``size`` bytes, sparing with memory, that reaches for nothing else.

    It lies in ``workdir``, or in memory where the text is small, for then it need not wait for the disk.
    """
    path = workdir / "rows.duckdb"
    path.unlink(missing_ok=True)
    return duckdb.connect(
        ":memory:" if size <= SMALL else str(path),
        config={
            "memory_limit": MEMORY_STEPS[0],
            "threads": THREADS,
            "temp_directory": str(workdir / "spill"),
            "autoinstall_known_extensions": False,
            "autoload_known_extensions": False,
        },
    )


class Memory:
    """How much of ``MEMORY_STEPS`` a connection has got so far."""

    def __init__(self, connection: duckdb.DuckDBPyConnection) -> None:
        self._connection = connection
        self._more = list(MEMORY_STEPS[1:])

    def run(self, action: Callable[[], _T]) -> _T:
        """Does ``action``, again with more memory when it was too little. It must bear being done again."""
        while True:
            try:
                return action()
            except duckdb.OutOfMemoryException:
                if not self._more:
                    raise
                self._connection.execute("SET memory_limit = $limit", {"limit": self._more.pop(0)})


def lock(connection: duckdb.DuckDBPyConnection) -> None:
    """From here on, no statement can reach for a file or an address."""
    connection.execute("SET enable_external_access = false")


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


def quoted(text: str) -> str:
    """The text as a literal of SQL, for places where no value can be bound."""
    return "'" + text.replace("'", "''") + "'"


def discard(connection: duckdb.DuckDBPyConnection | None, workdir: Path) -> None:
    """Closes the connection and removes all that was made in ``workdir``."""
    if connection is not None:
        connection.close()
    shutil.rmtree(workdir / "spill", ignore_errors=True)
    for name in ("rows.duckdb", "rows.duckdb.wal", "plain.csv", "utf8.csv", "records.csv"):
        (workdir / name).unlink(missing_ok=True)


def is_full(error: BaseException) -> bool:
    """Whether a disk, or what one may use of it, is full."""
    return isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT)


def refusal_of(error: BaseException) -> FileRefused | None:
    """What to tell when this was raised because disk or memory ran out; ``None`` for anything else."""
    if isinstance(error, duckdb.OutOfMemoryException) and "directory" not in str(error):
        mend = "Export it with fewer columns or shorter cells, or in parts."
        return refuse("out_of_memory", "The file needs more memory than an import may take.", mend)
    if is_full(error) or isinstance(error, duckdb.OutOfMemoryException | duckdb.IOException):
        return refuse(
            "disk_full", "There is no room left on the disk to read the file.", "Free some, and try again."
        )
    return None
