"""What stores sell."""

from typing import Any

from tests import factories
from tests.api import bodies
from tests.api.client import Caller


def product(product_id: str = "mug", **fields: Any) -> dict[str, Any]:
    return {"store": "shop", "product_id": product_id, "name": "Mug", "price": "9.9", **fields}


def test_it_adds_and_changes_a_product(owner: Caller) -> None:
    made = owner.post("products", product())
    same = owner.post("products", product())
    dearer = owner.post("products", product(price=12))

    assert [reply.status for reply in (made, same, dearer)] == [201, 200, 200]
    assert [reply.body["outcome"] for reply in (made, same, dearer)] == ["created", "unchanged", "updated"]
    told = owner.get(f"products/{made.body['id']}").body
    assert (told["price"], told["currency"], told["in_catalogue"], told["store"]) == (
        "12.00",
        "EUR",
        True,
        "shop",
    )


def test_it_takes_many_each_for_itself(owner: Caller) -> None:
    factories.make_store("other", currency="USD")
    sent = [
        product("a"),
        product("b", store="other"),
        product("c", updated_at="1969-12-31T00:00:00Z"),
        product("a"),
    ]

    reply = owner.post("products", sent)

    assert reply.status == 200
    assert [item["outcome"] for item in reply.body["items"]] == ["created", "created", "refused", "unchanged"]
    assert reply.body["items"][2]["id"] is None
    assert reply.body["items"][2]["errors"][0]["pointer"] == "#/updated_at"
    assert factories.query("SELECT external_id, currency FROM product ORDER BY 1") == [
        ("a", "EUR"),
        ("b", "USD"),
    ]


def test_it_writes_none_when_one_of_many_is_not_well_formed(owner: Caller) -> None:
    wrong = owner.post("products", [product("a"), product("b", price="cheap")])
    nowhere = owner.post("products", [product("a"), product("b", store="elsewhere")])
    too_many = owner.post("products", [product(str(number)) for number in range(1001)])

    assert (wrong.status, set(wrong.faults)) == (422, {"#/1/price"})
    assert (nowhere.status, set(nowhere.faults)) == (404, {"#/1/store"})
    assert (too_many.status, owner.post("products", []).status) == (422, 422)
    assert factories.value("SELECT count(*) FROM product") == 0


def test_it_tells_products_of_orders_from_those_of_the_catalogue(owner: Caller) -> None:
    owner.post("orders", bodies.order())
    (found,) = owner.get("products", store="shop").body["items"]

    assert (found["product_id"], found["in_catalogue"], found["price"], found["currency"]) == (
        "mug",
        False,
        None,
        "",
    )


def test_it_lists_products_by_what_is_asked(owner: Caller) -> None:
    owner.post("products", [product("a", sku="A1"), product("b", sku="B1"), product("c", sku="A1")])

    def found(**query: object) -> list[str]:
        return [row["product_id"] for row in owner.get("products", **query).body["items"]]

    assert found() == ["c", "b", "a"]
    assert found(sku="A1") == ["c", "a"]
    assert found(store="elsewhere") == []
    assert found(limit=2, cursor=owner.get("products", limit=1).body["next"]) == ["b", "a"]
