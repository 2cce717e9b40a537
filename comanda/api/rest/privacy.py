"""What is held about one person: export it, erase it (scopes privacy:read, privacy:write)."""

from ninja import Router

router = Router(tags=["privacy"])
