"""Imports taken back by API."""

import json
from typing import Any

import pytest

from comanda.ingest.csv_import import tasks
from comanda.records.models import AuditEntry, Import, ImportState, Store
from tests import factories
from tests.api.client import Caller
from tests.api.rest.imports.uploading import GOOD, bring, upload


def test_it_has_an_import_taken_back_once_however_often_it_is_asked(owner: Caller) -> None:
    import_id = bring(owner)

    replies = [owner.post(f"imports/{import_id}/undo") for _ in range(2)]

    assert [(reply.status, reply.headers["Location"]) for reply in replies] == [
        (202, f"/api/v1/imports/{import_id}")
    ] * 2
    ((args,),) = factories.query("SELECT args FROM procrastinate_jobs WHERE task_name = 'import.undo'")
    tasks.undo_import(**json.loads(args))
    assert owner.get(f"imports/{import_id}").body["state"] == "undone"
    undone = AuditEntry.objects.get(action="import.undo")
    assert (undone.actor, undone.target) == (Import.objects.get().created_by, f"import {import_id}")


@pytest.mark.parametrize("state", ["waiting", "reading", "writing", "failed"])
def test_it_has_an_import_taken_back_that_is_under_way(owner: Caller, state: str) -> None:
    import_id = upload(owner).body["id"]
    Import.objects.update(state=state)

    owner.post(f"imports/{import_id}/undo")
    tasks.undo_import(import_id, "test")
    tasks.run_import(import_id)

    assert owner.get(f"imports/{import_id}").body["state"] == "undone"
    assert factories.value("SELECT count(*) FROM orders") == 0


def test_it_says_which_orders_were_kept(owner: Caller) -> None:
    import_id = bring(owner)
    bring(owner, GOOD.replace("10.00", "11.00"))

    owner.post(f"imports/{import_id}/undo")
    tasks.undo_import(import_id, "test")

    undo = owner.get(f"imports/{import_id}").body["undo"]
    assert undo["orders"] == {"removed": 0, "restored": 0, "kept": 2}
    assert undo["kept_orders"] == ["1", "2"]


@pytest.mark.parametrize(
    ("columns", "words"),
    [
        ({"state": ImportState.DONE, "dry_run": True}, "dry run"),
        ({"state": ImportState.UNDONE}, "undone already"),
        ({"state": ImportState.DONE, "source": "api"}, "did not come as a file"),
    ],
)
def test_it_refuses_what_cannot_be_taken_back(owner: Caller, columns: dict[str, Any], words: str) -> None:
    job = Import.objects.create(store=Store.objects.get(), **columns)

    reply = owner.post(f"imports/{job.pk}/undo")

    assert reply.status == 409
    assert words in reply.body["detail"]
    assert factories.value("SELECT count(*) FROM procrastinate_jobs") == 0
