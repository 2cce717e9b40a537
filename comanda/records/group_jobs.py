"""Tags and lists merged and deleted: at once where they have few contacts, else by a job, some at a time.

A job that is cut off is brought up again and finds done what it did. Until the end the tag or list is there,
with ever fewer contacts.
"""

from collections.abc import Mapping

from django.db import transaction
from django.utils.translation import gettext
from procrastinate.contrib.django.models import ProcrastinateJob

from comanda.jobs import app, leaving
from comanda.jobs.again import Again
from comanda.records import database, groups, locks
from comanda.records.groups import AT_ONCE, KINDS, Done, GroupRefused, Kind

_TASK = "groups.dissolve"


def merge(kind: Kind, group_id: int, into_id: int, actor: str) -> Done:
    """Puts its contacts into another one and deletes it. Raises GroupRefused."""
    return _dissolve(kind, group_id, into_id, actor)


def delete(kind: Kind, group_id: int, actor: str) -> Done:
    """Takes it off its contacts and deletes it. Raises GroupRefused."""
    return _dissolve(kind, group_id, None, actor)


def under_way(kind: Kind) -> Mapping[int, int | None]:
    """Those that a job is at: id → id of what it is merged into, None for a deletion."""
    jobs = ProcrastinateJob.objects.filter(task_name=_TASK, status__in=["todo", "doing"])
    asked = jobs.values_list("args", flat=True)
    return {args["group_id"]: args["into_id"] for args in asked if args["noun"] == kind.noun}


def _dissolve(kind: Kind, group_id: int, into_id: int | None, actor: str) -> Done:
    if groups.size(kind, group_id, AT_ONCE + 1) <= AT_ONCE:
        _refuse_busy(kind, group_id, into_id)
        gone = groups.finish(kind, group_id, into_id, actor)
        return Done(gone.name, gone.contacts or 0, goes_on=False)
    with transaction.atomic():
        held, _ = groups.check(kind, group_id, into_id)
        _refuse_busy(kind, group_id, into_id)
        dissolve.configure(lock=f"groups-{kind.noun}").defer(
            noun=kind.noun, group_id=group_id, into_id=into_id, actor=actor
        )
    return Done(held.name, 0, goes_on=True)


def _refuse_busy(kind: Kind, group_id: int, into_id: int | None) -> None:
    """Neither may be under way itself, nor may what others are merged into go."""
    busy = under_way(kind)
    if {group_id, into_id} & busy.keys() or group_id in busy.values():
        raise GroupRefused(gettext("It is being merged or deleted already."))


@app.task(name=_TASK, queue="contacts", retry=Again(*database.LOST))
def dissolve(noun: str, group_id: int, into_id: int | None, actor: str) -> None:
    """Moves or takes off contacts until few are left, and ends with those in one transaction."""
    kind = KINDS[noun]
    try:
        while groups.size(kind, group_id, AT_ONCE + 1) > AT_ONCE:
            leaving.check()
            with transaction.atomic(durable=True), database.cursor() as cursor:
                locks.enter_door(cursor)
                groups.check(kind, group_id, into_id)
                groups.move(cursor, kind, group_id, into_id, AT_ONCE)
        groups.finish(kind, group_id, into_id, actor)
    except GroupRefused:  # someone else deleted one of the two meanwhile
        return
