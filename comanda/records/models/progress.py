"""How far long tasks are, for everyone to see while they run."""

from django.db import models

from . import columns


class Progress(models.Model):
    """One task under way, by its name (``import 12``); the row goes when the task ends.

    ``done`` of ``total`` counts whatever the stage counts, bytes or rows. ``stage_done`` is what was done
    already when the stage began: no measure of its speed.
    """

    task = models.CharField(primary_key=True, max_length=64)
    stage = models.CharField(max_length=16)
    done = models.BigIntegerField(default=0)
    total = models.BigIntegerField(default=0)
    stage_done = models.BigIntegerField(default=0)
    stage_at = columns.stamp()
    began_at = columns.stamp()
    moved_at = columns.stamp()

    class Meta:
        db_table = "progress"
