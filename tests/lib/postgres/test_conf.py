import os
from pathlib import Path

from comanda.lib.postgres import conf
from comanda.lib.postgres.accounts import Account

OURSELVES = Account(os.geteuid(), os.getegid(), "me")


def test_it_reads_the_owners_settings_between_defaults_and_what_is_fixed() -> None:
    lines = conf.main({"work_mem": "4MB"}, {"unix_socket_directories": r"/it's\here"}).splitlines()

    assert lines[1:] == [
        "work_mem = '4MB'",
        "include 'postgresql.conf'",
        r"unix_socket_directories = '/it''s\\here'",
    ]


def test_it_admits_users_by_name_over_the_socket_only() -> None:
    texts = conf.access(["ana maria", "root"])

    assert texts["pg_hba.conf"].splitlines()[1:] == ["local all all peer map=comanda"]
    assert texts["pg_ident.conf"].splitlines()[1:] == [
        'comanda "ana maria" comanda',
        'comanda "ana maria" postgres',
        'comanda "root" comanda',
        'comanda "root" postgres',
    ]


def test_it_replaces_a_planted_link_instead_of_writing_through_it(tmp_path: Path) -> None:
    (tmp_path / "precious").write_text("untouched")
    cluster = tmp_path / "cluster"
    cluster.mkdir()
    for name in ("comanda.conf", "comanda.conf.new"):
        (cluster / name).symlink_to(tmp_path / "precious")

    conf.write(cluster, {"comanda.conf": "fresh"}, OURSELVES)

    assert (tmp_path / "precious").read_text() == "untouched"
    assert [path.name for path in cluster.iterdir()] == ["comanda.conf"]
    assert (cluster / "comanda.conf").read_text() == "fresh"
    assert (cluster / "comanda.conf").lstat().st_mode == 0o100600
