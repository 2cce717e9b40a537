"""The page of what each platform can do, from the flags and attributes of its connector."""

import ast
import inspect
from collections.abc import Iterable
from datetime import timedelta

from comanda.connectors.base import Connector, Resource
from comanda.connectors.registry import all_platforms
from tools.reference import markdown

_WIDE = """\
---
hide:
  - navigation
  - toc
---

"""
"""What gives the page the width that its tables need."""
_INTRODUCTION = """\
What each platform can do, as its connector says. All of them bring the full history and what changed since;
the page of each platform says what to click in the shop, and what it cannot tell."""


def page() -> str:
    """One row a capability, one column a platform."""
    kinds = list(all_platforms().values())
    rows = ([f"{said} `{name}`", *_said(name, kinds)] for name, said in capabilities().items())
    links = [f"[{kind.title.partition(' /')[0]}](../platforms/{kind.platform}.md)" for kind in kinds]
    return _WIDE + markdown.page(
        "What platforms can do",
        _INTRODUCTION,
        markdown.table(("capability", *links), rows),
        "## What is read, and how often",
        "What changed is asked for again and again, whether webhooks come or not; each time from some "
        "minutes before the last time on, for what a shop tells late. Records of which a shop cannot say "
        "which ones changed are gone through as a whole now and then.",
        markdown.table(("what", *links), _readings(kinds)),
    )


def capabilities() -> dict[str, str]:
    """The flags of a connector by name, each with the question that stands under it."""
    body = ast.parse(inspect.getsource(Connector)).body[0]
    assert isinstance(body, ast.ClassDef)
    found = {}
    for flag, beneath in zip(body.body, body.body[1:], strict=False):
        if isinstance(flag, ast.AnnAssign) and ast.unparse(flag.annotation) == "ClassVar[bool]":
            assert isinstance(beneath, ast.Expr)
            found[ast.unparse(flag.target)] = str(ast.literal_eval(beneath.value))
    return found


def _said(name: str, kinds: Iterable[type[Connector]]) -> list[str]:
    return ["yes" if getattr(kind, name) else "" for kind in kinds]


def _readings(kinds: Iterable[type[Connector]]) -> Iterable[list[str]]:
    for resource in Resource:
        yield [f"reads {resource.value}", *(_way(kind, resource) for kind in kinds)]
    yield ["interval in minutes", *(_minutes(kind.interval) for kind in kinds)]
    yield ["minutes before the last time", *(_minutes(kind.overlap) for kind in kinds)]


def _way(kind: type[Connector], resource: Resource) -> str:
    """Whether it is read, and if so, whether the shop can say what of it changed."""
    if resource not in kind.resources:
        return ""
    return "yes, as a whole" if resource in kind.rereads else "yes"


def _minutes(span: timedelta) -> str:
    return f"{span.total_seconds() / 60:g}"
