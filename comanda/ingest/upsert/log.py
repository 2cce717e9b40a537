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
SELECT %(import_id)s, *
FROM unnest(%(kinds)s::text[], %(ids)s::bigint[], %(befores)s::jsonb[], %(afters)s::jsonb[])
ON CONFLICT (import_id, kind, record_id) DO UPDATE SET
    before = EXCLUDED.before || import_write.before,
    after = CASE jsonb_typeof(EXCLUDED.after)
        WHEN 'object' THEN COALESCE(import_write.after, '{}') || EXCLUDED.after ELSE EXCLUDED.after END
"""
_INBOX = ("store_id", "kind", "external_id", "source", "body", "state", "tries")


@dataclass(slots=True)
class Log:
    """Collects rows during a call; ``write`` sends them in the call's own transaction."""

    store: StoreRef
    cause: Cause
    now: datetime = field(default_factory=lambda: datetime.now(UTC))
    _activity: list[str] = field(default_factory=list)
    rehearsal: Rehearsal | None = None
    _made: list[str] = field(default_factory=list)
    _again: list[tuple[str, int, str, str]] = field(default_factory=list)
    _changes: dict[tuple[str, int], tuple[dict[str, Any], dict[str, Any]]] = field(default_factory=dict)
    _inbox: list[str] = field(default_factory=list)

    def add(
        self,
        kind: str,
        at: datetime,
        data: Mapping[str, Any] | str,
        *,
        contact_id: int | None = None,
        order_id: int | None = None,
        cart_id: int | None = None,
    ) -> None:
        """One activity; ``data`` may be JSON text already."""
        said = text.raw(data) if isinstance(data, str) else text.data(data)
        self._activity.append(
            f"{kind}\t{text.optional(contact_id)}\t{self.store.id}\t{text.optional(order_id)}\t"
            f"{text.optional(cart_id)}\t{text.time(at)}\t{text.optional(self.cause.is_news(at))}\t{said}"
        )

    def made(self, kind: str, record_id: int, after: str | None = None) -> None:
        """One record made, if an import did it; ``after`` is JSON text."""
        if self.cause.import_id is not None:
            since = text.NULL if after is None else text.raw(after)
            self._made.append(f"{self.cause.import_id}\t{kind}\t{record_id}\t{text.NULL}\t{since}")

    def replaced(self, kind: str, record_id: int, before: str, after: str) -> None:
        """One record written anew; what stood there before this import is kept whole, as JSON text."""
        if self.cause.import_id is not None:
            self._again.append((kind, record_id, before, after))

    def changed(self, kind: str, record_id: int, before: Mapping[str, Any], after: Mapping[str, Any]) -> None:
        """Columns of a record changed, perhaps not for the first time: the first ``before`` of each stays."""
        if self.cause.import_id is not None:
            first, last = self._changes.setdefault((kind, record_id), ({}, {}))
            for column, value in before.items():
                first.setdefault(column, value)
            last.update(after)

    def received(self, kind: str, external_id: str, body: bytes | None) -> None:
        """The payload from which a record was written."""
        if body is not None:
            self._inbox.append(
                f"{self.store.id}\t{kind}\t{text.text(external_id)}\t{self.cause.source}\t{text.binary(body)}\tdone\t0"
            )

    def write(self, cursor: Cursor[Any]) -> None:
        """Sends all."""
        rows.copy(cursor, "activity", _ACTIVITY, self._activity)
        rows.copy(cursor, "import_write", _WRITE, self._made)
        self._write_again(cursor)
        rows.copy(cursor, "inbox", _INBOX, self._inbox)

    def _write_again(self, cursor: Cursor[Any]) -> None:
        """Records that this import may have written before: what it found at first stays."""
        merged = (
            (*of, text.json_text(before), text.json_text(after))
            for of, (before, after) in self._changes.items()
        )
        again = sorted((*self._again, *merged))
        if not again:
            return
        kinds, ids, befores, afters = map(list, zip(*again, strict=True))
        asked = {
            "import_id": self.cause.import_id,
            "kinds": kinds,
            "ids": ids,
            "befores": befores,
            "afters": afters,
        }
        cursor.execute(_WRITE_AGAIN, asked)
