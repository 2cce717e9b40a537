"""Every setting, declared once: name, type, default and what it is for.

The settings page of the docs is made from ``SETTINGS``; nothing else reads ``COMANDA_*``.
"""

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any


class WrongSetting(ValueError):
    """A variable holds something that cannot be used; the message says what would be right."""


@dataclass(frozen=True, slots=True)
class Setting:
    """One ``COMANDA_*`` variable. ``parse`` turns its text into the value, or raises ValueError."""

    name: str
    kind: str
    default: str
    help: str
    parse: Callable[[str], Any]

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
            raise WrongSetting(f"{self.variable}={text!r}: expected {self.kind} ({error})") from None


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
        "web_threads", "a number", "16", "How many requests one process answers at the same time.", _positive
    ),
    Setting("worker_jobs", "a number", "2", "How many jobs one worker runs at the same time.", _positive),
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
