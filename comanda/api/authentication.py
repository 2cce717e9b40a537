"""Who sends this request: the key in ``Authorization: Bearer``, checked against its hash.

Keys are remembered for at most five seconds, so that a request costs no look-up and a revoked key is
refused almost at once everywhere.
"""

import time
from dataclasses import dataclass
from datetime import UTC, datetime

from django.http import HttpRequest

from comanda import env
from comanda.records import access, keys
from comanda.records.models import ApiKey, Role

from .problems import ApiProblem

_REMEMBERED_FOR = 5.0
_MOST_REMEMBERED = 1000
_CHALLENGE = {"WWW-Authenticate": 'Bearer realm="comanda"'}


@dataclass(frozen=True, slots=True)
class Known:
    """A key as it was when last looked up."""

    key_id: int
    caller: access.Caller
    expires_at: datetime | None
    revoked_at: datetime | None
    rate: int
    until: float


_known: dict[bytes, Known] = {}


def authenticate(request: HttpRequest) -> Known:
    """The key that was sent; raises ApiProblem (401), saying what is wrong with it."""
    header: str = request.META.get("HTTP_AUTHORIZATION", "")
    scheme, _, token = header.partition(" ")
    token = token.strip()
    if not token or scheme.lower() != "bearer":
        raise _refusal("Send your API key in the header: Authorization: Bearer KEY.")
    known = _look_up(keys.digest(token))
    if known is None:
        raise _refusal("This API key is not known.")
    if known.revoked_at is not None:
        raise _refusal(f"This API key was revoked at {_shown(known.revoked_at)}.")
    if known.expires_at is not None and known.expires_at <= datetime.now(UTC):
        raise _refusal(f"This API key expired at {_shown(known.expires_at)}.")
    return known


def forget() -> None:
    """Looks every key up anew from now on."""
    _known.clear()


def _refusal(detail: str) -> ApiProblem:
    return ApiProblem(401, detail, headers=_CHALLENGE)


def _shown(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="seconds")


def _look_up(digest: bytes) -> Known | None:
    now = time.monotonic()
    known = _known.get(digest)
    if known is not None and now < known.until:
        return known
    key = keys.find(digest)
    if key is None:
        return None
    if key.revoked_at is None:
        keys.note_use(key)
    if len(_known) >= _MOST_REMEMBERED:
        _known.clear()
    known = _known[digest] = _as_known(key, now + _REMEMBERED_FOR)
    return known


def _as_known(key: ApiKey, until: float) -> Known:
    role = Role(key.role)
    caller = access.Caller(f"key {key.pk} ({key.name})", role, access.granted(role, key.scopes))
    rate = key.rate_per_minute or env.get("api_rate")
    return Known(key.pk, caller, key.expires_at, key.revoked_at, rate, until)
