"""Which of two versions of one record counts.

An older version never overwrites a newer, and an undated one never overwrites a dated. Of two with the same
date the one that comes later counts: shops date to the second, and the later look is the truer. The same
version again changes nothing.
"""

from datetime import datetime

from comanda.shapes import Outcome, Result


def judge(
    result: Result, record_id: int, same: bool, version: datetime | None, kept: datetime | None
) -> None:
    """Fills in ``result`` for a shape of ``version`` where ``kept`` is the version of the known record."""
    result.id = record_id
    if same:
        result.outcome = Outcome.UNCHANGED
    elif kept is not None and (version is None or version < kept):
        result.outcome = Outcome.UNCHANGED
        told = "says no updated_at" if version is None else "is older"
        result.note = f"This version {told}; the one of {kept.isoformat()} was kept."
    else:
        result.outcome = Outcome.UPDATED
