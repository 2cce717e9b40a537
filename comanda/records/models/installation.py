"""The installation itself."""

from django.db import models


class Installation(models.Model):
    """One row: ``proof`` tells a Comanda whether its secrets are those that this database knows."""

    id = models.SmallIntegerField(primary_key=True, default=1)
    proof = models.BinaryField()

    class Meta:
        db_table = "installation"
        constraints = [models.CheckConstraint(condition=models.Q(id=1), name="installation_only_one")]
