"""Connections as waitress keeps them, with what it does not do.

A form that is too large is heard out, so that its sender hears the answer; webhooks that are stored are
acknowledged; and whoever writes to a socket is left to it.
"""

from io import BytesIO

from waitress.channel import HTTPChannel
from waitress.parser import HTTPRequestParser
from waitress.task import Task, WSGITask

from comanda.cli.hook_lane import Acknowledged
from comanda.web.frame.refusals import OVERSIZED


class _Nothing:
    """Takes a body and keeps none of it: receiver and buffer of waitress in one."""

    error = None
    completed = False

    def __init__(self, size: int) -> None:
        self._left = size

    def __len__(self) -> int:
        return 0

    def received(self, data: bytes) -> int:
        """Passes over a piece; how much of it was of this body."""
        taken = min(len(data), self._left)
        self._left -= taken
        self.completed = not self._left
        return taken

    def getfile(self) -> BytesIO:
        """What is left of the body."""
        return BytesIO()

    def getbuf(self) -> BytesIO:
        """The same, to be closed."""
        return BytesIO()


class Parser(HTTPRequestParser):  # type: ignore[misc]  # untyped
    """Reads a request; the body of a form beyond what the server takes is read to its end and forgotten.

    waitress itself answers at once and hangs up, and a browser that is still sending then says that the
    connection was reset in place of showing the answer. Programs do listen while they send: they are told at
    once, as they were.
    """

    content_length: int
    is_stored = False
    """Whether it is a webhook that the lane has stored."""

    def parse_header(self, header_plus: bytes) -> None:
        """Decides by the header what becomes of the body."""
        super().parse_header(header_plus)
        self.headers.pop(OVERSIZED, None)
        if self.content_length >= self.adj.max_request_body_size and self._is_form():
            self.body_rcv = _Nothing(self.content_length)
            self.content_length = 0
            self.headers |= {"CONTENT_LENGTH": "0", OVERSIZED: "yes"}

    def _is_form(self) -> bool:
        kind = self.headers.get("CONTENT_TYPE", "").lower()
        return kind.startswith("multipart/form-data") and not self.path.startswith("/api/")

    def received(self, data: bytes) -> int:
        """Reads on; what is forgotten does not count."""
        consumed = int(super().received(data))
        if isinstance(self.body_rcv, _Nothing):
            self.body_bytes_received = 0
        return consumed


class Channel(HTTPChannel):  # type: ignore[misc]  # untyped
    """A connection that reads so."""

    parser_class = Parser

    def writable(self) -> bool:
        """Whether something is left to send, and no thread is at it: that one says when it is done.

        waitress would go round and round meanwhile, and so keep that thread from going on.
        """
        if not super().writable() or not self.outbuf_lock.acquire(False):
            return False
        self.outbuf_lock.release()
        return True

    @staticmethod
    def task_class(channel: HTTPChannel, request: Parser) -> Task:
        """What answers a request."""
        return (Acknowledged if request.is_stored else WSGITask)(channel, request)
