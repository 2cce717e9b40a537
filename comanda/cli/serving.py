"""`serve`, `web` and `worker`: the processes that stay."""

import socket
from types import FrameType
from typing import Any
from urllib.parse import urlsplit

import waitress
from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.urls import get_resolver, reverse

from comanda import env
from comanda.cli import database
from comanda.cli.channel import Channel
from comanda.cli.hook_lane import HookLane
from comanda.cli.output import Refused, say
from comanda.jobs.worker import Worker
from comanda.lib import garbage
from comanda.records import users, welcome
from comanda.web.imports import receiving

_AROUND = 1 << 20
"""Bytes of a form around its file, which alone has a limit that people know."""


def listen(host: str, port: int) -> socket.socket:
    """A listening socket; raises Refused when the address is taken."""
    try:
        return socket.create_server((host, port), family=socket.AF_INET6 if ":" in host else socket.AF_INET)
    except OSError as error:
        raise Refused(
            f"Cannot listen on {host}:{port}: {error.strerror}. "
            "Choose another port: COMANDA_PORT=8001, or --port 8001."
        ) from None


def run(*, web: bool, worker: bool, host: str | None = None, port: int | None = None) -> None:
    """Serves until SIGTERM or Ctrl-C."""
    door = listen(host or env.get("host"), env.get("port") if port is None else port) if web else None
    with database.opened():
        stay(door, Worker() if worker else None)


def stay(door: socket.socket | None, jobs: Worker | None) -> None:
    """Answers requests on ``door`` and does jobs until the process is told to leave."""
    if jobs:
        jobs.start()
    try:
        if door:
            receiving.sweep()
            answering = web_server(door)
            say(f"Comanda runs at {address(door)}/  (API docs: {address(door)}/api/docs). Ctrl-C ends it.")
            _lead_first_owner(address(door))
            with garbage.settled():
                answering.run()
        elif jobs:
            say("The worker takes jobs. Ctrl-C ends it.")
            jobs.join()
    except (KeyboardInterrupt, SystemExit):
        say("Leaving.")
    finally:
        if jobs:
            jobs.stop()


def _lead_first_owner(where: str) -> None:
    """Prints, while there is nobody who could sign in, the link by which someone becomes the first."""
    if not users.exist():
        token = welcome.first_owner_link(by="command line")
        say(f"Nobody can sign in yet. Become the owner, within 7 days: {link(token, where)}")


def link(token: str, where: str = "") -> str:
    """The address of a one-time link, as people reach it."""
    base = settings.PUBLIC_URL or where or f"http://{env.get('host')}:{env.get('port')}"
    return f"{base}{reverse('welcome', args=[token])}"


def address(door: socket.socket) -> str:
    """The URL of a listening socket, without a slash at its end."""
    host, port = door.getsockname()[:2]
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def web_server(door: socket.socket) -> Any:
    """waitress, ready to ``run()`` on a listening socket."""
    get_resolver().url_patterns  # noqa: B018  # loads all views now, not with the first request
    proxy = env.get("trusted_proxy")
    believed = {"trusted_proxy": proxy, "trusted_proxy_headers": {"x-forwarded-for"}} if proxy else {}
    server = waitress.create_server(
        get_wsgi_application(),
        sockets=[door],
        threads=env.get("web_threads"),
        ident="comanda",
        max_request_body_size=receiving.most_bytes() + _AROUND,
        clear_untrusted_proxy_headers=True,
        url_scheme=urlsplit(settings.PUBLIC_URL).scheme or "http",
        **believed,
    )
    return fitted(server)


def fitted(server: Any) -> Any:
    """The same server of waitress, with our connections and the lane for webhooks."""
    server.channel_class = Channel
    server.task_dispatcher = HookLane(server.task_dispatcher)
    return server


def leave(number: int, frame: FrameType | None) -> None:
    """What SIGTERM does: everything is put away on the way out."""
    raise SystemExit(128 + number)
