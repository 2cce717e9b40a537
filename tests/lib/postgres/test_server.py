"""A server is set up, shared by processes, stopped by the last of them."""

import stat
import time
from pathlib import Path

import psycopg
import pytest

from comanda.lib import postgres
from comanda.lib.postgres import PostgresError
from tests.lib.postgres.holder import Holder
from tests.lib.postgres.sessions import STARTED, ask, find_postmaster, has_ended, is_reachable


def modes(path: Path) -> list[tuple[Path, int]]:
    return [(folder, folder.stat().st_mode) for folder in (path, *path.parents)]


def test_it_sets_up_a_cluster_on_first_use(tmp_path: Path) -> None:
    before = modes(tmp_path)

    with postgres.start(tmp_path / "shop" / "data") as server:
        name = ask(server.dsn, "SELECT current_database() || ' ' || current_user")
        powers = ask(server.dsn, "SELECT (rolsuper, rolcreatedb) FROM pg_roles WHERE rolname = current_user")
        runner = find_postmaster(server.dsn).uids().real

    cluster = tmp_path / "shop" / "data" / "postgres"
    assert name == "comanda comanda"
    assert powers == ("f", "t")
    assert stat.S_IMODE(cluster.stat().st_mode) == 0o700
    assert stat.S_IMODE(cluster.parent.stat().st_mode) == 0o700
    assert cluster.stat().st_uid == runner != 0
    assert modes(tmp_path) == before


def test_it_is_as_durable_as_postgresql_can_be(data_dir: Path) -> None:
    with (data_dir / "postgres" / "postgresql.conf").open("a") as own:
        own.write("fsync = off\nsynchronous_commit = off\nfull_page_writes = off\nlisten_addresses = '*'\n")

    with postgres.start(data_dir) as server:
        shown = {
            name: ask(server.dsn, f"SHOW {name}")
            for name in (
                "fsync",
                "synchronous_commit",
                "full_page_writes",
                "data_checksums",
                "listen_addresses",
                "wal_compression",
                "checkpoint_timeout",
                "jit",
                "server_encoding",
            )
        }

    assert shown == {
        "fsync": "on",
        "synchronous_commit": "on",
        "full_page_writes": "on",
        "data_checksums": "on",
        "listen_addresses": "",
        "wal_compression": "pglz",
        "checkpoint_timeout": "15min",
        "jit": "off",
        "server_encoding": "UTF8",
    }


def test_it_listens_on_no_network_port(data_dir: Path) -> None:
    with postgres.start(data_dir):
        lines = (data_dir / "postgres" / "postmaster.pid").read_text().splitlines()

    # The sixth line is the first network address that it listens on.
    assert lines[5] == ""


def test_it_lets_the_owner_change_memory_settings(data_dir: Path) -> None:
    with (data_dir / "postgres" / "postgresql.conf").open("a") as own:
        own.write("work_mem = 7MB\n")

    with postgres.start(data_dir) as server:
        assert ask(server.dsn, "SHOW work_mem") == "7MB"


def test_it_keeps_what_was_committed_when_it_is_started_again(data_dir: Path) -> None:
    with postgres.start(data_dir) as first:
        ask(first.dsn, "CREATE TABLE t AS SELECT 42 AS x")

    stopped = not is_reachable(first.dsn)
    with postgres.start(data_dir) as second:
        kept = ask(second.dsn, "SELECT x FROM t")

    assert stopped
    assert kept == 42
    assert second.dsn == first.dsn


def test_it_is_stopped_by_the_last_of_several_processes(data_dir: Path) -> None:
    with Holder(data_dir) as one, Holder(data_dir) as two:
        dsn = one.read()
        assert two.read() == dsn
        started = ask(dsn, STARTED)

        one.ask("stop")
        still = ask(dsn, STARTED)
        two.ask("stop")

    assert still == started
    assert not is_reachable(dsn)


def test_it_is_stopped_by_the_last_of_several_handles_of_one_process(data_dir: Path) -> None:
    one, two = postgres.start(data_dir), postgres.start(data_dir)

    one.stop()
    one.stop()
    shared = is_reachable(two.dsn)
    two.stop()

    assert shared
    assert not is_reachable(two.dsn)


def test_it_is_stopped_by_a_process_that_just_ends(data_dir: Path) -> None:
    holder = Holder(data_dir)
    dsn = holder.read()
    served = is_reachable(dsn)

    complaints = holder.leave()

    assert served
    assert complaints == ""
    assert not is_reachable(dsn)


def test_it_is_not_stopped_by_a_forked_child(data_dir: Path) -> None:
    with Holder(data_dir) as holder:
        dsn = holder.read()

        assert holder.ask("fork") is True
        assert is_reachable(dsn)


def test_it_keeps_few_logs_while_it_runs(data_dir: Path) -> None:
    with postgres.start(data_dir) as server:
        for day in range(1, 10):
            (data_dir / "postgres" / "log" / f"postgres-2020010{day}-000000.log").write_text("x")

        server.ensure_running()

        assert len(list((data_dir / "postgres" / "log").iterdir())) == 5


def test_it_is_started_once_by_four_processes_at_once(tmp_path: Path) -> None:
    holders = [Holder(tmp_path / "data") for _ in range(4)]
    addresses = {holder.read() for holder in holders}
    (dsn,) = addresses
    postmaster = find_postmaster(dsn)

    complaints = [holder.leave() for holder in holders]

    assert complaints == [""] * 4
    assert has_ended(postmaster)
    assert not (tmp_path / "data" / "postgres.new").exists()


def test_it_waits_for_no_client_of_a_server_that_was_told_to_stop(data_dir: Path) -> None:
    first = postgres.start(data_dir)
    client = psycopg.connect(first.dsn)
    find_postmaster(first.dsn).terminate()
    while is_reachable(first.dsn):
        time.sleep(0.01)

    with postgres.start(data_dir) as second:
        assert ask(second.dsn, "SELECT 1") == 1

    client.close()
    first.stop()


def test_it_quotes_the_server_when_a_setting_is_wrong(data_dir: Path) -> None:
    own = data_dir / "postgres" / "postgresql.conf"
    before = own.read_text()
    own.write_text(f"{before}shared_buffers = plenty\n")

    with pytest.raises(
        PostgresError,
        match=r"\"shared_buffers\": \"plenty\"; .*data/postgres/postgresql.conf.*Mend the settings",
    ):
        postgres.start(data_dir)

    own.write_text(before)
    with postgres.start(data_dir) as server:
        assert is_reachable(server.dsn)
