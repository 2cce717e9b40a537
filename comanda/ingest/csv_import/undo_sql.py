"""The statements that take an import back, each bound to ``import_id`` and the ``ids`` of some records.

``before`` and ``after`` of ``import_write`` hold columns as JSON: ``jsonb_populate_record`` turns them back
into values exactly, numerics included. ``after`` of a contact also holds marks, such as ``tag_id:7``, for
what the import gave to it.

A record that another import has to do with since is passed on to that one: what the import found becomes what
the other one found, so that the two can be undone in either order.
"""

from comanda.records.models import Order

_OWN = "w.import_id = %(import_id)s AND w.kind = '{kind}' AND w.record_id = ANY(%(ids)s)"
_ORDER = _OWN.format(kind="order")
_CONTACT = _OWN.format(kind="contact")
_PRODUCT = _OWN.format(kind="product")

ORDERS_KEPT = f"""
SELECT o.id, o.external_id FROM orders o JOIN import_write w ON o.id = w.record_id
WHERE {_ORDER} AND (o.import_id IS DISTINCT FROM w.import_id OR encode(o.digest, 'hex') <> w.after ->> 0)
ORDER BY o.external_id
"""
"""Orders that someone else has changed since."""

ORDERS_PASSED_ON = f"""
UPDATE import_write x SET before = w.before
FROM import_write w
WHERE {_ORDER} AND x.kind = 'order' AND x.record_id = w.record_id AND x.import_id <> w.import_id
AND x.before ->> 'import_id' = w.import_id::text AND x.before ->> 'digest' = w.after ->> 0
"""

_LOG_ORDERS = """
INSERT INTO activity (kind, contact_id, store_id, order_id, at, live, data)
SELECT '{activity}', concerned.id, o.store_id, o.id, now(), false,
       jsonb_build_object('import_id', w.import_id)
FROM orders o JOIN import_write w ON o.id = w.record_id
CROSS JOIN LATERAL (
    SELECT o.contact_id AS id
    UNION SELECT c.id FROM contact c WHERE c.id = (w.before ->> 'contact_id')::bigint
) concerned
WHERE {own} AND w.before IS {condition}
"""
_LINES_OFF = """
DELETE FROM {table} USING import_write w WHERE {own} AND w.before IS {condition} AND order_id = w.record_id
"""
_LINES_BACK = """
INSERT INTO {table} SELECT l.* FROM import_write w
CROSS JOIN LATERAL jsonb_populate_recordset(NULL::{table}, w.before -> '{key}') l
WHERE {own} AND w.before IS NOT NULL
"""
_COLUMNS = [
    field.column
    for field in Order._meta.concrete_fields
    if field.column not in ("id", "digest", "contact_id")
]
_ORDERS_WRITTEN_BACK = f"""
UPDATE orders o SET {", ".join(f"{column} = b.{column}" for column in _COLUMNS)},
    digest = decode(w.before ->> 'digest', 'hex'),
    contact_id = (SELECT c.id FROM contact c WHERE c.id = b.contact_id)
FROM import_write w CROSS JOIN LATERAL jsonb_populate_record(NULL::orders, w.before - 'digest') b
WHERE {_ORDER} AND w.before IS NOT NULL AND o.id = w.record_id RETURNING o.id
"""
ORDERS_BACK = (
    _LINES_OFF.format(table="order_line", own=_ORDER, condition="NOT NULL"),
    _LINES_OFF.format(table="refund", own=_ORDER, condition="NOT NULL"),
    _LINES_BACK.format(table="order_line", own=_ORDER, key="lines"),
    _LINES_BACK.format(table="refund", own=_ORDER, key="refunds"),
    _ORDERS_WRITTEN_BACK,
)
ORDERS_LOGGED = (
    _LOG_ORDERS.format(activity="order_restored", own=_ORDER, condition="NOT NULL"),
    _LOG_ORDERS.format(activity="order_removed", own=_ORDER, condition="NULL"),
)
ORDERS_GONE = (
    _LINES_OFF.format(table="order_line", own=_ORDER, condition="NULL"),
    _LINES_OFF.format(table="refund", own=_ORDER, condition="NULL"),
    f"""
    DELETE FROM orders o USING import_write w
    WHERE {_ORDER} AND w.before IS NULL AND o.id = w.record_id RETURNING o.id
    """,
)


