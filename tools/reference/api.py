"""The page of the REST API, from its OpenAPI document."""

from collections.abc import Iterable, Iterator, Mapping
from itertools import groupby
from typing import Any

from comanda.api.rest.api import api
from tools.reference import markdown

Node = Mapping[str, Any]

_ROOT = "/api/v1"
_METHODS = ("get", "post", "put", "patch", "delete")
_MOST_CHOICES = 12
_PROBLEM = "application/problem+json"

_INTRODUCTION = """\
All routes lie below `/api/v1`. A running Comanda describes them too: for programs as OpenAPI at
`/api/v1/openapi.json`, for people at `/api/docs`.

**Keys.** Each request carries `Authorization: Bearer KEY`; `comanda key create --name N` makes one. What a
key may do: [Roles and scopes](roles.md).

**Values.** JSON, names in snake_case. Money is text with a decimal point (`"12.50"`), never a binary number;
currencies are ISO 4217 codes. Times are ISO 8601 and come out with their zone.

**Pages.** A list answers `{"items": [...], "next": cursor}`. Send the cursor as `cursor` for the page behind
it; `null` means that there is none.

**Errors** are `application/problem+json` (RFC 9457): [Problem](#problem); `errors` points at each field that
is wrong.

**Once only.** A POST with the header `Idempotency-Key` is done once: the same key again gets the first
answer again.

**Rate.** A key may make `COMANDA_API_RATE` requests a minute. Each answer says in `RateLimit` headers how
many are left; above it the answer is 429 with `Retry-After`."""


def document() -> Node:
    """The OpenAPI document."""
    schema: Node = api.get_openapi_schema(path_prefix=_ROOT)
    return schema


def page() -> str:
    """Every route by what it is about, then every shape that is sent or answered."""
    found = document()
    operations = sorted(_operations(found), key=lambda each: each[2]["tags"][0])
    blocks: list[str] = []
    for tag, group in groupby(operations, key=lambda each: each[2]["tags"][0]):
        blocks.append(f"## {tag.capitalize()}")
        blocks += (block for each in group for block in _operation(*each))
    shapes: Mapping[str, Node] = found["components"]["schemas"]
    sent = _sent(operations, shapes)
    return markdown.page(
        "REST API",
        _INTRODUCTION,
        *blocks,
        "## Shapes",
        *(block for name in sorted(shapes) for block in _shape(name, shapes[name], is_sent=name in sent)),
    )


def _operations(found: Node) -> Iterator[tuple[str, str, Node]]:
    for path, methods in found["paths"].items():
        for method in _METHODS:
            if method in methods:
                yield path, method, methods[method]


def _operation(path: str, method: str, operation: Node) -> Iterator[str]:
    yield f"### {method.upper()} {path}"
    yield str(operation.get("description") or operation.get("summary", ""))
    if scope := operation.get("x-scope"):
        yield f"Scope: `{scope}`."
    yield markdown.table(
        ("parameter", "in", "type", "meaning"),
        (_parameter(each) for each in operation.get("parameters", ())),
    )
    if body := operation.get("requestBody"):
        yield f"Body: {_content(body)}."
    answers = {str(status): answer for status, answer in operation["responses"].items()}
    problems = [status for status, answer in answers.items() if _PROBLEM in answer.get("content", {})]
    yield markdown.table(
        ("answer", "meaning", "body"),
        (
            (status, answer.get("description", ""), _content(answer))
            for status, answer in answers.items()
            if status not in problems
        ),
    )
    if problems:
        yield f"Errors: {', '.join(problems)}."


def _parameter(parameter: Node) -> tuple[str, str, str, str]:
    name = markdown.code(parameter["name"]) + (" (needed)" if parameter.get("required") else "")
    return name, parameter["in"], _kind(parameter["schema"]), _meaning(parameter, parameter["schema"])


def _meaning(*nodes: Node) -> str:
    described = [node for each in nodes for node in (each, *each.get("anyOf", ())) if node.get("description")]
    said = described[0]["description"] if described else ""
    default = nodes[-1].get("default")
    return said + (f" Default: `{_text(default)}`." if default not in (None, "", [], {}) else "")


def _text(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _content(node: Node) -> str:
    return " or ".join(
        f"{_kind(said.get('schema', {}))} ({media})" for media, said in node.get("content", {}).items()
    )


def _sent(operations: Iterable[tuple[str, str, Node]], shapes: Mapping[str, Node]) -> set[str]:
    """The shapes that requests are made of."""
    sent: set[str] = set()
    waiting = list(_named([operation.get("requestBody", {}) for _, _, operation in operations]))
    while waiting:
        name = waiting.pop()
        if name not in sent:
            sent.add(name)
            waiting += _named(shapes[name])
    return sent


def _named(node: object) -> Iterator[str]:
    """Every shape that is referred to in a node, however deep."""
    if isinstance(node, Mapping):
        if "$ref" in node:
            yield _name(node)
        node = list(node.values())
    if isinstance(node, list):
        for each in node:
            yield from _named(each)


def _name(node: Node) -> str:
    return str(node["$ref"]).rpartition("/")[2]


def _shape(name: str, shape: Node, *, is_sent: bool) -> Iterator[str]:
    yield f"### {name}"
    yield str(shape.get("description", ""))
    if "enum" in shape:
        yield ", ".join(markdown.code(str(value)) for value in shape["enum"])
    needed = set(shape.get("required", ())) if is_sent else set()
    yield markdown.table(
        ("field", "type", "meaning"),
        (
            (
                markdown.code(field) + (" (needed)" if field in needed else ""),
                _kind(node),
                _meaning(node),
            )
            for field, node in shape.get("properties", {}).items()
        ),
    )


def _kind(node: Node) -> str:
    """What may stand there, in a word or two."""
    if "$ref" in node:
        name = _name(node)
        return f"[{name}](#{name.lower()})"
    for several in ("anyOf", "oneOf", "allOf"):
        if several in node:
            return _join(_kind(each) for each in node[several])
    choices = node.get("enum", [node["const"]] if "const" in node else [])
    if 0 < len(choices) <= _MOST_CHOICES:
        return _join(markdown.code(str(value)) for value in choices)
    if node.get("type") == "array":
        return f"list of {_kind(node.get('items', {}))}"
    if node.get("type") == "object" and isinstance(node.get("additionalProperties"), Mapping):
        return f"object of {_kind(node['additionalProperties'])}"
    kind = str(node.get("type", "any"))
    return f"{kind} ({node['format']})" if "format" in node else kind


def _join(kinds: Iterable[str]) -> str:
    return " or ".join(dict.fromkeys(kinds))
