"""The inbox of a store."""

import pytest
from django.test import Client
from procrastinate.contrib.django.models import ProcrastinateJob

from comanda.ingest.sync import tasks
from comanda.records.models import AuditEntry, Inbox, Order, Store, User
from tests.fake_shops.server import FakeShop
from tests.web.shops.reading import text


def kept(
    store: Store, number: str, kind: str = "orders", state: str = "failed", body: bytes = b"{}"
) -> Inbox:
    return Inbox.objects.create(
        store=store, kind=kind, external_id=number, source="pull", delivery=f"{kind} {number}", body=body,
        state=state, error_code="unreadable" if state == "failed" else "",
        error_facts={"what": "ValueError: <b>ten</b>"} if state == "failed" else {}, tries=2,
    )  # fmt: skip


def test_it_shows_payloads_and_what_did_not_come_in(store: Store, viewer: Client) -> None:
    kept(store, "9001")
    kept(store, "x-wc-webhook-topic: order.updated", "webhook", "done")

    shown = viewer.get("/stores/shop/inbox").content.decode()

    assert "Order 9001" in shown
    assert "What the shop sent here is not as its platform describes it, and cannot be read." in shown
    assert "Correct it in the shop and try it again" in shown
    assert "ValueError: &lt;b&gt;ten&lt;/b&gt;" in shown
    assert "order.updated" in shown
    assert "Orders that did not come in" in shown
    assert "2 tries" in shown
    assert "Try all again" not in shown


@pytest.mark.parametrize(
    ("code", "facts", "happened", "mend"),
    [
        (
            "refused",
            {"part": "lines.0.quantity", "value": "many", "what": "quantity: expected a number"},
            "Quantidade: não é possível guardar “many”.", "Corrija na loja e depois tente de novo.",
        ),
        (
            "refused_empty", {"part": "currency", "value": "", "what": "currency: expected a code"},
            "Moeda: está vazio, e não pode ficar assim.", "Preencha na loja e depois tente de novo.",
        ),
        (
            "stumbled", {"what": "500"},
            "A própria loja tropeça neste registro e responde com um erro.",
            "Abra-o na loja e salve-o de novo",
        ),
    ],
)  # fmt: skip
def test_the_reason_is_said_in_the_readers_language(
    store: Store, marketer: Client, code: str, facts: dict[str, str], happened: str, mend: str
) -> None:
    row = kept(store, "9001")
    Inbox.objects.update(error_code=code, error_facts=facts)
    User.objects.update(language="pt-br")

    for page in ("/stores/shop/inbox", f"/stores/shop/inbox/{row.pk}"):
        shown = text(marketer.get(page))

        assert happened in shown
        assert mend in shown
        assert facts["what"] in shown


def test_a_reason_that_is_not_known_any_more_is_left_out(store: Store, viewer: Client) -> None:
    kept(store, "9001")
    Inbox.objects.update(error_code="of_another_version", error_facts={"what": "x"})

    assert viewer.get("/stores/shop/inbox").status_code == 200


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", {"1", "2", "3"}),
        ("?state=failed", {"1", "2"}),
        ("?kind=orders", {"1"}),
        ("?id=3", {"3"}),
        ("?id=99", set()),
        ("?state=failed&kind=products&id=2", {"2"}),
        ("?state=odd&kind=odd&cursor=odd", {"1", "2", "3"}),
        ("?id=%00", {"1", "2", "3"}),
    ],
)
def test_it_is_narrowed(store: Store, viewer: Client, query: str, found: set[str]) -> None:
    kept(store, "1")
    kept(store, "2", "products")
    kept(store, "3", "order", "done")

    answer = viewer.get(f"/stores/shop/inbox{query}")

    assert {row.kept.external_id for row in answer.context["rows"]} == found


def test_it_pages_without_losing_any(store: Store, viewer: Client) -> None:
    Inbox.objects.bulk_create(
        Inbox(store=store, kind="order", external_id=str(n), source="api", body=b"", state="done")
        for n in range(120)
    )
    seen: list[str] = []
    query: dict[str, str] = {}
    while True:
        answer = viewer.get("/stores/shop/inbox", query)
        seen += [row.kept.external_id for row in answer.context["rows"]]
        if not answer.context["older"]:
            break
        query = {"cursor": answer.context["older"]}

    assert len(seen) == 120
    assert set(seen) == {str(n) for n in range(120)}


def test_a_payload_is_laid_out_and_downloaded_as_it_came(store: Store, marketer: Client) -> None:
    body = b'{"id": 9001, "name": "<script>alert(1)</script>"}'
    row = kept(store, "9001", body=body)

    shown = marketer.get(f"/stores/shop/inbox/{row.pk}").content.decode()
    file = marketer.get(f"/stores/shop/inbox/{row.pk}/download")

    assert "&quot;id&quot;: 9001" in shown
    assert "<script>alert" not in shown
    assert file.content == body
    assert file.headers["Content-Disposition"] == f'attachment; filename="payload-{row.pk}.json"'


def test_a_payload_of_another_store_is_not_shown(store: Store, marketer: Client) -> None:
    other = Store.objects.create(key="other", name="Other")
    row = kept(other, "1")

    assert marketer.get(f"/stores/shop/inbox/{row.pk}").status_code == 404
    assert marketer.get(f"/stores/shop/inbox/{row.pk}/download").status_code == 404


def test_one_is_tried_again(store: Store, shop: FakeShop, marketer: Client) -> None:
    number = str(next(iter(shop.world.orders)))
    row = kept(store, number, body=b"")
    kept(store, "999999", "products")

    answer = marketer.post("/stores/shop/inbox/replay", {"kind": "orders", "id": row.pk}, follow=True)
    shown = text(answer)
    job = ProcrastinateJob.objects.get()
    tasks.replay_failed(**job.args)

    assert "1 payload is tried again." in shown
    assert 'hx-trigger="every 2s"' in shown
    assert job.args == {"store_id": store.pk, "kind": "orders", "ids": [row.pk]}
    assert Order.objects.get().external_id == number
    assert AuditEntry.objects.get().detail == {"kind": "orders", "payloads": 1}
    assert (
        "hx-trigger"
        not in text(marketer.get("/stores/shop/inbox", headers={"HX-Target": "payloads"})).split(">")[0]
    )


def test_all_of_a_kind_are_tried_again(store: Store, shop: FakeShop, marketer: Client) -> None:
    for number in list(shop.world.orders)[:3]:
        kept(store, str(number), body=b"")

    marketer.post("/stores/shop/inbox/replay", {"kind": "orders"})
    tasks.replay_failed(**ProcrastinateJob.objects.get().args)

    assert Order.objects.count() == 3
    assert not Inbox.objects.filter(state="failed").exists()


def test_nothing_is_asked_for_where_nothing_failed(store: Store, marketer: Client) -> None:
    answer = marketer.post("/stores/shop/inbox/replay", {"kind": "orders"}, follow=True)

    assert "Nothing of that kind is left to be tried again." in text(answer)
    assert not ProcrastinateJob.objects.exists()


@pytest.mark.parametrize("kind", ["", "order", "<script>"])
def test_what_cannot_be_replayed_is_not(store: Store, marketer: Client, kind: str) -> None:
    assert marketer.post("/stores/shop/inbox/replay", {"kind": kind}).status_code == 404
