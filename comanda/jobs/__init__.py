"""Jobs: procrastinate in the one database, with no broker and no cron."""

from procrastinate.contrib.django import app

__all__ = ["app"]
