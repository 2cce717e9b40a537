"""`doctor`, `backup`, `restore`, `migrate`."""

from pathlib import Path

from tests.cli.command import Comanda


def test_it_finds_nothing_wrong(comanda: Comanda) -> None:
    found = comanda.ask("doctor")

    assert [each["what"] for each in found if not each["good"]] == []
    assert {"PostgreSQL fsync", "order lines without an order"} <= {each["what"] for each in found}


def test_it_finds_a_slip_of_the_pen_in_settings(comanda: Comanda) -> None:
    done = comanda.run("doctor", COMANDA_PROT="8000")

    assert (done.returncode, "COMANDA_PROT" in done.stdout) == (1, True)


def test_it_says_which_setting_cannot_be_used(comanda: Comanda) -> None:
    told = comanda.run("doctor", COMANDA_PORT="eighty")
    stopped = comanda.run("web", COMANDA_PORT="eighty")

    assert (told.returncode, "COMANDA_PORT='eighty'" in told.stdout) == (1, True)
    assert (stopped.returncode, "COMANDA_PORT='eighty'" in stopped.stderr) == (2, True)


def test_it_restores_into_another_folder_what_it_backed_up(
    comanda: Comanda, orders: Path, tmp_path: Path
) -> None:
    comanda.run("import", orders, "--store", "shop")
    file, other = tmp_path / "all.comanda", Comanda(tmp_path / "other")

    saved = comanda.run("backup", file)
    refused = other.run("restore", file)
    restored = other.run("restore", file, "--yes")

    assert (saved.returncode, refused.returncode, restored.returncode) == (0, 1, 0), restored.stderr
    assert file.stat().st_mode & 0o777 == 0o600
    assert other.ask("store", "list") == comanda.ask("store", "list")
    assert other.ask("contact", "show", "ana@example.com") == comanda.ask(
        "contact", "show", "ana@example.com"
    )
    assert _secrets(other) == _secrets(comanda)


def _secrets(comanda: Comanda) -> dict[str, str]:
    return {file.name: file.read_text() for file in (comanda.data / "secrets").iterdir()}


def test_it_leaves_everything_as_it_was_when_the_backup_is_damaged(
    comanda: Comanda, orders: Path, tmp_path: Path
) -> None:
    comanda.run("import", orders, "--store", "shop")
    file = tmp_path / "all.comanda"
    comanda.run("backup", file)
    before, secrets = comanda.ask("store", "list"), _secrets(comanda)
    whole = file.read_bytes()

    for damaged in (b"", b"no backup", whole[: len(whole) // 2], whole[:-12_000]):
        file.write_bytes(damaged)
        done = comanda.run("restore", file, "--yes")
        assert (done.returncode, "Traceback" in done.stderr) == (1, False), done.stderr

    assert comanda.ask("store", "list") == before
    assert _secrets(comanda) == secrets


def test_it_keeps_the_old_backup_when_a_new_one_cannot_be_written(comanda: Comanda, tmp_path: Path) -> None:
    done = comanda.run("backup", tmp_path / "nowhere" / "all.comanda")

    assert (done.returncode, "Traceback" in done.stderr) == (1, False)
