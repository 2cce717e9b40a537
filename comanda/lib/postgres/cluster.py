"""A cluster of PostgreSQL in a folder: made, brought up, found running, shut down.

Nothing here is safe against itself: callers hold the start lock (see ``server``).

Run by root, the server is another user's, who usually cannot enter the data folder. No permission
is widened for it: its programs are started *inside* the cluster's folder and know it as /proc/self/cwd.
"""

import hashlib
import os
import shutil
import signal
import subprocess
import tempfile
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import psutil

from comanda.lib.postgres import accounts, binaries, conf, folders, logs, postmaster, tuning
from comanda.lib.postgres.accounts import Account
from comanda.lib.postgres.errors import PostgresError, explain, speaking_of
from comanda.lib.postgres.locks import POLL_SECONDS, FileLock

RECOVERY_SECONDS = 600.0
PATIENCE_SECONDS = 1.0
STRANGER_SECONDS = 30.0

_INSIDE = Path("/proc/self/cwd")
# The longest path of a socket that every system takes (104 bytes with its final zero on macOS).
_LONGEST_SOCKET = 103
# What is made here is private and checked.
_SHORT_FOLDER = Path("/tmp")  # noqa: S108

_FIRST_STATEMENTS = f"""\
CREATE ROLE {conf.ROLE} LOGIN CREATEDB
GRANT pg_monitor TO {conf.ROLE}
CREATE DATABASE {conf.ROLE} OWNER {conf.ROLE}
"""
_LAUNCH = '"$0" "$@" </dev/null >&2 & echo $!'


@dataclass(frozen=True, slots=True)
class Cluster:
    """The cluster in ``folder``, owned and run by ``account``."""

    folder: Path
    account: Account

    @property
    def own_path(self) -> Path:
        """The cluster's folder as its own processes can name it."""
        return _INSIDE if self.account.is_other and _INSIDE.exists() else self.folder

    @property
    def name(self) -> str:
        """The same at every start, another for each copy of the folder, and not to be guessed by others:
        from the random identifier at the head of pg_control and the folder's inode."""
        head = (self.folder / "global" / "pg_control").read_bytes()[:8]
        token = hashlib.sha256(head + str(self.folder.stat().st_ino).encode()).hexdigest()
        return f"comanda-{token[:16]}"

    @property
    def socket_dir(self) -> Path:
        """Where the socket is: the cluster's own folder, or a short path if that one is too long."""
        if len(os.fsencode(self.folder / postmaster.SOCKET_NAME)) <= _LONGEST_SOCKET:
            return self.folder
        return _SHORT_FOLDER / self.name


def is_serving(cluster: Cluster) -> bool:
    """Whether the cluster takes connections."""
    found = postmaster.read(cluster.folder)
    return found is not None and postmaster.answers(found)


def bring_up(cluster: Cluster, alive: FileLock) -> bool:
    """Makes the cluster serve; returns whether it had to be started.

    ``alive`` is inherited by every process of the cluster. Whoever gets it knows that none is left: not
    even an orphan of a killed postmaster, not even in another container.
    """
    began = time.monotonic()
    while not alive.try_exclusive():
        if is_serving(cluster):
            return False
        waited = time.monotonic() - began
        if waited < PATIENCE_SECONDS:
            time.sleep(POLL_SECONDS)
        else:
            _hasten(cluster, waited)
            time.sleep(PATIENCE_SECONDS / 4)
    _launch(cluster, alive)
    return True


def _hasten(cluster: Cluster, waited: float) -> None:
    """Deals with processes that neither serve nor leave, ``waited`` seconds after they were first seen."""
    found = _processes(cluster)
    if not found:
        # An initdb whose Comanda was killed; or something else altogether.
        if waited > STRANGER_SECONDS:
            raise _stranger(cluster)
    elif first := postmaster.leaders(found, cluster.name):
        if waited > RECOVERY_SECONDS:
            raise _no_end(cluster)
        state = postmaster.read(cluster.folder)
        if state is not None and state.status == "stopping":
            # Told by somebody to wait for its clients, who may never leave.
            _signal(first, signal.SIGINT)
    else:
        # Without a postmaster they can only hold up recovery; what they committed is in the WAL.
        _signal(found, signal.SIGQUIT if waited < 2 * PATIENCE_SECONDS else signal.SIGKILL)


