"""Imports taken back: what was before is there again, to the last column."""

from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from comanda.ingest.csv_import import run, undo
from comanda.ingest.csv_import.undo import CannotUndo
from comanda.ingest.upsert import StoreRef, upsert
from comanda.records.models import Activity, AuditEntry, Contact, Import, ImportWrite, List, Tag
from comanda.shapes import ContactIn, Outcome, RefundIn
from tests import factories
from tests.factories import LIVE
from tests.ingest.csv_import import importing
from tests.ingest.csv_import.importing import HEADER, MORE, row

WIDE = (*HEADER, *MORE)
Rows = Sequence[Sequence[Any]]


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Three orders of two people and a guest."""
    return importing.write(
        tmp_path / "orders.csv",
        [row(1, "ana@example.com"), row(1, "ana@example.com", "pot"), row(2, "bea@example.com"), row(3)],
    )


class Cut(Exception):
    """What a test cuts an import or its undoing off with."""


def cut_off(*_: object) -> None:
    """A progress that ends everything at its first call."""
    raise Cut


def live(store: StoreRef, *orders: Any) -> list[Any]:
    """Orders that come by API."""
    return upsert(store, orders, LIVE)


def removed(orders: int, contacts: int, products: int) -> dict[str, Any]:
    """What is told of an import that made so much, and nothing else."""
    blank = {"restored": 0, "kept": 0}
    return {
        "orders": {"removed": orders, **blank},
        "contacts": {"removed": contacts, **blank},
        "products": {"removed": products, **blank},
        "kept_orders": [],
    }


def test_it_takes_away_all_that_a_first_import_made(store: StoreRef, file: Path) -> None:
    before = importing.snapshot()
    job = importing.bring(store.id, file)

    told = undo.undo(job.pk, "tests")

    assert importing.snapshot() == before
    assert told == {"id": job.pk, "state": "undone", **removed(3, 2, 2)}
    assert not ImportWrite.objects.exists()
    assert Import.objects.get(id=job.pk).counts["undo"] == removed(3, 2, 2)
    assert AuditEntry.objects.values_list("actor", "action", "target").get() == (
        "tests", "import.undo", f"import {job.pk}",
    )  # fmt: skip


def test_it_writes_down_what_it_took_away_as_history(store: StoreRef, file: Path) -> None:
    job = importing.bring(store.id, file)
    known = set(Activity.objects.values_list("id", flat=True))

    undo.undo(job.pk, "tests")

    said = Activity.objects.exclude(id__in=known)
    assert sorted(said.values_list("kind", flat=True)) == ["contact_removed"] * 2 + ["order_removed"] * 3
    assert {(each.live, each.data["import_id"]) for each in said} == {(False, job.pk)}


def test_it_puts_back_orders_with_lines_refunds_and_every_column(store: StoreRef, file: Path) -> None:
    rich = factories.order(
        "1",
        factories.line("mug", "2", "12.345678", discount=Decimal("1.10"), name="Mug", variant_id="blue"),
        factories.line("", "1", "-3"),
        contact=factories.contact("ana@example.com"),
        coupons=("TEN", 'a "quoted" one'),
        tags=("gift",),
        updated_at=factories.at(-60 * 24 * 365),
        paid_at=factories.at(3),
        refund_total=Decimal("5"),
        refunds=[RefundIn("r1", Decimal("2.5"), factories.at(5), "broken"), RefundIn("r2", Decimal("2.5"))],
        shipping_total=Decimal("4.99"),
        admin_url="https://shop.example.com/1",
    )
    live(store, rich, factories.order("2", updated_at=factories.at(-60 * 24 * 365)))
    before = importing.snapshot()
    updates = importing.write(
        file,
        [[*row(1, "bea@example.com", "pot"), "2026-06-01"], [*row(2), "2026-06-01"], [*row(9), ""]],
        (*HEADER, "order_updated_at"),
    )
    job = importing.bring(store.id, updates)
    assert importing.counts(job)["orders"] == {"created": 1, "updated": 2, "unchanged": 0}

    told = undo.undo(job.pk, "tests")

    assert importing.snapshot() == before
    assert told["orders"] == {"removed": 1, "restored": 2, "kept": 0}
    assert told["contacts"] == {"removed": 1, "restored": 0, "kept": 0}


def test_it_tells_both_contacts_of_an_order_that_goes_back(store: StoreRef, tmp_path: Path) -> None:
    ana, bea = factories.contact("ana@example.com"), factories.contact("bea@example.com")
    live(store, factories.order("1", contact=ana), factories.order("2", contact=bea))
    job = importing.bring(store.id, importing.write(tmp_path / "a.csv", [row(1, "bea@example.com")]))

    undo.undo(job.pk, "tests")

    told = "SELECT contact_id FROM activity WHERE kind = 'order_restored' ORDER BY 1"
    assert factories.query(told) == factories.query("SELECT id FROM contact ORDER BY 1")


def test_it_takes_back_what_contacts_known_before_were_given(store: StoreRef, tmp_path: Path) -> None:
    shop_list = List.objects.create(name="buyers")
    store = factories.make_store("listed", contact_list=shop_list)
    upsert(store, [ContactIn(email="ana@example.com", tags=("old",)), ContactIn(customer_id="77")], LIVE)
    before = importing.snapshot()
    path = importing.write(
        tmp_path / "a.csv",
        [
            [*row(1, "ana@example.com"), "Ana", "+351912345678", "yes", "new, old", "Mug"],
            [*row(2, "77"), "Bea", "+351912345679", "no", "new", "Mug"],
        ],
        WIDE,
    )
    job = importing.bring(store.id, path)
    assert factories.value("SELECT count(*) FROM contact_identity") == 4
    assert factories.value("SELECT count(*) FROM list_member") == 2
    assert factories.value("SELECT array_agg(name ORDER BY name) FROM tag") == ["new", "old"]

    told = undo.undo(job.pk, "tests")

    assert importing.snapshot() == before
    assert told["contacts"] == {"removed": 0, "restored": 2, "kept": 0}
    assert Activity.objects.filter(kind="contact_restored", live=False).count() == 2


def test_it_lets_the_latest_of_the_other_statements_on_marketing_count(
    store: StoreRef, tmp_path: Path
) -> None:
    said = ContactIn(
        email="ana@example.com", accepts_marketing=False, consent_at=factories.at(-9), consent_source="desk"
    )
    upsert(store, [said], LIVE)
    file = importing.write(tmp_path / "a.csv", [[*row(1, "ana@example.com"), "", "", "yes", "", ""]], WIDE)
    job = importing.bring(store.id, file)
    assert factories.value("SELECT accepts_marketing FROM contact") is True

    undo.undo(job.pk, "tests")

    assert factories.query("SELECT accepts_marketing, consent_at, consent_source FROM contact") == [
        (False, factories.at(-9), "desk")
    ]


def test_it_keeps_and_tells_orders_that_were_changed_since(store: StoreRef, file: Path) -> None:
    job = importing.bring(store.id, file)
    changed = factories.order("1", factories.line("pot", "3"), contact=factories.contact("ana@example.com"))
    assert live(store, changed)[0].outcome is Outcome.UPDATED
    before = importing.snapshot()

    told = undo.undo(job.pk, "tests")

    after = importing.snapshot()
    assert told["orders"] == {"removed": 2, "restored": 0, "kept": 1}
    assert told["kept_orders"] == ["1"]
    assert told["contacts"] == {"removed": 1, "restored": 0, "kept": 1}
    assert told["products"] == {"removed": 1, "restored": 0, "kept": 1}
    assert set(after["orders"]) < set(before["orders"])
    assert factories.query("SELECT external_id FROM orders") == [("1",)]
    assert factories.query("SELECT email FROM contact") == [("ana@example.com",)]
    assert factories.query("SELECT external_id FROM product") == [("pot",)]
    assert factories.value("SELECT count(*) FROM order_line") == 1


def test_it_tells_at_most_a_hundred_orders_kept(store: StoreRef, tmp_path: Path) -> None:
    job = importing.bring(store.id, importing.write(tmp_path / "a.csv", [row(i) for i in range(120)]))
    live(store, *(factories.order(str(i), factories.line("mug", "2")) for i in range(110)))

    told = undo.undo(job.pk, "tests")

    assert told["orders"] == {"removed": 10, "restored": 0, "kept": 110}
    assert len(told["kept_orders"]) == 100


def test_it_keeps_contacts_and_products_that_others_have_used_since(store: StoreRef, file: Path) -> None:
    job = importing.bring(store.id, file)
    live(store, factories.order("77", factories.line("pot"), contact=factories.contact("bea@example.com")))

    told = undo.undo(job.pk, "tests")

    assert told["contacts"] == {"removed": 1, "restored": 0, "kept": 1}
    assert told["products"] == {"removed": 1, "restored": 0, "kept": 1}
    assert factories.query("SELECT email FROM contact") == [("bea@example.com",)]
    assert factories.query("SELECT value FROM contact_identity") == [("bea@example.com",)]


def test_it_takes_back_consent_from_a_contact_that_it_keeps(store: StoreRef, tmp_path: Path) -> None:
    file = importing.write(tmp_path / "a.csv", [[*row(1, "ana@example.com"), "", "", "yes", "vip", ""]], WIDE)
    job = importing.bring(store.id, file)
    live(store, factories.order("77", contact=factories.contact("ana@example.com")))

    undo.undo(job.pk, "tests")

    assert factories.query("SELECT accepts_marketing, consent_at, consent_source FROM contact") == [
        (None, None, "")
    ]
    assert not factories.query("SELECT * FROM consent")
    assert not factories.query("SELECT * FROM contact_tag")


def test_it_leaves_a_detail_that_was_corrected_since(store: StoreRef, tmp_path: Path) -> None:
    upsert(store, [ContactIn(email="ana@example.com")], LIVE)
    file = importing.write(
        tmp_path / "a.csv", [[*row(1, "ana@example.com"), "Anna", "+351912345678", "", "", ""]], WIDE
    )
    job = importing.bring(store.id, file)
    upsert(store, [ContactIn(email="ana@example.com", first_name="Ana")], LIVE)

    undo.undo(job.pk, "tests")

    assert factories.query("SELECT first_name, phone FROM contact") == [("Ana", "")]


def test_it_leaves_what_a_catalogue_has_told_since(store: StoreRef, file: Path) -> None:
    live(store, factories.order("50", factories.line("mug")))
    job = importing.bring(
        store.id,
        importing.write(file, [[*row(1), "", "", "", "", "Mug"], [*row(2, "", "pot"), *[""] * 5]], WIDE),
    )
    upsert(store, [factories.product("mug", name="Mug"), factories.product("pot", name="Pot")], LIVE)
    before = importing.snapshot()["product"]

    told = undo.undo(job.pk, "tests")

    assert importing.snapshot()["product"] == before
    assert told["products"] == {"removed": 0, "restored": 0, "kept": 1}


def test_it_keeps_a_member_whom_a_later_order_would_have_put_on_the_list(tmp_path: Path, db: None) -> None:
    shop_list = List.objects.create(name="buyers")
    store = factories.make_store("listed", contact_list=shop_list)
    upsert(store, [ContactIn(email="ana@example.com"), ContactIn(email="bea@example.com")], LIVE)
    factories.query("DELETE FROM list_member RETURNING 1")
    path = importing.write(tmp_path / "a.csv", [row(1, "ana@example.com"), row(2, "bea@example.com")])
    job = importing.bring(store.id, path)
    live(store, factories.order("77", contact=factories.contact("bea@example.com")))

    undo.undo(job.pk, "tests")

    assert factories.query("SELECT c.email FROM list_member m JOIN contact c ON c.id = m.contact_id") == [
        ("bea@example.com",)
    ]


def test_it_leaves_the_list_to_the_import_that_still_counts(tmp_path: Path, db: None) -> None:
    store = factories.make_store("listed", contact_list=List.objects.create(name="buyers"))
    upsert(factories.make_store("other"), [ContactIn(email="ana@example.com")], LIVE)
    before = importing.snapshot()
    first, second = (
        importing.bring(store.id, importing.write(tmp_path / f"{n}.csv", [row(n, "ana@example.com")]))
        for n in (1, 2)
    )

    undo.undo(first.pk, "tests")
    assert factories.value("SELECT count(*) FROM list_member") == 1
    undo.undo(second.pk, "tests")

    assert importing.snapshot() == before


def test_it_takes_back_half_an_import(store: StoreRef, file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("comanda.ingest.csv_import.writing.LINES_AT_ONCE", 1)
    before = importing.snapshot()
    import_id = importing.ask(store.id, file)

    def stop(stage: str, done: int, total: int) -> None:
        if stage == "writing" and done:
            raise Cut

    with pytest.raises(Cut):
        run.run(import_id, stop)
    assert factories.query("SELECT external_id FROM orders") == [("1",)]

    told = undo.undo(import_id, "tests")

    assert importing.snapshot() == before
    assert told == {"id": import_id, "state": "undone", **removed(1, 1, 2)}


def test_it_goes_on_where_it_was_cut_off(
    store: StoreRef, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(undo, "_STEP", 2)
    before = importing.snapshot()
    job = importing.bring(store.id, file)
    told: dict[str, Any] = {}

    for attempt in range(5):
        said: list[tuple[int, int]] = []

        def once(done: int, total: int, said: list[tuple[int, int]] = said) -> None:
            said.append((done, total))
            raise Cut

        try:
            told = undo.undo(job.pk, "tests", once)
        except Cut:
            state = Import.objects.get(id=job.pk)
            assert (state.state, state.error[:17]) == ("failed", "It is being undone"[:17])
        assert len(said) == (1 if attempt < 4 else 0)

    assert importing.snapshot() == before
    assert told == {"id": job.pk, "state": "undone", **removed(3, 2, 2)}
    assert Import.objects.get(id=job.pk).error == ""


def test_it_tells_how_far_it_is(store: StoreRef, file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(undo, "_STEP", 2)
    job = importing.bring(store.id, file)
    said: list[tuple[int, int]] = []

    undo.undo(job.pk, "tests", lambda done, total: said.append((done, total)))

    assert said == [(2, 7), (3, 7), (5, 7), (7, 7)]


def test_it_takes_in_a_live_order_between_two_steps(
    store: StoreRef, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(undo, "_STEP", 1)
    job = importing.bring(store.id, file)
    came: list[int] = []

    def order_comes(done: int, total: int) -> None:
        if not came:
            came.append(1)
            live(
                store,
                factories.order("77", factories.line("pot"), contact=factories.contact("ana@example.com")),
            )

    told = undo.undo(job.pk, "tests", order_comes)

    assert told["orders"] == {"removed": 3, "restored": 0, "kept": 0}
    assert told["contacts"] == {"removed": 1, "restored": 0, "kept": 1}
    assert told["products"] == {"removed": 1, "restored": 0, "kept": 1}
    assert factories.query(
        "SELECT o.external_id, c.email FROM orders o JOIN contact c ON c.id = o.contact_id"
    ) == [("77", "ana@example.com")]
    assert factories.query(
        "SELECT p.external_id FROM order_line l JOIN product p ON p.id = l.product_id"
    ) == [("pot",)]


@pytest.mark.parametrize("dry_run", [True, False])
def test_it_undoes_no_import_twice_and_no_dry_run(store: StoreRef, file: Path, dry_run: bool) -> None:
    job = importing.bring(store.id, file, dry_run=dry_run)
    if not dry_run:
        undo.undo(job.pk, "tests")
    before = importing.snapshot()

    with pytest.raises(CannotUndo) as refused:
        undo.undo(job.pk, "tests")

    why = "it was a dry run and wrote nothing." if dry_run else "it was undone already."
    assert str(refused.value) == f"Import {job.pk} cannot be undone: {why}"
    assert importing.snapshot() == before


def test_it_undoes_an_import_that_failed_and_wrote_nothing(store: StoreRef, tmp_path: Path) -> None:
    job = importing.bring(store.id, importing.write(tmp_path / "a.csv", "order_id\n1\n"))
    assert job.state == "failed"

    assert undo.undo(job.pk, "tests") == {"id": job.pk, "state": "undone", **removed(0, 0, 0)}


def test_it_knows_no_import_that_is_not_there(db: None) -> None:
    with pytest.raises(Import.DoesNotExist):
        undo.undo(12345, "tests")


def test_it_undoes_no_bulk_call(store: StoreRef) -> None:
    bulk = Import.objects.create(store_id=store.id, source="api", state="done")

    with pytest.raises(CannotUndo, match="only files can be taken back"):
        undo.undo(bulk.pk, "tests")


WHO = ("", "ana@example.com", "bea@example.com", "+351912345670", "77", "88")
BOUGHT = st.tuples(
    st.sampled_from(["1", "2", "3", "4"]),
    st.sampled_from(WHO),
    st.sampled_from(["mug", "pot"]),
    st.sampled_from(["10.00", "7.50"]),
    st.sampled_from(["", "Ana", "Bea"]),
    st.sampled_from(["", "+351912345670", "+351912345671"]),
    st.sampled_from(["", "yes", "no"]),
    st.sampled_from(["", "vip", "vip, new"]),
    st.sampled_from(["", "Mug"]),
)
FILES = st.lists(BOUGHT, min_size=1, max_size=5, unique_by=lambda bought: bought[0]).map(
    lambda orders: [[*row(o, who, product, price), *more] for o, who, product, price, *more in orders]
)
PEOPLE = st.lists(
    st.builds(
        ContactIn,
        email=st.sampled_from(["ana@example.com", "bea@example.com"]),
        phone=st.sampled_from(["", "+351912345670"]),
        first_name=st.sampled_from(["", "Ana"]),
        accepts_marketing=st.sampled_from([None, True, False]),
        tags=st.sampled_from([(), ("vip",)]),
    ),
    max_size=2,
)
BEFORE = st.lists(
    st.builds(
        lambda order_id, person: factories.order(order_id, contact=person),
        st.sampled_from(["1", "2", "50"]),
        st.one_of(
            st.none(), st.builds(ContactIn, email=st.just("ana@example.com"), customer_id=st.just("77"))
        ),
    ),
    max_size=3,
    unique_by=lambda order: order.order_id,
)


@settings(max_examples=15)
@given(
    people=PEOPLE,
    orders=BEFORE,
    files=st.lists(FILES, min_size=2, max_size=3),
    chosen=st.randoms(use_true_random=False),
)
def test_it_undoes_imports_on_top_of_each_other_in_any_order(
    db: None, tmp_path: Path, people: list[ContactIn], orders: list[Any], files: list[Rows], chosen: Any
) -> None:
    factories.clear()
    store = factories.make_store(contact_list=List.objects.create(name="buyers"))
    upsert(factories.make_store("other"), people, LIVE)
    upsert(store, orders, LIVE)
    before = importing.snapshot()
    jobs = [
        importing.bring(store.id, importing.write(tmp_path / f"{number}.csv", rows, WIDE))
        for number, rows in enumerate(files)
    ]
    assert [job.state for job in jobs] == ["done"] * len(jobs)
    in_some_order = chosen.sample(jobs, len(jobs))

    for job in in_some_order:
        undo.undo(job.pk, "tests")

    assert importing.snapshot() == before


def test_tags_of_a_contact_that_went_before_go_with_the_import_that_brought_them(
    store: StoreRef, tmp_path: Path
) -> None:
    files = [
        [[*row("2", "88"), "", "", "", "", ""]],
        [[*row("3", "88"), "", "", "", "vip, new", ""]],
        # The same order once more, of a guest now: once the first import goes, so does the contact.
        [[*row("3", ""), "", "", "", "", ""]],
    ]
    jobs = [
        importing.bring(store.id, importing.write(tmp_path / f"{number}.csv", rows, WIDE))
        for number, rows in enumerate(files)
    ]

    for job in jobs:
        undo.undo(job.pk, "tests")

    assert not Contact.objects.exists()
    assert not Tag.objects.exists()
