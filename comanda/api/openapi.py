"""The OpenAPI description, completed: what every answer may be, said once instead of at each route."""

from collections.abc import Iterator
from http import HTTPStatus
from typing import Any

from comanda.api.problems import MEDIA_TYPE

Node = dict[str, Any]

DESCRIPTION = """\
Every order of every shop in one contact database.

Send your key as `Authorization: Bearer KEY`; each route names the scope that the key must hold.
Money is text with a decimal point; times are RFC 3339 and carry their zone. Lists are paged: send `next` as
`cursor` for the page behind. Errors are `application/problem+json` (RFC 9457), with a pointer to each field
at fault.

A POST with the header `Idempotency-Key` (1 to 255 signs of your own) is done once: sent again within a day,
it gets the same answer, with `Idempotency-Replayed: true`; another request under the same key is refused
(422), and one that comes while the first is running, too (409).
"""

_METHODS = ("get", "post", "put", "patch", "delete")
_ALWAYS = (401, 403, 429, 500, 503)
_LEADING = {"id", "key", "cursor"}
"""Parameters that may lead nowhere."""
_WITH_BODY = (400, 413, 415, 422)
PROBLEM: Node = {
    "title": "Problem",
    "description": "What went wrong (RFC 9457), and in `errors` where in the request.",
    "type": "object",
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "properties": {
                    "pointer": {"type": "string", "description": "Where in the body (RFC 6901)."},
                    "in": {"type": "string", "description": "Which part of the request a parameter is in."},
                    "parameter": {"type": "string"},
                    "detail": {"type": "string"},
                },
                "required": ["detail"],
                "additionalProperties": False,
            },
        },
    },
    "required": ["type", "title", "status", "detail"],
    "additionalProperties": False,
}
_RATE = {
    name: {"description": meaning, "schema": {"type": "integer"}}
    for name, meaning in {
        "RateLimit-Limit": "Requests that the key may make a minute.",
        "RateLimit-Remaining": "Those that are left.",
        "RateLimit-Reset": "Seconds until they are counted anew.",
    }.items()
}


def complete(schema: Node) -> None:
    """Adds to a description, in place, the problems and headers that routes share."""
    schema["info"]["description"] = DESCRIPTION
    schema["components"]["schemas"]["Problem"] = PROBLEM
    for method, operation in _operations(schema):
        for parameter in operation["parameters"]:
            parameter["schema"] = _plain(parameter["schema"])
        responses: dict[int, Node] = operation["responses"]
        for answer in responses.values():
            answer.setdefault("headers", {}).update(_RATE)
        for status in _problems(method, operation):
            responses.setdefault(status, _problem(status))
        operation["responses"] = {str(status): responses[status] for status in sorted(responses)}


def _operations(schema: Node) -> Iterator[tuple[str, Node]]:
    for path in schema["paths"].values():
        for method, operation in path.items():
            if method in _METHODS:
                yield method, operation


def _plain(schema: Node) -> Node:
    """A parameter's type. In an address nothing can be null: it is left out, or not."""
    kinds = [kind for kind in schema.get("anyOf", ()) if kind != {"type": "null"}]
    rest = {name: value for name, value in schema.items() if name not in ("anyOf", "title")}
    return {**rest, **kinds[0]} if len(kinds) == 1 else rest


def _problems(method: str, operation: Node) -> Iterator[int]:
    """The statuses of problems that a route can answer with."""
    yield from _ALWAYS
    if method != "get":
        yield 409
    if operation["parameters"]:
        yield 422
    if "requestBody" in operation or any(
        each["in"] == "path" or each["name"] == "cursor" for each in operation["parameters"]
    ):
        yield 404
    if "requestBody" in operation:
        yield from _WITH_BODY


def _problem(status: int) -> Node:
    content = {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}}
    answer: Node = {"description": HTTPStatus(status).phrase, "content": content}
    if status in (429, 503):
        answer["headers"] = {
            "Retry-After": {"description": "Seconds to wait.", "schema": {"type": "integer"}}
        }
    if status == 429:
        answer["headers"] |= _RATE
    return answer
