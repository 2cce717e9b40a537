"""Rows of one order that say different things of it."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest

from comanda.shapes import OrderStatus
from tests.ingest.csv_import.reading import HEADER, csv_of, orders_of, read, refused, told


class TestRowsThatDiffer:
    """What happens when the rows of one order say different things of it."""

    header = HEADER + ",first_name,order_updated_at,shipping_total,currency"

    def rows(self, *changes: dict[str, str]) -> str:
        base = dict(
            zip(
                self.header.split(","),
                ["A", "paid", "2025-01-16", "m@example.com", "10", "P", "5", "1", "Maria", "", "2", "EUR"],
                strict=True,
            )
        )
        return csv_of(*(",".join({**base, **change}.values()) for change in changes), header=self.header)

    def test_it_takes_the_first_row_and_says_so(self) -> None:
        parsed = read(
            self.rows(
                {},
                {
                    "order_date": "2025-01-17",
                    "order_status": "canceled",
                    "first_name": "Mia",
                    "contact_identifier": "other@example.com",
                },
            )
        )
        (order,) = orders_of(parsed)
        assert (order.placed_at.day, order.status) == (16, OrderStatus.COMPLETED)
        assert order.contact is not None
        assert (order.contact.email, order.contact.first_name) == ("m@example.com", "Maria")
        assert told(parsed) == [
            (3, column, "rows_differ")
            for column in ("order_status", "order_date", "contact_identifier", "first_name")
        ]
        assert parsed[0].problems[0].problem.mend == "That of the first row was taken."

    def test_it_takes_the_row_that_was_updated_last(self) -> None:
        changes: list[dict[str, str]] = [
            {"order_updated_at": "2025-01-16T10:00:00Z", "order_status": "pending"},
            {"order_updated_at": "2025-01-18T10:00:00Z", "order_status": "paid"},
            {"order_updated_at": "2025-01-17T10:00:00Z", "order_status": "canceled"},
        ]
        parsed = read(self.rows(*changes))
        (order,) = orders_of(parsed)
        assert (order.status, order.source_status) == (OrderStatus.COMPLETED, "paid")
        assert order.updated_at == datetime(2025, 1, 18, 10, tzinfo=UTC)
        assert told(parsed) == [(4, "order_status", "rows_differ")]
        assert parsed[0].problems[0].problem.mend == "That of the row updated last was taken."

    @pytest.mark.parametrize(
        ("column", "cell"), [("order_revenue", "11"), ("currency", "USD"), ("shipping_total", "2.01")]
    )
    def test_it_refuses_the_order_where_money_differs(self, column: str, cell: str) -> None:
        assert refused(read(self.rows({}, {column: cell}))) == [(3, column, "rows_conflict")]

    def test_it_takes_an_empty_cell_as_saying_nothing(self) -> None:
        empty = dict.fromkeys(
            (
                "order_status",
                "order_date",
                "contact_identifier",
                "order_revenue",
                "first_name",
                "shipping_total",
                "currency",
            ),
            "",
        )
        for changes in ([{}, empty], [empty, {}]):
            parsed = read(self.rows(*changes))
            (order,) = orders_of(parsed)
            assert (order.total, order.shipping_total, order.source_status) == (
                Decimal(10),
                Decimal(2),
                "paid",
            )
            assert told(parsed) == []

    def test_it_sees_through_different_spellings(self) -> None:
        same = {
            "order_date": "2025-01-16T00:00:00",
            "order_revenue": "10.00",
            "currency": "eur",
            "order_status": "PAID",
            "contact_identifier": "M@EXAMPLE.com ",
            "first_name": " Maria",
        }
        parsed = read(self.rows({}, same))
        assert len(orders_of(parsed)) == 1
        assert told(parsed) == []
