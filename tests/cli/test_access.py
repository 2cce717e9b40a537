"""`user` and `key`."""

import json

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
