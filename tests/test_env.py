"""Settings: what they are when nobody says, what they take, and how they refuse."""

import re
from pathlib import Path

import pytest

from comanda import env
from comanda.env import MapTiles, Smtp

DEFAULTS = {
    "database_url": "",
    "host": "127.0.0.1",
    "port": 8000,
    "allowed_hosts": ("localhost", "127.0.0.1", "[::1]"),
    "public_url": "",
    "trusted_proxy": "",
    "smtp_url": None,
    "mail_from": "Comanda <comanda@localhost>",
    "map_tiles": MapTiles(
        "https://tile.openstreetmap.org/{z}/{x}/{y}.png",
        "© OpenStreetMap contributors",
        "https://www.openstreetmap.org/copyright",
    ),
    "geocoder_url": "",
    "web_threads": 16,
    "worker_jobs": 4,
    "api_rate": 60000,
    "max_json_mb": 20,
    "max_upload_mb": 4096,
    "keep_days": 180,
    "debug": False,
}


@pytest.mark.parametrize(("name", "value"), DEFAULTS.items())
def test_it_has_a_default(name: str, value: object) -> None:
    assert env.SETTINGS[name].read({}) == value


def test_it_keeps_data_beside_where_it_was_started(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)

    assert env.SETTINGS["data"].read({}) == tmp_path / "comanda-data"


def test_it_takes_an_empty_variable_for_one_that_is_not_set() -> None:
    assert env.SETTINGS["port"].read({"COMANDA_PORT": ""}) == 8000


@pytest.mark.parametrize(
    ("name", "text", "value"),
    [
        ("data", "/srv/comanda", Path("/srv/comanda")),
        ("port", "0", 0),
        ("port", "65535", 65535),
        ("allowed_hosts", " shop.example , ,crm.shop.example,", ("shop.example", "crm.shop.example")),
        ("web_threads", "4", 4),
        ("debug", "YES", True),
        ("debug", "off", False),
        ("database_url", "postgresql://u@h/d", "postgresql://u@h/d"),
        ("public_url", "https://CRM.shop.example/", "https://crm.shop.example"),
        ("public_url", "http://10.0.0.5:8000", "http://10.0.0.5:8000"),
        (
            "smtp_url",
            "smtp://me%40shop.example:p%2Fw@mail.shop.example",
            Smtp("mail.shop.example", 587, "me@shop.example", "p/w", starttls=True, tls=False),
        ),
        ("smtp_url", "smtps://mail.shop.example", Smtp("mail.shop.example", 465, "", "", False, True)),
        ("smtp_url", "smtp+plain://localhost:1025", Smtp("localhost", 1025, "", "", False, False)),
    ],
)
def test_it_reads_what_the_variable_says(name: str, text: str, value: object) -> None:
    assert env.SETTINGS[name].read({f"COMANDA_{name.upper()}": text}) == value


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("port", "65536"),
        ("port", "-1"),
        ("port", "http"),
        ("web_threads", "0"),
        ("worker_jobs", "-2"),
        ("api_rate", "1e400"),
        ("max_json_mb", "20 MB"),
        ("keep_days", "NaN"),
        ("public_url", "crm.shop.example"),
        ("public_url", "https://shop.example/crm"),
        ("debug", "perhaps"),
    ],
)
def test_it_refuses_what_it_cannot_use_and_says_what_would_be_right(name: str, text: str) -> None:
    setting = env.SETTINGS[name]

    with pytest.raises(
        env.WrongSetting, match=re.escape(f"{setting.variable}={text!r}: expected {setting.kind}")
    ):
        setting.read({setting.variable: text})


@pytest.mark.parametrize(
    "text", ["mail.shop.example", "http://u:hunter2@h", "smtp://u:hunter2@", "smtp://h:x"]
)
def test_it_does_not_show_what_is_secret(text: str) -> None:
    with pytest.raises(env.WrongSetting) as refused:
        env.SETTINGS["smtp_url"].read({"COMANDA_SMTP_URL": text})

    assert "hunter2" not in str(refused.value)
    assert "expected smtp://user:password@host:587, or nothing" in str(refused.value)


def test_it_reads_the_environment_each_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COMANDA_PORT", "8001")
    first = env.get("port")
    monkeypatch.setenv("COMANDA_PORT", "8002")

    assert (first, env.get("port")) == (8001, 8002)


def test_it_tells_variables_that_mean_nothing() -> None:
    environ = {
        "COMANDA_PROT": "8001",
        "COMANDA_PORT": "8001",
        "COMANDA_": "x",
        "PATH": "/bin",
        "COMANDAS": "y",
    }

    assert env.unknown(environ) == ["COMANDA_", "COMANDA_PROT"]


@pytest.mark.parametrize("setting", env.SETTINGS.values(), ids=env.SETTINGS)
def test_it_declares_a_default_that_it_can_read_itself_and_a_sentence_of_help(setting: env.Setting) -> None:
    setting.read({})

    assert setting.help.endswith(".")
    assert setting.variable == f"COMANDA_{setting.name.upper()}"


def test_it_is_the_only_module_that_reads_the_environment_for_settings() -> None:
    package = Path(env.__file__).parent
    reads = re.compile(r"""(environ|getenv)\S*["']COMANDA_""")

    found = [path.name for path in package.rglob("*.py") if reads.search(path.read_text(encoding="utf-8"))]

    assert found == []
