"""Purchases begun."""

from tests import factories
from tests.api import bodies
from tests.api.client import Caller


def test_it_follows_a_cart_from_begun_to_recovered(owner: Caller) -> None:
    begun = owner.post("carts", bodies.cart())
    left = owner.post("carts", bodies.cart(state="abandoned", abandoned_at="2026-03-01T13:00:00Z"))
    bought = owner.post("carts", bodies.cart(state="ordered", order_id="1001"))

    assert [reply.status for reply in (begun, left, bought)] == [201, 200, 200]
    cart = owner.get(f"carts/{begun.body['id']}").body
    assert (cart["state"], cart["order_id"], cart["total"], cart["currency"]) == (
        "recovered",
        "1001",
        "9.95",
        "EUR",
    )
    assert cart["lines"][0]["unit_price"] == "9.95"
    kinds = factories.query("SELECT kind FROM activity WHERE cart_id IS NOT NULL ORDER BY id")
    assert kinds == [("cart_begun",), ("cart_abandoned",), ("cart_recovered",)]


def test_it_lists_carts_by_what_is_asked(owner: Caller) -> None:
    factories.make_store("other")
    owner.post("carts", bodies.cart("a"))
    owner.post("carts", bodies.cart("b", state="abandoned", started_at="2026-04-01T00:00:00Z"))
    owner.post("carts", bodies.cart("c", store="other", contact={"email": "b@example.com"}))
    ana = factories.value("SELECT id FROM contact WHERE email = 'ana@example.com'")

    def found(**query: object) -> list[str]:
        return [cart["cart_id"] for cart in owner.get("carts", **query).body["items"]]

    assert found() == ["c", "b", "a"]
    assert found(store="shop") == ["b", "a"]
    assert found(state="abandoned") == ["b"]
    assert found(since="2026-03-15T00:00:00Z") == ["b"]
    assert found(contact_id=ana) == ["b", "a"]
    page = owner.get("carts", limit=1).body
    assert found(limit=1, cursor=page["next"]) == ["b"]
