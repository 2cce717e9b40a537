"""Requests to addresses that users give go to public servers only, whatever a name stands for by then."""

import socket
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from ipaddress import ip_address
from typing import Any

import httpx
import pytest

from comanda.lib import guard
from comanda.lib.guard import Forbidden, Guard, NameUnknown


@pytest.fixture
def server() -> Iterator[str]:
    """A server on this very machine."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:  # named by http.server
            self.send_response(200)
            self.end_headers()
            self.wfile.write(self.headers["Host"].encode())

        def log_message(self, *said: object) -> None:
            """Says nothing."""

    serving = HTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=serving.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{serving.server_address[1]}"
    serving.shutdown()
    serving.server_close()
    thread.join()


@pytest.fixture
def named(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Has names stand for addresses."""

    def name(*addresses: str) -> None:
        def looked_up(host: str, port: int, **_: Any) -> list[Any]:
            return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (each, port)) for each in addresses]

        monkeypatch.setattr(socket, "getaddrinfo", looked_up)

    return name


def ask(url: str, *allowed: str) -> httpx.Response:
    with httpx.Client(transport=Guard(allowed), timeout=2) as client:
        return client.get(url)


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "10.0.0.8", "192.168.1.1", "172.16.3.4", "169.254.169.254", "100.64.0.1", "0.0.0.0",
        "224.0.0.1", "255.255.255.255", "::1", "fe80::1", "fc00::1", "::ffff:127.0.0.1", "::ffff:10.0.0.1",
        "2002:7f00:1::", "64:ff9b::7f00:1", "64:ff9b::a9fe:a9fe", "ff02::1", "::", "::7f00:1", "::a9fe:a9fe",
        "64:ff9b:1::7f00:1", "fec0::1", "::ffff:a9fe:a9fe", "2001:db8::1", "3fff::1", "5f00::1",
    ],
)  # fmt: skip
def test_no_private_address_is_public(address: str) -> None:
    assert not guard.is_public(ip_address(address))


@pytest.mark.parametrize("address", ["93.184.216.34", "2606:2800:220:1::1", "64:ff9b::5db8:d822"])
def test_an_address_of_the_internet_is_public(address: str) -> None:
    assert guard.is_public(ip_address(address))


@pytest.mark.parametrize(
    ("url", "code"),
    [
        ("http://shop.example/", "scheme"),
        ("https://shop.example:22/", "port"),
        ("https://127.0.0.1/", "private"),
        ("https://[::1]/", "private"),
        ("https://localhost:8443/", "private"),
        ("https://0x7f000001/", "private"),
        ("https://2130706433/", "private"),
        ("https://127.1/", "private"),
        ("https://[::ffff:169.254.169.254]/", "private"),
        ("https://[::ffff:7f00:1]/", "private"),
        ("https://[64:ff9b::a9fe:a9fe]/", "private"),
        ("https://[fec0::1]/", "private"),
        ("https://169.254.169.254/latest/meta-data", "private"),
        ("https://2852039166/", "private"),
        ("http://169.254.169.254/", "scheme"),
        ("https://0/", "private"),
    ],
)
def test_it_does_not_go_where_none_may_go(url: str, code: str) -> None:
    with pytest.raises(Forbidden) as told:
        ask(url)

    assert told.value.code == code


def test_one_private_address_among_public_ones_is_enough(named: Callable[..., None]) -> None:
    named("93.184.216.34", "10.0.0.1")

    with pytest.raises(Forbidden):
        ask("https://shop.example/")


def test_a_redirect_is_not_followed_by_itself(server: str) -> None:
    with httpx.Client(transport=Guard(["127.0.0.1"])) as client:
        assert client.follow_redirects is False


def test_an_allowed_host_may_be_private_and_plain(server: str) -> None:
    answer = ask(server, "127.0.0.1")

    assert answer.text == server.removeprefix("http://")


def test_what_is_connected_is_what_was_looked_at(server: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A name server that answers otherwise the second time gains nothing: there is no second time."""
    asked: list[str] = []
    port = int(server.rpartition(":")[2])

    def looked_up(host: str, port: int, *rest: Any, **_: Any) -> list[Any]:
        asked.append(host)
        found = "127.0.0.1" if host in ("shop.example", "127.0.0.1") else "10.0.0.1"
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (found, port))]

    monkeypatch.setattr(socket, "getaddrinfo", looked_up)
    answer = ask(f"http://shop.example:{port}/", "shop.example")

    assert answer.text == f"shop.example:{port}"
    assert asked.count("shop.example") == 1


def test_a_name_that_nobody_has_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    def unknown(*_: Any, **__: Any) -> list[Any]:
        raise socket.gaierror(-2, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", unknown)

    with pytest.raises(NameUnknown):
        ask("https://shop.example/")
