"""Backup of a database into one file, and back.

The file is PostgreSQL's own custom format, so that ``pg_restore`` of any installation reads it.
"""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO

import psycopg
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from comanda.lib.postgres import binaries, folders
from comanda.lib.postgres.errors import PostgresError, explain, speaking_of

_DUMP_OPTIONS = ("--format=custom", "--compress=gzip:1", "--no-large-objects", "--lock-wait-timeout=60s")
# Owners, grants and comments on extensions are the target's own affair: there, roles differ.
_RESTORE_OPTIONS = ("--file=-", "--no-owner", "--no-privileges", "--no-comments", "--no-tablespaces")
_PSQL_OPTIONS = ("--no-psqlrc", "--quiet", "--set=ON_ERROR_STOP=1", "--output=/dev/null")

# Everything goes that does not belong to an extension. \gexec runs each row as a statement.
_CLEAR = rb"""
BEGIN;
SET LOCAL client_min_messages = warning;
SET LOCAL lock_timeout = '30s';
SELECT format('DROP SCHEMA %I CASCADE', nspname) FROM pg_namespace n
WHERE nspname !~ '^pg_' AND nspname NOT IN ('information_schema', 'public')
AND NOT EXISTS (SELECT FROM pg_depend
    WHERE classid = 'pg_namespace'::regclass AND objid = n.oid AND deptype = 'e') \gexec
SELECT format('DROP %s IF EXISTS public.%I CASCADE',
    CASE relkind WHEN 'v' THEN 'VIEW' WHEN 'm' THEN 'MATERIALIZED VIEW' WHEN 'S' THEN 'SEQUENCE'
    WHEN 'f' THEN 'FOREIGN TABLE' ELSE 'TABLE' END, relname)
FROM pg_class c WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p', 'v', 'm', 'S', 'f')
AND NOT EXISTS (SELECT FROM pg_depend
    WHERE classid = 'pg_class'::regclass AND objid = c.oid AND deptype IN ('e', 'a', 'i')) \gexec
SELECT format('DROP ROUTINE IF EXISTS public.%I(%s) CASCADE',
    proname, pg_get_function_identity_arguments(oid))
FROM pg_proc p WHERE pronamespace = 'public'::regnamespace
AND NOT EXISTS (SELECT FROM pg_depend
    WHERE classid = 'pg_proc'::regclass AND objid = p.oid AND deptype = 'e') \gexec
SELECT format('DROP TYPE IF EXISTS public.%I CASCADE', typname)
FROM pg_type t LEFT JOIN pg_class c ON c.oid = typrelid
WHERE typnamespace = 'public'::regnamespace AND (typtype IN ('e', 'd', 'r') OR relkind = 'c')
AND NOT EXISTS (SELECT FROM pg_depend
    WHERE classid = 'pg_type'::regclass AND objid = t.oid AND deptype = 'e') \gexec
"""
_END_OF_PREAMBLE = b"SELECT pg_catalog.set_config('search_path'"
# Unknown to servers before 17, and zero is the default anyway.
_NEWER_SETTINGS = (b"SET transaction_timeout = 0;",)


@dataclass(frozen=True, slots=True)
class _Target:
    """A database as the programs are told of it; the password does not show in the list of processes."""

    dsn: str
    environment: Mapping[str, str]


def _target(dsn: str) -> _Target:
    try:
        parts = conninfo_to_dict(dsn)
    except psycopg.ProgrammingError as error:
        raise PostgresError(f"The address of the database cannot be read: {str(error).strip()}.") from None
    password = parts.pop("password", None)
    secret = {} if password is None else {"PGPASSWORD": str(password)}
    return _Target(make_conninfo("", **parts), {**os.environ, "LC_ALL": "C", **secret})


def dump(dsn: str, file: Path) -> None:
    """Writes a consistent copy of the database to ``file`` (mode 0600); the old file stays until it is whole.

    Raises PostgresError.
    """
    target = _target(dsn)
    with speaking_of("The backup could not be written", file):
        fd, name = tempfile.mkstemp(prefix=".backup-", dir=file.parent)
        fresh = Path(name)
        try:
            _dump(target, fresh)
            os.fsync(fd)
            fresh.replace(file)
        except BaseException:
            fresh.unlink(missing_ok=True)
            raise
        finally:
            os.close(fd)
        folders.sync(file.parent)


def _dump(target: _Target, file: Path) -> None:
    # Named rather than piped: pg_dump goes back to the file's head to note where each table begins.
    place = [f"--dbname={target.dsn}", f"--file={file}"]
    command = [str(binaries.locate() / "pg_dump"), *_DUMP_OPTIONS, *place]
    done = subprocess.run(command, stderr=subprocess.PIPE, env=target.environment, check=False)
    if done.returncode != 0:
        raise explain("The backup could not be made", done.stderr.decode(errors="replace"))


def restore(dsn: str, file: Path) -> None:
    """Replaces all that the database holds by what ``file`` holds: wholly, or not at all.

    Raises PostgresError; the database is then as it was.
    """
    target = _target(dsn)
    with speaking_of("The backup could not be read", file):
        file.open("rb").close()
    with tempfile.TemporaryFile() as complaints:
        if not _pour(target, file, complaints):
            complaints.seek(0)
            reason = complaints.read().decode(errors="replace")
            raise explain(f"{file} could not be restored, the database is as it was", reason)
    # Estimates are not in the file, and the first questions should not have to wait for autovacuum.
    with psycopg.connect(dsn, autocommit=True) as connection:
        connection.execute("ANALYZE")


def _pour(target: _Target, file: Path, complaints: IO[bytes]) -> bool:
    """Feeds the file to the database in one transaction; False, and why in ``complaints``, if it failed.

    COMMIT is sent only after ``pg_restore`` has read the file to its end and found it good.
    """
    programs = binaries.locate()
    reading = [str(programs / "pg_restore"), *_RESTORE_OPTIONS, str(file.resolve())]
    writing = [str(programs / "psql"), *_PSQL_OPTIONS, f"--dbname={target.dsn}"]
    with (
        subprocess.Popen(
            writing, stdin=subprocess.PIPE, stderr=complaints, env=target.environment, bufsize=1 << 16
        ) as writer,
        subprocess.Popen(reading, stdout=subprocess.PIPE, stderr=complaints, bufsize=1 << 16) as reader,
    ):
        if reader.stdout is None or writer.stdin is None:
            raise AssertionError("both were opened as pipes")
        try:
            _copy(reader.stdout, writer.stdin)
            if reader.wait() == 0:
                writer.stdin.write(b"COMMIT;\n")
                writer.stdin.close()
                return writer.wait() == 0
        except BrokenPipeError:
            # psql has given up and said why.
            pass
        finally:
            _end(reader)
            _end(writer)
    return False


def _copy(script: IO[bytes], database: IO[bytes]) -> None:
    database.write(_CLEAR)
    for line in script:
        if not line.startswith(_NEWER_SETTINGS):
            database.write(line)
        if line.startswith(_END_OF_PREAMBLE):
            break
    shutil.copyfileobj(script, database, 1 << 20)


def _end(process: subprocess.Popen[bytes]) -> None:
    """Leaves no process and no pipe behind, whatever state they are in."""
    process.kill()
    for pipe in (process.stdin, process.stdout):
        if pipe is not None:
            with suppress(BrokenPipeError):
                pipe.close()
    process.wait()
