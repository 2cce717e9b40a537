"""Who may bring files in, and who may look."""

from pathlib import Path

import pytest
from django.http import HttpResponse
from django.test import Client

from comanda.ingest.upsert import StoreRef
from comanda.records.models import Import, ImportDraft
from tests.ingest.csv_import import importing

pytestmark = pytest.mark.django_db(transaction=True)

LOOK = ("/imports", "/imports/{job}", "/imports/{job}/progress", "/imports/{job}/rejects.csv",
        "/imports/sample.csv", "/imports/format")  # fmt: skip
BRING = ("/imports/new", "/imports/new/{draft}", "/imports/new/{draft}/looking", "/imports/new/{draft}/trial")
DO = ("/imports/new", "/imports/new/{draft}", "/imports/new/{draft}/weigh", "/imports/new/{draft}/look",
      "/imports/new/{draft}/fix", "/imports/new/{draft}/words", "/imports/new/{draft}/start",
      "/imports/new/{draft}/discard", "/imports/{job}/undo")  # fmt: skip


@pytest.fixture
def job(store: StoreRef, tmp_path: Path) -> Import:
    """An import that is done."""
    return importing.bring(store.id, importing.write(tmp_path / "old.csv", [importing.row("Z1")]))


def statuses(
    client: Client, addresses: tuple[str, ...], job: Import, draft: ImportDraft, method: str
) -> set[int]:
    found: set[int] = set()
    for address in addresses:
        answer: HttpResponse = getattr(client, method)(address.format(job=job.pk, draft=draft.pk))
        found.add(answer.status_code)
    return found


@pytest.mark.parametrize("role", ["owner", "marketer"])
def test_it_lets_who_works_with_imports_see_all(
    role: str, request: pytest.FixtureRequest, job: Import, draft: ImportDraft
) -> None:
    client = request.getfixturevalue(role)

    assert statuses(client, LOOK, job, draft, "get") == {200}
    assert statuses(client, BRING[:2], job, draft, "get") == {200}
    assert statuses(client, BRING[2:], job, draft, "get") == {302}


def test_it_lets_a_viewer_look_and_no_more(viewer: Client, job: Import, draft: ImportDraft) -> None:
    assert statuses(viewer, LOOK, job, draft, "get") == {200}
    assert statuses(viewer, BRING, job, draft, "get") == {403}
    assert statuses(viewer, DO, job, draft, "post") == {403}
    assert b"/imports/new" not in viewer.get("/imports").content
    assert b"/undo" not in viewer.get(f"/imports/{job.pk}").content


def test_it_sends_strangers_to_the_sign_in(stranger: Client, job: Import, draft: ImportDraft) -> None:
    assert statuses(stranger, (*LOOK, *BRING), job, draft, "get") == {302}
    assert statuses(stranger, DO, job, draft, "post") == {302}
    assert ImportDraft.objects.count() == 1


def test_it_lets_only_who_may_edit_stores_teach_them_words(marketer: Client, draft: ImportDraft) -> None:
    answer = marketer.post(f"/imports/new/{draft.pk}/words", {"word": "x", "word-0": "completed"})

    assert answer.status_code == 403


@pytest.mark.parametrize("address", ["/imports/9999", "/imports/new/9999", f"/imports/{10**30}"])
def test_it_finds_nothing_where_there_is_nothing(owner: Client, address: str) -> None:
    assert owner.get(address).status_code == 404


@pytest.mark.parametrize("address", DO)
def test_it_takes_no_deed_by_an_address_alone(
    address: str, owner: Client, job: Import, draft: ImportDraft
) -> None:
    answer = owner.get(address.format(job=job.pk, draft=draft.pk))

    assert answer.status_code in (200, 405)
    assert ImportDraft.objects.count() == 1
