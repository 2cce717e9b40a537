"""What Shopify means when it refuses: most is said in an answer with status 200."""

from collections.abc import Mapping
from typing import Any

from comanda.connectors.errors import NeedsOwner, RetryLater, ShopError
from comanda.connectors.http import Answer, is_html
from comanda.connectors.values import amount, child, children, first, text


def judge(answer: Answer) -> None:
    """Raises ShopError."""
    is_json = answer.body[:1] == b"{"
    if "/admin/oauth/" in answer.url.path and answer.status in (400, 401, 403) and not is_html(answer):
        said = child(answer.json()) if is_json else {}
        reason = first(said.get("error_description"), said.get("error"), answer.start)
        raise NeedsOwner("key_refused", status=f"{answer.status} {reason}")
    if answer.status == 423:
        raise NeedsOwner("unpaid", status=423)
    if answer.status == 200 and is_json and b'"errors"' in answer.body:
        said = child(answer.json())
        if errors := said.get("errors"):
            raise _meaning(answer, said, [child(each) for each in children(errors)])


def _meaning(answer: Answer, said: Mapping[str, Any], errors: list[Mapping[str, Any]]) -> ShopError:
    """Partial data with an error is no data: the page is asked for again, or the owner is told."""
    codes = {text(child(each.get("extensions")).get("code")): each for each in errors}
    message = "; ".join(filter(None, (text(each.get("message")) for each in errors)))
    if "THROTTLED" in codes or message == "Throttled":
        seconds = _wait(child(child(said.get("extensions")).get("cost")))
        return RetryLater("busy", after=seconds, status="THROTTLED", seconds=int(seconds) or 1)
    if "MAX_COST_EXCEEDED" in codes:
        return RetryLater("too_costly", what=message)
    if "ACCESS_DENIED" in codes:
        if "not approved" in message or "protected" in message.lower():
            return NeedsOwner("people_hidden")
        path = ".".join(map(str, children(codes["ACCESS_DENIED"].get("path"))))
        return NeedsOwner("right_missing", what=path or message, status="ACCESS_DENIED")
    if {"INTERNAL_SERVER_ERROR", "TIMEOUT"} & set(codes):
        return RetryLater("down", status=next(iter(codes)))
    return NeedsOwner("odd_answer", host=answer.url.host, what=message or text(said.get("errors")))


def _wait(cost: Mapping[str, Any]) -> float:
    """Until the bucket holds what the question costs."""
    left = child(cost.get("throttleStatus"))
    lacking = amount(cost.get("requestedQueryCost")) - amount(left.get("currentlyAvailable"))
    return float(max(lacking, amount(0)) / (amount(left.get("restoreRate")) or 100)) or 1.0


def hides_people(sample: Mapping[str, Any]) -> bool:
    """Whether some people were shown, and of none a name or an e-mail."""
    people = [child(each) for each in children(child(sample.get("customers")).get("nodes"))]
    orders = [child(each) for each in children(child(sample.get("orders")).get("nodes"))]
    seen = [
        first(person.get("firstName"), child(person.get("defaultEmailAddress")).get("emailAddress"))
        for person in people
    ]
    return bool(people) and not any([*seen, *(text(order.get("email")) for order in orders)])
