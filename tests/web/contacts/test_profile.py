"""The profile of a contact: the page, its tabs, and orders opened up."""

import re
from datetime import timedelta

import pytest
from django.test import Client

from comanda.ingest.upsert import StoreRef, upsert
from comanda.records.models import Activity, Cart, Contact, Field, Order, Tag
from comanda.shapes import OrderStatus
from comanda.web.contacts import activity_tab, orders_tab
from tests.factories import LIVE, NOON, at, contact, line, make_store, order
from tests.web.contacts.conftest import HOSTILE

pytestmark = pytest.mark.django_db
PART = {"hx-request": "true"}


def page(client: Client, path: str, **headers: str) -> str:
    answer = client.get(path, headers=headers or None)
    assert answer.status_code == 200
    return answer.content.decode()


def plain(html: str) -> str:
    """What one reads of it."""
    return re.sub(r"\s+", " ", re.sub("<[^>]*>", " ", html))


def numbers(html: str) -> list[str]:
    """The orders or carts of a tab."""
    return re.findall(r'class="break-anywhere">(?:<a [^>]*>)?([^<]*)<', html)


def test_it_shows_who_it_is_and_what_they_bought(viewer: Client, ana: Contact) -> None:
    text = plain(page(viewer, f"/contacts/{ana.pk}"))

    for said in ("Ana Silva", "ana@example.com", "+351912345678", "Porto", "c-1", "vip", "Club", "Accepts",
                 "Ticked the box.", "From: api"):  # fmt: skip
        assert said in text, said
    euros, dollars = text.split("Revenue in ")[1:]
    assert "Euro €20.00" in euros
    assert "2, 1 completed" in euros
    assert "Products bought 2" in euros
    assert "Average order €20.00" in euros
    assert "US Dollar $10.00" in dollars


def test_it_draws_what_was_bought_over_time(viewer: Client, ana: Contact, store: StoreRef) -> None:
    later = [order("9", contact=contact("ana@example.com"), placed_at=NOON + timedelta(days=70))]
    upsert(store, later, LIVE)

    text = page(viewer, f"/contacts/{ana.pk}")

    assert "<title>Mar 2026: €20.00, 2 orders</title>" in text
    assert "<title>Apr 2026: €0.00, 0 orders</title>" in text
    assert "<title>May 2026: €10.00, 1 order</title>" in text
    assert "style=" not in text


def test_it_shows_someone_of_whom_little_is_known(viewer: Client, ana: Contact) -> None:
    zoe = Contact.objects.get(email="zoe@example.com")

    text = plain(page(viewer, f"/contacts/{zoe.pk}"))

    assert "This contact has not bought anything yet." in text
    assert "Never said" in text
    assert "No tags" in text
    assert "Revenue in" not in text


@pytest.mark.parametrize("path", ["0", "999999", "9" * 40, "9999999999999999999/edit"])
def test_it_finds_nobody(owner: Client, ana: Contact, path: str) -> None:
    assert owner.get(f"/contacts/{path}").status_code == 404


@pytest.mark.parametrize("tab", ["", "?tab=activity"])
def test_it_shows_hostile_text_as_text(viewer: Client, store: StoreRef, tab: str) -> None:
    who = contact(
        "eve@example.com", first_name=HOSTILE, last_name=HOSTILE, company=HOSTILE, tags=("<b>x</b>",),
        fields={"city": HOSTILE[:2000]}, accepts_marketing=True, consent_proof=HOSTILE[:2000],
    )  # fmt: skip
    bought = order(
        "1", line("mug", name=HOSTILE, sku=HOSTILE[:200], image_url="javascript:alert(1)"), contact=who,
        number=HOSTILE[:200], source_status=HOSTILE[:200], admin_url="javascript:alert(1)", coupons=("<i>",),
    )  # fmt: skip
    upsert(store, [who, bought], LIVE)
    eve, opened = Contact.objects.get(), Order.objects.get()

    for path in (f"/contacts/{eve.pk}{tab}", f"/contacts/{eve.pk}/orders/{opened.pk}"):
        text = page(viewer, path)
        assert "<script>alert" not in text
        assert "<b>x" not in text
        assert "javascript:" not in text


# Orders


def test_it_lists_orders_and_carts(viewer: Client, ana: Contact, store: StoreRef) -> None:
    other = make_store("other")
    upsert(other, [order("7", contact=contact("ana@example.com"), placed_at=at(-5))], LIVE)
    path = f"/contacts/{ana.pk}?tab=orders"

    def listed(query: str) -> list[str]:
        return numbers(page(viewer, path + query, **PART))

    assert listed("") == ["3", "2", "#1001", "7"]
    assert listed("&by=oldest") == ["7", "#1001", "2", "3"]
    assert listed("&by=largest") == ["#1001", "7", "3", "2"]
    assert listed("&show=completed") == ["3", "#1001", "7"]
    assert listed("&show=pending") == ["2"]
    assert listed(f"&store={other.id}") == ["7"]
    assert listed("&show=abandoned") == ["k1"]
    assert listed(f"&show=carts&store={other.id}") == []
    assert listed("&show=nothing&by=nothing&store=x&after=x") == ["3", "2", "#1001", "7"]


