"""Every setting, declared once: name, type, default and what it is for.

The settings page of the docs is made from ``SETTINGS``; nothing else reads ``COMANDA_*``.
"""

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit


class WrongSetting(ValueError):
    """A variable holds something that cannot be used; the message says what would be right."""


@dataclass(frozen=True, slots=True)
class Setting:
    """One ``COMANDA_*`` variable. ``parse`` turns its text into the value, or raises ValueError.

    What a ``secret`` one holds is never shown.
    """

    name: str
    kind: str
    default: str
    help: str
    parse: Callable[[str], Any]
    secret: bool = False

    @property
    def variable(self) -> str:
        """The name of the environment variable."""
        return f"COMANDA_{self.name.upper()}"

    def read(self, environ: Mapping[str, str]) -> Any:
        """The value now, or the default; raises WrongSetting when it cannot be read."""
        text = environ.get(self.variable, "") or self.default
        try:
            return self.parse(text)
        except ValueError as error:
            shown = "…" if self.secret else repr(text)
            raise WrongSetting(f"{self.variable}={shown}: expected {self.kind} ({error})") from None


@dataclass(frozen=True, slots=True)
class Smtp:
    """A mail server, as a ``smtp://`` (STARTTLS) or ``smtps://`` (TLS from the start) URL names it."""

    host: str
    port: int
    user: str
    password: str
    starttls: bool
    tls: bool


@dataclass(frozen=True, slots=True)
class MapTiles:
    """Where the pieces of the map come from, as a template of Leaflet's, and whom to credit for them."""

    url: str
    credit: str
    credit_url: str


_SMTP_PORTS = {"smtp": 587, "smtps": 465, "smtp+plain": 25}


def _smtp(text: str) -> Smtp | None:
    if not text:
        return None
    url = urlsplit(text)
    if url.scheme not in _SMTP_PORTS or not url.hostname:
        raise ValueError("write smtp://user:password@host:587")
    return Smtp(
        url.hostname,
        url.port or _SMTP_PORTS[url.scheme],
        unquote(url.username or ""),
        unquote(url.password or ""),
        starttls=url.scheme == "smtp",
        tls=url.scheme == "smtps",
    )


def _origin(text: str) -> str:
    if not text:
        return ""
    url = urlsplit(text)
    if url.scheme not in ("http", "https") or not url.hostname or url.path.strip("/") or url.query:
        raise ValueError("write https://host, without a path")
    return f"{url.scheme}://{url.netloc}".lower()


def _tiles(text: str) -> MapTiles | None:
    if text.lower() == "none":
        return None
    url, *words = text.split()
    if not url.startswith("https://") or not all(part in url for part in ("{z}", "{x}", "{y}")):
        raise ValueError("write https://host/{z}/{x}/{y}.png, then whom to credit, then a link; or none")
    link = words.pop() if words and words[-1].startswith("https://") else ""
    return MapTiles(url, " ".join(words), link)


def _endpoint(text: str) -> str:
    url = urlsplit(text)
    if text and (url.scheme not in ("http", "https") or not url.hostname):
        raise ValueError("write https://host/search")
    return text


def _flag(text: str) -> bool:
    words = {
        "1": True,
        "true": True,
        "yes": True,
        "on": True,
        "0": False,
        "false": False,
        "no": False,
        "off": False,
    }
    if text.lower() not in words:
        raise ValueError("say yes or no")
    return words[text.lower()]


def _words(text: str) -> tuple[str, ...]:
    return tuple(word.strip() for word in text.split(",") if word.strip())


def _positive(text: str) -> int:
    number = int(text)
    if number <= 0:
        raise ValueError("must be above zero")
    return number


def _port(text: str) -> int:
    number = int(text)
    if not 0 <= number <= 65535:
        raise ValueError("a port lies between 0 and 65535")
    return number


