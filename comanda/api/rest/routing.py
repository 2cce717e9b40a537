"""What every route says of itself: the scope that it asks for."""

from typing import Any

from django.http import HttpRequest
from ninja.security.base import AuthBase

from comanda.api import once, rates
from comanda.api.authentication import Known, authenticate
from comanda.api.problems import ApiProblem
from comanda.records import access


class ApiKey(AuthBase):
    """Lets a request through whose key holds the scope and has permits left."""

    openapi_type = "http"
    openapi_scheme = "bearer"

    def __init__(self, scope: str) -> None:
        super().__init__()
        self.scope = scope

    def __call__(self, request: HttpRequest) -> Known:
        """The caller's key; raises ApiProblem (401, 403, 429), or Replay."""
        key = authenticate(request)
        standing, may_pass = rates.spend(key)
        request.standing = standing  # type: ignore[attr-defined]  # read when the answer is framed
        if not may_pass:
            raise rates.too_many(standing)
        try:
            access.check(key.caller, self.scope)
        except access.Denied as denied:
            raise ApiProblem(403, str(denied)) from None
        request.once = once.begin(request, key.key_id)  # type: ignore[attr-defined]  # ended by the frame
        return key


def needs(scope: str) -> dict[str, Any]:
    """For a route: ``@router.get("/orders", **needs("orders:read"))``."""
    if scope not in access.SCOPES:
        raise LookupError(f"no scope is called {scope}")
    return {"auth": ApiKey(scope), "openapi_extra": {"x-scope": scope}}


def actor(request: HttpRequest) -> str:
    """How the caller is named in the audit log."""
    key: Known = request.auth  # type: ignore[attr-defined]  # set once the key was accepted
    return key.caller.actor


def nobody(request: HttpRequest) -> None:
    """What guards a route that names no scope: it lets nobody in."""
    raise ApiProblem(403, "This route is closed.")
