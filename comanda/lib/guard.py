"""Requests to addresses that users give: only to public servers, only encrypted, never led elsewhere.

Every address that a host name stands for is looked at when the connection is made, and the connection goes
to the very address that was looked at: a name that means something else a moment later gains nothing (DNS
rebinding). Hosts that the operator allows (``COMANDA_ALLOW_PRIVATE_HOSTS``) may be anywhere, on any port and
unencrypted. https://cheatsheetseries.owasp.org/cheatsheets/Server_Side_Request_Forgery_Prevention_Cheat_Sheet.html
"""

import ipaddress
import socket
from collections.abc import Collection

import httpx

PORTS = frozenset({443, 8443})
"""Where https is spoken to servers that nobody vouched for."""
_EMBEDDED = ipaddress.IPv6Network("64:ff9b::/96")
"""Addresses of IPv4 as translators to IPv6 write them (RFC 6052)."""
_NOWHERE = tuple(
    ipaddress.IPv6Network(each) for each in ("::/96", "64:ff9b:1::/48", "fec0::/10", "5f00::/16", "3fff::/20")
)
"""Where no shop is, though Python calls some of it global.

IPv4 written into IPv6 in an old way (RFC 4291), translators of one's own network (RFC 8215), private networks
of old (RFC 3879), segments of routes (RFC 9602), examples (RFC 9637).
"""

Address = ipaddress.IPv4Address | ipaddress.IPv6Address


class Forbidden(httpx.TransportError):
    """The request leads where none may go; ``code`` is ``scheme``, ``port`` or ``private``."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


class NameUnknown(httpx.ConnectError):
    """There is no server of this name, as far as the name service knows now."""


class Guard(httpx.BaseTransport):
    """A transport for one client; ``allowed`` are host names, lower-case, that need not be public."""

    def __init__(self, allowed: Collection[str] = (), connections: int = 4) -> None:
        self._allowed = frozenset(allowed)
        self._limits = httpx.Limits(max_connections=connections, max_keepalive_connections=connections)
        self._by_host: dict[str, httpx.HTTPTransport] = {}

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Sends it to an address that was looked at. Raises Forbidden, NameUnknown and httpx's own."""
        host, port = request.url.host, request.url.port or (443 if request.url.scheme == "https" else 80)
        if host.lower() not in self._allowed:
            _check_url(request.url.scheme, host, port)
        address = self._address(host, port)
        pinned = httpx.Request(
            request.method,
            request.url.copy_with(host=str(address)),
            headers=request.headers,  # its Host is that of the name
            stream=request.stream,
            extensions={**request.extensions, "sni_hostname": host},
        )
        # One pool a host: two names behind one address never share a connection.
        own = self._by_host.get(host)
        if own is None:  # making one reads all certificates that are trusted: that takes its time
            own = self._by_host.setdefault(host, httpx.HTTPTransport(limits=self._limits))
        return own.handle_request(pinned)

    def _address(self, host: str, port: int) -> Address:
        found = resolve(host, port)
        if host.lower() not in self._allowed:
            for address in found:
                if not is_public(address):
                    raise Forbidden("private", f"{host} is {address}, which is not on the public internet")
        return found[0]

    def close(self) -> None:
        """Closes all connections."""
        for own in self._by_host.values():
            own.close()


def _check_url(scheme: str, host: str, port: int) -> None:
    if scheme != "https":
        raise Forbidden("scheme", f"{host} would be asked without encryption")
    if port not in PORTS:
        raise Forbidden("port", f"port {port} of {host} is none of a web shop")


def resolve(host: str, port: int) -> list[Address]:
    """All addresses of a name, those of IPv4 first. Raises NameUnknown."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise NameUnknown(f"{host}: {error}") from error
    addresses = {ipaddress.ip_address(str(place[0]).partition("%")[0]) for *_, place in found}
    return sorted(addresses, key=lambda address: (address.version, int(address)))


def is_public(address: Address) -> bool:
    """Whether this is a single host on the public internet, also behind what is written into the address."""
    if isinstance(address, ipaddress.IPv6Address):
        inner = address.ipv4_mapped or address.sixtofour or (address.teredo or (None, None))[1]
        if inner is None and address in _EMBEDDED:
            inner = ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
        if inner is not None:
            return is_public(inner)
        if any(address in each for each in _NOWHERE):
            return False
    return address.is_global and not address.is_multicast
