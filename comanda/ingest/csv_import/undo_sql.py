"""The statements that take an import back. Each is bound to ``import_id`` and ``ids`` (of records).

``before`` and ``after`` of ``import_write`` hold the columns as JSON: ``jsonb_populate_record`` turns them
back into values exactly, numerics included.
"""

from comanda.records.models import Order

_WRITES = (
    "import_write w WHERE w.import_id = %(import_id)s AND w.kind = '{kind}' AND w.record_id = ANY(%(ids)s)"
)
_ORDER_WRITES = _WRITES.format(kind="order")
_CONTACT_WRITES = _WRITES.format(kind="contact")
_PRODUCT_WRITES = _WRITES.format(kind="product")

ORDERS_KEPT = f"""
SELECT o.id, o.external_id FROM orders o, {_ORDER_WRITES} AND o.id = w.record_id
AND (o.import_id IS DISTINCT FROM w.import_id OR encode(o.digest, 'hex') <> w.after ->> 0)
ORDER BY o.external_id
"""
"""Orders that someone else has changed since."""

_LOG_ORDERS = """
INSERT INTO activity (kind, contact_id, store_id, order_id, at, live, data)
SELECT '{activity}', o.contact_id, o.store_id, o.id, now(), false, jsonb_build_object('import_id', w.import_id)
FROM orders o, {writes} AND o.id = w.record_id AND w.before IS {condition}
"""

_COLUMNS = [
    field.column
    for field in Order._meta.concrete_fields
    if field.column not in ("id", "digest", "contact_id")
]

ORDERS_BACK = (
    _LOG_ORDERS.format(activity="order_restored", writes=_ORDER_WRITES, condition="NOT NULL"),
    f"DELETE FROM order_line USING {_ORDER_WRITES} AND w.before IS NOT NULL AND order_id = w.record_id",
    f"DELETE FROM refund USING {_ORDER_WRITES} AND w.before IS NOT NULL AND order_id = w.record_id",
    f"""
    INSERT INTO order_line SELECT l.* FROM import_write w
    CROSS JOIN LATERAL jsonb_populate_recordset(NULL::order_line, w.before -> 'lines') l
    WHERE w.import_id = %(import_id)s AND w.kind = 'order' AND w.record_id = ANY(%(ids)s) AND w.before IS NOT NULL
    """,
    """
    INSERT INTO refund SELECT r.* FROM import_write w
    CROSS JOIN LATERAL jsonb_populate_recordset(NULL::refund, w.before -> 'refunds') r
    WHERE w.import_id = %(import_id)s AND w.kind = 'order' AND w.record_id = ANY(%(ids)s) AND w.before IS NOT NULL
    """,
    f"""
    UPDATE orders o SET {", ".join(f"{column} = b.{column}" for column in _COLUMNS)},
        digest = decode(w.before ->> 'digest', 'hex'),
        contact_id = (SELECT c.id FROM contact c WHERE c.id = b.contact_id)
    FROM import_write w
    CROSS JOIN LATERAL jsonb_populate_record(NULL::orders, w.before - 'digest') b
    WHERE w.import_id = %(import_id)s AND w.kind = 'order' AND w.record_id = ANY(%(ids)s)
    AND w.before IS NOT NULL AND o.id = w.record_id RETURNING o.id
    """,
)
ORDERS_GONE = (
    _LOG_ORDERS.format(activity="order_removed", writes=_ORDER_WRITES, condition="NULL"),
    f"DELETE FROM order_line USING {_ORDER_WRITES} AND w.before IS NULL AND order_id = w.record_id",
    f"DELETE FROM refund USING {_ORDER_WRITES} AND w.before IS NULL AND order_id = w.record_id",
    f"DELETE FROM orders USING {_ORDER_WRITES} AND w.before IS NULL AND orders.id = w.record_id RETURNING orders.id",
)

_CONTACT_COLUMNS = (
    "email", "phone", "first_name", "last_name", "company", "language", "accepts_marketing", "consent_at",
    "consent_source",
)  # fmt: skip
_PRODUCT_COLUMNS = ("name", "sku", "category", "image_url")


def _back(table: str, columns: tuple[str, ...]) -> str:
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
    WHERE w.import_id = %(import_id)s AND w.kind = '{table}' AND w.record_id = ANY(%(ids)s)
    AND w.before IS NOT NULL AND w.before <> '{{}}' AND t.id = w.record_id RETURNING t.id
    """


def _membership(table: str, column: str) -> str:
    return f"""
    DELETE FROM {table} m USING {_CONTACT_WRITES} AND m.contact_id = w.record_id
    AND w.after ? ('{column}:' || m.{column})
    """


MEMBERSHIPS_GONE = (
    _membership("contact_tag", "tag_id"),
    _membership("list_member", "list_id") + " RETURNING 1",
)
CONTACTS_BACK = (
    f"""
    DELETE FROM consent s USING {_CONTACT_WRITES} AND w.before IS NOT NULL AND s.contact_id = w.record_id
    AND w.after ? 'consent_at' AND s.at = (w.after ->> 'consent_at')::timestamptz
    AND s.source = w.after ->> 'consent_source'
    """,
    _back("contact", _CONTACT_COLUMNS),
)
_LONE_CONTACT = """
AND w.before IS NULL AND c.id = w.record_id
AND NOT EXISTS (SELECT FROM orders o WHERE o.contact_id = c.id)
AND NOT EXISTS (SELECT FROM cart k WHERE k.contact_id = c.id)
AND NOT EXISTS (SELECT FROM activity a WHERE a.contact_id = c.id AND a.live)
AND NOT EXISTS (SELECT FROM import_write x WHERE x.kind = 'contact' AND x.record_id = c.id
                AND x.import_id <> w.import_id)
"""
CONTACTS_GONE = (
    f"""
    INSERT INTO activity (kind, contact_id, at, live, data)
    SELECT 'contact_removed', c.id, now(), false, jsonb_build_object('import_id', w.import_id)
    FROM contact c, {_CONTACT_WRITES} {_LONE_CONTACT}
    """,
    *(
        f"DELETE FROM {table} t USING contact c, {_CONTACT_WRITES} {_LONE_CONTACT} AND t.contact_id = c.id"
        for table in ("contact_identity", "consent", "contact_tag", "list_member")
    ),
    f"DELETE FROM contact c USING {_CONTACT_WRITES} {_LONE_CONTACT} RETURNING c.id",
)
"""Contacts that this import made and nothing else has to do with."""

PRODUCTS_BACK = (_back("product", _PRODUCT_COLUMNS),)
PRODUCTS_GONE = (
    f"""
    DELETE FROM product p USING {_PRODUCT_WRITES} AND w.before IS NULL AND p.id = w.record_id AND NOT p.in_catalogue
    AND NOT EXISTS (SELECT FROM order_line l WHERE l.product_id = p.id)
    AND NOT EXISTS (SELECT FROM cart_line l WHERE l.product_id = p.id)
    AND NOT EXISTS (SELECT FROM import_write x WHERE x.kind = 'product' AND x.record_id = p.id
                    AND x.import_id <> w.import_id)
    RETURNING p.id
    """,
)
