"""The operating-system user that owns the cluster's files and runs its processes.

PostgreSQL refuses to run as root. Run by root, Comanda therefore gives the cluster to a system user
(``pgserver``, made if it is missing), or to the ordinary user who owns the data folder, so that he can
still run it himself; run by anybody else, the cluster is simply theirs.
"""

import os
import pwd
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from comanda.lib.postgres.errors import PostgresError

SYSTEM_USER = "pgserver"

_USER_MAKERS = (
    ("useradd", "--system", "--user-group", "--no-create-home", "--shell", "/usr/sbin/nologin", SYSTEM_USER),
    ("adduser", "-S", "-D", "-H", "-s", "/sbin/nologin", SYSTEM_USER),
)


@dataclass(frozen=True, slots=True)
class Account:
    """A user of the operating system."""

    uid: int
    gid: int
    name: str

    @property
    def is_other(self) -> bool:
        """Whether programs have to be started as somebody else than we are."""
        return self.uid != os.geteuid()

    @property
    def identity(self) -> dict[str, Any]:
        """What ``subprocess`` needs to run a program as this user."""
        return {"user": self.uid, "group": self.gid, "extra_groups": []} if self.is_other else {}


def choose(data_dir: Path, cluster: Path) -> Account:
    """The user for the cluster in ``cluster`` below ``data_dir``, existing or to be made."""
    us = os.geteuid()
    owner = cluster.stat().st_uid if cluster.exists() else None
    if owner is None:
        return of_uid(us) if us else _find_owner(data_dir) or _system_user()
    if us != 0 and owner != us:
        raise PostgresError(
            f"{cluster} belongs to {of_uid(owner).name}, and you are {of_uid(us).name}. "
            "Start Comanda as its owner or as root, or set COMANDA_DATA to a folder of your own."
        )
    if owner == us == 0:
        raise PostgresError(
            f"{cluster} belongs to root, and PostgreSQL refuses to run as root. "
            f"Give the folder back: chown -R {SYSTEM_USER} '{cluster}'."
        )
    if us == 0 and owner not in (data_dir.stat().st_uid, _system_user().uid):
        raise PostgresError(
            f"{cluster} belongs to {of_uid(owner).name}, but {data_dir} does not. "
            "Give both to the same user, or start Comanda as that user."
        )
    return of_uid(owner)


def _find_owner(data_dir: Path) -> Account | None:
    uid = data_dir.stat().st_uid
    try:
        return of_uid(uid) if uid != 0 else None
    except PostgresError:
        # A folder from outside a container: its owner means nothing in here.
        return None


def names(account: Account) -> list[str]:
    """The users who may connect: the cluster's own, root, and whoever asks."""
    return sorted({account.name, of_uid(0).name, of_uid(os.geteuid()).name})


def of_uid(uid: int) -> Account:
    """The user with that number; raises PostgresError if there is none."""
    try:
        entry = pwd.getpwuid(uid)
    except KeyError:
        raise PostgresError(
            f"User id {uid} has no name on this machine, and PostgreSQL needs one. "
            "Run Comanda as a user that is listed in /etc/passwd."
        ) from None
    return Account(entry.pw_uid, entry.pw_gid, entry.pw_name)


def _system_user() -> Account:
    if (found := _find_system_user()) is not None:
        return found
    for command in _USER_MAKERS:
        if shutil.which(command[0]):
            subprocess.run(command, capture_output=True, check=False)
            # Asked again instead of trusting the exit code: another start may have just made it.
            if (found := _find_system_user()) is not None:
                return found
    raise PostgresError(
        f"PostgreSQL refuses to run as root, and the user {SYSTEM_USER!r} could not be made. "
        f"Make a system user called {SYSTEM_USER}, or run Comanda as an ordinary user."
    )


def _find_system_user() -> Account | None:
    try:
        entry = pwd.getpwnam(SYSTEM_USER)
    except KeyError:
        return None
    return Account(entry.pw_uid, entry.pw_gid, entry.pw_name)
