import os
import shutil
import signal
import stat
import subprocess
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import psycopg
import pytest

from comanda.lib import postgres
from comanda.lib.postgres import PostgresError, accounts, cluster
from comanda.lib.postgres.accounts import Account
from comanda.lib.postgres.locks import FileLock
from tests.lib.postgres.holder import Holder
from tests.lib.postgres.sessions import ask, find_postmaster, has_ended, is_reachable

STARTED = "SELECT pg_postmaster_start_time()"


def kill_postmaster(dsn: str) -> None:
    postmaster = find_postmaster(dsn)
    postmaster.kill()
    while not has_ended(postmaster):
        time.sleep(0.01)


def wait_for(dsn: str, condition: str) -> None:
    while not ask(dsn, f"SELECT {condition}"):
        time.sleep(0.01)


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


def test_it_is_joined_again_after_its_holder_was_killed(data_dir: Path) -> None:
    holder = Holder(data_dir)
    dsn = holder.read()
    started = ask(dsn, STARTED)

    holder.kill()
    with postgres.start(data_dir) as server:
        assert ask(server.dsn, STARTED) == started

    assert not is_reachable(dsn)


def test_it_recovers_all_that_was_committed_after_the_postmaster_was_killed(data_dir: Path) -> None:
    holder = Holder(data_dir)
    dsn = holder.read()
    ask(dsn, "CREATE TABLE t (x int)")
    with psycopg.connect(dsn) as connection:
        for number in range(50):
            connection.execute("INSERT INTO t VALUES (%s)", [number])
            connection.commit()
        connection.execute("INSERT INTO t VALUES (1000)")
        kill_postmaster(dsn)
        holder.kill()

        with postgres.start(data_dir) as server:
            assert ask(server.dsn, "SELECT array_agg(x ORDER BY x) FROM t") == list(range(50))
        connection.close()


def test_it_recovers_while_an_orphan_is_still_at_work(data_dir: Path) -> None:
    server = postgres.start(data_dir)
    ask(server.dsn, "CREATE TABLE t AS SELECT 1 AS x")
    orphan = psycopg.connect(server.dsn, autocommit=True)

    def work() -> None:
        with pytest.raises(psycopg.OperationalError):
            orphan.execute("SELECT count(*) FROM generate_series(1, 100000000000)")

    thread = threading.Thread(target=work)
    thread.start()
    wait_for(server.dsn, f"state = 'active' FROM pg_stat_activity WHERE pid = {orphan.info.backend_pid}")
    kill_postmaster(server.dsn)
    left_behind = psutil.pid_exists(orphan.info.backend_pid)
    restarted = server.ensure_running()
    thread.join()

    assert left_behind
    assert restarted
    assert ask(server.dsn, "SELECT x FROM t") == 1
    server.stop()


def test_it_leaves_no_orphan_when_it_is_stopped_after_its_postmaster_died(data_dir: Path) -> None:
    server = postgres.start(data_dir)
    with psycopg.connect(server.dsn) as client:
        orphan = psutil.Process(client.info.backend_pid)
        orphan.suspend()
        kill_postmaster(server.dsn)

        server.stop()

        assert has_ended(orphan)
        client.close()


def test_it_keeps_few_logs_while_it_runs(data_dir: Path) -> None:
    with postgres.start(data_dir) as server:
        for day in range(1, 10):
            (data_dir / "postgres" / "log" / f"postgres-2020010{day}-000000.log").write_text("x")

        server.ensure_running()

        assert len(list((data_dir / "postgres" / "log").iterdir())) == 5


def test_it_is_started_again_only_if_it_died(data_dir: Path) -> None:
    with postgres.start(data_dir) as server:
        dsn = server.dsn
        ask(dsn, "CREATE TABLE t AS SELECT 1 AS x")
        before = server.ensure_running()
        kill_postmaster(dsn)
        after = server.ensure_running()

        assert (before, after, server.ensure_running()) == (False, True, False)
        assert server.dsn == dsn
        assert ask(dsn, "SELECT x FROM t") == 1

    with pytest.raises(PostgresError, match="given up"):
        server.ensure_running()


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


