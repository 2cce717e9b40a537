"""The API behind its real web server, for what only shows over a socket and with many callers at once."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import waitress
from django.core.wsgi import get_wsgi_application
from django.db import connections
from waitress import wasyncore
from waitress.task import ThreadedTaskDispatcher

from comanda.cli.serving import fitted


class _Dispatcher(ThreadedTaskDispatcher):  # type: ignore[misc]  # untyped
    """Closes each worker's connection in the end: the test database cannot be dropped while one is open."""

    def handler_thread(self, thread_no: int) -> None:
        try:
            super().handler_thread(thread_no)
        finally:
            connections.close_all()


@contextmanager
def serving(threads: int = 8) -> Iterator[str]:
    """Serves on a free port of the loopback interface; gives the address."""
    dispatcher = _Dispatcher()
    dispatcher.set_thread_count(threads)
    server = waitress.create_server(
        get_wsgi_application(),
        host="127.0.0.1",
        port=0,
        _dispatcher=dispatcher,
        clear_untrusted_proxy_headers=True,
    )
    with running(server) as port:
        yield f"http://127.0.0.1:{port}"


@contextmanager
def running(server: Any) -> Iterator[int]:
    """A server of waitress, fitted as we run it, answers for a while; gives the port."""
    fitted(server)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    try:
        yield int(server.effective_port)
    finally:
        server.task_dispatcher.shutdown()
        # Closed by the thread that waits on the sockets: under its hands, it would stumble.
        server.trigger.pull_trigger(lambda: wasyncore.close_all(server._map, ignore_all=True))
        thread.join(5)
