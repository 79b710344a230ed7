"""The canary: a vendor that sends back all it was sent, in every form, at every status, to every command; and none of
it is on standard output, on standard error, in the log, in the journal."""

from __future__ import annotations

import html
import http.server
import json
import signal
import socketserver
import sys
import threading
from base64 import b64encode, urlsafe_b64encode
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote, quote_plus

import pytest

from tests.terminal.stage import PATIENCE
from tests.terminal.term import Terminal
from wallboard.cli.main import main

BEARER = "cAn4ry/+B34R3R=&%\\'x"
OAUTH = "cAn4ry/+04uth=&%<y>"
BASIC = 'cAn4ry/+B4s1c=&%"z"'
HEADER = "cAn4ry/+H34d3r=&%k"
LOGIN = "cAn4ry +L0g1n=&%é漢"
AMI = "cAn4ry-4m1"
TOKEN = "cAn4ry.T0k3n_of-the-day"
SECRETS = (BEARER, OAUTH, BASIC, HEADER, LOGIN, AMI, TOKEN)


def forms(secret: str, *, ends: int = 4) -> set[str]:
    """Every form in which a vendor may send it back; what is looked for is without the `ends` of base64, which depend
    on what stands beside it."""
    raw = secret.encode()
    found = {
        secret,
        quote(secret, safe=""),
        quote(secret),
        quote_plus(secret),
        json.dumps(secret)[1:-1],
        json.dumps(secret, ensure_ascii=False)[1:-1].replace("/", "\\/"),
        repr(secret)[1:-1],
        html.escape(secret),
        raw.hex(),
    }
    for before in (b"", b"x", b"xx"):
        for encode in (b64encode, urlsafe_b64encode):
            coded = encode(before + raw).decode()
            found.add(coded[ends : len(coded) - ends])
    return found


SENT = [form for secret in SECRETS if secret != TOKEN for form in sorted(forms(secret, ends=0))]
#: What was issued is sent back from when it was used on: before that nobody could know it for a secret.
ISSUED = sorted(forms(TOKEN, ends=0))


class Echo(http.server.BaseHTTPRequestHandler):
    """`mode` says how it answers."""

    mode = "200 json"
    protocol_version = "HTTP/1.0"

    def answer(self) -> None:
        status, form = self.mode.split()
        length = int(self.headers.get("content-length", 0))
        asked = self.rfile.read(length).decode("utf-8", "replace")
        if "oauth/token" in self.path and status != "400":
            self.reply(200, json.dumps({"access_token": TOKEN, "refresh_token": TOKEN + "-2"}), "application/json")
            return
        # One form at a time, for a vendor's sentence is cut after a line.
        Echo.turn += 1
        Echo.used = Echo.used or TOKEN in str(self.headers)
        sent = [*SENT, *ISSUED] if Echo.used else SENT
        one = sent[Echo.turn % len(sent)]
        said = f"bad {one}, you sent {asked} {self.headers}"
        if form == "json":
            self.reply(int(status), json.dumps({"message": said, "items": [said], "data": said}), "application/json")
        elif form == "type":
            self.reply(int(status), said, one.encode("ascii", "replace").decode().replace(";", ","))
        else:
            self.reply(int(status), said, "text/plain")

    turn = 0
    used = False

    def reply(self, status: int, body: str, kind: str) -> None:
        raw = body.encode()
        self.send_response(status, "odd")
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(raw)))
        self.end_headers()
        self.wfile.write(raw)

    do_GET = do_POST = do_PUT = do_DELETE = do_PATCH = answer

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  # its name there
        return None


class Manager(socketserver.StreamRequestHandler):
    """A manager interface that refuses every sign-in and quotes it."""

    def handle(self) -> None:
        self.wfile.write(b"Asterisk Call Manager/9.0.0\r\n")
        for line in self.rfile:
            name, _, value = line.decode().strip().partition(": ")
            if name == "ActionID":
                identity = value
            if name == "Secret":
                secret = value
            if not line.strip():
                said = f"not with Secret: {secret}"
                answer = f"Response: Error\r\nActionID: {identity}\r\nMessage: {said}\r\n\r\n"
                self.wfile.write(answer.encode())


@pytest.fixture
def servers() -> Iterator[tuple[int, int]]:
    with (
        http.server.ThreadingHTTPServer(("127.0.0.1", 0), Echo) as web,
        socketserver.ThreadingTCPServer(("127.0.0.1", 0), Manager) as ami,
    ):
        Echo.used = False
        web.daemon_threads = ami.daemon_threads = True
        threads = [threading.Thread(target=each.serve_forever, args=(0.02,)) for each in (web, ami)]
        for thread in threads:
            thread.start()
        yield web.server_address[1], int(ami.server_address[1])
        web.shutdown()
        ami.shutdown()
        for thread in threads:
            thread.join()