def _columns_back(table: str, own: str, columns: tuple[str, ...], condition: str = "true") -> str:
    """Puts each column back that still holds what the import put there."""
    puts = ", ".join(
        f"{c} = CASE WHEN w.after ? '{c}' AND t.{c} IS NOT DISTINCT FROM a.{c} THEN b.{c} ELSE t.{c} END"
        for c in columns
    )
    return f"""
    UPDATE {table} t SET {puts}, updated_at = now()
    FROM import_write w
    CROSS JOIN LATERAL jsonb_populate_record(NULL::{table}, w.after) a
    CROSS JOIN LATERAL jsonb_populate_record(NULL::{table}, w.before) b
    WHERE {own} AND w.before <> '{{}}' AND t.id = w.record_id AND {condition} RETURNING t.id
    """


CONTACTS_BACK = _columns_back(
    "contact", _CONTACT, ("email", "phone", "first_name", "last_name", "company", "language")
)
IDENTITIES_GONE = f"""
DELETE FROM contact_identity i USING import_write w
WHERE {_CONTACT} AND w.before IS NOT NULL AND i.contact_id = w.record_id
AND w.after ? ('identity:' || i.kind || ':' || i.store_id || ':' || i.value)
"""
"""Those that contacts known before have gained; those of a contact that the import made go with it."""

CONSENTS_GONE = f"""
DELETE FROM consent s USING import_write w
WHERE {_CONTACT} AND s.contact_id = w.record_id AND w.after ? ('consent_id:' || s.id) RETURNING s.contact_id
"""
CONSENTS_BACK = """
UPDATE contact c SET accepts_marketing = s.accepts_marketing, consent_at = s.at,
    consent_source = COALESCE(s.source, ''), updated_at = now()
FROM unnest(%(stated)s::bigint[]) AS asked(id)
LEFT JOIN LATERAL (
    SELECT k.* FROM consent k WHERE k.contact_id = asked.id ORDER BY k.at DESC, k.id DESC LIMIT 1
) s ON true
WHERE c.id = asked.id
"""
"""The latest statement that is left counts again; with none, nobody said."""

TAGS_GONE = f"""
DELETE FROM contact_tag m USING import_write w
WHERE {_CONTACT} AND m.contact_id = w.record_id AND w.after ? ('tag_id:' || m.tag_id)
"""
TAGS_GIVEN = f"""
SELECT DISTINCT substr(mark, length('tag_id:') + 1)::bigint
FROM import_write w CROSS JOIN LATERAL jsonb_object_keys(w.after) mark
WHERE {_CONTACT} AND starts_with(mark, 'tag_id:') ORDER BY 1
"""
"""Also those of contacts that went with another import, undone before."""
UNUSED_TAGS_GONE = """
DELETE FROM tag t WHERE t.id = ANY(%(tags)s) AND NOT EXISTS (SELECT FROM contact_tag m WHERE m.tag_id = t.id)
AND EXISTS (SELECT FROM import i WHERE (i.id = %(import_id)s OR i.state = 'undone')
            AND t.created_at BETWEEN i.created_at AND COALESCE(i.finished_at, now()))
"""
"""Tags that nobody has any more, and that came with this import or with one undone before."""

_MEMBERSHIPS = "m.contact_id = w.record_id AND w.after ? ('list_id:' || m.list_id)"
_EARNED = """
SELECT o.import_id FROM store s
JOIN orders o ON o.store_id = s.id AND o.contact_id = m.contact_id
WHERE s.contact_list_id = m.list_id
AND o.import_id IS DISTINCT FROM w.import_id AND o.updated_at >= i.created_at
"""
"""Orders that came since, each of which would have put its contact on its shop's list by itself."""

