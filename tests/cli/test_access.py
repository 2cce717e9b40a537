"""`user` and `key`."""

import json
from pathlib import Path

from tests.cli.command import Comanda


def test_it_prints_nothing_but_the_key(comanda: Comanda) -> None:
    done = comanda.run("key", "create", "--name", "till")

    (line,) = done.stdout.splitlines()
    assert (done.returncode, line.startswith("comanda_"), len(line) > 40) == (0, True, True)
    assert line not in json.dumps(comanda.ask("key", "list"))


def test_it_withdraws_a_key(comanda: Comanda) -> None:
    made = comanda.ask("key", "create", "--name", "old", "--role", "viewer")

    assert comanda.run("key", "revoke", made["id"]).returncode == 0
    assert comanda.run("key", "revoke", made["id"]).returncode == 1


def test_it_refuses_a_scope_that_the_role_does_not_hold(comanda: Comanda) -> None:
    done = comanda.run("key", "create", "--name", "x", "--role", "viewer", "--scope", "privacy:write")

    assert (done.returncode, "does not allow" in done.stderr) == (1, True)


def test_it_adds_a_person_whose_password_comes_by_standard_input(comanda: Comanda) -> None:
    done = comanda.run(
        "user", "create", "--email", "Eva@Example.com", "--json", given="correct horse battery\n"
    )
    again = comanda.run("user", "create", "--email", "eva@example.com", given="correct horse battery\n")
    weak = comanda.run("user", "create", "--email", "ian@example.com", given="12345\n")

    assert json.loads(done.stdout)["email"] == "eva@example.com"
    assert (again.returncode, "is a user already" in again.stderr) == (1, True)
    assert (weak.returncode, "too short" in weak.stderr) == (1, True)


def test_it_prints_a_link_for_who_lost_their_password(comanda: Comanda) -> None:
    comanda.run("user", "create", "--email", "lea@example.com", given="correct horse battery\n")

    done = comanda.run("user", "link", "LEA@example.com", COMANDA_PUBLIC_URL="https://crm.shop.example")
    nobody, unsaid = comanda.run("user", "link", "eve@example.org"), comanda.run("user", "link")

    assert done.stdout.startswith("https://crm.shop.example/welcome/")
    assert len(done.stdout.strip()) == len("https://crm.shop.example/welcome/") + 43
    assert (nobody.returncode, "is no user" in nobody.stderr) == (1, True)
    assert (unsaid.returncode, "Say whose" in unsaid.stderr) == (1, True)


def test_it_prints_the_link_of_the_first_owner_while_there_is_nobody(tmp_path: Path) -> None:
    alone = Comanda(tmp_path / "data")

    link = alone.ask("user", "link")["link"]

    assert link.startswith("http://127.0.0.1:8000/welcome/")
    assert alone.ask("user", "list") == []


def test_it_lists_who_may_sign_in(comanda: Comanda) -> None:
    comanda.run(
        "user", "create", "--email", "mia@example.com", "--role", "viewer", given="correct horse battery\n"
    )

    listed = {each["email"]: each for each in comanda.ask("user", "list")}

    assert listed["mia@example.com"]["role"] == "viewer"
    assert "password" not in listed["mia@example.com"]
    assert comanda.run("user", "list").returncode == 0


def test_it_drops_a_second_factor_that_is_not_there(comanda: Comanda) -> None:
    comanda.run("user", "create", "--email", "noa@example.com", given="correct horse battery\n")

    done = comanda.run("user", "drop-second-factor", "noa@example.com")

    assert (done.returncode, done.stdout) == (0, "noa@example.com had no second factor.\n")
