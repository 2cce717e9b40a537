"""Ways over a shop's authorise page that were begun."""

from django.db import models

from . import columns
from .user import User


class Authorisation(models.Model):
    """One of them: of its state only the SHA-256 is kept, as of a password.

    ``draft`` is what was typed of the store, ``sealed`` the fields, encrypted: those that were typed, and
    once it is answered those that the shop gave.
    """

    digest = models.BinaryField(unique=True)
    user = models.ForeignKey(User, on_delete=models.CASCADE)
    platform = models.CharField(max_length=32)
    draft = models.JSONField()
    sealed = models.BinaryField()
    began_at = columns.stamp()
    expires_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "authorisation"
        indexes = [models.Index(fields=["expires_at"], name="authorisation_oldest")]
