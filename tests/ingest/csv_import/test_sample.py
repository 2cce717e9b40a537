from comanda.ingest.csv_import.fields import SAMPLE_FIELDS
from comanda.ingest.csv_import.sample import SAMPLE
from comanda.shapes import OrderStatus
from tests.ingest.csv_import.reading import orders_of, read, told


def test_it_has_the_eight_columns() -> None:
    assert SAMPLE.splitlines()[0].split(",") == list(SAMPLE_FIELDS)


def test_it_imports_without_a_word() -> None:
    parsed = read(SAMPLE, country="PT")
    orders = orders_of(parsed)
    assert told(parsed) == []
    assert [order.status for order in orders] == [
        OrderStatus.COMPLETED,
        OrderStatus.PENDING,
        OrderStatus.CANCELED,
    ]
    assert [f"{order.total:f}" for order in orders] == ["74.30", "18.00", "12.40"]
    assert [f"{sum(line.total for line in order.lines):f}" for order in orders] == ["74.30", "18.00", "12.40"]
    contacts = [(order.contact.email, order.contact.phone) if order.contact else None for order in orders]
    assert contacts == [("ines.almeida@example.com", ""), ("", "+351912345678"), None]
