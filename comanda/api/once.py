"""``Idempotency-Key``: a POST that is sent again is answered again, and done once.

Only what succeeded is remembered: a request that was refused changed nothing, and may be mended and sent
under the same key. Source: https://datatracker.ietf.org/doc/draft-ietf-httpapi-idempotency-key-header/
"""

import hashlib
import logging
import re
from contextlib import ExitStack
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase

from comanda.api.problems import ApiProblem
from comanda.records import idempotency
from comanda.records.database import LOST
from comanda.records.idempotency import StillRunning, Stored

log = logging.getLogger(__name__)
HEADER = "Idempotency-Key"
_KEY = re.compile(r"[\x21-\x7e]{1,255}")
_BLOCK = 1 << 20


class Replay(Exception):
    """The request was done before: ``response`` is its answer."""

    def __init__(self, stored: Stored) -> None:
        super().__init__("done before")
        self.response = HttpResponse(stored.body, status=stored.status, content_type=stored.content_type)
        self.response["Idempotency-Replayed"] = "true"


class _Fingerprint:
    """A hash of a request. The boundary of a multipart body is left out: it is another one each time."""

    def __init__(self, request: HttpRequest) -> None:
        kind = request.content_type or ""
        self._boundary = (request.content_params or {}).get("boundary", "").encode("utf-8", "replace")
        self._rest = b""
        self._hash = hashlib.sha256(f"{request.method} {request.get_full_path()} {kind}\n".encode())

    def update(self, piece: bytes) -> None:
        """Takes in the next piece of the body."""
        if not self._boundary:
            self._hash.update(piece)
            return
        *before, self._rest = (self._rest + piece).split(self._boundary)
        for part in before:
            self._hash.update(part)
        whole = max(len(self._rest) - len(self._boundary) + 1, 0)
        self._hash.update(self._rest[:whole])
        self._rest = self._rest[whole:]

    def digest(self) -> bytes:
        """The hash, once all of the body was taken in."""
        self._hash.update(self._rest)
        self._rest = b""
        return self._hash.digest()


class _Read:
    """The body's stream, hashed while it is read."""

    def __init__(self, stream: Any, fingerprint: _Fingerprint) -> None:
        self._stream = stream
        self._fingerprint = fingerprint
        self._closed = False

    def read(self, *size: int) -> bytes:
        """Reads as the stream does."""
        return self._noted(self._stream.read(*size))

    def readline(self, *size: int) -> bytes:
        """Reads a line as the stream does."""
        return self._noted(self._stream.readline(*size))

    def drain(self) -> bytes:
        """Reads what is left; the fingerprint of the whole request."""
        while not self._closed and self.read(_BLOCK):
            pass
        return self._fingerprint.digest()

    def close(self) -> None:
        """Closes the stream, as Django does once it has read all of it."""
        self._closed = True
        self._stream.close()

    def _noted(self, piece: bytes) -> bytes:
        self._fingerprint.update(piece)
        return piece


class Once:
    """One request that holds its key until ``end``."""

    def __init__(self, api_key_id: int, key: str, body: _Read, holding: ExitStack) -> None:
        self._api_key_id, self._key = api_key_id, key
        self._body, self._holding = body, holding

    def end(self, response: HttpResponseBase) -> None:
        """Remembers the answer if the request succeeded, and gives the key up.

        The request is done by now: if the database is away, the caller is told so all the same, and the key
        went with the connection.
        """
        try:
            with self._holding:
                if isinstance(response, HttpResponse) and 200 <= response.status_code < 300:
                    kind = response.headers["Content-Type"]
                    answer = Stored(self._body.drain(), response.status_code, kind, response.content)
                    idempotency.keep(self._api_key_id, self._key, answer)
        except LOST as error:
            log.warning("An answer could not be kept under its %s: %s", HEADER, str(error).strip())


def begin(request: HttpRequest, api_key_id: int) -> Once | None:
    """Takes the key that a POST was sent with; None when it came without.

    Raises Replay when it was done before, and ApiProblem: 409 while it is still running, 422 when it was
    another request.
    """
    key = request.headers.get(HEADER)
    if key is None or request.method != "POST":
        return None
    if not _KEY.fullmatch(key):
        raise ApiProblem(400, f"{HEADER} is 1 to 255 letters, digits and signs of ASCII, without spaces.")
    # Django reads a body, whatever its kind, through this one stream.
    request._stream = body = _Read(request._stream, _Fingerprint(request))  # type: ignore[assignment]
    with ExitStack() as holding:
        try:
            holding.enter_context(idempotency.held(api_key_id, key))
        except StillRunning:
            detail = "A request with this key is still running."
            raise ApiProblem(409, detail, headers={"Retry-After": "1"}) from None
        stored = idempotency.find(api_key_id, key)
        if stored is None:
            return Once(api_key_id, key, body, holding.pop_all())
    if body.drain() != stored.fingerprint:
        raise ApiProblem(422, f"This {HEADER} was used for another request.")
    raise Replay(stored)
