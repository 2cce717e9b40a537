"""What is kept for a set time goes when the time is over, and nothing else."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session

from comanda.ingest import tasks
from comanda.ingest.csv_import import imports, kept_files
from comanda.ingest.upsert import StoreRef
from comanda.records import authorisations, keys, links
from comanda.records.models import (
    Authorisation,
    IdempotentRequest,
    Import,
    ImportProblem,
    Inbox,
    InboxState,
    OneTimeLink,
    Purpose,
    Store,
    User,
)

pytestmark = pytest.mark.django_db(transaction=True)

NOW = datetime.now(UTC)
LONG_AGO, LATELY = NOW - timedelta(days=181), NOW - timedelta(days=179)


def run() -> None:
    tasks.keep_no_longer(timestamp=int(NOW.timestamp()))


def payload(store: StoreRef, name: str, state: InboxState, received_at: datetime) -> None:
    Inbox.objects.create(
        store_id=store.id,
        kind="order",
        external_id=name,
        source="api",
        body=b"{}",
        state=state,
        received_at=received_at,
    )


def upload(store: StoreRef, path: Path, finished_at: datetime | None) -> Import:
    path.write_text("order_id\n1\n")
    job = imports.create(
        Store.objects.get(id=store.id), path, path.name, {}, dry_run=False, created_by="test", keep_file=True
    )
    Import.objects.filter(pk=job.pk).update(finished_at=finished_at)
    return job


def test_it_removes_payloads_that_are_done_and_old(store: StoreRef) -> None:
    payload(store, "old", InboxState.DONE, LONG_AGO)
    payload(store, "young", InboxState.DONE, LATELY)
    payload(store, "failed", InboxState.FAILED, LONG_AGO)
    payload(store, "waiting", InboxState.NEW, LONG_AGO)

    run()

    assert set(Inbox.objects.values_list("external_id", flat=True)) == {"young", "failed", "waiting"}


def test_it_removes_files_of_imports_that_ended_long_ago(store: StoreRef, tmp_path: Path) -> None:
    old, young = upload(store, tmp_path / "a.csv", LONG_AGO), upload(store, tmp_path / "b.csv", LATELY)
    running = upload(store, tmp_path / "c.csv", None)

    run()

    assert [Path(job.file_path).exists() for job in (old, young, running)] == [False, True, True]
    assert Import.objects.get(pk=old.pk).file_path == ""


def test_it_leaves_files_that_lie_elsewhere(store: StoreRef, tmp_path: Path) -> None:
    path = tmp_path / "own.csv"
    path.write_text("order_id\n1\n")
    shop = Store.objects.get(id=store.id)
    job = imports.create(shop, path, path.name, {}, dry_run=False, created_by="test", keep_file=False)
    Import.objects.filter(pk=job.pk).update(finished_at=LONG_AGO)

    run()

    assert path.exists()
    assert kept_files.purge(NOW) == 0


def test_it_empties_the_cells_of_old_refused_rows(store: StoreRef, tmp_path: Path) -> None:
    for job in (upload(store, tmp_path / "a.csv", LONG_AGO), upload(store, tmp_path / "b.csv", LATELY)):
        ImportProblem.objects.create(
            import_id=job.pk, row=2, severity="refused", code="not_a_date", value="maria", raw=["maria"]
        )

    run()

    assert list(ImportProblem.objects.order_by("import_id").values_list("code", "value", "raw")) == [
        ("not_a_date", "", None),
        ("not_a_date", "maria", ["maria"]),
    ]


def test_it_forgets_stored_answers_after_a_day(db: None) -> None:
    key, _ = keys.create("test")
    for name, age in (("old", 25), ("young", 23)):
        created_at = NOW - timedelta(hours=age)
        IdempotentRequest.objects.create(api_key=key, key=name, fingerprint=b"", created_at=created_at)

    run()

    assert list(IdempotentRequest.objects.values_list("key", flat=True)) == ["young"]


def test_it_removes_sessions_and_links_that_open_nothing_any_more() -> None:
    ana = User.objects.create(email="ana@example.com")
    for key, expires_at in (("over", NOW - timedelta(hours=1)), ("open", NOW + timedelta(hours=1))):
        Session.objects.create(session_key=key, session_data="", expire_date=expires_at)
        UserSession.objects.create(session_key=key, user=ana, ip="192.0.2.7", user_agent="")
    links.make(Purpose.RESET, "ana@example.com", by="test")
    OneTimeLink.objects.update(expires_at=NOW - timedelta(hours=1))
    _, token = links.make(Purpose.INVITE, "bob@example.com", by="test")

    run()

    assert list(Session.objects.values_list("session_key", flat=True)) == ["open"]
    assert list(UserSession.objects.values_list("session_key", flat=True)) == ["open"]
    assert [link.pk for link in OneTimeLink.objects.all()] == [links.find(token).pk]  # type: ignore[union-attr]


def test_it_forgets_keys_of_shops_whose_way_was_not_gone_to_its_end() -> None:
    ana = User.objects.create(email="ana@example.com")
    draft = authorisations.Draft("Shop", "https://shop.example")
    state = authorisations.begin(ana, "nuvemshop", draft, {})
    authorisations.begin(ana, "woocommerce", draft, {"consumer_key": "ck_1"})
    Authorisation.objects.filter(platform="woocommerce").update(expires_at=NOW - timedelta(hours=1))

    run()

    assert authorisations.find("nuvemshop", state, ana).user == ana
    assert Authorisation.objects.count() == 1
