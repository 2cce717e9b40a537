import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
from psycopg.conninfo import make_conninfo

from comanda.lib import postgres
from comanda.lib.postgres import PostgresError, Server, dump, restore
from tests.lib.postgres.sessions import ask

SHOP = """
CREATE TYPE status AS ENUM ('pending', 'completed');
CREATE TABLE contact (id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY, name text UNIQUE, extra jsonb);
CREATE TABLE "order" (
    id int PRIMARY KEY, contact int REFERENCES contact, total numeric, state status, at timestamptz);
CREATE VIEW revenue AS SELECT sum(total) FROM "order";
CREATE FUNCTION double(int) RETURNS int LANGUAGE sql AS 'SELECT 2 * $1';
INSERT INTO contact (name, extra)
    VALUES ('Zoë 注文 🛒', '{"a": [1, null]}'), (E'tab\\t\\\\ \\n.', NULL), ('', '{}');
INSERT INTO "order"
    SELECT n, 1 + n % 3, n * 0.10, 'completed', '0001-01-01 UTC' FROM generate_series(1, 5000) n;
"""
CONTENT = """
SELECT md5(string_agg(line, chr(10))) FROM (
    SELECT contact::text AS line FROM contact UNION ALL SELECT "order"::text FROM "order" ORDER BY line) x
"""
TABLES = (
    "SELECT array_agg(relname ORDER BY relname) FROM pg_class WHERE relnamespace = 'public'::regnamespace"
)