def test_it_gives_more_orders(viewer: Client, ana: Contact, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(orders_tab, "AT_ONCE", 2)

    first = page(viewer, f"/contacts/{ana.pk}", **PART)

    (following,) = set(re.findall(r'hx-get="(/contacts/\d+\?[^"]*after=\d+)"', first))
    assert numbers(first) == ["3", "2"]
    assert numbers(page(viewer, following.replace("&amp;", "&"), **PART)) == ["#1001"]


def test_it_opens_an_order(viewer: Client, ana: Contact) -> None:
    bought = Order.objects.get(external_id="1")

    text = page(viewer, f"/contacts/{ana.pk}/orders/{bought.pk}")

    read = plain(text)
    for said in (
        "Completed",
        "processing",
        "#1001",
        "€20.00",
        "TEN",
        "€5.00",
        "Red mug",
        "Mugs",
        "RM-1",
        "2",
        "€10.00",
    ):
        assert said in read, said
    assert 'href="https://shop.example/1" target="_blank" rel="noopener noreferrer"' in text


def test_it_opens_a_cart(viewer: Client, ana: Contact) -> None:
    left = Cart.objects.get()

    text = plain(page(viewer, f"/contacts/{ana.pk}/carts/{left.pk}"))

    assert "Abandoned" in text
    assert "€10.00" in text


def test_it_opens_no_order_of_anyone_else(viewer: Client, ana: Contact) -> None:
    zoe = Contact.objects.get(email="zoe@example.com")
    bought, left = Order.objects.get(external_id="1"), Cart.objects.get()

    assert viewer.get(f"/contacts/{zoe.pk}/orders/{bought.pk}").status_code == 404
    assert viewer.get(f"/contacts/{zoe.pk}/carts/{left.pk}").status_code == 404
    assert viewer.get(f"/contacts/{ana.pk}/orders/999999").status_code == 404


# Activity


def test_it_tells_what_happened_by_day(viewer: Client, ana: Contact, store: StoreRef) -> None:
    changed = order(
        "1", line("mug", "3", "10"), contact=contact("ana@example.com"), number="#1001",
        status=OrderStatus.CANCELED, updated_at=at(24 * 60),
    )  # fmt: skip
    upsert(store, [changed], LIVE)
    viewer.cookies["zone"] = "America/Sao_Paulo"

    text = page(viewer, f"/contacts/{ana.pk}?tab=activity")

    days = re.findall(r'happening-day">([^<]*)<', text)
    assert days[-2:] == ["Monday, March 2, 2026", "Sunday, March 1, 2026"]
    read = plain(text)
    assert "Order #1001 was made, for €20.00" in read
    assert "Order #1001 was updated" in read
    assert "Total: €20.00 €30.00" in read
    assert "Status: Completed Canceled" in read
    assert "A cart was abandoned, with €10.00 in it" in read
    assert "Said yes to marketing (api)" in read
    assert "Got the tag vip" in read
    assert "Came on the list Club" in read
    assert "9:00" in read


def test_it_calls_own_fields_as_they_are_called_now(viewer: Client, ana: Contact) -> None:
    Field.objects.create(key="born", name="Birthday", kind="date")
    changed = {"changes": {"fields": [{}, {"born": "1980-02-29", "shoe": "38"}]}}
    Activity.objects.create(kind="contact_updated", contact_id=ana.pk, at=NOON, live=True, data=changed)

    read = plain(page(viewer, f"/contacts/{ana.pk}?tab=activity&group=details"))

    assert "Birthday: Feb 29, 1980" in read
    assert "shoe: 38" in read


def test_it_tells_of_one_kind(viewer: Client, ana: Contact) -> None:
    read = plain(page(viewer, f"/contacts/{ana.pk}?tab=activity&group=groups"))

    assert "Got the tag vip" in read
    assert "was made" not in read
    assert "was made" in plain(page(viewer, f"/contacts/{ana.pk}?tab=activity&group=nothing"))


def test_it_tells_of_tags_and_orders_that_are_gone(viewer: Client, ana: Contact) -> None:
    Tag.objects.all().delete()
    Order.objects.all().delete()

    read = plain(page(viewer, f"/contacts/{ana.pk}?tab=activity"))

    assert "Got the tag …" in read
    assert "An order was made, for €20.00" in read


def test_it_goes_on_with_the_same_day(viewer: Client, ana: Contact, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(activity_tab, "AT_ONCE", 3)
    path, seen, days = f"/contacts/{ana.pk}?tab=activity", 0, []

    while path:
        text = page(viewer, path, **PART)
        seen += text.count('class="happening"')
        days += re.findall(r'happening-day">([^<]*)<', text)
        following = re.findall(r'hx-get="([^"]*before=[^"]*)" hx-trigger="revealed"', text)
        path = following[0].replace("&amp;", "&") if following else ""

    assert seen == 9
    assert len(days) == len(set(days))


@pytest.mark.parametrize("cursor", ["x", "1", "1.", "9" * 16 + ".1", "1.x", "-1.5"])
def test_it_begins_with_the_latest_for_places_that_are_none(
    viewer: Client, ana: Contact, cursor: str
) -> None:
    assert "happening" in page(viewer, f"/contacts/{ana.pk}?tab=activity&before={cursor}")
