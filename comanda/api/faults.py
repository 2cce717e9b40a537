"""Which answer an exception becomes."""

import logging
from collections.abc import Callable, Mapping
from typing import Any

from django.core.exceptions import BadRequest, RequestDataTooBig, SuspiciousOperation
from django.http import Http404, HttpRequest, UnreadablePostError
from django.http.multipartparser import MultiPartParserError
from ninja.errors import HttpError, ValidationError
from psycopg.errors import ForeignKeyViolation

from comanda.api import problems, reading
from comanda.api.problems import ApiProblem
from comanda.records.database import LOST

log = logging.getLogger(__name__)
_AWAY = ApiProblem(503, "The database is away. Nothing was done that you were not told of: send it again.",
                   headers={"Retry-After": "2"})  # fmt: skip
_STORE_GONE = ApiProblem(404, "The store was deleted a moment ago. Nothing was kept.")
_OUR_BUG = ApiProblem(500, "Something went wrong here. It is not your request's fault, and it was noted.")


def of(request: HttpRequest, error: Exception) -> ApiProblem:
    """The problem to answer with; what is our own bug is logged here, and tells nothing of its inside."""
    if isinstance(error, ApiProblem):
        return error
    for kind, as_problem in _KINDS.items():
        if isinstance(error, kind):
            return as_problem(error)
    if _speaks_of_a_store_gone(error):
        return _STORE_GONE
    if isinstance(error, LOST):
        log.warning(
            "The database was away during %s %s: %s", request.method, request.path, str(error).strip()
        )
        return _AWAY
    log.error("%s %s failed.", request.method, request.path, exc_info=error)
    return _OUR_BUG


def _speaks_of_a_store_gone(error: Exception) -> bool:
    """What the database finds when a store goes while something is brought for it."""
    cause = error.__cause__
    return isinstance(cause, ForeignKeyViolation) and "store_id" in str(cause.diag.constraint_name)


def _http(error: HttpError) -> ApiProblem:
    """Of ninja's own; what our parser raised stands behind it."""
    cause = error.__cause__
    return cause if isinstance(cause, ApiProblem) else ApiProblem(error.status_code, str(error))


def _invalid(error: ValidationError) -> ApiProblem:
    if any(each["loc"][0] == "path" for each in error.errors):
        return ApiProblem(404, "There is nothing at this address.", [fault(each) for each in error.errors])
    return problems.unfit([fault(each) for each in error.errors])


def fault(error: Mapping[str, Any]) -> dict[str, str]:
    """One of pydantic's findings, with its place as a pointer into the body or as a parameter's name."""
    source, *path = error["loc"]
    if source == "body":
        place = [part for part in path[1:] if part not in _BRANCHES]
        return problems.at(problems.pointer(place), detail(error))
    return {"in": str(source), "parameter": str(path[0]) if path else "", "detail": detail(error)}


def detail(error: Mapping[str, Any]) -> str:
    """What one of pydantic's findings says, in our words."""
    return _WORDS.get(error["type"]) or str(error["msg"])


_BRANCHES = ("one", "many")
"""Where a body may be one thing or a list of them, pydantic names which it was."""

_WORDS = {
    "extra_forbidden": "no such field is known",
    "missing": "this field is required",
    "string_type": "expected text",
    "bool_type": "expected true or false",
    "list_type": "expected a list",
    "dict_type": "expected an object",
    "model_type": "expected an object",
    "model_attributes_type": "expected an object",
    "string_unicode": "expected text that is valid Unicode (it holds half a surrogate pair)",
}


def _multipart(error: Exception) -> ApiProblem:
    return ApiProblem(400, f"The multipart body cannot be read: {error}.")


_KINDS: dict[type[Exception], Callable[[Any], ApiProblem]] = {
    HttpError: _http,
    ValidationError: _invalid,
    Http404: lambda error: problems.not_found("such thing"),
    MultiPartParserError: _multipart,
    RequestDataTooBig: lambda error: reading.too_large(),
    UnreadablePostError: lambda error: ApiProblem(400, "The body ended before its time."),
    BadRequest: lambda error: ApiProblem(400, "The request cannot be read."),
    SuspiciousOperation: lambda error: ApiProblem(400, "The request cannot be read."),
}