MEMBERSHIPS_PASSED_ON = f"""
INSERT INTO import_write (import_id, kind, record_id, before, after)
SELECT heir.import_id, 'contact', m.contact_id, '{{}}', jsonb_object_agg('list_id:' || m.list_id, true)
FROM import_write w JOIN import i ON i.id = w.import_id JOIN list_member m ON {_MEMBERSHIPS}
JOIN LATERAL ({_EARNED} AND o.import_id IS NOT NULL LIMIT 1) heir ON true
WHERE {_CONTACT} GROUP BY heir.import_id, m.contact_id
ON CONFLICT (import_id, kind, record_id) DO UPDATE
SET after = COALESCE(import_write.after, '{{}}') || EXCLUDED.after
"""
MEMBERSHIPS_GONE = f"""
DELETE FROM list_member m USING import_write w JOIN import i ON i.id = w.import_id
WHERE {_CONTACT} AND {_MEMBERSHIPS} AND NOT EXISTS ({_EARNED})
"""

CONTACTS_LOGGED = f"""
INSERT INTO activity (kind, contact_id, at, live, data)
SELECT 'contact_restored', c.id, now(), false, jsonb_build_object('import_id', w.import_id)
FROM contact c JOIN import_write w ON c.id = w.record_id
WHERE {_CONTACT} AND (w.before IS NOT NULL OR w.after IS NOT NULL) RETURNING 1
"""
_LONE_CONTACT = f"""
{_CONTACT} AND w.before IS NULL AND c.id = w.record_id
AND NOT EXISTS (SELECT FROM orders o WHERE o.contact_id = c.id)
AND NOT EXISTS (SELECT FROM cart k WHERE k.contact_id = c.id)
AND NOT EXISTS (SELECT FROM activity a WHERE a.contact_id = c.id AND a.live)
"""
CONTACTS_GONE = (
    f"""
    INSERT INTO activity (kind, contact_id, at, live, data)
    SELECT 'contact_removed', c.id, now(), false, jsonb_build_object('import_id', w.import_id)
    FROM contact c, import_write w WHERE {_LONE_CONTACT}
    """,
    *(
        f"DELETE FROM {table} t USING contact c, import_write w WHERE {_LONE_CONTACT} AND t.contact_id = c.id"
        for table in ("contact_identity", "consent", "contact_tag", "list_member")
    ),
    f"DELETE FROM contact c USING import_write w WHERE {_LONE_CONTACT} RETURNING c.id",
)
"""Contacts that this import made and nothing else has to do with."""

CONTACTS_PASSED_ON = f"""
INSERT INTO import_write (import_id, kind, record_id, before)
SELECT heir.import_id, 'contact', c.id, NULL FROM import_write w JOIN contact c ON c.id = w.record_id
JOIN LATERAL (
    SELECT o.import_id FROM orders o WHERE o.contact_id = c.id AND o.import_id <> w.import_id LIMIT 1
) heir ON true
WHERE {_CONTACT} AND w.before IS NULL
ON CONFLICT (import_id, kind, record_id) DO UPDATE SET before = NULL
"""

PRODUCTS_BACK = _columns_back(
    "product", _PRODUCT, ("name", "sku", "category", "image_url"), "NOT t.in_catalogue"
)
PRODUCTS_GONE = f"""
DELETE FROM product p USING import_write w
WHERE {_PRODUCT} AND w.before IS NULL AND p.id = w.record_id AND NOT p.in_catalogue
AND NOT EXISTS (SELECT FROM order_line l WHERE l.product_id = p.id)
AND NOT EXISTS (SELECT FROM cart_line l WHERE l.product_id = p.id)
RETURNING p.id
"""
PRODUCTS_PASSED_ON = f"""
INSERT INTO import_write (import_id, kind, record_id, before)
SELECT heir.import_id, 'product', p.id, NULL FROM import_write w JOIN product p ON p.id = w.record_id
JOIN LATERAL (
    SELECT o.import_id FROM order_line l JOIN orders o ON o.id = l.order_id
    WHERE l.product_id = p.id AND o.import_id <> w.import_id LIMIT 1
) heir ON true
WHERE {_PRODUCT} AND w.before IS NULL
ON CONFLICT (import_id, kind, record_id) DO UPDATE SET before = NULL
"""

_MADE = (
    "SELECT t.id FROM {table} t JOIN import_write w ON t.id = w.record_id WHERE {own} AND w.before IS NULL"
)
MADE = {
    "contact": _MADE.format(table="contact", own=_CONTACT),
    "product": _MADE.format(table="product", own=_PRODUCT),
}
"""Records that the import made and that are still there."""