@pytest.fixture
def config(servers: tuple[int, int], tmp_path: Path) -> Path:
    """Six sources, one for each way of signing in."""
    web, ami = servers
    for name, secret in (("bearer", BEARER), ("oauth", OAUTH), ("basic", BASIC), ("header", HEADER), ("login", LOGIN)):
        (tmp_path / name).write_text(secret, encoding="utf-8")
        (tmp_path / name).chmod(0o600)
    (tmp_path / "ami").write_text(AMI)
    (tmp_path / "ami").chmod(0o600)
    config = tmp_path / "config.toml"
    config.write_text(f"""
[operator]
name = "Mira"
[[source]]
name = "one"
vendor = "ringme"
url = "http://127.0.0.1:{web}/api/ver1.0"
queues = ["601"]
auth = {{ kind = "bearer", token = {{ file = "bearer" }} }}
[[source]]
name = "two"
vendor = "ringme"
url = "http://127.0.0.1:{web}/api/ver1.0"
queues = ["601"]
auth = {{ kind = "oauth", client_id = "app", client_secret = {{ file = "oauth" }} }}
[[source]]
name = "three"
vendor = "groupalarm"
url = "http://127.0.0.1:{web}/api/v1/first-responder"
organization = 77
auth = {{ kind = "header", name = "API-TOKEN", value = {{ file = "header" }} }}
[[source]]
name = "four"
vendor = "sinch"
url = "http://127.0.0.1:{web}/RI/rci"
auth = {{ kind = "basic", username = "mira", password = {{ file = "basic" }} }}
[[source]]
name = "five"
vendor = "portsip"
url = "http://127.0.0.1:{web}/api"
options = {{ push = false }}
auth = {{ kind = "login", username = "mira", password = {{ file = "login" }}, domain = "front.example" }}
[[source]]
name = "six"
vendor = "asterisk"
url = "tcp://127.0.0.1:{ami}"
auth = {{ kind = "ami", username = "mira", secret = {{ file = "ami" }} }}
""")
    return config


def test_what_a_vendor_sends_back_is_in_nothing_that_is_written(
    config: Path, home: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("wallboard.cli.do.PATIENCE", 0.2)
    printed: list[str] = []
    for mode in ("200 json", "200 type", "200 plain", "400 json", "401 json", "403 plain", "500 json", "502 type"):
        monkeypatch.setattr(Echo, "mode", mode)
        for command in (["check"], ["snapshot"]):
            main(["--config", str(config), *command])
            captured = capsys.readouterr()
            printed += [captured.out, captured.err]
    main(["--config", str(config), "do", "hold", "one/call/c-1"])
    main(["--config", str(config), "config", "show"])
    main(["--config", str(config), "check", "--json"])
    main(["--config", str(config), "snapshot", "--table"])
    captured = capsys.readouterr()
    written = [path.read_text("utf-8", "replace") for path in home.rglob("*") if path.is_file()]
    everything = "\n".join([*printed, captured.out, captured.err, *written])
    assert everything.count("***") > 100
    assert "not with Secret: ***" in everything
    for secret in SECRETS:
        for form in forms(secret):
            assert form not in everything, form


@pytest.mark.pty
@pytest.mark.parametrize("mode", ["400 json", "403 plain", "200 type"])
def test_what_a_vendor_sends_back_is_not_on_the_screen(
    config: Path, home: Path, monkeypatch: pytest.MonkeyPatch, mode: str
) -> None:
    monkeypatch.setattr(Echo, "mode", mode)
    command = [sys.executable, "-m", "wallboard", "--config", str(config)]
    with Terminal(command, 220, 60) as terminal:
        terminal.wait_for("six", PATIENCE)
        terminal.pass_time(1.0)
        terminal.send(b"0")
        terminal.wait_for("SOURCES", PATIENCE)
        terminal.wait(lambda screen: any("***" in line for line in screen), PATIENCE)
        terminal.pass_time(0.2)  # two keys in one breath are a paste
        terminal.send(b"9")
        terminal.wait_for("▸ log", PATIENCE)
        terminal.signal(signal.SIGTERM)
        assert terminal.wait_exit(PATIENCE) == 143
        shown = terminal.raw.decode("utf-8", "replace")
    written = [path.read_text("utf-8", "replace") for path in home.rglob("*") if path.is_file()]
    everything = "\n".join([shown, *written])
    for secret in SECRETS:
        for form in forms(secret):
            assert form not in everything, form
