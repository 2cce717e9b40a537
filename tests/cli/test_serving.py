"""`serve`, `web` and `worker` as processes."""

import fcntl
import http.client
import json
import re
import socket
import urllib.request
from pathlib import Path
from urllib.parse import urlencode

import pytest

from tests.cli.command import Comanda, end


def address(process: object) -> str:
    """Where a server says that it listens."""
    told = process.stdout.readline()  # type: ignore[attr-defined]
    found = re.search(r"http://[\d.]+:\d+", told)
    assert found, told
    return found[0]


def test_it_serves_and_leaves_when_asked_to(tmp_path: Path) -> None:
    alone = Comanda(tmp_path / "data")
    process = alone.start("serve", "--port", "0")
    where = address(process)

    with urllib.request.urlopen(f"{where}/healthz", timeout=10) as answer:
        healthy = answer.status
    status, said = end(process)

    assert (healthy, status, "Traceback" in said) == (200, 0, False), said
    assert not (alone.data / "postgres" / "postmaster.pid").exists()


def test_it_leads_the_first_owner_in_and_nobody_after(tmp_path: Path) -> None:
    alone = Comanda(tmp_path / "data")
    process = alone.start("web", "--port", "0")
    where = address(process)
    told = process.stdout.readline()  # type: ignore[union-attr]
    end(process)

    alone.run("user", "create", "--email", "ana@example.com", given="correct horse battery\n")
    process = alone.start("web", "--port", "0")
    address(process)
    process.terminate()
    later, _ = process.communicate(timeout=30)

    assert re.search(rf"Become the owner, within 7 days: {where}/welcome/[\w-]{{43}}$", told.strip())
    assert "/welcome/" not in later


def test_it_keeps_cookies_to_https_where_people_come_by_https(comanda: Comanda) -> None:
    public = {"COMANDA_PUBLIC_URL": "https://crm.shop.example", "COMANDA_TRUSTED_PROXY": "127.0.0.1"}
    comanda.run("user", "create", "--email", "ida@example.com", given="correct horse battery\n")
    process = comanda.start("web", "--port", "0", **public)
    door = http.client.HTTPConnection(address(process).removeprefix("http://"))
    asked = {"Host": "crm.shop.example", "Accept": "text/html", "X-Forwarded-For": "192.0.2.7"}

    door.request("GET", "/sign-in", headers=asked)
    page = door.getresponse()
    token = re.search(r'csrfmiddlewaretoken" value="(\w+)"', page.read().decode())
    cookie = page.headers["Set-Cookie"]
    assert token
    door.request(
        "POST",
        "/sign-in",
        urlencode(
            {"login": "ida@example.com", "password": "correct horse battery", "csrfmiddlewaretoken": token[1]}
        ),
        asked
        | {
            "Origin": "https://crm.shop.example",
            "Cookie": cookie.partition(";")[0],
            "Content-Type": "application/x-www-form-urlencoded",
        },
    )
    led = door.getresponse()
    door.close()
    end(process)

    assert (page.status, led.status) == (200, 302)
    for given in (cookie, *(each for each in led.headers.get_all("Set-Cookie", []) if "session" in each)):
        assert "; Secure" in given
        assert "SameSite=Lax" in given
    assert "comanda_session=" in str(led.headers.get_all("Set-Cookie"))


def test_it_shares_a_data_folder_with_a_second(comanda: Comanda) -> None:
    first, second = comanda.start("serve", "--port", "0"), comanda.start("web", "--port", "0")
    token = comanda.run("key", "create", "--name", "both").stdout.strip()

    keys = []
    for process in (first, second):
        request = urllib.request.Request(
            f"{address(process)}/api/v1/stores", headers={"Authorization": f"Bearer {token}"}
        )
        with urllib.request.urlopen(request, timeout=10) as answer:
            keys.append([store["key"] for store in json.load(answer)["items"]])
    ended = [end(process)[0] for process in (first, second)]

    assert keys[0] == keys[1]
    assert "shop" in keys[0]
    assert ended == [0, 0]


def test_it_hears_a_form_out_that_is_too_large_and_says_so(comanda: Comanda) -> None:
    process = comanda.start("web", "--port", "0", COMANDA_MAX_UPLOAD_MB="1")
    door = http.client.HTTPConnection(address(process).removeprefix("http://"))
    form = {"Content-Type": "multipart/form-data; boundary=b", "Accept": "text/html", "Accept-Language": "es"}

    door.request("POST", "/imports/new", b"x" * (5 << 20), form)
    answer = door.getresponse()
    said = answer.read().decode()
    door.request("GET", "/healthz")
    after = door.getresponse().status
    door.close()
    ended = end(process)

    assert (answer.status, answer.headers["Content-Type"]) == (413, "text/html; charset=utf-8")
    assert ("Este archivo es más grande" in said, "zip" in said) == (True, True)
    assert (after, ended[0], "Traceback" in ended[1]) == (200, 0, False), ended[1]


def test_it_tells_a_program_at_once_that_it_sends_too_much(comanda: Comanda) -> None:
    process = comanda.start("web", "--port", "0", COMANDA_MAX_UPLOAD_MB="1")
    host, _, port = address(process).removeprefix("http://").partition(":")
    head = "POST /api/v1/imports HTTP/1.1\r\nHost: x\r\nContent-Type: multipart/form-data; boundary=b\r\n"

    with socket.create_connection((host, int(port)), timeout=30) as line:
        line.sendall(f"{head}Content-Length: 5000000\r\n\r\n".encode())
        told = line.recv(100).decode()
    end(process)

    assert told.startswith("HTTP/1.1 413 ")


def test_it_sweeps_away_what_killed_uploads_left(comanda: Comanda) -> None:
    uploads = comanda.data / "uploads"
    left, under_way = uploads / "left.upload.csv", uploads / "under-way.upload.csv"
    left.write_text("order_id")
    under_way.write_text("order_id")
    with under_way.open() as held:
        fcntl.flock(held, fcntl.LOCK_SH)

        process = comanda.start("web", "--port", "0")
        address(process)
        end(process)

    assert [path.name for path in uploads.iterdir()] == [under_way.name]


def test_it_says_that_the_port_is_taken(comanda: Comanda) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        done = comanda.run("web", "--port", taken.getsockname()[1])

    assert (done.returncode, "Choose another port" in done.stderr) == (1, True)


@pytest.mark.parametrize("command", ["worker", "web"])
def test_it_runs_apart(comanda: Comanda, command: str) -> None:
    process = comanda.start(command, *(["--port", "0"] if command == "web" else []))
    told = process.stdout.readline() if process.stdout else ""

    assert told
    assert end(process)[0] == 0
