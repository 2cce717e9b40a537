import os
from pathlib import Path

import pytest

from comanda.lib.postgres import PostgresError, accounts
from comanda.lib.postgres.accounts import Account


def test_it_never_chooses_root(tmp_path: Path) -> None:
    chosen = accounts.choose(tmp_path, tmp_path / "postgres")

    assert chosen.uid != 0
    assert chosen.name == (accounts.SYSTEM_USER if os.geteuid() == 0 else accounts.of_uid(os.geteuid()).name)


def test_it_keeps_to_the_owner_of_an_existing_cluster(ordinary: Account, ordinary_folder: Path) -> None:
    cluster = ordinary_folder / "postgres"
    cluster.mkdir()
    if ordinary.is_other:
        os.chown(cluster, ordinary.uid, ordinary.gid)

    assert accounts.choose(ordinary_folder, cluster) == ordinary


def test_it_gives_a_new_cluster_to_the_owner_of_the_data_folder(
    ordinary: Account, ordinary_folder: Path
) -> None:
    assert accounts.choose(ordinary_folder, ordinary_folder / "postgres") == ordinary


def test_it_runs_programs_as_another_user_only_if_need_be() -> None:
    ourselves = Account(os.geteuid(), os.getegid(), "me")
    other = Account(4321, 1234, "other")

    assert ourselves.identity == {}
    assert other.identity == {"user": 4321, "group": 1234, "extra_groups": []}


def test_it_says_when_a_user_has_no_name() -> None:
    with pytest.raises(PostgresError, match="User id 987654 has no name on this machine"):
        accounts.of_uid(987654)


def test_it_admits_the_owner_and_root(ordinary: Account) -> None:
    assert accounts.names(ordinary) == sorted({ordinary.name, "root"})


def test_it_refuses_the_cluster_of_another_ordinary_user(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, ordinary: Account
) -> None:
    (tmp_path / "postgres").mkdir()
    monkeypatch.setattr(os, "geteuid", lambda: 1 if ordinary.uid != 1 else 2)

    with pytest.raises(PostgresError, match=r"belongs to .*Start Comanda as its owner or as root"):
        accounts.choose(tmp_path, tmp_path / "postgres")
