"""What the door said, as an answer."""

import orjson
from django.http import HttpResponse

from comanda.api import problems
from comanda.api.rest.fields import Answer
from comanda.shapes import Outcome, Problem, Result

_STATUS = {Outcome.CREATED: 201, Outcome.UPDATED: 200, Outcome.UNCHANGED: 200}


class OutcomeOut(Answer):
    """What became of what was sent: ``created``, ``updated`` or ``unchanged``, and the id it has in Comanda.

    ``note`` says what else there is to know, such as why a different version changed nothing.
    """

    outcome: Outcome
    id: int
    note: str


RESPONSES = {200: OutcomeOut, 201: OutcomeOut}


def respond(result: Result) -> HttpResponse:
    """The answer for one shape; raises ApiProblem (422) for one that was refused."""
    if result.outcome is Outcome.REFUSED:
        raise problems.unfit([fault(problem) for problem in result.problems])
    body = {"outcome": result.outcome, "id": result.id, "note": result.note}
    return HttpResponse(orjson.dumps(body), content_type="application/json", status=_STATUS[result.outcome])


def fault(problem: Problem) -> dict[str, str]:
    """The door's problem, with a pointer instead of a dotted path."""
    path = problem.field.split(".") if problem.field else []
    return problems.at(problems.pointer(path), f"expected {problem.expected}. {problem.mend}".rstrip())
