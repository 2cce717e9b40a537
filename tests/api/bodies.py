"""Request bodies, plain by default."""

from typing import Any


def order(order_id: str = "1001", **fields: Any) -> dict[str, Any]:
    """A completed order of two mugs."""
    return {
        "store": "shop",
        "order_id": order_id,
        "placed_at": "2026-03-01T12:00:00Z",
        "total": "19.90",
        "status": "completed",
        "lines": [{"product_id": "mug", "name": "Mug", "quantity": 2, "total": "19.90"}],
        "contact": {"email": "ana@example.com", "first_name": "Ana"},
        **fields,
    }


def cart(cart_id: str = "c1", **fields: Any) -> dict[str, Any]:
    """A cart with a mug in it."""
    return {
        "store": "shop",
        "cart_id": cart_id,
        "started_at": "2026-03-01T12:00:00Z",
        "total": "9.95",
        "lines": [{"product_id": "mug", "quantity": 1, "total": "9.95"}],
        "contact": {"email": "ana@example.com"},
        **fields,
    }


def contact(email: str = "ana@example.com", **fields: Any) -> dict[str, Any]:
    """A person."""
    return {"store": "shop", "email": email, "first_name": "Ana", **fields}
