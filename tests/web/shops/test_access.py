"""Who may see what of a store with a shop, and who may do what."""

import pytest
from django.test import Client

from comanda.records.models import Inbox, Store

SEEN = ["", "/state", "/calls", "/statuses", "/audit", "/audit/2026-11-01", "/inbox"]


@pytest.mark.parametrize("page", SEEN)
def test_everyone_may_look(
    store: Store, owner: Client, marketer: Client, viewer: Client, stranger: Client, page: str
) -> None:
    asked = [each.get(f"/stores/shop{page}").status_code for each in (owner, marketer, viewer, stranger)]

    assert asked == [200, 200, 200, 302]


@pytest.mark.parametrize("page", ["/inbox/{}", "/inbox/{}/download"])
def test_payloads_are_for_who_may_see_people(
    store: Store, owner: Client, marketer: Client, viewer: Client, stranger: Client, page: str
) -> None:
    kept = Inbox.objects.create(store=store, kind="orders", external_id="1", source="pull", body=b"{}")

    asked = [each.get(f"/stores/shop{page.format(kept.pk)}") for each in (owner, marketer, viewer, stranger)]

    assert [answer.status_code for answer in asked] == [200, 200, 403, 302]


@pytest.mark.parametrize(
    "page",
    ["/stores/new", "/stores/new/shop/woocommerce", "/stores/new/plain/csv", "/stores/shop/connection"],
)
def test_only_owners_connect(
    store: Store, owner: Client, marketer: Client, viewer: Client, stranger: Client, page: str
) -> None:
    asked = [each.get(page).status_code for each in (owner, marketer, viewer, stranger)]

    assert asked == [200, 403, 403, 302]


@pytest.mark.parametrize("deed", ["sync", "audit/2026-11-01/compare", "audit/month/compare", "inbox/replay"])
def test_marketers_may_sync(
    store: Store, owner: Client, marketer: Client, viewer: Client, stranger: Client, deed: str
) -> None:
    told = {"kind": "orders"}
    asked = [each.post(f"/stores/shop/{deed}", told) for each in (owner, marketer, viewer, stranger)]

    assert [answer.status_code for answer in asked] == [302, 302, 403, 302]
    assert "/sign-in" in asked[3].headers["Location"]
    assert "/sign-in" not in asked[1].headers["Location"]


@pytest.mark.parametrize("deed", ["pause", "resume", "disconnect", "settings", "statuses/save", "connection"])
def test_only_owners_steer(
    store: Store, owner: Client, marketer: Client, viewer: Client, stranger: Client, deed: str
) -> None:
    asked = [each.post(f"/stores/shop/{deed}") for each in (marketer, viewer, stranger)]

    assert [answer.status_code for answer in asked] == [403, 403, 302]
    assert owner.post(f"/stores/shop/{deed}").status_code in (302, 422)


@pytest.mark.parametrize("page", ["calls", "statuses", "audit", "audit/2026-11-01", "connection"])
def test_a_store_without_a_platform_has_no_such_page(store: Store, owner: Client, page: str) -> None:
    Store.objects.update(platform="csv")

    assert owner.get(f"/stores/shop/{page}").status_code == 404


@pytest.mark.parametrize(
    "page", ["new/shop/nothing", "new/plain/ftp", "nothing/state", "shop/audit/2026-13-01", "shop/inbox/99"]
)
def test_it_says_that_nothing_is_there(store: Store, owner: Client, page: str) -> None:
    assert owner.get(f"/stores/{page}").status_code == 404