def _stranger(cluster: Cluster) -> PostgresError:
    return PostgresError(
        f"Something that cannot be seen from here uses {cluster.folder}: perhaps a Comanda in another "
        "container with the same data folder. Stop that one first."
    )


def _no_end(cluster: Cluster) -> PostgresError:
    return PostgresError(
        f"The PostgreSQL in {cluster.folder} has been starting or stopping for {RECOVERY_SECONDS:.0f} s. "
        f"See its log in {cluster.folder / 'log'}."
    )


def _processes(cluster: Cluster) -> list[psutil.Process]:
    if not (cluster.folder / "global" / "pg_control").exists():
        return []
    return list(postmaster.processes(cluster.name, cluster.account.uid))


def _signal(processes: list[psutil.Process], number: signal.Signals) -> None:
    for process in processes:
        postmaster.send(process, number)


def _launch(cluster: Cluster, alive: FileLock) -> None:
    what = f"PostgreSQL could not start in {cluster.folder}"
    with speaking_of("PostgreSQL could not start", cluster.folder):
        programs = binaries.locate_for(cluster.account)
        if not cluster.folder.exists() or not any(cluster.folder.iterdir()):
            _create(cluster, programs, alive)
        _check_version(cluster.folder)
        _prepare(cluster)
        logs.prune(cluster.folder)
        before = logs.mark(cluster.folder)
        with tempfile.TemporaryFile() as complaints:
            pid = _spawn(cluster, programs, alive, complaints.fileno())
            if not _await_readiness(cluster, pid):
                # The logger is the last to leave, when it has written all.
                _await_end(_processes(cluster), PATIENCE_SECONDS)
                complaints.seek(0)
                said = complaints.read().decode(errors="replace") + logs.read_since(cluster.folder, before)
                raise explain(what, said.replace(os.fspath(cluster.own_path), os.fspath(cluster.folder)))


def _create(cluster: Cluster, programs: Path, alive: FileLock) -> None:
    """Makes the cluster under another name first, so that one half made is never taken for a whole."""
    fresh = Cluster(cluster.folder.with_name(f"{cluster.folder.name}.new"), cluster.account)
    if fresh.folder.exists():
        shutil.rmtree(fresh.folder)
    fresh.folder.mkdir(mode=0o700)
    if fresh.account.is_other:
        os.chown(fresh.folder, fresh.account.uid, fresh.account.gid)
    what = f"PostgreSQL could not be set up in {cluster.folder}"
    place = ["-D", os.fspath(fresh.own_path)]
    initdb = [str(programs / "initdb"), *place, *_INITDB_OPTIONS]
    single = [str(programs / "postgres"), "--single", *place, "-c", "exit_on_error=on", conf.SUPERUSER]
    for command, words in ((initdb, ""), (single, _FIRST_STATEMENTS)):
        done = binaries.run(command, what, fresh.account, fresh.folder, (alive.fd,), words)
        if done.returncode != 0:
            raise explain(what, done.stdout + done.stderr)
    conf.write(fresh.folder, {conf.OWN_FILE: conf.OWN_FILE_TEXT}, fresh.account)
    fresh.folder.rename(cluster.folder)
    folders.sync(cluster.folder.parent)


# Sorting and case rules that come with PostgreSQL itself stay the same when the system's libraries
# change (those of the system could silently break indexes), and are on every system.
_INITDB_OPTIONS = (
    f"--username={conf.SUPERUSER}",
    "--auth=peer",
    "--encoding=UTF8",
    "--locale-provider=builtin",
    "--builtin-locale=C.UTF-8",
    "--locale=C",
    "--data-checksums",
    "--no-instructions",
)


def _check_version(folder: Path) -> None:
    try:
        version = (folder / "PG_VERSION").read_text().strip()
    except FileNotFoundError:
        raise PostgresError(
            f"{folder} is not empty, but holds no PostgreSQL cluster. Move it away, or set COMANDA_DATA "
            "to another folder."
        ) from None
    if version != str(binaries.MAJOR_VERSION):
        raise PostgresError(
            f"{folder} was made by PostgreSQL {version}, this Comanda brings {binaries.MAJOR_VERSION}. "
            "Back it up with the Comanda that made it, then restore the backup into a new data folder."
        )


