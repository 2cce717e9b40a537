"""Lists and fields of the people of connected shops are kept true."""

import pytest

from comanda import wiring
from comanda.ingest.sync import gone, people, steering, tasks
from comanda.records import contact_consents
from comanda.records.models import Contact, List, ListMember, Order, Store
from tests.fake_shops.server import FakeShop
from tests.fake_shops.world import Stage, World

pytestmark = pytest.mark.parametrize("platform", ["woocommerce"])


def members(name: str) -> set[str]:
    """The e-mails of a list."""
    return set(ListMember.objects.filter(list__name=name).values_list("contact__email", flat=True))


def accept(store: Store, world: World) -> None:
    """Half of the people accept marketing."""
    emails = [person.email.lower() for person in world.people.values() if person.id % 2]
    Contact.objects.filter(email__in=emails).update(accepts_marketing=True)


@pytest.mark.django_db(transaction=True)
def test_buyers_who_accept_are_on_the_list_of_the_shop(store: Store, shop: FakeShop, world: World) -> None:
    tasks.sync_store(store.pk)
    accept(store, world)

    wiring.catch_up()

    bought = {order.person.email.lower() for order in world.present() if order.stage is not Stage.CANCELED
              and order.stage is not Stage.REFUNDED and order.person.id % 2 and order.person.id}  # fmt: skip
    assert members(f"Buyers of {store.name}") == bought
    assert List.objects.get(name=f"Buyers of {store.name}").label == "WooCommerce"
    everyone = {person.email.lower() for person in world.people.values() if person.id % 2}
    assert members(f"Contacts of {store.name}") == everyone


@pytest.mark.django_db(transaction=True)
def test_fields_say_what_the_orders_say(store: Store, shop: FakeShop, world: World) -> None:
    tasks.sync_store(store.pk)

    wiring.catch_up()

    order = max(world.present(), key=lambda each: each.placed_at)
    email = order.person.email.lower()
    own = [o for o in world.present() if o.person.email.lower() == email]
    counted = [o for o in own if o.stage not in (Stage.CANCELED, Stage.REFUNDED)]
    contact = Contact.objects.get(email=email)
    assert contact.fields["total_orders"] == str(len(counted))
    if counted:
        last = max(each.placed_at for each in counted).astimezone(shop.zone)  # type: ignore[attr-defined]
        assert contact.fields["last_order"] == f"{last:%Y-%m-%d}"


@pytest.mark.django_db(transaction=True)
def test_a_field_that_is_true_no_more_goes(store: Store, shop: FakeShop, world: World) -> None:
    tasks.sync_store(store.pk)
    wiring.catch_up()
    contact = Contact.objects.filter(fields__has_key="last_order")[0]
    contact_consents.state(contact.pk, True, "asked by phone", "user 1 (ana@example.com)")
    wiring.catch_up()
    before = dict(Contact.objects.get(id=contact.pk).fields)
    Contact.objects.filter(id=contact.pk).update(accepts_marketing=None)
    orders = list(Order.objects.filter(contact=contact).values_list("external_id", flat=True))

    gone.orders(store, orders, live=False)
    wiring.catch_up()

    assert (before["accepts_marketing"], "last_order" in before) == ("yes", True)
    contact.refresh_from_db()
    assert contact.fields["total_orders"] == "0"
    assert not {"last_order", "accepts_marketing"} & set(contact.fields)


@pytest.mark.django_db(transaction=True)
def test_lists_of_a_shop_that_was_disconnected_stay_true(store: Store, shop: FakeShop, world: World) -> None:
    tasks.sync_store(store.pk)
    accept(store, world)
    wiring.catch_up()
    steering.disconnect(store, "user 1 (ana@example.com)")
    member = ListMember.objects.filter(list__name=f"Buyers of {store.name}")[0].contact

    contact_consents.state(member.pk, False, "asked by phone", "user 1 (ana@example.com)")
    wiring.catch_up()

    assert member.email not in members(f"Buyers of {store.name}")
    member.refresh_from_db()
    assert member.fields["accepts_marketing"] == "no"


@pytest.mark.django_db(transaction=True)
def test_it_comes_out_the_same_when_it_is_made_anew(store: Store, shop: FakeShop, world: World) -> None:
    tasks.sync_store(store.pk)
    accept(store, world)
    wiring.catch_up()
    lists = {name: members(name) for name in List.objects.values_list("name", flat=True)}
    fields = dict(Contact.objects.values_list("id", "fields"))
    ListMember.objects.all().delete()
    Contact.objects.all().update(fields={})

    people.rebuild()

    assert {name: members(name) for name in lists} == lists
    after = dict(Contact.objects.values_list("id", "fields"))
    assert {i: {k: v for k, v in f.items() if k != "accepts_marketing"} for i, f in after.items()} == {
        i: {k: v for k, v in f.items() if k != "accepts_marketing"} for i, f in fields.items()
    }
