"""A process of its own that holds a handle: ``python -m tests.lib.postgres.holder FOLDER [UID]``.

It starts the server, prints its address, and then answers one line for each word it reads. Root may have it
become another user first. When its input ends, it ends like any process: without a word to the server.
"""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, Self

from comanda.lib import postgres
from comanda.lib.postgres import accounts, binaries
from comanda.lib.postgres.accounts import Account

_ROOT = Path(__file__).parents[3]


class Holder:
    """Such a process, as the tests see it."""

    def __init__(self, data_dir: Path, account: Account | None = None) -> None:
        uid = [] if account is None else [str(account.uid)]
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.lib.postgres.holder", str(data_dir), *uid],
            cwd=_ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def read(self) -> Any:
        """Its next line; the first is the address, or the error in a list."""
        assert self._process.stdout is not None
        return json.loads(self._process.stdout.readline())

    def ask(self, word: str) -> Any:
        """Its answer to a word (see ``_answers``)."""
        assert self._process.stdin is not None
        self._process.stdin.write(f"{word}\n")
        self._process.stdin.flush()
        return self.read()

    def kill(self) -> None:
        """kill -9."""
        self._process.kill()
        self._process.communicate()

    def leave(self) -> str:
        """Lets it end; what it complained of meanwhile."""
        return self._process.communicate()[1]

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self._process.poll() is None:
            self.leave()


def _become(uid: int) -> None:
    account = accounts.of_uid(uid)
    if not account.is_other:
        return
    programs = binaries.locate_for(account)
    binaries.locate = lambda: programs
    os.setgroups([])
    os.setgid(account.gid)
    os.setuid(account.uid)


def _stop_in_child(server: postgres.Server) -> bool:
    child = os.fork()
    if child == 0:
        server.stop()
        os._exit(0)
    return os.waitpid(child, 0)[1] == 0


def _answers(server: postgres.Server) -> dict[str, Callable[[], Any]]:
    return {
        "stop": server.stop,
        "ensure": server.ensure_running,
        "dsn": lambda: server.dsn,
        "fork": lambda: _stop_in_child(server),
    }


def _main(data_dir: str, *uid: str) -> None:
    for number in uid:
        _become(int(number))
    try:
        server = postgres.start(Path(data_dir))
    except postgres.PostgresError as error:
        print(json.dumps([str(error)]), flush=True)  # noqa: T201
        return
    print(json.dumps(server.dsn), flush=True)  # noqa: T201
    for word in sys.stdin:
        print(json.dumps(_answers(server)[word.strip()]()), flush=True)  # noqa: T201


if __name__ == "__main__":
    _main(*sys.argv[1:])