def test_it_throws_away_a_cluster_that_was_only_half_made(tmp_path: Path) -> None:
    half = tmp_path / "postgres.new"
    half.mkdir()
    (half / "PG_VERSION").write_text("18\n")

    with postgres.start(tmp_path) as server:
        assert is_reachable(server.dsn)

    assert not half.exists()


def test_it_starts_though_another_process_has_the_number_of_the_dead_postmaster(
    data_dir: Path, template: Path, tmp_path: Path
) -> None:
    subprocess.run(["cp", "-a", template, tmp_path / "other"], check=True)
    with postgres.start(tmp_path / "other") as other:
        stranger = find_postmaster(other.dsn)
        left = (tmp_path / "other" / "postgres" / "postmaster.pid").read_text()
        (data_dir / "postgres" / "postmaster.pid").write_text(left)

        with postgres.start(data_dir) as server:
            assert find_postmaster(server.dsn).pid != stranger.pid
        assert is_reachable(other.dsn)


def test_it_leaves_no_process_when_its_folder_was_deleted(data_dir: Path) -> None:
    server = postgres.start(data_dir)
    postmaster = find_postmaster(server.dsn)
    shutil.rmtree(data_dir)

    server.stop()

    assert has_ended(postmaster)


@pytest.fixture
def user_of_the_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[subprocess.Popen[bytes]]:
    """A program that holds the folder as a cluster's processes do; and little patience with it."""
    monkeypatch.setattr(cluster, "PATIENCE_SECONDS", 0.05)
    with FileLock(tmp_path / ".postgres-alive.lock", (os.geteuid(), os.getegid())) as lock:
        assert lock.try_exclusive()
        program = subprocess.Popen(["cat"], stdin=subprocess.PIPE, pass_fds=[lock.fd])
    with program:
        yield program


def test_it_waits_for_a_first_start_that_goes_on_without_its_comanda(
    tmp_path: Path, user_of_the_folder: subprocess.Popen[bytes]
) -> None:
    ending = threading.Timer(0.3, user_of_the_folder.terminate)
    ending.start()

    with postgres.start(tmp_path) as server:
        assert user_of_the_folder.poll() is not None
        assert is_reachable(server.dsn)
    ending.join()


def test_it_gives_up_on_a_user_of_the_folder_that_it_cannot_see(
    tmp_path: Path, user_of_the_folder: subprocess.Popen[bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cluster, "STRANGER_SECONDS", 0.2)

    with pytest.raises(PostgresError, match=r"cannot be seen from here uses .*another container"):
        postgres.start(tmp_path)

    assert user_of_the_folder.poll() is None
    assert not (tmp_path / "postgres").exists()


def test_it_survives_being_killed_at_every_stage_of_its_first_start(tmp_path: Path) -> None:
    for number in range(4):
        holder = Holder(tmp_path / "data")
        time.sleep(0.2 + 0.15 * number)
        holder.kill()

    with postgres.start(tmp_path / "data") as server:
        assert ask(server.dsn, "SELECT current_user") == "comanda"
        postmaster = find_postmaster(server.dsn)

    assert has_ended(postmaster)
    assert not (tmp_path / "data" / "postgres.new").exists()


def test_it_lives_through_the_death_of_one_of_its_children(data_dir: Path) -> None:
    with postgres.start(data_dir) as server:
        ask(server.dsn, "CREATE TABLE t AS SELECT 1 AS x")
        with psycopg.connect(server.dsn) as victim:
            os.kill(victim.info.backend_pid, signal.SIGKILL)
            while not is_reachable(server.dsn):
                server.ensure_running()
            victim.close()

        assert ask(server.dsn, "SELECT x FROM t") == 1
