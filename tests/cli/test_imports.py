"""`import`: in, again, mended, out."""

import json
from pathlib import Path

import pytest

from tests.cli.command import Comanda

KEYS = {
    "id", "state", "dry_run", "rows", "lines", "refused", "warnings", "orders", "contacts", "products",
    "seconds", "error", "problems",
}  # fmt: skip


def test_it_brings_a_file_in_mends_it_and_takes_it_back(
    comanda: Comanda, orders: Path, tmp_path: Path
) -> None:
    rejects = tmp_path / "rejects.csv"

    dry = comanda.run("import", orders, "--store", "shop", "--dry-run", "--json")
    real = comanda.run("import", orders, "--store", "shop", "--rejects", rejects, "--json")
    rejects.write_text(rejects.read_text().replace("some day,bia", "2026-03-03,bia"))
    mended = comanda.ask("import", rejects, "--store", "shop")
    (store,) = comanda.ask("store", "list")
    undone = [
        comanda.ask("import", "undo", json.loads(done)["id"]) for done in (json.dumps(mended), real.stdout)
    ]
    (empty,) = comanda.ask("store", "list")

    assert (dry.returncode, real.returncode) == (1, 1)
    told = json.loads(real.stdout)
    assert set(told) == KEYS
    assert told["orders"] == {"created": 2, "updated": 0, "unchanged": 0}
    assert (told["rows"], told["lines"], told["refused"]) == (3, 2, 1)
    assert told["problems"][0]["column"] == "order_date"
    counted = ("rows", "lines", "refused", "warnings", "orders", "contacts", "products")
    assert {key: json.loads(dry.stdout)[key] for key in counted} == {key: told[key] for key in counted}
    assert (mended["orders"]["created"], mended["refused"]) == (1, 0)
    assert (store["orders"], store["lines"], store["revenue"]) == (3, 3, {"EUR": "30.00"})
    assert [each["orders"]["removed"] for each in undone] == [1, 2]
    assert (empty["orders"], empty["contacts"], empty["products"]) == (0, 0, 0)


@pytest.mark.parametrize(
    ("words", "status", "said"),
    [
        (("nowhere.csv", "--store", "shop"), 1, "there is no such file"),
        ((".", "--store", "shop"), 1, "is a folder"),
        (("FILE", "--store", "nope"), 1, "There is no store 'nope'. Stores: shop."),
        (("FILE",), 2, "--store"),
        (("FILE", "--store", "shop", "--map", "order_id"), 2, "expected FIELD=VALUE"),
        (("FILE", "--store", "shop", "--map", "order_id=Nummer"), 1, "Nummer"),
        (("FILE", "--store", "shop", "--map", "colour=order_id"), 1, "colour"),
        (("undo", "4711"), 1, "There is no import 4711."),
        (("undo", "seven"), 2, "integer"),
        (("rejects", "4711"), 1, "There is no import 4711."),
        (("show", "4711"), 1, "There is no import 4711."),
    ],
)
def test_it_says_what_is_wrong(
    comanda: Comanda, orders: Path, words: tuple[str, ...], status: int, said: str
) -> None:
    done = comanda.run("import", *(orders if word == "FILE" else word for word in words))

    assert (done.returncode, "Traceback" in done.stderr) == (status, False)
    assert said in " ".join((done.stderr + done.stdout).split())


def test_it_prints_one_object_even_when_the_file_cannot_be_read(comanda: Comanda, tmp_path: Path) -> None:
    file = tmp_path / "empty.csv"
    file.write_text("")

    done = comanda.run("import", file, "--store", "shop", "--json")

    told = json.loads(done.stdout)
    assert (done.returncode, told["state"], len(told["problems"])) == (1, "failed", 1)


def test_it_remembers_which_column_is_which(comanda: Comanda, tmp_path: Path) -> None:
    comanda.run("store", "add", "--name", "Other", "--key", "other")
    file = tmp_path / "own.csv"
    own = {"order_id": "Nr", "order_status": "Stand", "order_date": "Wann", "contact_identifier": "Wer",
           "product_id": "Was", "product_price": "Preis", "product_quantity": "Menge"}  # fmt: skip
    words = [word for field, title in own.items() for word in ("--map", f"{field}={title}")]

    created = []
    for number, (titles, more) in enumerate([([*own.values()], words), ([*own.values()], []), ([*own], [])]):
        file.write_text(f"{','.join(titles)}\n{number},paid,2026-03-01,nuno@example.com,mug,1.00,1\n")
        created.append(comanda.ask("import", file, "--store", "other", *more)["orders"]["created"])

    assert created == [1, 1, 1]
