"""The cluster's configuration files, written anew at each start.

``postgresql.conf`` is the user's own and is only read, between Comanda's defaults and what Comanda
relies on.

Who may connect is decided by ``peer``: the kernel tells the server which user is at the other end of the
socket. It works for root and for ordinary users alike, and unlike ``trust`` it does not hang on the
permissions of a folder alone; unlike a password there is nothing to keep. The socket's folder is
private all the same.
"""

import os
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

from comanda.lib.postgres.accounts import Account

OWN_FILE = "postgresql.conf"
MAIN_FILE = "comanda.conf"
ROLE = "comanda"
SUPERUSER = "postgres"

OWN_FILE_TEXT = """\
# Your own settings for Comanda's PostgreSQL. They take effect at its next start, and win over the
# memory and autovacuum settings that Comanda works out (see comanda.conf, which is rewritten each time).
"""
_NOTE = "# Written by Comanda at each start: changes here are lost.\n"


def main(defaults: Mapping[str, str], fixed: Mapping[str, str]) -> str:
    """The text of ``comanda.conf``."""
    return f"{_NOTE}{_lines(defaults)}include '{OWN_FILE}'\n{_lines(fixed)}"


def _lines(settings: Mapping[str, str]) -> str:
    return "".join(f"{name} = {_quote(value)}\n" for name, value in settings.items())


def _quote(value: str) -> str:
    return "'" + value.replace("\\", "\\\\").replace("'", "''") + "'"


def access(names: list[str]) -> dict[str, str]:
    """The texts of ``pg_hba.conf`` and ``pg_ident.conf``: those users may be our role or the superuser."""
    rows = [f'{ROLE} "{name}" {role}\n' for name in names for role in (ROLE, SUPERUSER)]
    return {
        "pg_hba.conf": f"{_NOTE}local all all peer map={ROLE}\n",
        "pg_ident.conf": _NOTE + "".join(rows),
    }


def write(folder: Path, texts: Mapping[str, str], account: Account) -> None:
    """Replaces those files of the cluster in ``folder``.

    The folder may belong to a user with fewer rights than ours, so no name in it is followed or reused:
    each file is made new and then takes the old one's place.
    """
    inside = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        for name, text in texts.items():
            _replace(inside, name, text, account)
    finally:
        os.close(inside)


def _replace(inside: int, name: str, text: str, account: Account) -> None:
    fresh = f"{name}.new"
    with suppress(FileNotFoundError):
        os.unlink(fresh, dir_fd=inside)
    fd = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600, dir_fd=inside)
    with os.fdopen(fd, "w", encoding="utf-8", errors="surrogateescape") as file:
        if account.is_other:
            os.fchown(fd, account.uid, account.gid)
        file.write(text)
    os.rename(fresh, name, src_dir_fd=inside, dst_dir_fd=inside)
