"""Imports cut off, by whatever, and brought up again: nothing lost, nothing twice."""

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.db import connection

from comanda.ingest.csv_import import run, turns, undo
from comanda.ingest.upsert import StoreRef
from comanda.records.models import Activity, Import
from tests import factories, proxy
from tests.ingest.csv_import import importing
from tests.ingest.csv_import.importing import row
from tests.proxy import Proxy

pytestmark = pytest.mark.django_db(transaction=True)
PEOPLE = ("ana@example.com", "bea@example.com", "", "+351912345670")
ROWS = [row(f"{number:03}", PEOPLE[number % 4], f"p{number % 7}") for number in range(60)]
EXPECTED = {
    "rows": 60, "lines": 60, "refused": 0, "warnings": 0,
    "orders": {"created": 60, "updated": 0, "unchanged": 0},
    "contacts": {"created": 3, "updated": 0},
    "products": {"created": 7, "updated": 0},
}  # fmt: skip


@pytest.fixture
def shop(transactional_db: None) -> StoreRef:
    """A shop in a database that other connections see too."""
    return factories.make_store()


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Sixty orders, written ten at a time."""
    monkeypatch.setattr("comanda.ingest.csv_import.writing.LINES_AT_ONCE", 10)
    return importing.write(tmp_path / "orders.csv", ROWS)


@pytest.fixture
def wire(transactional_db: None) -> Iterator[Proxy]:
    """The test's own connection goes by a wire that can be cut."""
    connection.close()
    before = dict(connection.settings_dict)
    with proxy.opened(before["HOST"] or "localhost", int(before["PORT"] or 5432)) as wire:
        connection.settings_dict.update(HOST=str(wire.folder), PORT="5432")
        yield wire
        wire.come_back()
        connection.close()
        connection.settings_dict.update(before)


def assert_all_came_in_once(job: Import) -> None:
    """Each order, each activity, each count as if nothing had happened."""
    assert job.state == "done"
    assert importing.counts(job) == EXPECTED
    assert factories.query("SELECT external_id FROM orders ORDER BY 1") == [(r[0],) for r in ROWS]
    assert factories.value("SELECT count(*) FROM order_line") == 60
    once = "SELECT count(*), count(DISTINCT order_id) FROM activity WHERE kind = 'order_created'"
    assert factories.query(once) == [(60, 60)]
    assert Activity.objects.filter(kind="contact_created").count() == 3


class Cut(Exception):
    """What a test cuts an import off with."""


@pytest.mark.parametrize("after", [0, 10, 30, 50, 60])
def test_it_goes_on_behind_the_last_batch(shop: StoreRef, file: Path, after: int) -> None:
    import_id = importing.ask(shop.id, file)

    def stop(stage: str, done: int, total: int) -> None:
        if stage == "writing" and done == after:
            raise Cut

    with pytest.raises(Cut):
        run.run(import_id, stop)
    assert factories.value("SELECT count(*) FROM orders") == after
    said: list[tuple[str, int, int]] = []

    job = run.run(import_id, lambda *told: said.append(told))

    assert_all_came_in_once(job)
    assert next(told for told in said if told[0] == "writing") == ("writing", after, 60)


@pytest.mark.parametrize("lost", [1, 2, 3])
def test_it_knows_a_batch_whose_acknowledgement_was_lost(
    shop: StoreRef, file: Path, wire: Proxy, lost: int
) -> None:
    import_id = importing.ask(shop.id, file)
    told: list[int] = []

    def lose(stage: str, done: int, total: int) -> None:
        if stage == "writing" and done == 20 and not told:
            told.append(done)
            wire.lose_answers_to_commits(lost)

    job = run.run(import_id, lose)

    assert wire.lost == lost
    assert_all_came_in_once(job)


def test_it_outlasts_a_database_that_goes_away(shop: StoreRef, file: Path, wire: Proxy) -> None:
    import_id = importing.ask(shop.id, file)
    told: list[int] = []

    def go_away(stage: str, done: int, total: int) -> None:
        if stage == "writing" and done == 20 and not told:
            told.append(done)
            wire.go_away()
            threading.Timer(2, wire.come_back).start()

    assert_all_came_in_once(run.run(import_id, go_away))


def test_it_outlasts_connections_cut_again_and_again(shop: StoreRef, file: Path, wire: Proxy) -> None:
    import_id = importing.ask(shop.id, file)
    ended = threading.Event()

    def cut() -> None:
        while not ended.wait(0.05):
            wire.cut()

    cutter = threading.Thread(target=cut)
    cutter.start()
    try:
        threading.Timer(2, ended.set).start()
        job = run.run(import_id)
    finally:
        ended.set()
        cutter.join()

    assert_all_came_in_once(job)