_DECLARED = (
    Setting(
        "data",
        "a folder",
        "./comanda-data",
        "Where data, secrets and uploaded files are kept.",
        lambda t: Path(t).expanduser().resolve(),
    ),
    Setting(
        "database_url",
        "a PostgreSQL URL or nothing",
        "",
        "An external PostgreSQL 15 or newer. Empty: Comanda starts its own in the data folder.",
        str,
    ),
    Setting(
        "host",
        "an address",
        "127.0.0.1",
        "The address that `comanda serve` and `comanda web` listen on.",
        str,
    ),
    Setting("port", "a port", "8000", "The port that they listen on; 0 takes a free one.", _port),
    Setting(
        "allowed_hosts",
        "host names, comma-separated",
        "localhost,127.0.0.1,[::1]",
        "The host names under which the server answers.",
        _words,
    ),
    Setting(
        "public_url",
        "a URL without a path, or nothing",
        "",
        "The address under which people reach Comanda, where a web server stands in front of it. Links in "
        "e-mails and in the terminal begin with it; with `https` cookies travel encrypted only. Empty: the "
        "address that it listens on.",
        _origin,
    ),
    Setting(
        "trusted_proxy",
        "an IP address, or nothing",
        "",
        "The address of the web server in front, whose `X-Forwarded-For` is believed: failed sign-ins are "
        "counted for each caller. Empty: nobody's is.",
        str,
    ),
    Setting(
        "smtp_url",
        "smtp://user:password@host:587, or nothing",
        "",
        "The mail server for invitations and lost passwords: `smtp` encrypts by STARTTLS, `smtps` from the "
        "start, `smtp+plain` not at all. Empty: no e-mail is sent, and links are shown instead.",
        _smtp,
        secret=True,
    ),
    Setting(
        "mail_from",
        "a name and an address",
        "Comanda <comanda@localhost>",
        "Whom those e-mails come from.",
        str,
    ),
    Setting(
        "map_tiles",
        "a URL template, whom to credit and a link; or none",
        "https://tile.openstreetmap.org/{z}/{x}/{y}.png © OpenStreetMap contributors "
        "https://www.openstreetmap.org/copyright",
        "Where browsers get the map from that stores are placed on. The map of OpenStreetMap is free for "
        "light use under its [tile usage policy](https://operations.osmfoundation.org/policies/tiles/); it "
        "sees the readers' IP addresses and the places they look at. `none`: no map; places are typed.",
        _tiles,
    ),
    Setting(
        "geocoder_url",
        "a URL, or nothing",
        "",
        "A search endpoint that speaks as Nominatim does, asked by the server for the place of an address "
        "when someone presses the button: `https://nominatim.openstreetmap.org/search`, under its [usage "
        "policy](https://operations.osmfoundation.org/policies/nominatim/), or one of your own. Empty: "
        "addresses are not searched.",
        _endpoint,
    ),
    Setting(
        "allow_private_hosts",
        "host names, comma-separated",
        "",
        "Shops that may be in a private network, on any port and unencrypted: their host names or IP "
        "addresses. All others must be on the public internet and speak https on port 443 or 8443.",
        lambda text: tuple(word.lower() for word in _words(text)),
    ),
    Setting(
        "web_threads", "a number", "16", "How many requests one process answers at the same time.", _positive
    ),
    Setting("worker_jobs", "a number", "4", "How many jobs one worker runs at the same time.", _positive),
    Setting(
        "api_rate",
        "requests per minute",
        "60000",
        "How many requests a minute one API key may make, over all processes together.",
        _positive,
    ),
    Setting("max_json_mb", "megabytes", "20", "The largest JSON body that the API reads.", _positive),
    Setting(
        "max_upload_mb", "megabytes", "4096", "The largest file that can be uploaded for import.", _positive
    ),
    Setting("keep_days", "days", "180", "How long raw payloads and uploaded files are kept.", _positive),
    Setting(
        "debug",
        "yes or no",
        "no",
        "Show Python tracebacks in the browser. Never on a server that others reach.",
        _flag,
    ),
)

SETTINGS: dict[str, Setting] = {setting.name: setting for setting in _DECLARED}


def get(name: str) -> Any:
    """The value of a declared setting, read from the environment now."""
    return SETTINGS[name].read(os.environ)


def unknown(environ: Mapping[str, str]) -> list[str]:
    """``COMANDA_*`` variables that are set but mean nothing: most often a slip of the pen."""
    known = {setting.variable for setting in _DECLARED}
    return sorted(name for name in environ if name.startswith("COMANDA_") and name not in known)
