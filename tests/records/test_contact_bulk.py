"""Tags and lists changed for all that are meant."""

import pytest
from procrastinate.contrib.django.models import ProcrastinateJob

from comanda.ingest.upsert import StoreRef, upsert
from comanda.jobs import leaving
from comanda.records import contact_bulk
from comanda.records.contact_bulk import Done
from comanda.records.contact_groups import Change, NoSuchGroup
from comanda.records.models import Activity, AuditEntry, Contact, ContactTag, Tag
from tests.factories import LIVE, contact

pytestmark = pytest.mark.django_db(transaction=True)

ANA = "user 1 (ana@example.com)"
SAID_NO = {"marketing": ["no"]}


@pytest.fixture
def tag(store: StoreRef) -> Tag:
    """A tag; there are five contacts who said no, and four who did not."""
    shapes = [contact(f"p{number}@example.com", accepts_marketing=number % 2 == 1) for number in range(9)]
    upsert(store, shapes, LIVE)
    return Tag.objects.create(name="vip")


def tagged() -> list[str]:
    return sorted(Contact.objects.filter(contacttag__isnull=False).values_list("email", flat=True))


NOES = [f"p{number}@example.com" for number in range(0, 9, 2)]


def test_it_changes_few_at_once(tag: Tag) -> None:
    done = contact_bulk.change(Change.TAG, tag.pk, SAID_NO, ANA)

    assert done == Done(5, False)
    assert tagged() == NOES
    assert ProcrastinateJob.objects.count() == 0


def test_it_leaves_many_to_a_job(tag: Tag, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(contact_bulk, "AT_ONCE", 2)

    done = contact_bulk.change(Change.TAG, tag.pk, SAID_NO, ANA)

    assert done == Done(0, True)
    assert tagged() == []
    job = ProcrastinateJob.objects.get()
    contact_bulk.change_all.func(**job.args)
    assert tagged() == NOES
    assert Activity.objects.filter(kind="tag_added").count() == 5
    note = AuditEntry.objects.get()
    assert (note.actor, note.action, note.target) == (ANA, "contact.tag", "contacts")
    assert note.detail == {"tag": "vip", "changed": 5}


def test_it_takes_away_what_it_goes_by(tag: Tag, monkeypatch: pytest.MonkeyPatch) -> None:
    contact_bulk.change(Change.TAG, tag.pk, {}, ANA)
    monkeypatch.setattr(contact_bulk, "AT_ONCE", 2)

    contact_bulk.change_all.func("untag", tag.pk, {"tag": [str(tag.pk)], "marketing": ["yes"]}, ANA)

    assert tagged() == NOES


def test_it_goes_on_where_it_was_cut_off(tag: Tag, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(contact_bulk, "AT_ONCE", 2)
    steps = iter([None, None, leaving.Leaving()])

    def check() -> None:
        if error := next(steps, None):
            raise error

    monkeypatch.setattr(leaving, "check", check)
    with pytest.raises(leaving.Leaving) as left:
        contact_bulk.change_all.func("tag", tag.pk, SAID_NO, ANA)
    assert ContactTag.objects.count() == 4
    decision = contact_bulk.AGAIN.get_retry_decision(exception=left.value, job=None)  # type: ignore[arg-type]
    assert decision is not None

    contact_bulk.change_all.func("tag", tag.pk, SAID_NO, ANA)

    assert tagged() == NOES
    assert Activity.objects.filter(kind="tag_added").count() == 5


def test_it_ends_when_the_tag_is_deleted_meanwhile(tag: Tag) -> None:
    gone = tag.pk
    tag.delete()

    contact_bulk.change_all.func("tag", gone, SAID_NO, ANA)

    assert not AuditEntry.objects.exists()
    with pytest.raises(NoSuchGroup):
        contact_bulk.change(Change.TAG, gone, SAID_NO, ANA)