def _prepare(cluster: Cluster) -> None:
    folder = cluster.folder
    if folder.stat().st_mode & 0o077:
        folder.chmod(0o700)
    socket_dir = cluster.socket_dir
    if socket_dir != folder:
        _make_socket_dir(socket_dir, cluster.account)
    _forget_dead(cluster)
    place = "." if socket_dir == folder else os.fspath(socket_dir)
    machine = tuning.measure(folder)
    fixed = {**tuning.FIXED, "unix_socket_directories": place}
    texts = {
        conf.MAIN_FILE: conf.main(tuning.settings(machine), fixed),
        **conf.access(accounts.names(cluster.account)),
    }
    conf.write(folder, texts, cluster.account)


def _forget_dead(cluster: Cluster) -> None:
    """Removes the lock files of a dead postmaster.

    PostgreSQL would do so itself, but takes any process that has the number by now, and a zombie too, for a
    living postmaster; we know that none of ours lives. One started by hand is left for it to refuse.
    """
    found = postmaster.read(cluster.folder)
    if found is None or not _is_by_hand(found.pid):
        (cluster.folder / postmaster.LOCK_NAME).unlink(missing_ok=True)
        (cluster.socket_dir / postmaster.SOCKET_LOCK_NAME).unlink(missing_ok=True)


def _is_by_hand(pid: int) -> bool:
    try:
        process = psutil.Process(pid)
        named = process.name() == "postgres" and postmaster.is_alive(process)
        return named and not any("comanda-" in word for word in process.cmdline())
    except psutil.Error:
        return False


def _make_socket_dir(path: Path, account: Account) -> None:
    with suppress(FileExistsError):
        path.mkdir(mode=0o700)
    status = path.lstat()
    if status.st_mode != 0o040700 or status.st_uid not in (account.uid, os.geteuid()):
        raise PostgresError(f"{path} is not the private folder it should be: remove it.")
    if status.st_uid != account.uid:
        os.chown(path, account.uid, account.gid, follow_symlinks=False)


def _spawn(cluster: Cluster, programs: Path, alive: FileLock, complaints: int) -> int:
    """Starts the postmaster as nobody's child, so that no exit code waits for us; returns its process id."""
    settings = {
        "config_file": os.fspath(cluster.own_path / conf.MAIN_FILE),
        "cluster_name": cluster.name,
        **tuning.DURABLE,
    }
    options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
    done = subprocess.run(
        ["/bin/sh", "-c", _LAUNCH, programs / "postgres", "-D", cluster.own_path, *options],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=complaints,
        check=True,
        cwd=cluster.folder,
        env=binaries.environment(),
        umask=0o077,
        pass_fds=(alive.fd,),
        start_new_session=True,
        **cluster.account.identity,
    )
    return int(done.stdout)


def _await_readiness(cluster: Cluster, pid: int) -> bool:
    """Waits until the postmaster ``pid`` serves; False when it gave up."""
    end = time.monotonic() + RECOVERY_SECONDS
    with suppress(psutil.NoSuchProcess):
        process = psutil.Process(pid)
        while postmaster.is_alive(process):
            if time.monotonic() > end:
                raise _no_end(cluster)
            found = postmaster.read(cluster.folder)
            if found is not None and found.pid == pid and postmaster.answers(found):
                return True
            time.sleep(POLL_SECONDS)
    return False


def shut_down(name: str, account: Account) -> None:
    """Stops the cluster of that name and waits until its last process has left. Its folder may be gone."""
    for number, seconds in _WAYS_TO_STOP:
        first = postmaster.leaders(list(postmaster.processes(name, account.uid)), name)
        _signal(first, number)
        if _await_end(first, seconds):
            break
    # The logger is just leaving. Others are still there only if the postmaster could not wait for them.
    for number in (signal.SIGQUIT, signal.SIGKILL):
        left = list(postmaster.processes(name, account.uid))
        _signal(left, number)
        if _await_end(left, PATIENCE_SECONDS):
            break
    with suppress(OSError):
        (_SHORT_FOLDER / name).rmdir()


# Fast: open transactions are rolled back and a checkpoint is written. Should that hang, immediate: the
# next start replays the WAL. Nothing committed is lost in any of them.
_WAYS_TO_STOP = ((signal.SIGINT, 60.0), (signal.SIGQUIT, 10.0), (signal.SIGKILL, 10.0))


def _await_end(processes: list[psutil.Process], seconds: float) -> bool:
    end = time.monotonic() + seconds
    while any(process.is_running() and postmaster.is_alive(process) for process in processes):
        if time.monotonic() > end:
            return False
        time.sleep(POLL_SECONDS)
    return True
