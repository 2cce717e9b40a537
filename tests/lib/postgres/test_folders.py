"""The folder of a server: where it may lie, whose it is, what it may hold."""

import os
import shutil
import stat
import subprocess
from pathlib import Path

import psycopg
import pytest

from comanda.lib import postgres
from comanda.lib.postgres import PostgresError, accounts
from comanda.lib.postgres.accounts import Account
from tests.lib.postgres.holder import Holder
from tests.lib.postgres.sessions import (
    ask,
    find_postmaster,
    is_reachable,
    kill_postmaster,
)


@pytest.mark.parametrize("name", ['it\'s "50%", ünïcødé 注文 $HOME', "x" * 120])
def test_it_runs_in_a_folder_of_any_name(template: Path, tmp_path: Path, name: str) -> None:
    subprocess.run(["cp", "-a", template, tmp_path / name], check=True)

    with postgres.start(tmp_path / name) as server, postgres.start(tmp_path / name) as other:
        assert other.dsn == server.dsn
        assert ask(server.dsn, "SELECT 1") == 1
        kill_postmaster(server.dsn)
        assert server.ensure_running()
        assert ask(server.dsn, "SELECT 2") == 2


def find_socket_folder(dsn: str) -> Path:
    return Path(str(psycopg.conninfo.conninfo_to_dict(dsn)["host"]))


def test_it_keeps_the_socket_of_a_long_path_in_a_private_folder(template: Path, tmp_path: Path) -> None:
    data_dir = tmp_path / ("x" * 120)
    subprocess.run(["cp", "-a", template, data_dir], check=True)

    with postgres.start(data_dir) as server:
        folder = find_socket_folder(server.dsn)
        status = folder.stat()

    assert stat.S_IMODE(status.st_mode) == 0o700
    assert status.st_uid == (data_dir / "postgres").stat().st_uid
    assert not folder.exists()


def test_it_trusts_no_socket_folder_that_someone_else_laid_out(template: Path, tmp_path: Path) -> None:
    data_dir = tmp_path / ("x" * 120)
    subprocess.run(["cp", "-a", template, data_dir], check=True)
    with postgres.start(data_dir) as server:
        folder = find_socket_folder(server.dsn)
    trap = tmp_path / "trap"
    trap.mkdir()
    folder.symlink_to(trap)

    with pytest.raises(PostgresError, match="private folder"):
        postgres.start(data_dir)

    folder.unlink()
    assert list(trap.iterdir()) == []


def test_it_serves_an_ordinary_user(ordinary: Account, ordinary_folder: Path) -> None:
    with Holder(ordinary_folder / "data", ordinary) as holder:
        dsn = holder.read()
        runner = find_postmaster(dsn).uids().real
        ask(dsn, "CREATE TABLE t AS SELECT 1 AS x")

    assert runner == ordinary.uid
    assert (ordinary_folder / "data" / "postgres").stat().st_uid == ordinary.uid
    assert not is_reachable(dsn)

    # Whoever runs the tests may use the folder too (root may), and leaves it to its owner.
    with postgres.start(ordinary_folder / "data") as server:
        assert find_postmaster(server.dsn).uids().real == ordinary.uid
        assert ask(server.dsn, "SELECT x FROM t") == 1
    with Holder(ordinary_folder / "data", ordinary) as again:
        assert ask(again.read(), "SELECT x FROM t") == 1


def test_it_lets_nobody_else_in(data_dir: Path) -> None:
    with postgres.start(data_dir) as server:
        with pytest.raises(psycopg.OperationalError, match="Peer authentication failed"):
            psycopg.connect(server.dsn, user="pg_monitor")


def test_it_says_whose_the_folder_is(ordinary: Account, ordinary_folder: Path) -> None:
    folder = ordinary_folder / "data"
    folder.mkdir()
    folder.chmod(0o500)
    if ordinary.is_other:
        os.chown(folder, 0, 0)
        folder.chmod(0o755)

    with Holder(folder, ordinary) as holder:
        (complaint,) = holder.read()

    assert complaint.startswith(f"PostgreSQL could not be started or stopped ({folder}): Permission denied.")
    assert "COMANDA_DATA" in complaint


def test_it_refuses_the_cluster_of_another_version(data_dir: Path) -> None:
    (data_dir / "postgres" / "PG_VERSION").write_text("17\n")

    with pytest.raises(PostgresError, match="made by PostgreSQL 17, this Comanda brings 18"):
        postgres.start(data_dir)

    (data_dir / "postgres" / "PG_VERSION").write_text("18\n")
    with postgres.start(data_dir) as server:
        assert is_reachable(server.dsn)


def test_it_refuses_a_folder_that_holds_something_else(tmp_path: Path) -> None:
    (tmp_path / "postgres").mkdir()
    (tmp_path / "postgres" / "diary.txt").write_text("dear diary")
    owner = accounts.choose(tmp_path, tmp_path / "absent")
    shutil.chown(tmp_path / "postgres", owner.uid, owner.gid)

    with pytest.raises(PostgresError, match="holds no PostgreSQL cluster"):
        postgres.start(tmp_path)

    assert [path.name for path in (tmp_path / "postgres").iterdir()] == ["diary.txt"]


def test_it_refuses_a_data_folder_that_is_a_file(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("")

    with pytest.raises(PostgresError, match=r"could not be made .*File exists"):
        postgres.start(tmp_path / "data")
