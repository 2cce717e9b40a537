"""As much of GraphQL as a fake shop must understand: fields, arguments, variables, fragments on a type.

A field that the answer does not have is an error, as with a real server: whoever asks for what is not there
learns it here.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"|\.\.\.|\$?\w+|-?\d+|[{}()\[\]:!@=|]')


class Refused(Exception):
    """The question is not one that the schema knows."""


@dataclass
class Selection:
    """A field that is asked for; ``on`` is the type of a fragment, whose fields are in ``inner``."""

    name: str
    arguments: dict[str, Any] = field(default_factory=dict)
    inner: list["Selection"] = field(default_factory=list)
    on: str = ""


class _Reader:
    def __init__(self, text: str, variables: Mapping[str, Any]) -> None:
        self.tokens, self.at, self.variables = _TOKEN.findall(text), 0, variables

    def peek(self) -> str:
        return self.tokens[self.at] if self.at < len(self.tokens) else ""

    def take(self, expected: str = "") -> str:
        found = self.peek()
        if not found or (expected and found != expected):
            raise Refused(f"Parse error: expected {expected or 'a name'}, got {found or 'the end'}")
        self.at += 1
        return found

    def fields(self) -> list[Selection]:
        self.take("{")
        found = []
        while self.peek() != "}":
            found.append(self.one())
        self.take("}")
        return found

    def one(self) -> Selection:
        name = self.take()
        if name == "...":
            self.take("on")
            return Selection("", on=self.take(), inner=self.fields())
        arguments = {}
        if self.peek() == "(":
            self.take()
            while self.peek() != ")":
                key = self.take()
                self.take(":")
                arguments[key] = self.value()
            self.take()
        return Selection(name, arguments, self.fields() if self.peek() == "{" else [])

    def value(self) -> Any:
        token = self.take()
        if token.startswith("$"):
            return self.variables.get(token[1:])
        if token.startswith('"'):
            return token[1:-1].replace('\\"', '"')
        if token in ("true", "false", "null"):
            return {"true": True, "false": False, "null": None}[token]
        return int(token) if re.fullmatch(r"-?\d+", token) else token


def parse(text: str, variables: Mapping[str, Any]) -> list[Selection]:
    """What a question asks for; variables that are used must be declared."""
    start = text.index("{")
    head = text[:start]
    declared = set(re.findall(r"\$(\w+):", head))
    undeclared = set(re.findall(r"\$(\w+)", text[start:])) - declared
    if undeclared:
        raise Refused(f"Variable ${undeclared.pop()} is not declared")
    missing = [name for name in re.findall(r"\$(\w+):\s*\[?\w+!?\]?!", head) if variables.get(name) is None]
    if missing:
        raise Refused(f"Variable ${missing[0]} of type {missing[0]} was provided invalid value")
    return _Reader(text[start:], variables).fields()


def pick(value: Any, asked: list[Selection], where: str = "") -> Any:
    """The part of a value that was asked for; callables are given their arguments."""
    if isinstance(value, list):
        return [pick(each, asked, where) for each in value]
    if not isinstance(value, dict):
        if asked and value is not None:
            raise Refused(f"Selections can't be made on scalars (field '{where}')")
        return value
    if not asked:
        raise Refused(f"Field '{where}' must have selections")
    found: dict[str, Any] = {}
    for each in asked:
        if each.on:
            if value.get("__typename") == each.on:
                found |= pick(value, each.inner, where)
        elif each.name not in value:
            raise Refused(f"Field '{each.name}' doesn't exist on type '{where}'")
        else:
            inner: Any = value[each.name]
            if isinstance(inner, Callable):  # type: ignore[arg-type]
                inner = inner(**each.arguments)
            found[each.name] = pick(inner, each.inner, each.name)
    return found
