"""Records as shops send them, kept beside the tests of each platform, and the instants that they tell."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import orjson

_HERE = Path(__file__).parent


def read(platform: str, name: str) -> Any:
    """A recorded payload of a platform."""
    return orjson.loads((_HERE / platform / "payloads" / f"{name}.json").read_bytes())


def at(*parts: int) -> datetime:
    """An instant of UTC, from year to second."""
    return datetime(*parts, tzinfo=UTC)  # type: ignore[misc,arg-type]
