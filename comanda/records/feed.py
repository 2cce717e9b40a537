"""The activity log in commit order, for readers with a cursor.

Ids are drawn before their transactions commit, so that a reader by id alone would skip rows that commit late.
A row therefore carries its transaction's id, and a reader stops before the oldest transaction still open:
nothing can be added any more to what is behind that.
"""

import json
from typing import Any

from django.db import connection

Position = tuple[int, int, int]
"""(era, transaction id, id) of the last row read."""

BEGINNING: Position = (0, 0, 0)
COLUMNS = (
    "era", "xid", "id", "kind", "contact_id", "store", "order_id", "cart_id", "at", "recorded_at", "live",
    "data",
)  # fmt: skip
_AFTER = """
SELECT a.era, a.xid::text::bigint, a.id, a.kind, a.contact_id, s.key, a.order_id, a.cart_id, a.at,
       a.recorded_at, a.live, a.data::text
FROM activity a LEFT JOIN store s ON s.id = a.store_id
WHERE (a.era, a.xid, a.id) > (%(era)s, %(xid)s::text::xid8, %(id)s)
  AND (a.era < (SELECT max(era) FROM activity) OR a.xid < pg_snapshot_xmin(pg_current_snapshot()))
ORDER BY a.era, a.xid, a.id
LIMIT %(limit)s
"""


def after(position: Position, limit: int) -> list[dict[str, Any]]:
    """The next rows behind a position, in commit order."""
    era, xid, row_id = position
    with connection.cursor() as cursor:
        cursor.execute(_AFTER, {"era": era, "xid": xid, "id": row_id, "limit": limit})
        rows = [dict(zip(COLUMNS, row, strict=True)) for row in cursor.fetchall()]
    for row in rows:
        row["data"] = json.loads(row["data"])
    return rows


def position(row: dict[str, Any]) -> Position:
    """Where a row stands."""
    return row["era"], row["xid"], row["id"]
