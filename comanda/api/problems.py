"""Errors as RFC 9457 ``application/problem+json``: what went wrong, and where in the request.

Source: https://www.rfc-editor.org/rfc/rfc9457
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any

import orjson
from django.http import HttpResponse

MEDIA_TYPE = "application/problem+json"
MOST_FAULTS = 100


@dataclass(slots=True, eq=False)
class ApiProblem(Exception):
    """Raised anywhere below a route; becomes the answer."""

    status: int
    detail: str
    errors: Sequence[Mapping[str, str]] = ()
    headers: Mapping[str, str] = field(default_factory=dict)


def not_found(what: str) -> ApiProblem:
    """There is no such thing (or it is none of the caller's business)."""
    return ApiProblem(404, f"There is no {what}.")


def unfit(errors: Sequence[Mapping[str, str]], detail: str = "") -> ApiProblem:
    """The request can be read, and cannot be kept: each error says where and why."""
    first = errors[0]
    return ApiProblem(
        422, detail or f"{first.get('pointer') or first.get('parameter')}: {first['detail']}", errors
    )


def at(pointer: str, detail: str) -> dict[str, str]:
    """One fault in the body."""
    return {"pointer": pointer, "detail": detail}


def pointer(path: Iterable[Any]) -> str:
    """A JSON pointer as URI fragment (RFC 6901): ``#/lines/0/quantity``."""
    parts = (str(part).replace("~", "~0").replace("/", "~1") for part in path)
    return "".join(("#", *(f"/{part}" for part in parts)))


def answer(problem: ApiProblem) -> HttpResponse:
    """The response for a problem."""
    body: dict[str, Any] = {
        "type": "about:blank",
        "title": HTTPStatus(problem.status).phrase,
        "status": problem.status,
        "detail": _clean(problem.detail),
    }
    if problem.errors:
        shown = problem.errors[:MOST_FAULTS]
        body["errors"] = [{name: _clean(text) for name, text in error.items()} for error in shown]
    response = HttpResponse(orjson.dumps(body), content_type=MEDIA_TYPE, status=problem.status)
    for name, value in problem.headers.items():
        response[name] = value
    return response


def _clean(text: str) -> str:
    """What was sent may come back in an error: never half a surrogate pair, never at any length."""
    return text[:1000].encode("utf-8", "replace").decode()
