"""Columns that many tables share, declared once."""

from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.functions import Now


def money(**options: Any) -> "models.DecimalField[Any, Any]":
    """An amount in major units: up to 14 digits before the point and 6 behind it."""
    return models.DecimalField(max_digits=20, decimal_places=6, **options)


def text(**options: Any) -> "models.TextField[Any, Any]":
    """Text that is "" when nothing is known; its length is bounded at the door, not here."""
    return models.TextField(**{"default": "", "blank": True, **options})


def words() -> "ArrayField[Any, Any]":
    """A small list of texts, such as coupon codes."""
    return ArrayField(models.TextField(), default=list, blank=True)


def stamp() -> "models.DateTimeField[Any, Any]":
    """The time of the row's own making, told by the database."""
    return models.DateTimeField(db_default=Now(), editable=False)


def status(choices: Any, **options: Any) -> "models.CharField[Any, Any]":
    """One of a small closed set of words."""
    return models.CharField(max_length=16, choices=choices, **options)
