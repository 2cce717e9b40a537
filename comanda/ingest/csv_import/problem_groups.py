"""Problems of an import put together by what caused them: the same thing wrong in the same column."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, QuerySet
from django.db.models.functions import Length

from comanda.ingest.csv_import.problem_rows import ALONG
from comanda.ingest.csv_import.problems import Severity
from comanda.records.models import Import, ImportProblem

MOST_GROUPS = 100
EXAMPLES = 5
_LOOKED_AT = 500


@dataclass(slots=True)
class Group:
    """``field`` is what the column was read as, "" for the whole row. ``orders`` counts those concerned.

    ``rows`` and ``values`` are the first few; ``expected`` and ``mend`` are those of the first.
    """

    severity: str
    code: str
    column: str
    field: str
    count: int
    orders: int
    rows: list[int]
    values: list[str]
    expected: str
    mend: str


def of(job: Import) -> list[Group]:
    """The groups, refusals first, the largest of them first.

    Rows that are refused only because another row of their order is are no group: see ``along``.
    """
    counted = (
        _own(job.pk)
        .values("severity", "code", "column")
        .annotate(count=Count("id"), orders=Count("order_external_id", distinct=True))
        .order_by(Length("severity"), "-count", "code", "column")[:MOST_GROUPS]
    )
    fields = _fields(job)
    return [
        Group(**each, field=fields.get(each["column"], ""), **_examples(job.pk, each)) for each in counted
    ]


def _own(import_id: int) -> QuerySet[ImportProblem]:
    return ImportProblem.objects.filter(import_id=import_id).exclude(code=ALONG.code)


def along(import_id: int) -> int:
    """How many rows are refused only because another row of their order is."""
    return ImportProblem.objects.filter(
        import_id=import_id, severity=Severity.REFUSED, code=ALONG.code
    ).count()


def _fields(job: Import) -> dict[str, str]:
    """Fields by what problems call their column: its header, or the field's name where it is a constant."""
    header = job.format.get("header", [])
    by_title = {header[index]: name for name, index in job.format.get("mapping", {}).items()}
    return {**{name: name for name in job.format.get("constants", {})}, **by_title}


def _examples(import_id: int, counted: Mapping[str, Any]) -> dict[str, Any]:
    """The first rows of a group, and what stands there, each value once."""
    cause = {name: counted[name] for name in ("severity", "code", "column")}
    first = list(_own(import_id).filter(**cause).order_by("row", "id")[:_LOOKED_AT])
    most = _LOOKED_AT if counted["code"] == "unknown_status" else EXAMPLES
    return {
        "rows": list(dict.fromkeys(each.row for each in first if each.row))[:EXAMPLES],
        "values": list(dict.fromkeys(each.value for each in first if each.value))[:most],
        "expected": first[0].expected,
        "mend": first[0].mend,
    }
