"""A caller of the API: sends what a test says, and reads the answer as JSON."""

import json
from dataclasses import dataclass, field
from typing import Any

from django.test import Client

from comanda.records import keys
from comanda.records.models import Role


@dataclass
class Reply:
    """An answer."""

    status: int
    body: Any
    headers: dict[str, str]

    @property
    def faults(self) -> dict[str, str]:
        """Pointer (or parameter) → detail of a problem."""
        return {fault.get("pointer") or fault["parameter"]: fault["detail"] for fault in self.body["errors"]}


@dataclass
class Caller:
    """Someone with a key, or without."""

    token: str = ""
    client: Client = field(default_factory=lambda: Client(raise_request_exception=False))

    def get(self, path: str, **query: Any) -> Reply:
        """GET."""
        return self.send("GET", path, query=query)

    def post(self, path: str, body: Any = None, **headers: str) -> Reply:
        """POST of JSON; ``bytes`` are sent as they are."""
        return self.send("POST", path, body, headers=headers)

    def patch(self, path: str, body: Any) -> Reply:
        """PATCH of JSON."""
        return self.send("PATCH", path, body)

    def send(
        self,
        method: str,
        path: str,
        body: Any = None,
        *,
        query: dict[str, Any] | None = None,
        headers: dict[str, str] | None = None,
        media_type: str = "application/json",
    ) -> Reply:
        """Any request; ``headers`` are named like ``idempotency_key``."""
        given = {name.replace("_", "-"): value for name, value in (headers or {}).items()}
        if self.token:
            given["Authorization"] = f"Bearer {self.token}"
        data = body if isinstance(body, bytes) else b"" if body is None else json.dumps(body).encode()
        response = self.client.generic(
            method, f"/api/v1/{path}", data, media_type, query_params=query or None, headers=given
        )
        content = b"".join(response.streaming_content) if response.streaming else response.content  # type: ignore[attr-defined]
        is_json = content and "json" in response.headers.get("Content-Type", "")
        return Reply(
            response.status_code, json.loads(content) if is_json else content, dict(response.headers)
        )


def make(role: Role = Role.OWNER, **options: Any) -> Caller:
    """A caller with a new key of this role."""
    _, token = keys.create(str(role), role=role, **options)
    return Caller(token)
