"""`/orders/bulk`: many orders in one call, answered as an import."""

from collections.abc import Iterator
from itertools import chain
from typing import Any

from django.http import HttpRequest
from ninja import Router
from pydantic import ValidationError

from comanda.api import faults, known_stores, problems, streams
from comanda.api.known_stores import KnownStore
from comanda.api.problems import ApiProblem
from comanda.api.reading import JSON, Malformed
from comanda.api.rest import import_answers
from comanda.api.rest.fields import Live
from comanda.api.rest.import_answers import ImportDetails
from comanda.api.rest.order_bodies import OrderBody
from comanda.api.rest.routing import actor, needs
from comanda.api.streams import Sent
from comanda.ingest import bulk
from comanda.ingest.bulk import Item
from comanda.lib import metrics
from comanda.shapes import Problem

router = Router(tags=["orders"])
_ORDER = {"anyOf": [{"$ref": "#/components/schemas/OrderBody"}, {"description": "Refused, each for itself."}]}
_BODY = {
    "required": True,
    "content": {JSON: {"schema": {"type": "array", "items": _ORDER, "minItems": 1}}},
}
"""NDJSON is told of in words: OpenAPI cannot describe a body by its lines."""
_NEEDS = needs("orders:write")
_NEEDS["openapi_extra"] = {**_NEEDS["openapi_extra"], "requestBody": _BODY}


@router.post("/bulk", response=ImportDetails, **_NEEDS)
def upsert_orders(request: HttpRequest, live: Live = False) -> ImportDetails:
    """Takes many orders of one store: a JSON array, or NDJSON of any length.

    NDJSON (`Content-Type: application/x-ndjson`) has an order on each line.

    Answered as an import once all are durable. An order that is refused hinders no other: it is told in
    `problems`, and all of them at `imports/{id}/problems`; `row` is its place, from 1. What was sent before
    changes nothing, so that a call that was cut off is simply sent again.
    """
    sent = streams.values(request)
    first, store = _find_store(sent)
    items = (_item(each, store) for each in chain(first, sent))
    size = int(request.META.get("CONTENT_LENGTH") or 0)
    job = bulk.take(store.ref, items, live=live, created_by=actor(request), size=size)
    for outcome, count in {**job.counts["orders"], "refused": job.counts["refused"]}.items():
        metrics.TAKEN_IN.labels("order", outcome).inc(count)
    return import_answers.show_details(job)


def _find_store(sent: Iterator[Sent]) -> tuple[list[Sent], KnownStore]:
    """The store of the first order that names one; what was read until then. Raises ApiProblem."""
    looked_at: list[Sent] = []
    unknown: ApiProblem | None = None
    for each in sent:
        looked_at.append(each)
        key = _store_key(each)
        if key is not None:
            try:
                return looked_at, known_stores.get(key)
            except ApiProblem as problem:
                unknown = unknown or problem
        if len(looked_at) >= bulk.BATCH:
            break
    if not looked_at:
        raise problems.unfit([problems.at("#", "expected at least one order")])
    raise unknown or ApiProblem(404, "No order names a store that there is.", _faults_of(looked_at))


def _store_key(sent: Sent) -> str | None:
    try:
        value = sent.value()
    except Malformed:
        return None
    key = value.get("store") if isinstance(value, dict) else None
    return key if isinstance(key, str) and "\0" not in key and key.isascii() else None


def _faults_of(sent: list[Sent]) -> list[dict[str, str]]:
    """What is wrong with orders of which none names a store."""
    return [
        problems.at(
            problems.pointer([each.row - 1, *problem.field.split(".")]), f"expected {problem.expected}"
        )
        for each in sent[: problems.MOST_FAULTS]
        for problem in _item(each, None).problems
    ]


def _item(sent: Sent, store: KnownStore | None) -> Item:
    """One order as the door takes it, or what is wrong with it."""
    try:
        value = sent.value()
    except Malformed as error:
        return Item(sent.row, None, [_problem("not_json", "", "", f"JSON: {error}")])
    told = value.get("order_id") if isinstance(value, dict) else None
    order_id = told if isinstance(told, str) else ""
    try:
        body = OrderBody.model_validate(value)
    except ValidationError as error:
        found = [_of(each) for each in error.errors(include_url=False)]
        return Item(sent.row, None, found[: problems.MOST_FAULTS], order_id)
    if store is None or body.store != store.ref.key:
        expected = f"the store of the call ({store.ref.key})" if store else "the key of a store"
        return Item(sent.row, None, [_problem("other_store", "store", body.store, expected)], order_id)
    return Item(sent.row, body.shape(store, sent.raw))


def _of(error: Any) -> Problem:
    field = ".".join(map(str, error["loc"]))
    value = error["input"]
    shown = str(value) if isinstance(value, str | int) else ""
    return _problem("invalid", field, shown, faults.detail(error).removeprefix("expected "))


def _problem(code: str, field: str, value: str, expected: str) -> Problem:
    return Problem(code, field, value[:200], expected, "Mend it and send this order again.")
