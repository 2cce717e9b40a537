"""Whoever is killed, whenever: the server comes back with all that was committed."""

import os
import shutil
import signal
import subprocess
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import psycopg
import pytest

from comanda.lib import postgres
from comanda.lib.postgres import PostgresError, cluster
from comanda.lib.postgres.locks import FileLock
from tests.lib.postgres.holder import Holder
from tests.lib.postgres.sessions import (
    STARTED,
    ask,
    find_postmaster,
    has_ended,
    is_reachable,
    kill_postmaster,
    wait_for,
)


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
