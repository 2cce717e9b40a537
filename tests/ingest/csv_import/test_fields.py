from comanda.ingest.csv_import.fields import ALIASES, FIELDS, NAMES, REQUIRED, SAMPLE_FIELDS, key


def test_it_knows_the_documented_columns() -> None:
    assert list(FIELDS)[:8] == list(SAMPLE_FIELDS)
    assert set(FIELDS) - set(SAMPLE_FIELDS) == {
        "line_total",
        "currency",
        "order_updated_at",
        "first_name",
        "last_name",
        "phone",
        "company",
        "accepts_marketing",
        "tags",
        "product_name",
        "product_category",
        "product_image",
        "discount",
        "coupon",
        "shipping_method",
        "shipping_total",
        "tax_total",
        "refund_total",
    }
    assert set(REQUIRED) <= set(FIELDS)


def test_it_gives_no_alias_to_two_fields() -> None:
    aliases = [key(alias) for field in FIELDS.values() for alias in field.aliases]
    assert len(aliases) == len(set(aliases)) == len(ALIASES)
    assert not set(ALIASES) & set(NAMES)
    assert "" not in ALIASES


def test_it_tells_what_each_column_is() -> None:
    assert all(field.help.endswith(".") for field in FIELDS.values())


def test_it_compares_headers_by_what_they_mean() -> None:
    assert key("Número do Pedido") == key("numero_pedido") == key("NÚMERO-DE-PEDIDO") == "numeropedido"
    assert key("Date de la commande") == key("date commande")
    assert key("Model") == "model"
    assert key("la") == "la"
