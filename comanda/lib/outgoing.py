"""Requests to other servers whose address an operator has set: short, small, and never led elsewhere.

Addresses that users give need more than this (DESIGN section 10): this client does not look where they lead.
"""

import time
from collections.abc import Mapping

import httpx

from comanda import __version__

TIMEOUT = 5.0
"""Seconds until the answer must be here, whole."""
LARGEST = 1 << 20
"""Bytes that an answer may have, unpacked."""
_AGENT = f"Comanda/{__version__}"


class Unreachable(Exception):
    """The other server did not answer, or not in a way that can be used; the message says what happened."""


def get(
    url: str,
    query: Mapping[str, str],
    headers: Mapping[str, str] | None = None,
    transport: httpx.BaseTransport | None = None,
) -> bytes:
    """The body of a 200 answer. Raises Unreachable for all else; redirects are not followed."""
    give_up_at = time.monotonic() + TIMEOUT
    named = {"User-Agent": _AGENT, **(headers or {})}
    try:
        with httpx.Client(timeout=TIMEOUT, follow_redirects=False, transport=transport) as client:
            with client.stream("GET", url, params={**query}, headers=named) as answer:
                if answer.status_code != httpx.codes.OK:
                    raise Unreachable(f"it answered {answer.status_code}")
                return _read(answer, give_up_at)
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        raise Unreachable(str(error) or type(error).__name__) from error


def _read(answer: httpx.Response, give_up_at: float) -> bytes:
    body = bytearray()
    for piece in answer.iter_bytes():
        body += piece
        if len(body) > LARGEST:
            raise Unreachable(f"its answer is larger than {LARGEST} bytes")
        if time.monotonic() > give_up_at:
            raise Unreachable(f"its answer took longer than {TIMEOUT:.0f} s")
    return bytes(body)
