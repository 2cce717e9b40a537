"""Types of what requests and answers hold, each with its exact place in the OpenAPI description."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import ROUND_HALF_EVEN, Decimal
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, WithJsonSchema
from pydantic_core import PydanticCustomError, core_schema

from comanda.lib.numbers import LIMIT, MOST_DECIMALS
from comanda.records import stores

LONGEST_TEXT = 20_000
LONGEST_KEY = 255
LARGEST_ID = 2**63 - 1
NO_NUL = r"^[^\u0000]*$"
_STEP = Decimal(1).scaleb(-MOST_DECIMALS)


class Body(BaseModel):
    """What a request may hold: nothing unknown, nothing of another type."""

    model_config = ConfigDict(extra="forbid", strict=True)


class Answer(BaseModel):
    """What an answer holds."""

    model_config = ConfigDict(extra="forbid")


@dataclass(frozen=True, eq=False)
class Reads:
    """For ``Annotated``: the value is what ``read`` makes of it; ``schema`` says the same in JSON Schema."""

    read: Callable[[Any], Any]
    schema: Mapping[str, Any]

    def __get_pydantic_core_schema__(self, source: Any, handler: Any) -> core_schema.CoreSchema:
        return core_schema.no_info_plain_validator_function(self.read)

    def __get_pydantic_json_schema__(self, schema: Any, handler: Any) -> dict[str, Any]:
        return dict(self.schema)


def wrong(expected: str) -> PydanticCustomError:
    """The error for a value that should have been something else."""
    return PydanticCustomError("wrong", "expected {expected}", {"expected": expected})


def _number(digits: int, what: str, example: str) -> Reads:
    pattern = rf"^-?[0-9]{{1,{digits}}}(\.[0-9]{{1,{MOST_DECIMALS}}})?$"
    matches = re.compile(pattern[1:-1]).fullmatch
    limit = Decimal(10) ** digits
    expected = (
        f'{what}: text such as "{example}" with at most {digits} digits before the point and '
        f"{MOST_DECIMALS} behind it, or a number"
    )

    def read(value: Any) -> Decimal:
        kind = type(value)
        if kind is str and matches(value):
            return Decimal(value)
        if kind is int and -limit < value < limit:
            return Decimal(value)
        if kind is Decimal and -limit < value < limit:
            return _at_most_six_places(value)
        raise wrong(expected)

    text = {"type": "string", "pattern": pattern}
    number = {"type": "number", "exclusiveMinimum": -int(limit), "exclusiveMaximum": int(limit)}
    return Reads(read, {"anyOf": [text, number], "examples": [example]})


def _at_most_six_places(value: Decimal) -> Decimal:
    """A JSON number as it stands, without the noise that programs add by floats (0.30000000000000004)."""
    exponent = value.as_tuple().exponent
    if isinstance(exponent, int) and exponent < -MOST_DECIMALS:
        return value.quantize(_STEP, ROUND_HALF_EVEN)
    return value


Money = Annotated[Decimal, _number(len(str(LIMIT)) - 1, "an amount", "12.50")]
Quantity = Annotated[Decimal, _number(9, "a quantity", "2")]
"""Below a thousand million, so that 10,000 lines of an order can be added up."""

Text = Annotated[str, Field(max_length=LONGEST_TEXT, pattern=NO_NUL)]
Key = Annotated[str, Field(min_length=1, max_length=LONGEST_KEY, pattern=NO_NUL)]
Word = Key
Name = Annotated[str, Field(min_length=1, max_length=200, pattern=NO_NUL)]
StoreKey = Annotated[str, Field(pattern=f"^{stores.KEY.pattern}$", examples=["shop"])]

_MOMENT = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt ][0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]+)?"
    r"(?P<zone>[Zz]|[+-][0-9]{2}:[0-9]{2})?"
)


def instant(value: Any) -> datetime:
    """A time of RFC 3339, with its zone; raises PydanticCustomError."""
    match = _MOMENT.fullmatch(value) if isinstance(value, str) else None
    if match is None:
        raise wrong("a time such as 2026-03-01T12:00:00Z (RFC 3339)")
    if not match["zone"]:
        raise wrong(
            f"a time with its zone: {value}Z if it is in UTC, else with an offset such as {value}-03:00"
        )
    try:
        return datetime.fromisoformat(value.upper()).astimezone(UTC)
    except (ValueError, OverflowError):
        raise wrong("a day and time that exist, from year 1 to 9999") from None


def _history() -> str:
    """A pattern for times from 1970 to this year: the door takes none before, nor what lies far ahead."""
    decades, units = divmod(datetime.now(UTC).year - 1970, 10)
    years = "|".join([*(f"{197 + decade}[0-9]" for decade in range(decades)), f"{197 + decades}[0-{units}]"])
    day = rf"({years})-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])"
    hour = r"([01][0-9]|2[0-3]):[0-5][0-9]"
    return rf"^{day}T{hour}:[0-5][0-9](\.[0-9]+)?(Z|[+-]{hour})$"


_INSTANT = {"type": "string", "format": "date-time", "examples": ["2026-03-01T12:00:00Z"]}
Instant = Annotated[datetime, Reads(instant, {**_INSTANT, "pattern": _history()})]
"""When something happened in a shop."""


def _unless_left_out(read: Callable[[Any], Any]) -> Callable[[Any], Any]:
    return lambda value: None if value is None else read(value)


Since = Annotated[datetime | None, Reads(_unless_left_out(instant), _INSTANT)]
"""A time in an address, from which on."""


def _identifier(value: Any) -> int:
    if isinstance(value, str) and re.fullmatch("[0-9]{1,19}", value) and 1 <= int(value) <= LARGEST_ID:
        return int(value)
    raise wrong(f"a whole number from 1 to {LARGEST_ID}")


_ID = {"type": "integer", "minimum": 1, "maximum": LARGEST_ID, "format": "int64"}
Id = Annotated[int, Reads(_identifier, _ID)]
"""An id in an address. Where there can be no such id, there is nothing at the address (see ``faults``)."""

SoughtId = Annotated[int | None, Reads(_unless_left_out(_identifier), _ID)]
"""An id by which a list is narrowed."""


def _flag(value: Any) -> bool:
    if value in (True, "true"):
        return True
    if value in (False, "false"):
        return False
    raise wrong("true or false")


Flag = Annotated[bool, Reads(_flag, {"type": "boolean"})]
"""Yes or no in an address."""

Live = Annotated[
    bool,
    Reads(_flag, {"type": "boolean", "description": "false: this is history, from which no flow starts."}),
]


def _sought(longest: int) -> Reads:
    def read(value: Any) -> str | None:
        if value is None or (isinstance(value, str) and 1 <= len(value) <= longest and "\0" not in value):
            return value
        raise wrong(f"text of 1 to {longest} characters")

    return Reads(read, {"type": "string", "minLength": 1, "maxLength": longest, "pattern": NO_NUL})


Sought = Annotated[str | None, _sought(320)]
"""Text in an address by which a list is narrowed."""


Typed = Annotated[str, _sought(100)]
"""Text in an address that must be there."""


def choice(allowed: frozenset[str], expected: str) -> Reads:
    """One of many words."""

    def read(value: Any) -> str:
        if isinstance(value, str) and value in allowed:
            return value
        raise wrong(expected)

    return Reads(read, {"type": "string", "enum": sorted(allowed)})


def sought_choice(allowed: frozenset[str]) -> Reads:
    """One of a few words, by which a list is narrowed."""
    one = choice(allowed, "one of " + ", ".join(sorted(allowed)))
    return Reads(_unless_left_out(one.read), one.schema)


Currency = Annotated[str, choice(stores.currencies(), "an ISO 4217 currency code such as EUR")]

MoneyOut = Annotated[str, WithJsonSchema({"type": "string", "pattern": r"^-?[0-9]+(\.[0-9]+)?$"})]
"""An amount with at least its currency's decimal places."""