@pytest.fixture(scope="module")
def server(template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    data_dir = tmp_path_factory.mktemp("dump") / "data"
    subprocess.run(["cp", "-a", template, data_dir], check=True)
    with postgres.start(data_dir) as running:
        yield running


@pytest.fixture
def dsn(server: Server) -> Iterator[str]:
    """A database with nothing but a small shop in it."""
    ask(server.dsn, SHOP)
    yield server.dsn
    ask(server.dsn, "DROP SCHEMA public CASCADE; CREATE SCHEMA public AUTHORIZATION pg_database_owner")


def everything(dsn: str) -> tuple[Any, ...]:
    return (
        ask(dsn, CONTENT),
        ask(dsn, TABLES),
        ask(dsn, "SELECT * FROM revenue"),
        ask(dsn, "SELECT double(4)"),
    )


def test_it_brings_back_all_that_was_there(dsn: str, tmp_path: Path) -> None:
    before = everything(dsn)
    dump(dsn, tmp_path / "shop.backup")
    ask(dsn, 'DROP VIEW revenue; DROP TABLE "order"; DELETE FROM contact WHERE id = 1')

    restore(dsn, tmp_path / "shop.backup")

    assert everything(dsn) == before
    assert ask(dsn, "INSERT INTO contact (name) VALUES ('next') RETURNING id") == 4


def test_it_fills_an_empty_database(server: Server, dsn: str, tmp_path: Path) -> None:
    dump(dsn, tmp_path / "shop.backup")
    ask(server.dsn, "CREATE DATABASE fresh")
    fresh = make_conninfo(server.dsn, dbname="fresh")

    restore(fresh, tmp_path / "shop.backup")
    restored = everything(fresh)

    ask(server.dsn, "DROP DATABASE fresh")
    assert restored == everything(dsn)


def test_it_leaves_nothing_that_the_backup_does_not_hold(dsn: str, tmp_path: Path) -> None:
    before = everything(dsn)
    dump(dsn, tmp_path / "shop.backup")
    ask(
        dsn,
        """
        CREATE TABLE newer (contact int REFERENCES contact, mood status);
        CREATE TYPE mood AS ENUM ('glad');
        CREATE DOMAIN positive AS int CHECK (value > 0);
        CREATE FUNCTION feel(mood) RETURNS mood LANGUAGE sql AS 'SELECT $1';
        CREATE MATERIALIZED VIEW totals AS SELECT * FROM revenue;
        CREATE SEQUENCE loose;
        CREATE SCHEMA elsewhere CREATE TABLE elsewhere.far (contact int REFERENCES public.contact);
        """,
    )

    restore(dsn, tmp_path / "shop.backup")

    assert everything(dsn) == before
    assert (
        ask(dsn, "SELECT to_regtype('mood')::text || to_regtype('positive') || to_regnamespace('elsewhere')")
        is None
    )


def test_it_writes_a_file_that_only_its_owner_reads(dsn: str, tmp_path: Path) -> None:
    dump(dsn, tmp_path / "shop.backup")

    assert (tmp_path / "shop.backup").stat().st_mode & 0o777 == 0o600
    assert [path.name for path in tmp_path.iterdir()] == ["shop.backup"]


def test_it_keeps_the_old_backup_when_a_new_one_fails(dsn: str, tmp_path: Path) -> None:
    (tmp_path / "shop.backup").write_text("the old one")

    with pytest.raises(PostgresError, match=r"The backup could not be made: .*does not exist"):
        dump(make_conninfo(dsn, dbname="absent"), tmp_path / "shop.backup")

    assert [(path.name, path.read_text()) for path in tmp_path.iterdir()] == [("shop.backup", "the old one")]


def test_it_keeps_the_old_backup_when_the_disk_is_full(dsn: str, tmp_path: Path) -> None:
    (tmp_path / "shop.backup").write_text("the old one")
    code = (
        "import resource, sys; from pathlib import Path; from comanda.lib.postgres import dump; "
        "resource.setrlimit(resource.RLIMIT_FSIZE, (4096, 4096)); dump(sys.argv[1], Path(sys.argv[2]))"
    )

    done = subprocess.run(
        [sys.executable, "-c", code, dsn, tmp_path / "shop.backup"],
        capture_output=True,
        text=True,
        check=False,
    )

    assert "PostgresError: The backup could not be made" in done.stderr
    assert [(path.name, path.read_text()) for path in tmp_path.iterdir()] == [("shop.backup", "the old one")]


def test_it_says_where_it_cannot_write(dsn: str, tmp_path: Path) -> None:
    with pytest.raises(PostgresError, match=r"could not be written .*No such file or directory"):
        dump(dsn, tmp_path / "absent" / "shop.backup")
    (tmp_path / "folder").mkdir()
    with pytest.raises(PostgresError, match=r"could not be written .*Is a directory"):
        dump(dsn, tmp_path / "folder")

    assert [path.name for path in tmp_path.iterdir()] == ["folder"]


@pytest.mark.parametrize("kept", [0, 4, 100, -2000, -1])
def test_it_refuses_a_truncated_file_and_changes_nothing(dsn: str, tmp_path: Path, kept: int) -> None:
    dump(dsn, tmp_path / "shop.backup")
    ask(dsn, "INSERT INTO contact (name) VALUES ('since then')")
    before = everything(dsn)
    (tmp_path / "cut").write_bytes((tmp_path / "shop.backup").read_bytes()[:kept])

    with pytest.raises(PostgresError, match=r"cut could not be restored, the database is as it was: "):
        restore(dsn, tmp_path / "cut")

    assert everything(dsn) == before


@pytest.mark.parametrize(
    "content", [b"", b"order_id,total\n1,2\n", b"PGDMP" + b"\xff" * 500, b"\x00" * 100_000]
)
def test_it_refuses_what_is_no_backup_and_changes_nothing(dsn: str, tmp_path: Path, content: bytes) -> None:
    before = everything(dsn)
    (tmp_path / "garbage").write_bytes(content)

    with pytest.raises(PostgresError, match=r"could not be restored, the database is as it was: "):
        restore(dsn, tmp_path / "garbage")

    assert everything(dsn) == before


def test_it_refuses_a_file_damaged_within_and_changes_nothing(dsn: str, tmp_path: Path) -> None:
    dump(dsn, tmp_path / "shop.backup")
    before = everything(dsn)
    content = bytearray((tmp_path / "shop.backup").read_bytes())
    middle = content.index(b"x\x01", 1000) + 2000
    content[middle : middle + 50] = os.urandom(50)
    (tmp_path / "shop.backup").write_bytes(content)

    with pytest.raises(PostgresError, match=r"could not be restored"):
        restore(dsn, tmp_path / "shop.backup")

    assert everything(dsn) == before


def test_it_changes_nothing_when_it_is_killed(dsn: str, tmp_path: Path) -> None:
    dump(dsn, tmp_path / "shop.backup")
    ask(dsn, "INSERT INTO contact (name) VALUES ('since then')")
    before = everything(dsn)
    code = (
        "import sys; from pathlib import Path; from comanda.lib.postgres import restore; "
        "restore(sys.argv[1], Path(sys.argv[2]))"
    )
    with psycopg.connect(dsn) as reader:
        reader.execute('SELECT FROM "order"')
        with subprocess.Popen([sys.executable, "-c", code, dsn, tmp_path / "shop.backup"]) as process:
            while not ask(dsn, "SELECT count(*) FROM pg_locks WHERE NOT granted"):
                time.sleep(0.01)
            process.kill()
    while ask(dsn, "SELECT count(*) FROM pg_stat_activity WHERE datname = 'comanda'") > 1:
        time.sleep(0.01)

    assert everything(dsn) == before


def test_it_says_that_a_file_is_missing(dsn: str, tmp_path: Path) -> None:
    with pytest.raises(PostgresError, match=r"could not be read .*absent.*No such file"):
        restore(dsn, tmp_path / "absent")


@pytest.mark.parametrize(
    ("address", "complaint"),
    [("nonsense", "cannot be read"), ("postgresql://u:secret@127.0.0.1:1/x", "Connection refused")],
)
def test_it_says_when_there_is_no_such_database(address: str, complaint: str, tmp_path: Path) -> None:
    (tmp_path / "shop.backup").write_bytes(b"")

    with pytest.raises(PostgresError, match=complaint) as dumping:
        dump(address, tmp_path / "other")
    with pytest.raises(PostgresError) as restoring:
        restore(address, tmp_path / "shop.backup")

    assert "secret" not in str(dumping.value) + str(restoring.value)


def test_it_shows_no_password_in_the_list_of_processes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[tuple[list[str], str]] = []

    def run(command: list[str], env: dict[str, str], **rest: Any) -> None:
        seen.append((command, env["PGPASSWORD"]))
        raise InterruptedError

    monkeypatch.setattr(subprocess, "run", run)

    with pytest.raises(PostgresError):
        dump("postgresql://u:secret@localhost/x", tmp_path / "shop.backup")

    ((command, password),) = seen
    assert password == "secret"
    assert [word for word in command if "secret" in word] == []
    assert list(tmp_path.iterdir()) == []
