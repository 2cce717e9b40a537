"""What a user chose about how pages look."""

from django.db import models

from .user import User


class Preference(models.Model):
    """One choice of one user, such as the columns of a list."""

    pk = models.CompositePrimaryKey("user_id", "name")
    user = models.ForeignKey(User, on_delete=models.CASCADE, db_index=False)
    name = models.CharField(max_length=64)
    value = models.JSONField()

    class Meta:
        db_table = "preference"
