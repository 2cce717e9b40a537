"""How many requests each key has made this minute, counted for all processes together.

Processes take permits in blocks: large ones while plenty are left, single ones towards the end. So the limit
is never passed, and a request seldom costs a statement. The table is unlogged: after a crash of the database
counting begins anew.
"""

from dataclasses import dataclass
from typing import Any

from comanda.records import database

_BLOCKS = 25
"""A block is this fraction of what is left, so that idle processes sit on few permits."""

_TAKE = """
UPDATE api_rate SET minute = now.minute, used = now.used + now.take FROM (
    SELECT minute, used, GREATEST(LEAST(%(limit)s - used, 1), (%(limit)s - used) / %(blocks)s, 0) AS take
    FROM (
        SELECT date_trunc('minute', clock_timestamp()) AS minute,
               CASE WHEN minute = date_trunc('minute', clock_timestamp()) THEN used ELSE 0 END AS used
        FROM api_rate WHERE api_key_id = %(key_id)s FOR UPDATE
    ) known
) now
WHERE api_key_id = %(key_id)s
RETURNING now.take, api_rate.used,
          60 - extract(epoch FROM clock_timestamp() - now.minute)::float8
"""
_BEGIN = (
    "INSERT INTO api_rate (api_key_id, minute, used) VALUES (%(key_id)s, 'epoch', 0) ON CONFLICT DO NOTHING"
)


@dataclass(frozen=True, slots=True)
class Lease:
    """Permits for ``granted`` requests in the next ``seconds``; ``used`` counts those of all processes."""

    granted: int
    used: int
    seconds: float


def lease(key_id: int, limit: int) -> Lease:
    """Takes a block of permits of this minute; none are granted once ``limit`` is reached."""
    values: dict[str, Any] = {"key_id": key_id, "limit": limit, "blocks": _BLOCKS}
    with database.cursor() as cursor:
        row = cursor.execute(_TAKE, values).fetchone()
        if row is None:
            cursor.execute(_BEGIN, values)
            row = cursor.execute(_TAKE, values).fetchone()
    if row is None:
        raise LookupError(f"no row to count the requests of key {key_id}")
    granted, used, seconds = row
    return Lease(granted, used, max(seconds, 0.001))
