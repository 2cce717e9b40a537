"""One person's data: given out whole, or taken away everywhere (LGPD art. 18, GDPR art. 15, 17 and 20)."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from psycopg import Cursor

from comanda.records import audit, database, locks, tombstones
from comanda.records.models import (
    Activity,
    Cart,
    CartLine,
    Consent,
    Contact,
    ContactIdentity,
    Inbox,
    List,
    Order,
    OrderLine,
    Refund,
    Tag,
)

_PHONE_TAIL = 8
"""Digits at the end of a phone number that are the same however it is written."""


def export(contact_id: int) -> dict[str, Any]:
    """All that is known of a person, as plain values; raises Contact.DoesNotExist."""
    contact = Contact.objects.filter(id=contact_id).values().get()
    orders = _rows(Order.objects.filter(contact_id=contact_id).order_by("placed_at", "id"))
    carts = _rows(Cart.objects.filter(contact_id=contact_id).order_by("started_at", "id"))
    for row in (*orders, *carts):
        del row["digest"]
    for order in orders:
        order["lines"] = list(OrderLine.objects.filter(order_id=order["id"]).order_by("position").values())
        order["refunds"] = list(Refund.objects.filter(order_id=order["id"]).values())
    for cart in carts:
        cart["lines"] = list(CartLine.objects.filter(cart_id=cart["id"]).order_by("position").values())
    return {
        "exported_at": datetime.now(UTC),
        "contact": contact,
        "identities": list(
            ContactIdentity.objects.filter(contact_id=contact_id).values("kind", "store_id", "value")
        ),
        "consents": list(Consent.objects.filter(contact_id=contact_id).order_by("at").values()),
        "tags": list(Tag.objects.filter(contacttag__contact_id=contact_id).values_list("name", flat=True)),
        "lists": list(List.objects.filter(listmember__contact_id=contact_id).values_list("name", flat=True)),
        "orders": orders,
        "carts": carts,
        "activity": list(
            Activity.objects.filter(contact_id=contact_id)
            .order_by("at", "id")
            .values("at", "kind", "data", "order_id")
        ),
        "payloads": [*_payloads("order", orders), *_payloads("cart", carts)],
    }


def _rows(found: QuerySet[Any]) -> list[dict[str, Any]]:
    return [dict(row) for row in found.values()]


def _payloads(kind: str, records: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    found = []
    for record in records:
        kept = Inbox.objects.filter(store_id=record["store_id"], kind=kind, external_id=record["external_id"])
        for each in kept.order_by("id"):
            body = bytes(each.body).decode("utf-8", "replace")
            found.append({"kind": kind, "received_at": each.received_at, "body": body})
    return found


@dataclass(slots=True)
class Erasure:
    """What an erasure removed: its certificate. Holds nothing by which the person could be known.

    ``words`` (e-mails and phones), ``order_ids`` and ``import_ids`` are for finding the person in kept files;
    they are no part of the certificate.
    """

    contact_id: int
    erased_at: datetime
    removed: dict[str, int] = field(default_factory=dict)
    words: list[str] = field(default_factory=list)
    order_ids: list[int] = field(default_factory=list)
    import_ids: list[int] = field(default_factory=list)

    def certificate(self) -> dict[str, Any]:
        """What may be shown and kept."""
        return {"contact_id": self.contact_id, "erased_at": self.erased_at, "removed": self.removed}


def erase(contact_id: int, actor: str) -> Erasure:
    """Takes a person out of every table; orders stay as nobody's. Raises Contact.DoesNotExist.

    Has the door to itself, so that no order of theirs is under way meanwhile. A tombstone for each identity
    keeps them from coming back.
    """
    with transaction.atomic(durable=True), database.cursor() as cursor:
        locks.close_door(cursor)
        Contact.objects.get(id=contact_id)
        identities = list(
            ContactIdentity.objects.filter(contact_id=contact_id).values_list("kind", "store_id", "value")
        )
        tombstones.add(cursor, identities)
        done = Erasure(contact_id, datetime.now(UTC))
        done.words = [value for kind, _, value in identities if kind in ("email", "phone")]
        done.words += _details(contact_id)
        done.order_ids = list(Order.objects.filter(contact_id=contact_id).values_list("id", flat=True))
        _clear_copies(cursor, done)
        for what, statement in _STATEMENTS.items():
            cursor.execute(statement, {"contact_id": contact_id, "orders": done.order_ids})
            done.removed[what] = cursor.rowcount
        audit.note(actor, "contact.erase", f"contact {contact_id}", **done.removed)
    return done


def _details(contact_id: int) -> list[str]:
    """The e-mail and phone shown, in case they are no identity of the contact (a family's shared phone)."""
    shown = Contact.objects.filter(id=contact_id).values_list("email", "phone").get()
    return [value for value in shown if value]


_MEETS = """
(EXISTS (SELECT FROM unnest(%(words)s::text[]) word WHERE position(lower(word) IN lower({text})) > 0)
 OR EXISTS (SELECT FROM unnest(%(tails)s::text[]) tail
            WHERE position(tail IN regexp_replace({text}, '[^0-9]', '', 'g')) > 0))
"""
_PROBLEMS = f"""
UPDATE import_problem p SET raw = NULL, value = ''
WHERE (p.raw IS NOT NULL OR p.value <> '')
AND ((p.order_external_id, (SELECT i.store_id FROM import i WHERE i.id = p.import_id))
     IN (SELECT external_id, store_id FROM orders WHERE id = ANY(%(orders)s))
     OR {_MEETS.format(text="COALESCE(p.raw::text, '') || p.value")})
RETURNING p.import_id
"""
_ANSWERS = f"""
DELETE FROM idempotent_request WHERE {_MEETS.format(text="encode(body, 'escape')")}
"""
_INBOX = f"""
DELETE FROM inbox b
WHERE (b.kind = 'order' AND (b.store_id, b.external_id) IN
       (SELECT store_id, external_id FROM orders WHERE id = ANY(%(orders)s)))
OR (b.kind = 'cart' AND (b.store_id, b.external_id) IN
    (SELECT store_id, external_id FROM cart WHERE contact_id = %(contact_id)s))
OR {_MEETS.format(text="encode(b.body, 'escape')")}
"""


def _clear_copies(cursor: Cursor[Any], done: Erasure) -> None:
    """Payloads, refused rows and stored answers: found by the order they speak of, or by what they say."""
    phones = [
        "".join(filter(str.isdigit, word))[-_PHONE_TAIL:] for word in done.words if word.startswith("+")
    ]
    asked = {
        "contact_id": done.contact_id,
        "orders": done.order_ids,
        "words": done.words,
        "tails": [tail for tail in phones if len(tail) == _PHONE_TAIL],
    }
    cursor.execute(_INBOX, asked)
    done.removed["payloads"] = cursor.rowcount
    cursor.execute(_ANSWERS, asked)
    done.removed["answers"] = cursor.rowcount
    cursor.execute(_PROBLEMS, asked)
    done.removed["refused rows"] = cursor.rowcount
    done.import_ids = sorted({row[0] for row in cursor.fetchall()})


_STATEMENTS = {
    "activity": """
        DELETE FROM activity WHERE contact_id = %(contact_id)s AND order_id IS NULL AND cart_id IS NULL""",
    "activity made anonymous": """
        UPDATE activity SET contact_id = NULL WHERE contact_id = %(contact_id)s""",
    "changes of imports": """
        DELETE FROM import_write WHERE kind = 'contact' AND record_id = %(contact_id)s""",
    "orders in imports made anonymous": """
        UPDATE import_write SET before = jsonb_set(before, '{contact_id}', 'null')
        WHERE kind = 'order' AND record_id = ANY(%(orders)s) AND before IS NOT NULL""",
    "reasons of refunds": """
        UPDATE refund SET reason = '' WHERE order_id = ANY(%(orders)s) AND reason <> ''""",
    "orders made anonymous": """
        UPDATE orders SET contact_id = NULL, admin_url = '', tags = '{}', updated_at = now()
        WHERE id = ANY(%(orders)s)""",
    "carts made anonymous": """
        UPDATE cart SET contact_id = NULL, url = '', updated_at = now() WHERE contact_id = %(contact_id)s""",
    "consents": "DELETE FROM consent WHERE contact_id = %(contact_id)s",
    "tags": "DELETE FROM contact_tag WHERE contact_id = %(contact_id)s",
    "list memberships": "DELETE FROM list_member WHERE contact_id = %(contact_id)s",
    "identities": "DELETE FROM contact_identity WHERE contact_id = %(contact_id)s",
    "contacts": "DELETE FROM contact WHERE id = %(contact_id)s",
    "notices": """
        INSERT INTO activity (kind, contact_id, at, live, data)
        VALUES ('contact_erased', %(contact_id)s, now(), false, '{}')""",
}
"""What is removed or made anonymous → how, in this order."""
