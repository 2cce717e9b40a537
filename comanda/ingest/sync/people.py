"""What is kept true of the people of connected shops: two lists of each shop, and three fields.

"Buyers of <shop>" holds those who bought there and accept marketing, "Contacts of <shop>" those known there
by an account or a sign-up who accept it. Fields ``last_order``, ``total_orders`` and ``accepts_marketing``
say what the orders and the consent say. All follows the activity log, and can be made anew from the records.
"""

from collections.abc import Sequence

from django.db import transaction
from django.db.models import Q
from psycopg import Cursor

from comanda.connectors import registry
from comanda.records import activity, database
from comanda.records.models import List, Store

CONSUMER = "shop people"
_HAS_LISTS = Q(connection__isnull=False) | Q(settings__has_key="buyers_list")
_AT_ONCE = 5_000
_FIELDS = """
INSERT INTO field (key, name, kind) VALUES
    ('last_order', 'Last order', 'date'), ('total_orders', 'Total orders', 'number'),
    ('accepts_marketing', 'Accepts marketing', 'yes_no')
ON CONFLICT (key) DO NOTHING
"""
_JOIN = """
WITH who AS (
    SELECT c.id, c.accepts_marketing IS TRUE AND {condition} AS belongs
    FROM contact c WHERE c.id = ANY(%(ids)s)
), gone AS (
    DELETE FROM list_member m USING who WHERE m.list_id = %(list_id)s AND m.contact_id = who.id
    AND NOT who.belongs
)
INSERT INTO list_member (list_id, contact_id) SELECT %(list_id)s, id FROM who WHERE belongs ORDER BY id
ON CONFLICT DO NOTHING
"""
_BOUGHT = """EXISTS (SELECT FROM orders o WHERE o.contact_id = c.id AND o.store_id = %(store_id)s
                     AND o.status <> 'canceled')"""
_KNOWN = """EXISTS (SELECT FROM contact_identity i WHERE i.contact_id = c.id AND i.kind = 'customer'
                    AND i.store_id = %(store_id)s)"""
_TELL = """
UPDATE contact c SET fields = c.fields - ARRAY['last_order', 'accepts_marketing'] || told.said
FROM (
    SELECT c.id, jsonb_strip_nulls(jsonb_build_object(
        'total_orders', (SELECT count(*)::text FROM orders o
                         WHERE o.contact_id = c.id AND o.status <> 'canceled'),
        'last_order', (SELECT to_char(o.placed_at AT TIME ZONE s.timezone, 'YYYY-MM-DD')
                       FROM orders o JOIN store s ON s.id = o.store_id
                       WHERE o.contact_id = c.id AND o.status <> 'canceled'
                       ORDER BY o.placed_at DESC LIMIT 1),
        'accepts_marketing', CASE c.accepts_marketing WHEN true THEN 'yes' WHEN false THEN 'no' END
    )) AS said
    FROM contact c WHERE c.id = ANY(%(ids)s)
) told
WHERE c.id = told.id AND c.fields <> c.fields - ARRAY['last_order', 'accepts_marketing'] || told.said
"""


def follow() -> bool:
    """Takes in the next stretch of the log; False when there was nothing new."""
    with transaction.atomic(), database.cursor() as cursor:
        rows = activity.read(CONSUMER, _AT_ONCE)
        if not rows:
            return False
        ids = sorted({row.contact_id for row in rows if row.contact_id is not None})
        if ids:
            keep(cursor, ids)
        activity.advance(CONSUMER, activity.position(rows[-1]))
    return True


def keep(cursor: Cursor[object], ids: Sequence[int]) -> None:
    """Puts lists and fields of these contacts right, for all shops that are connected, or once were."""
    stores = list(Store.objects.filter(_HAS_LISTS).order_by("id"))
    if not stores:
        return
    cursor.execute(_FIELDS)
    cursor.execute(
        "SELECT id FROM contact WHERE id = ANY(%(ids)s) ORDER BY id FOR UPDATE", {"ids": list(ids)}
    )
    for store in stores:
        buyers, known = lists_of(store)
        for list_id, condition in ((buyers.pk, _BOUGHT), (known.pk, _KNOWN)):
            asked = {"ids": list(ids), "list_id": list_id, "store_id": store.pk}
            cursor.execute(_JOIN.format(condition=condition).encode(), asked)
    cursor.execute(_TELL, {"ids": list(ids)})


def lists_of(store: Store) -> tuple[List, List]:
    """The shop's two lists, made when first needed; whatever they are called later, they stay its own."""
    kind = registry.all_platforms().get(store.platform)
    label = kind.title if kind else store.platform
    found = []
    for role, name in (
        ("buyers_list", f"Buyers of {store.name}"),
        ("contacts_list", f"Contacts of {store.name}"),
    ):
        kept = List.objects.filter(id=store.settings.get(role) or 0).first()
        if kept is None:
            kept, _ = List.objects.get_or_create(name=name[:200], defaults={"label": label})
            store.settings = {**store.settings, role: kept.pk}
            store.save(update_fields=["settings"])
        found.append(kept)
    return found[0], found[1]


def rebuild() -> None:
    """Makes all of it anew, as if the log were read from its beginning."""
    with transaction.atomic(), database.cursor() as cursor:
        cursor.execute("SELECT id FROM contact ORDER BY id")
        ids = [int(str(row[0])) for row in cursor.fetchall()]
        for start in range(0, len(ids), _AT_ONCE):
            keep(cursor, ids[start : start + _AT_ONCE])
