"""The log read in commit order, by consumers that each keep a cursor.

Ids are handed out before transactions commit, so "everything behind the last id I saw" would skip what
commits late. Each row therefore carries its transaction's id, rows are read in the order (era, transaction,
id), and only as far as no transaction that is still open could put a row in between: nothing is skipped,
nothing read twice. https://www.postgresql.org/docs/current/functions-info.html#FUNCTIONS-PG-SNAPSHOT

Transaction ids begin anew when a dump is restored into another cluster. The era, a counter kept as the
default of its column, then goes up: rows of older eras are all committed, and come before those of the new.
"""

from typing import NamedTuple

from django.db import connection, transaction
from django.db.transaction import TransactionManagementError
from psycopg import sql

from comanda.records import database
from comanda.records.models import Activity


class Position(NamedTuple):
    """A place in the log: that of the last row read."""

    era: int
    xid: int
    id: int


_ERA = r"""(
    SELECT substring(pg_get_expr(d.adbin, d.adrelid) FROM '\d+')::smallint
    FROM pg_attrdef d JOIN pg_attribute a ON a.attrelid = d.adrelid AND a.attnum = d.adnum
    WHERE d.adrelid = 'activity'::regclass AND a.attname = 'era'
)"""
_REGISTER = """
INSERT INTO activity_cursor (consumer, era, activity_id) VALUES (%(consumer)s, 0, 0)
ON CONFLICT (consumer) DO NOTHING
"""
_HOLD = """
SELECT era, xid::text, activity_id FROM activity_cursor WHERE consumer = %(consumer)s FOR UPDATE
"""
_READ = f"""
SELECT * FROM activity
WHERE (era, xid, id) > (%(era)s, %(xid)s::xid8, %(id)s)
AND (era, xid, id) < ({_ERA}, pg_snapshot_xmin(pg_current_snapshot()), 0)
ORDER BY era, xid, id LIMIT %(limit)s
"""
_ADVANCE = """
UPDATE activity_cursor SET era = %(era)s, xid = %(xid)s::xid8, activity_id = %(id)s, moved_at = now()
WHERE consumer = %(consumer)s AND (era, xid, activity_id) < (%(era)s, %(xid)s::xid8, %(id)s)
"""
_STRANGE = f"""
SELECT EXISTS (
    SELECT FROM activity WHERE (era, xid, id) >= ({_ERA}, pg_snapshot_xmax(pg_current_snapshot()), 0)
)
"""
_NEXT_ERA = f"SELECT GREATEST({_ERA}, (SELECT max(era) FROM activity)) + 1"


def read(consumer: str, limit: int = 1000) -> list[Activity]:
    """The next rows for this consumer, oldest first; none when it has read all that is certain by now.

    The cursor stays locked until the transaction ends, so that of two workers for one consumer the second
    waits. Raises TransactionManagementError outside a transaction.
    """
    if not connection.in_atomic_block:
        raise TransactionManagementError("Activity is read in the transaction that works on it.")
    with database.cursor() as cursor:
        cursor.execute(_REGISTER, {"consumer": consumer})
        cursor.execute(_HOLD, {"consumer": consumer})
        era, xid, last_id = cursor.fetchall()[0]
    return after(Position(era, int(xid), last_id), limit)


def after(place: Position, limit: int = 1000) -> list[Activity]:
    """The next rows behind a place, oldest first, for readers who keep their place themselves."""
    asked = {"era": place.era, "xid": str(place.xid), "id": place.id, "limit": limit}
    return list(Activity.objects.raw(_READ, asked))


def position(row: Activity) -> Position:
    """Where a row stands."""
    return Position(row.era, row.xid, row.id)


def advance(consumer: str, to: Position) -> None:
    """Remembers that the consumer is done with all up to ``to``.

    Belongs into the transaction that read the rows and did the work. Raises ValueError when the cursor is
    there already, or further on.
    """
    with database.cursor() as cursor:
        cursor.execute(_ADVANCE, {"consumer": consumer, "era": to.era, "xid": str(to.xid), "id": to.id})
        if cursor.rowcount != 1:
            raise ValueError(f"{to} is not ahead of the cursor of {consumer!r}")


def begin_era() -> None:
    """Begins a new era: to be called once a dump was restored, before anything is written."""
    with transaction.atomic():
        _begin_era()


def check_era() -> None:
    """Begins a new era if this is a dump restored by hand: if rows stand here that this server cannot have
    written, because their transaction ids are yet to come. To be called at start-up."""
    if not _is_strange():
        return
    with transaction.atomic():
        if _is_strange():
            _begin_era()


def _begin_era() -> None:
    with database.cursor() as cursor:
        cursor.execute("LOCK TABLE activity IN ACCESS EXCLUSIVE MODE")
        cursor.execute(_NEXT_ERA)
        era = cursor.fetchall()[0][0]
        cursor.execute(
            sql.SQL("ALTER TABLE activity ALTER COLUMN era SET DEFAULT {}").format(sql.Literal(era))
        )


def _is_strange() -> bool:
    with database.cursor() as cursor:
        cursor.execute(_STRANGE)
        return bool(cursor.fetchall()[0][0])
