"""A wire to PostgreSQL that can be cut: in an answer, for a while, for good."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from tempfile import TemporaryDirectory

SOCKET = ".s.PGSQL.5432"
_BLOCK = 1 << 16


class Proxy:
    """Listens in ``folder`` as PostgreSQL would on port 5432, and passes all on to the real server."""

    def __init__(self, folder: Path, host: str, port: int) -> None:
        self.folder, self._host, self._port = folder, host, port
        self._pairs: list[tuple[socket.socket, socket.socket]] = []
        self._mutex = threading.Lock()
        self._muted: set[socket.socket] = set()
        self._commits_to_lose = 0
        self.lost = 0
        self.is_open = True
        self._door = socket.socket(socket.AF_UNIX)
        self._door.bind(str(folder / SOCKET))
        self._door.listen(32)
        threading.Thread(target=self._accept, daemon=True).start()

    def lose_answers_to_commits(self, count: int) -> None:
        """The next COMMITs arrive, and the connection breaks before their answers come back."""
        self._commits_to_lose = count

    def cut(self) -> None:
        """Breaks every connection."""
        with self._mutex:
            pairs, self._pairs = self._pairs, []
        for pair in pairs:
            _break(*pair)

    def go_away(self) -> None:
        """Breaks every connection, and takes no new one until ``come_back``."""
        self.is_open = False
        self.cut()

    def come_back(self) -> None:
        """Takes connections again."""
        self.is_open = True

    def close(self) -> None:
        """Ends it."""
        self.go_away()
        _break(self._door)

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                client, _ = self._door.accept()
                if not self.is_open:
                    _break(client)
                    continue
                server = self._connect()
                with self._mutex:
                    self._pairs.append((client, server))
                for ends in ((client, server), (server, client)):
                    threading.Thread(target=self._pass_on, args=(*ends, client), daemon=True).start()

    def _connect(self) -> socket.socket:
        if not self._host.startswith("/"):
            return socket.create_connection((self._host, self._port))
        server = socket.socket(socket.AF_UNIX)
        server.connect(f"{self._host}/.s.PGSQL.{self._port}")
        return server

    def _pass_on(self, source: socket.socket, target: socket.socket, client: socket.socket) -> None:
        with suppress(OSError):
            while block := source.recv(_BLOCK):
                if source is client and b"COMMIT" in block and self._commits_to_lose:
                    self._commits_to_lose -= 1
                    self._muted.add(client)
                elif client in self._muted:
                    self.lost += 1  # the server has answered, so it has committed
                    break
                target.sendall(block)
        _break(source, target)


def _break(*ends: socket.socket) -> None:
    for end in ends:
        with suppress(OSError):
            end.shutdown(socket.SHUT_RDWR)
        end.close()


@contextmanager
def opened(host: str, port: int = 5432) -> Iterator[Proxy]:
    """A proxy in front of the server at ``host``, a name or the folder of its socket."""
    with TemporaryDirectory(prefix="comanda-proxy-", dir="/tmp") as folder:
        proxy = Proxy(Path(folder), host, port)
        try:
            yield proxy
        finally:
            proxy.close()
