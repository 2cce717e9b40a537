"""Imports of CSV files: upload, follow, read the problems and rejects, undo."""

from ninja import Router

router = Router(tags=["imports"])
