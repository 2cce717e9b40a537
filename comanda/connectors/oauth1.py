"""Requests signed by OAuth 1.0a, HMAC-SHA256, as shops check them (RFC 5849, section 3.4)."""

import hmac
import secrets
import time
from base64 import b64encode
from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import quote

METHOD = "HMAC-SHA256"


@dataclass(frozen=True, slots=True)
class Keys:
    """A consumer's key and secret, and those of its token where there is one."""

    consumer_key: str
    consumer_secret: str
    token: str = ""
    token_secret: str = ""


def sign(
    method: str,
    url: str,
    query: Iterable[tuple[str, str]],
    keys: Keys,
    *,
    nonce: str = "",
    timestamp: int = 0,
    more: Iterable[tuple[str, str]] = (),
) -> dict[str, str]:
    """The ``oauth_`` parameters of a request, the signature among them.

    ``url`` has no query; ``query`` are all other parameters that are signed. ``more`` are further ``oauth_``
    ones (a verifier).
    """
    own = {
        "oauth_consumer_key": keys.consumer_key,
        "oauth_nonce": nonce or secrets.token_hex(16),
        "oauth_signature_method": METHOD,
        "oauth_timestamp": str(timestamp or int(time.time())),
        **({"oauth_token": keys.token} if keys.token else {}),
        **dict(more),
    }
    base = base_string(method, url, [*query, *own.items()])
    secret = f"{_escaped(keys.consumer_secret)}&{_escaped(keys.token_secret)}"
    signature = b64encode(hmac.digest(secret.encode(), base.encode(), "sha256")).decode()
    return {**own, "oauth_signature": signature}


def header(parameters: dict[str, str]) -> str:
    """The parameters as the header Authorization has them (RFC 5849, section 3.5.1)."""
    return "OAuth " + ", ".join(f'{_escaped(name)}="{_escaped(value)}"' for name, value in parameters.items())


def base_string(method: str, url: str, parameters: Iterable[tuple[str, str]]) -> str:
    """What is signed (RFC 5849, section 3.4.1)."""
    pairs = sorted((_escaped(name), _escaped(value)) for name, value in parameters)
    normalised = "&".join(f"{name}={value}" for name, value in pairs)
    return "&".join((method.upper(), _escaped(url), _escaped(normalised)))


def _escaped(text: str) -> str:
    return quote(text, safe="-._~")
