"""What the door said, as an answer."""

from collections import Counter
from collections.abc import Sequence
from typing import Any

import orjson
from django.http import HttpResponse

from comanda.api import problems
from comanda.api.problems import ApiProblem
from comanda.api.rest.fields import Answer
from comanda.lib import metrics
from comanda.shapes import Outcome, Problem, Result

_STATUS = {Outcome.CREATED: 201, Outcome.UPDATED: 200, Outcome.UNCHANGED: 200}
_CONFLICTS = frozenset({"erased", "no_identity", "refunds"})
"""Problems (codes or fields) of what is well formed and yet stands against what is known: 409, not 422."""


class OutcomeOut(Answer):
    """What became of what was sent: ``created``, ``updated`` or ``unchanged``, and the id it has in Comanda.

    ``note`` says what else there is to know, such as why a different version changed nothing.
    """

    outcome: Outcome
    id: int
    note: str


class Fault(Answer):
    """What is wrong in one place of what was sent."""

    pointer: str
    detail: str


class ItemOutcome(Answer):
    """What became of one of many. ``refused`` has no id, and says why in ``errors``."""

    outcome: Outcome
    id: int | None
    note: str
    errors: list[Fault]


RESPONSES = {200: OutcomeOut, 201: OutcomeOut}


def respond(kind: str, result: Result) -> HttpResponse:
    """The answer for one shape; raises ApiProblem (409, 422) for one that was refused."""
    count(kind, [result])
    if result.outcome is Outcome.REFUSED:
        if any({problem.code, problem.field} & _CONFLICTS for problem in result.problems):
            raise ApiProblem(409, result.problems[0].mend, [fault(problem) for problem in result.problems])
        raise problems.unfit([fault(problem) for problem in result.problems])
    return json({"outcome": result.outcome, "id": result.id, "note": result.note}, _STATUS[result.outcome])


def count(kind: str, results: Sequence[Result]) -> None:
    """Counts, for those who watch, what came in."""
    for outcome, several in Counter(result.outcome for result in results).items():
        metrics.TAKEN_IN.labels(kind, outcome).inc(several)


def item(result: Result) -> dict[str, Any]:
    """The answer for one shape of many."""
    errors = [fault(problem) for problem in result.problems]
    return {"outcome": result.outcome, "id": result.id, "note": result.note, "errors": errors}


def json(body: dict[str, Any], status: int = 200) -> HttpResponse:
    """A body that is right by construction: what is answered often is not validated once more."""
    return HttpResponse(orjson.dumps(body), content_type="application/json", status=status)


def fault(problem: Problem) -> dict[str, str]:
    """The door's problem, with a pointer instead of a dotted path."""
    path = problem.field.split(".") if problem.field else []
    return problems.at(problems.pointer(path), f"expected {problem.expected}. {problem.mend}".rstrip())
