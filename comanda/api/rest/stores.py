"""The stores of the installation: list, create, read and change (scopes stores:read, stores:write)."""

from ninja import Router

router = Router(tags=["stores"])
