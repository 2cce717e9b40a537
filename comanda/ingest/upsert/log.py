"""What a call to the door leaves behind beside the records: activity, payloads, and what an import wrote."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from psycopg import Cursor

from . import rows, text
from .cause import Cause, StoreRef
from .rehearsal import Rehearsal

_ACTIVITY = ("kind", "contact_id", "store_id", "order_id", "cart_id", "at", "live", "data")
_WRITE = ("import_id", "kind", "record_id", "before", "after")
_WRITE_AGAIN = """
INSERT INTO import_write (import_id, kind, record_id, before, after)
VALUES (%(import_id)s, %(kind)s, %(record_id)s, %(before)s::jsonb, %(after)s::jsonb)
ON CONFLICT (import_id, kind, record_id) DO UPDATE SET
    before = EXCLUDED.before || import_write.before,
    after = COALESCE(import_write.after, '{}') || EXCLUDED.after
"""
_INBOX = ("store_id", "kind", "external_id", "source", "body", "state", "error", "tries")


@dataclass(slots=True)
class Log:
    """Collects rows during a call; ``write`` sends them in the call's own transaction."""

    store: StoreRef
    cause: Cause
    now: datetime = field(default_factory=lambda: datetime.now(UTC))
    _activity: list[str] = field(default_factory=list)
    rehearsal: Rehearsal | None = None
    _writes: list[str] = field(default_factory=list)
    _changes: list[dict[str, Any]] = field(default_factory=list)
    _inbox: list[str] = field(default_factory=list)

    def add(
        self,
        kind: str,
        at: datetime,
        data: Mapping[str, Any],
        *,
        contact_id: int | None = None,
        order_id: int | None = None,
        cart_id: int | None = None,
    ) -> None:
        """One activity."""
        self._activity.append(
            f"{kind}\t{text.optional(contact_id)}\t{self.store.id}\t{text.optional(order_id)}\t"
            f"{text.optional(cart_id)}\t{text.time(at)}\t{text.optional(self.cause.live)}\t{text.data(data)}"
        )

    def wrote(self, kind: str, record_id: int, before: str | None = None, after: str | None = None) -> None:
        """One record made (``before`` None) or changed once, if an import did it; both as JSON text."""
        if self.cause.import_id is not None:
            then = text.NULL if before is None else text.raw(before)
            since = text.NULL if after is None else text.raw(after)
            self._writes.append(f"{self.cause.import_id}\t{kind}\t{record_id}\t{then}\t{since}")

    def changed(self, kind: str, record_id: int, before: str, after: str) -> None:
        """Columns of a record changed, perhaps not for the first time in this import: the first ``before`` stays."""
        if self.cause.import_id is not None:
            self._changes.append(
                {"import_id": self.cause.import_id, "kind": kind, "record_id": record_id, "before": before,
                 "after": after}
            )  # fmt: skip

    def received(self, kind: str, external_id: str, body: bytes | None) -> None:
        """The payload from which a record was written."""
        if body is not None:
            self._inbox.append(
                f"{self.store.id}\t{kind}\t{text.text(external_id)}\t{self.cause.source}\t{text.binary(body)}\tdone\t\t0"
            )

    def write(self, cursor: Cursor[Any]) -> None:
        """Sends all."""
        rows.copy(cursor, "activity", _ACTIVITY, self._activity)
        rows.copy(cursor, "import_write", _WRITE, self._writes)
        if self._changes:
            cursor.executemany(_WRITE_AGAIN, self._changes)
        rows.copy(cursor, "inbox", _INBOX, self._inbox)
