"""The feed of everything that happened, in commit order."""

from ninja import Router

router = Router(tags=["activity"])
