"""The API described: for programs at ``/api/v1/openapi.json``, for people at ``/api/docs``.

The page is made here from the same document, with no script and nothing from other servers.
"""

from collections.abc import Iterator, Mapping
from functools import cache
from itertools import groupby
from pathlib import Path
from typing import Any

import orjson
from django.http import HttpRequest, HttpResponse
from django.template import Context, Engine, Template
from django.utils.safestring import SafeString
from django.views.decorators.http import require_safe

from comanda.api import markup
from comanda.api.rest.api import api

Node = Mapping[str, Any]
_METHODS = ("get", "post", "put", "patch", "delete")
_MOST_CHOICES = 12
_ENGINE = Engine(dirs=[str(Path(__file__).parent / "templates")])


@require_safe
def openapi(request: HttpRequest) -> HttpResponse:
    """The description for programs."""
    return HttpResponse(_document(), content_type="application/json")


@require_safe
def page(request: HttpRequest) -> HttpResponse:
    """The same for people."""
    return HttpResponse(_page())


@cache
def _document() -> bytes:
    return orjson.dumps(api.get_openapi_schema(), option=orjson.OPT_NON_STR_KEYS)


@cache
def _page() -> str:
    document = orjson.loads(_document())
    template: Template = _ENGINE.get_template("docs.html")
    operations = sorted(_operations(document), key=lambda each: each["tag"])
    groups = [(tag, list(group)) for tag, group in groupby(operations, key=lambda each: each["tag"])]
    shapes = [_shape(name, node) for name, node in sorted(document["components"]["schemas"].items())]
    return template.render(
        Context(
            {
                "version": document["info"]["version"],
                "description": markup.html(document["info"]["description"]),
                "groups": groups,
                "shapes": shapes,
            }
        )
    )


def _operations(document: Node) -> Iterator[dict[str, Any]]:
    for path, methods in document["paths"].items():
        for method in _METHODS:
            if method in methods:
                yield _operation(path, method, methods[method])


def _operation(path: str, method: str, operation: Node) -> dict[str, Any]:
    return {
        "tag": operation["tags"][0],
        "id": operation["operationId"],
        "method": method.upper(),
        "path": path,
        "description": markup.html(operation.get("description", "")),
        "scope": operation.get("x-scope", ""),
        "parameters": [
            {
                "name": each["name"],
                "in": each["in"],
                "required": each.get("required", False),
                "kind": _kind(each["schema"]),
                "description": _described(each["schema"]),
            }
            for each in operation["parameters"]
        ],
        "bodies": _contents(operation.get("requestBody", {})),
        "answers": [
            {"status": status, "description": answer["description"], "bodies": _contents(answer)}
            for status, answer in operation["responses"].items()
        ],
    }


def _contents(node: Node) -> list[tuple[str, SafeString]]:
    return [(kind, _kind(said.get("schema", {}))) for kind, said in node.get("content", {}).items()]


def _shape(name: str, node: Node) -> dict[str, Any]:
    required = node.get("required", ())
    return {
        "name": name,
        "description": _described(node),
        "kind": "" if "properties" in node else _kind(node),
        "fields": [
            {"name": key, "required": key in required, "kind": _kind(said), "description": _described(said)}
            for key, said in node.get("properties", {}).items()
        ],
    }


def _described(node: Node) -> SafeString:
    said = node.get("description", "")
    default = node.get("default")
    if default not in (None, "", [], {}):
        said += f" Default: `{orjson.dumps(default).decode()}`."
    return markup.html(said)


def _kind(node: Node) -> SafeString:
    """The type of a value, in words; shapes as links."""
    if "$ref" in node:
        name = node["$ref"].rsplit("/", 1)[1]
        return markup.link(f"#shape-{name}", name)
    for several in ("anyOf", "oneOf", "allOf"):
        if several in node:
            return markup.joined(" or ", [_kind(each) for each in node[several] if each != {"type": "null"}])
    if "enum" in node:
        return markup.text(_choices([str(each) for each in node["enum"] if each != ""]))
    if node.get("type") == "array":
        return markup.joined(" ", [markup.text("list of"), _kind(node.get("items", {}))])
    if isinstance(node.get("additionalProperties"), Mapping):
        return markup.joined(" ", [markup.text("object of"), _kind(node["additionalProperties"])])
    return markup.text(str(node.get("format") or node.get("type", "anything")))


def _choices(words: list[str]) -> str:
    if len(words) <= _MOST_CHOICES:
        return " | ".join(words)
    return f"one of {len(words)}: {', '.join(words[:_MOST_CHOICES])}, …"
