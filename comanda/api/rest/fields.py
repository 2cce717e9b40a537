"""Types of what requests and answers hold, each with its exact place in the OpenAPI description."""

import re
from collections.abc import Callable
from datetime import UTC, datetime
from decimal import ROUND_HALF_EVEN, Decimal
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, PlainValidator, WithJsonSchema
from pydantic_core import PydanticCustomError

from comanda.lib.numbers import LIMIT, MOST_DECIMALS
from comanda.records import stores

LONGEST_TEXT = 20_000
LONGEST_KEY = 255
LARGEST_ID = 2**63 - 1
_NO_NUL = r"^[^\u0000]*$"
_STEP = Decimal(1).scaleb(-MOST_DECIMALS)


class Body(BaseModel):
    """What a request may hold: nothing unknown, nothing of another type."""

    model_config = ConfigDict(extra="forbid", strict=True)


class Answer(BaseModel):
    """What an answer holds."""

    model_config = ConfigDict(extra="forbid")


def _wrong(expected: str) -> PydanticCustomError:
    return PydanticCustomError("wrong", "expected {expected}", {"expected": expected})


def _number(pattern: re.Pattern[str], limit: Decimal, expected: str) -> Callable[[Any], Decimal]:
    def read(value: Any) -> Decimal:
        kind = type(value)
        if kind is str and pattern.fullmatch(value):
            return Decimal(value)
        if kind is int and -limit < value < limit:
            return Decimal(value)
        if kind is Decimal and -limit < value < limit:
            return _at_most_six_places(value)
        raise _wrong(expected)

    return read


def _at_most_six_places(value: Decimal) -> Decimal:
    """A JSON number as it stands, without the noise that programs add by floats (0.30000000000000004)."""
    exponent = value.as_tuple().exponent
    if isinstance(exponent, int) and exponent < -MOST_DECIMALS:
        return value.quantize(_STEP, ROUND_HALF_EVEN)
    return value


def _number_type(digits: int, what: str, example: str) -> Any:
    pattern = rf"^-?[0-9]{{1,{digits}}}(\.[0-9]{{1,{MOST_DECIMALS}}})?$"
    limit = Decimal(10) ** digits
    expected = (
        f'{what}: text such as "{example}" with at most {digits} digits before the point and '
        f"{MOST_DECIMALS} behind it, or a number"
    )
    schema = {
        "anyOf": [
            {"type": "string", "pattern": pattern},
            {"type": "number", "exclusiveMinimum": -int(limit), "exclusiveMaximum": int(limit)},
        ],
        "examples": [example],
    }
    return Annotated[
        Decimal, PlainValidator(_number(re.compile(pattern[1:-1]), limit, expected)), WithJsonSchema(schema)
    ]


Money = _number_type(len(str(LIMIT)) - 1, "an amount", "12.50")
Quantity = _number_type(9, "a quantity", "2")
"""Below a thousand million, so that 10,000 lines of an order can be added up."""

Text = Annotated[str, Field(max_length=LONGEST_TEXT, pattern=_NO_NUL)]
Key = Annotated[str, Field(min_length=1, max_length=LONGEST_KEY, pattern=_NO_NUL)]
Word = Annotated[str, Field(min_length=1, max_length=LONGEST_KEY, pattern=_NO_NUL)]
Name = Annotated[str, Field(min_length=1, max_length=200, pattern=_NO_NUL)]
StoreKey = Annotated[str, Field(pattern=f"^{stores.KEY.pattern}$", examples=["shop"])]

_MOMENT = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt ][0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]+)?"
    r"(?P<zone>[Zz]|[+-][0-9]{2}:[0-9]{2})?"
)


def instant(value: Any) -> datetime:
    """A time of RFC 3339, with its zone; raises PydanticCustomError."""
    match = _MOMENT.fullmatch(value) if isinstance(value, str) else None
    if match is None:
        raise _wrong("a time such as 2026-03-01T12:00:00Z (RFC 3339)")
    if not match["zone"]:
        raise _wrong(
            f"a time with its zone: {value}Z if it is in UTC, else with an offset such as {value}-03:00"
        )
    try:
        return datetime.fromisoformat(value.upper()).astimezone(UTC)
    except (ValueError, OverflowError):
        raise _wrong("a day and time that exist, from year 1 to 9999") from None


_INSTANT = {"type": "string", "format": "date-time", "examples": ["2026-03-01T12:00:00Z"]}
Instant = Annotated[datetime, PlainValidator(instant), WithJsonSchema(_INSTANT)]


def _identifier(value: Any) -> int:
    if isinstance(value, str) and re.fullmatch(r"[0-9]{1,19}", value) and 1 <= int(value) <= LARGEST_ID:
        return int(value)
    raise _wrong(f"a whole number from 1 to {LARGEST_ID}")


Id = Annotated[
    int,
    PlainValidator(_identifier),
    WithJsonSchema({"type": "integer", "minimum": 1, "maximum": LARGEST_ID, "format": "int64"}),
]
"""An id in an address."""


def _flag(value: Any) -> bool:
    if value in (True, "true"):
        return True
    if value in (False, "false"):
        return False
    raise _wrong("true or false")


Flag = Annotated[bool, PlainValidator(_flag), WithJsonSchema({"type": "boolean"})]
"""Yes or no in an address."""

Live = Annotated[
    bool,
    PlainValidator(_flag),
    WithJsonSchema({"type": "boolean", "description": "false: this is history, from which no flow starts."}),
]


def _sought(longest: int) -> Any:
    def read(value: Any) -> str | None:
        if value is None or (isinstance(value, str) and 1 <= len(value) <= longest and "\0" not in value):
            return value
        raise _wrong(f"text of 1 to {longest} characters")

    return Annotated[
        str | None,
        PlainValidator(read),
        WithJsonSchema({"type": "string", "minLength": 1, "maxLength": longest, "pattern": _NO_NUL}),
    ]


Sought = _sought(320)
"""Text in an address that something is looked for by."""

Since = Annotated[
    datetime | None, PlainValidator(lambda value: value and instant(value)), WithJsonSchema(_INSTANT)
]
"""A time in an address, from which on."""


def _currency(value: Any) -> str:
    if isinstance(value, str) and value in stores.currencies():
        return value
    raise _wrong("an ISO 4217 currency code such as EUR")


Currency = Annotated[
    str, PlainValidator(_currency), WithJsonSchema({"type": "string", "enum": sorted(stores.currencies())})
]

MoneyOut = Annotated[str, WithJsonSchema({"type": "string", "pattern": r"^-?[0-9]+(\.[0-9]+)?$"})]
"""An amount with at least its currency's decimal places."""
