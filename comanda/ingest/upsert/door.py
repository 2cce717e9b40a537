"""The one door: every order, cart, product and contact comes in through ``upsert``.

A call takes from 1 to 50,000 shapes of one store and is one transaction, as long as it brings one kind of
shape and each record once; otherwise it is one transaction for each kind and each repetition, in the order
given. Locks are taken in one order by all callers, so that none waits in a circle: the door itself
(shared), known orders or carts, contacts, products, new orders or carts; within each, lowest id or key
first. Two callers that make the same record at the same time meet at its unique index: the later begins
again and finds it there.
"""

import random
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, Protocol

from django.db import OperationalError, transaction
from psycopg import Cursor, errors

from comanda.records import database, locks
from comanda.shapes import CartIn, ContactIn, OrderIn, Outcome, Problem, ProductIn, Result

from . import carts, contacts, orders, people, prepare, products
from .cause import Cause, StoreRef
from .log import Log
from .rehearsal import Rehearsal

Shape = OrderIn | CartIn | ProductIn | ContactIn


class Also(Protocol):
    """What is to be done at the end of the last transaction."""

    def __call__(self, cursor: Cursor[Any], results: list[Result]) -> None: ...


LIMIT = 50_000
_TRIES = 12
_AGAIN = (errors.UniqueViolation, errors.DeadlockDetected, errors.SerializationFailure, people.Moved)


@dataclass(frozen=True, slots=True)
class Checked:
    """A shape that was looked at, and made ready, before its turn: ``row``, or the ``problem`` with it."""

    shape: Shape
    row: Any
    problem: Problem | None = None


@dataclass(slots=True)
class _Item:
    shape: Any
    result: Result
    row: Any


def upsert(
    store: StoreRef,
    shapes: Sequence[Shape | Checked],
    cause: Cause,
    also: Also | None = None,
    rehearsal: Rehearsal | None = None,
) -> list[Result]:
    """Writes records and activity; one result for each shape, in the same order.

    A shape that cannot be kept is refused with its problems and hinders no other. ``also`` runs at the end
    of the last transaction and is given the results: what it writes stands or falls with the batch. With a
    ``rehearsal`` nothing is kept at all: it counts what would have been.

    Raises ValueError for more than 50,000 shapes, and psycopg's OperationalError when the database goes
    away: then nothing of the transaction under way was kept, and the call may be made again.
    """
    if len(shapes) > LIMIT:
        raise ValueError(f"{len(shapes):,} shapes in one call: at most {LIMIT:,}")
    begin = partial(Log, store, cause, rehearsal=rehearsal)
    items = [_item(each if isinstance(each, Checked) else check(each)) for each in shapes]
    results = [item.result for item in items]
    parts = list(_parts([item for item in items if not item.result.problems])) or [[]]
    for part in parts:
        last = partial(also, results=results) if also and part is parts[-1] else None
        if part or last:
            _transact(begin, part, last)
    return results


def _transact(
    begin: Callable[[], Log], part: list[_Item], also: Callable[[Cursor[Any]], None] | None
) -> None:
    for attempt in range(_TRIES):
        try:
            with transaction.atomic(durable=True), database.cursor() as cursor:
                locks.enter_door(cursor)
                log = begin()
                if part:
                    _WRITERS[type(part[0].shape)](cursor, part, log)
                    log.write(cursor)
                if also:
                    also(cursor)
                if log.rehearsal:
                    transaction.set_rollback(True)
            return
        except (*_AGAIN, OperationalError) as error:
            if not _may_go_better(error) or attempt == _TRIES - 1:
                raise
            for item in part:
                item.result.id, item.result.note, item.result.problems = None, "", []
            time.sleep(random.uniform(0, 0.005 * 2**attempt))  # noqa: S311  # spreads callers, guards nothing


def _may_go_better(error: Exception) -> bool:
    """What the commit itself finds, Django raises as an error of its own."""
    return isinstance(error, _AGAIN) or isinstance(error.__cause__, _AGAIN)


def check(shape: Shape) -> Checked:
    """Does the part of ``upsert`` that needs no database; where there is time for it, in another thread."""
    try:
        return Checked(shape, _CHECKS[type(shape)](shape))
    except prepare.Unfit as unfit:
        return Checked(shape, None, unfit.problem)