def test_it_is_run_by_one_process_at_a_time(
    shop: StoreRef, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(turns, "PATIENCE", 0.2)
    import_id = importing.ask(shop.id, file)
    refused: list[str] = []

    def begin_a_second(stage: str, done: int, total: int) -> None:
        if stage == "writing" and done == 20:
            second = threading.Thread(target=run_in_vain)
            second.start()
            second.join()

    def run_in_vain() -> None:
        try:
            run.run(import_id)
        except run.AlreadyRunning as error:
            refused.append(str(error))
        finally:
            connection.close()

    job = run.run(import_id, begin_a_second)

    assert refused == [f"Import {import_id} is being run or undone by another process."]
    assert_all_came_in_once(job)


def test_it_waits_for_the_one_before_to_let_go(shop: StoreRef, file: Path) -> None:
    import_id = importing.ask(shop.id, file)
    holds, may_end = threading.Event(), threading.Event()

    def hold() -> None:
        with turns.taken(import_id):
            holds.set()
            may_end.wait()
        connection.close()

    holder = threading.Thread(target=hold)
    holder.start()
    holds.wait()
    threading.Timer(0.5, may_end.set).start()

    assert_all_came_in_once(run.run(import_id))
    holder.join()


def test_it_stops_when_someone_else_had_the_turn_meanwhile(
    shop: StoreRef, file: Path, wire: Proxy, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(turns, "PATIENCE", 0.2)
    import_id = importing.ask(shop.id, file)
    holds, may_end = threading.Event(), threading.Event()

    def hold() -> None:
        with turns.taken(import_id):
            holds.set()
            may_end.wait()
        connection.close()

    holder = threading.Thread(target=hold)

    def lose_the_turn(stage: str, done: int, total: int) -> None:
        if stage == "writing" and done == 20:
            wire.cut()
            holder.start()
            holds.wait()

    try:
        with pytest.raises(run.AlreadyRunning):
            run.run(import_id, lose_the_turn)
    finally:
        may_end.set()
        holder.join()

    assert factories.value("SELECT count(*) FROM orders") == 20
    assert_all_came_in_once(run.run(import_id))


@pytest.mark.parametrize("stage", ["reading", "writing"])
def test_it_stops_to_be_undone(shop: StoreRef, file: Path, stage: str) -> None:
    import_id = importing.ask(shop.id, file)
    before = importing.snapshot()
    told: list[object] = []

    def undo_it() -> None:
        told.append(undo.undo(import_id, "tests")["state"])
        connection.close()

    undoer = threading.Thread(target=undo_it)

    def ask_for_undo(at: str, done: int, total: int) -> None:
        if at == stage and not undoer.ident:
            undoer.start()
            while Import.objects.get(id=import_id).state != "failed":
                pass

    with pytest.raises(run.AlreadyRunning, match=f"Import {import_id} was stopped: it is being undone."):
        run.run(import_id, ask_for_undo)
    undoer.join()

    assert told == ["undone"]
    assert importing.snapshot() == before
    assert run.run(import_id).state == "undone"


def test_it_undoes_by_a_wire_that_is_cut(
    shop: StoreRef, file: Path, wire: Proxy, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(undo, "_STEP", 10)
    before = importing.snapshot()
    job = importing.bring(shop.id, file)

    def hinder(done: int, total: int) -> None:
        if done == 10:
            wire.cut()
        elif done == 30:
            wire.lose_answers_to_commits(1)

    told = undo.undo(job.pk, "tests", hinder)

    assert wire.lost == 1
    assert importing.snapshot() == before
    assert {kind: told[kind]["removed"] for kind in ("orders", "contacts", "products")} == {
        "orders": 60, "contacts": 3, "products": 7,
    }  # fmt: skip
    assert Activity.objects.filter(kind="order_removed").count() == 60
    assert factories.value("SELECT count(*) FROM audit_entry") == 1


def test_it_begins_a_dry_run_anew(shop: StoreRef, file: Path) -> None:
    refused = importing.write(file, [*ROWS, row("900", price="dear")])
    import_id = importing.ask(shop.id, refused, dry_run=True)

    def stop(stage: str, done: int, total: int) -> None:
        if stage == "writing" and done == 61:
            raise Cut

    with pytest.raises(Cut):
        run.run(import_id, stop)

    job = run.run(import_id)

    assert importing.counts(job) == {**EXPECTED, "rows": 61, "refused": 1}
    assert factories.value("SELECT count(*) FROM import_problem") == 1
    assert factories.value("SELECT count(*) FROM orders") == 0


def test_it_leaves_no_work_behind(shop: StoreRef, file: Path) -> None:
    folder = importing.work_folder()
    left = folder / "import-1-left"
    (folder / "import-1-left.lock").touch()
    left.mkdir()
    (left / "rows.duckdb").write_text("by one that was killed")

    importing.bring(shop.id, file)

    assert list(folder.iterdir()) == []
