"""Files brought in: what was asked, how far it got, what it wrote and what it refused."""

from django.db import models

from . import columns
from .store import Store


class ImportState(models.TextChoices):
    """The life of an import."""

    WAITING = "waiting"
    READING = "reading"
    WRITING = "writing"
    DONE = "done"
    FAILED = "failed"
    UNDONE = "undone"


UNFINISHED = (ImportState.WAITING, ImportState.READING, ImportState.WRITING)


class Import(models.Model):
    """One file (or one bulk call) brought into one store.

    ``after`` is the shop's id of the last order committed: a killed import goes on behind it.
    """

    store = models.ForeignKey(Store, on_delete=models.CASCADE)
    state = columns.status(ImportState.choices, default=ImportState.WAITING)
    source = models.CharField(max_length=16, default="csv")
    file_name = columns.text()
    file_path = columns.text()
    file_digest = columns.text()
    file_size = models.BigIntegerField(default=0)
    dry_run = models.BooleanField(default=False)
    options = models.JSONField(default=dict)
    format = models.JSONField(default=dict)
    after = models.TextField(null=True)
    counts = models.JSONField(default=dict)
    error = columns.text()
    created_by = columns.text()
    created_at = columns.stamp()
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    seconds = models.FloatField(default=0)

    class Meta:
        db_table = "import"


class ImportProblem(models.Model):
    """A row that was refused or doubted. ``raw`` holds its cells, for the rejects file."""

    import_id = models.BigIntegerField()
    row = models.BigIntegerField()
    severity = models.CharField(max_length=8)
    code = models.CharField(max_length=64)
    column = columns.text()
    value = columns.text()
    expected = columns.text()
    mend = columns.text()
    order_external_id = columns.text()
    raw = models.JSONField(null=True)

    class Meta:
        db_table = "import_problem"
        indexes = [
            models.Index(fields=["import_id", "row"], name="import_problem_in_order"),
            models.Index(fields=["import_id", "severity", "code", "row"], name="import_problem_by_cause"),
        ]


class ImportWrite(models.Model):
    """A record that an import made or changed. ``before`` is what stood there, None if it was made."""

    pk = models.CompositePrimaryKey("import_id", "kind", "record_id")
    import_id = models.BigIntegerField()
    kind = models.CharField(max_length=8)
    record_id = models.BigIntegerField()
    before = models.JSONField(null=True)
    after = models.JSONField(null=True)

    class Meta:
        db_table = "import_write"
        indexes = [models.Index(fields=["record_id", "kind"], name="import_write_of_record")]
