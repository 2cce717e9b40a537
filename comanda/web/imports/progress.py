"""How far a task is, in words and numbers for a page that asks each second."""

from dataclasses import dataclass
from datetime import UTC, datetime

from babel import dates
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from comanda.records import progress
from comanda.records.progress import Standing
from comanda.web.frame import tags
from comanda.web.imports import words

_STALE = 60.0
_MEGABYTE = 1 << 20


@dataclass(frozen=True, slots=True)
class Shown:
    """``percent`` is None where nobody knows; ``is_stale`` says that nothing has moved for a minute."""

    stage: Promise
    percent: int | None
    amount: str
    rate: str
    left: str
    seconds: int
    is_waiting: bool
    is_stale: bool


def of(task: str, *, is_rehearsal: bool = False) -> Shown | None:
    """How far a task is; None when it is not under way."""
    standing = progress.find(task)
    return _shown(standing, is_rehearsal=is_rehearsal) if standing else None


def _shown(standing: Standing, *, is_rehearsal: bool) -> Shown:
    now = datetime.now(UTC)
    is_sorting = standing.stage == "writing" and not standing.done
    return Shown(
        words.SORTING if is_sorting else _stage(standing, is_rehearsal=is_rehearsal),
        None if is_sorting else standing.percent,
        "" if is_sorting else _amount(standing),
        _rate(standing),
        _left(standing),
        round((now - standing.began_at).total_seconds()),
        standing.stage == progress.WAITING,
        (now - standing.moved_at).total_seconds() > _STALE,
    )


def _stage(standing: Standing, *, is_rehearsal: bool) -> Promise:
    is_trial = is_rehearsal and standing.stage == "writing"
    return words.TRYING if is_trial else words.STAGES[standing.stage]


def _amount(standing: Standing) -> str:
    if not standing.total:
        return ""
    done, total = _counted(standing.stage, standing.done), _counted(standing.stage, standing.total)
    if standing.stage in words.IN_BYTES:
        return _("%(done)s of %(total)s MB") % {"done": done, "total": total}
    if standing.stage in words.IN_COLUMNS:
        return _("%(done)s of %(total)s columns") % {"done": done, "total": total}
    if standing.stage == "undoing":
        return _("%(done)s of %(total)s records") % {"done": done, "total": total}
    return _("%(done)s of %(total)s rows") % {"done": done, "total": total}


def _counted(stage: str, count: float) -> str:
    if stage in words.IN_BYTES:
        return tags.number(count / _MEGABYTE, 1)
    return tags.number(round(count), 0)


def _rate(standing: Standing) -> str:
    if standing.rate < 1 or standing.stage in words.IN_COLUMNS:
        return ""
    rate = _counted(standing.stage, standing.rate)
    if standing.stage in words.IN_BYTES:
        return _("%(rate)s MB a second") % {"rate": rate}
    if standing.stage == "undoing":
        return _("%(rate)s records a second") % {"rate": rate}
    return _("%(rate)s rows a second") % {"rate": rate}


def _left(standing: Standing) -> str:
    if standing.seconds_left is None or standing.done >= standing.total:
        return ""
    left = dates.format_timedelta(max(round(standing.seconds_left), 1), threshold=1.5, locale=tags.locale())
    return _("about %(time)s left") % {"time": left}