def _item(checked: Checked) -> _Item:
    if checked.problem is not None:
        return _Item(checked.shape, Result(Outcome.REFUSED, problems=[checked.problem]), None)
    return _Item(checked.shape, Result(Outcome.UNCHANGED), checked.row)


def _parts(items: list[_Item]) -> Iterator[list[_Item]]:
    """One list a transaction: of one kind, and no record twice."""
    part: list[_Item] = []
    seen: set[Any] = set()
    for item in items:
        key = _key(item.shape)
        if part and (type(item.shape) is not type(part[0].shape) or key in seen):
            yield part
            part, seen = [], set()
        part.append(item)
        if key:
            seen.add(key)
    if part:
        yield part


def _key(shape: Shape) -> str:
    match shape:
        case OrderIn():
            return shape.order_id
        case CartIn():
            return shape.cart_id
        case ProductIn():
            return shape.product_id
    return ""


def _write_orders(cursor: Cursor[Any], items: list[_Item], log: Log) -> None:
    pending = orders.find(cursor, ((item.shape, item.row, item.result) for item in items), log)
    _settle(cursor, pending, log, lambda shape: shape.placed_at)
    mentions = products.Mentions()
    for each in pending:
        mentions.add(each.shape.lines)
    orders.write(cursor, pending, mentions.settle(cursor, log), log)


def _write_carts(cursor: Cursor[Any], items: list[_Item], log: Log) -> None:
    pending = carts.find(cursor, ((item.shape, item.row, item.result) for item in items), log)
    _settle(cursor, pending, log, lambda shape: shape.started_at)
    mentions = products.Mentions()
    for each in pending:
        mentions.add(each.shape.lines)
    carts.write(cursor, pending, mentions.settle(cursor, log), log)


def _settle(cursor: Cursor[Any], pending: Sequence[Any], log: Log, as_of: Callable[[Any], Any]) -> None:
    """Finds or makes the contacts of orders or carts."""
    persons = [
        (each, people.describe(each.shape.contact, log, as_of(each.shape)))
        for each in pending
        if each.shape.contact is not None
    ]
    contacts.settle(cursor, [person for _, person in persons], log)
    for each, person in persons:
        each.contact_id = person.contact.id if person.contact else None
        each.result.note = person.note
        if person.is_erased:
            each.shape.raw = None  # the payload would bring the person back


def _write_products(cursor: Cursor[Any], items: list[_Item], log: Log) -> None:
    results = products.tell(cursor, [item.shape for item in items], log)
    for item, result in zip(items, results, strict=True):
        item.result.outcome, item.result.id, item.result.note = result.outcome, result.id, result.note


def _write_contacts(cursor: Cursor[Any], items: list[_Item], log: Log) -> None:
    persons = [people.describe(item.shape, log) for item in items]
    contacts.settle(cursor, persons, log)
    for item, person in zip(items, persons, strict=True):
        item.result.note = person.note
        if person.contact is None:
            item.result.outcome = Outcome.REFUSED
            item.result.problems = [_nobody(person)]
        else:
            item.result.id = person.contact.id
            item.result.outcome = person.outcome


def _nobody(person: people.Person) -> Problem:
    if person.is_erased:
        expected = "someone who was not erased"
        return Problem(
            "erased", "email", "", expected, "Leave this person out: they were erased and stay so."
        )
    expected = "a valid email, phone or customer_id of the person's own"
    shown = person.shape.email or person.shape.phone
    return Problem("no_identity", "email", shown[:200], expected, f"Send {expected}. {person.note}".strip())


def _check_contact(shape: ContactIn) -> str:
    return prepare.contact(shape, "")


_CHECKS: dict[type, Callable[[Any], Any]] = {
    OrderIn: prepare.order,
    CartIn: prepare.cart,
    ProductIn: prepare.product,
    ContactIn: _check_contact,
}
_WRITERS: dict[type, Callable[[Cursor[Any], list[_Item], Log], None]] = {
    OrderIn: _write_orders,
    CartIn: _write_carts,
    ProductIn: _write_products,
    ContactIn: _write_contacts,
}
