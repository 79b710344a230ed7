"""The commands against the simulation behind a real server: what they print, how they end, what they leave behind."""

from __future__ import annotations

import base64
import json
import os
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from threading import Event
from typing import Any
from urllib.parse import quote, quote_plus

import pytest

from tests.acceptance.scene import BO, MY_PHONE, real_world, served
from tests.support import schema
from wallboard import __version__
from wallboard.cli.main import COMMANDS, main
from wallboard.sim import LoggedRequest, SimServer, demo_environment, ready_config
from wallboard.sim.access import BEARERS, CLIENTS


@dataclass(slots=True)
class Printed:
    code: int
    out: str
    err: str


@dataclass(slots=True)
class Site:
    """A served simulation, the config for it, and a way to run commands in this process."""

    app: SimServer
    url: str
    config: Path
    home: Path
    capsys: pytest.CaptureFixture[str]
    monkeypatch: pytest.MonkeyPatch
    variables: dict[str, str]

    def run(self, *words: str, code: int | None = 0) -> Printed:
        for name, value in self.variables.items():
            # A secret is taken out of the environment once it was read.
            self.monkeypatch.setenv(name, value)
        self.capsys.readouterr()
        got = main(["--config", str(self.config), *words])
        printed = self.capsys.readouterr()
        if code is not None:
            assert got == code, printed.out + printed.err
        return Printed(got, printed.out, printed.err)

    def snapshot(self) -> dict[str, Any]:
        data: dict[str, Any] = json.loads(self.run("snapshot", "--json").out)
        return data

    def sent(self) -> list[tuple[str, str, object]]:
        return [(each.method, each.path, each.body) for each in self.actions()]

    def actions(self) -> list[LoggedRequest]:
        return self.app.actions()

    @property
    def call(self) -> str:
        """The id of the call on phone 201."""
        (leg,) = self.app.world.hq.pbx.extensions[201].legs.values()
        return leg.id

    @property
    def journal(self) -> Path:
        return self.home / ".local/state/wallboard/audit.jsonl"


@pytest.fixture
def site(
    tmp_path: Path, home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Iterator[Site]:
    app = real_world()
    with served(app) as url:
        config = tmp_path / "sim.toml"
        config.write_text(ready_config(url), encoding="utf-8")
        yield Site(app, url, config, home, capsys, monkeypatch, demo_environment())


def program(*words: str, env: dict[str, str] | None = None) -> Printed:
    """The program in a process of its own, on no terminal."""
    done = subprocess.run(
        [sys.executable, "-m", "wallboard", *words],
        capture_output=True,
        text=True,
        encoding="utf-8",
        stdin=subprocess.DEVNULL,
        env={**os.environ, **(env or {})},
        timeout=60,
        check=False,
    )
    return Printed(done.returncode, done.stdout, done.stderr)


# ---- snapshot ------------------------------------------------------------------------------------------------------

SOURCES = ["hq", "branch", "responders", "cc", "front"]


def conforms(data: dict[str, Any]) -> None:
    assert list(schema.faults(schema.SNAPSHOT, data)) == []
    for queue in data["queues"]:
        level = queue["service_level"]
        assert level["value"] is None or 0 <= level["value"] <= 1
        assert (level["value"] is None) == (level["reason"] is not None)


def test_snapshot_is_the_documented_object_with_what_is_really_there(site: Site) -> None:
    data = site.snapshot()
    conforms(data)
    taken = datetime.strptime(data["taken_at"], "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)
    assert abs((datetime.now(UTC) - taken).total_seconds()) < 10
    assert [source["name"] for source in data["sources"]] == SOURCES
    assert {source["state"] for source in data["sources"]} == {"live"}
    hq = data["sources"][0]
    assert hq["budget"]["limit"] == 30000
    assert 0 < hq["budget"]["remaining"] < 30000
    assert {part["name"] for part in hq["resources"]} >= {"queues", "members", "agents", "calls"}
    queues = {row["id"]: row for row in data["queues"] if row["source"] == "hq"}
    assert [queues[each]["name"] for each in sorted(queues)] == [
        *("Sales", "Support", "Emergency", "Sales callback", "VIP")
    ]
    assert (queues["601"]["waiting"], queues["601"]["talking"]) == (0, 1)
    assert (queues["602"]["waiting"], queues["602"]["ringing"], queues["602"]["talking"]) == (1, 0, 0)
    assert abs(queues["602"]["longest_wait"] - 40) <= 8
    assert queues["601"]["agents"]["talking"] == 1
    assert queues["601"]["service_level"]["value"] is None
    (call,) = [row for row in data["calls"] if row["source"] == "hq"]
    assert call["id"] == site.call
    assert (call["extension"], call["direction"], call["state"]) == ("201", "in", "talking")
    assert (call["from"], call["from_name"], call["agent"]) == (BO, "Bo Quist", "Anna Petrosyan")
    members = {row["queue"]: row for row in data["members"]}
    assert (members["Sales"]["state"], members["Sales"]["serving"]) == ("talking", "Anna Petrosyan")
    assert (members["Support"]["state"], members["Support"]["serving"]) == ("waiting", None)
    agents = {row["id"]: row for row in data["agents"] if row["source"] == "hq"}
    assert (agents["136_local"]["state"], agents["136_local"]["extension"]) == ("talking", "201")
    assert set(agents["136_local"]["queues"]) == {"Sales", "VIP"}
    assert agents["140_local"]["state"] == "off"
    hotlines = {row["id"]: row for row in data["hotlines"]}
    assert [hotlines[each]["state"] for each in ("311", "314")] == ["open", "paused"]
    assert hotlines["311"]["agents"][0]["name"] == "K. Roth"
    assert len(hotlines["311"]["agents"][0]["phones"]) == 2
    (planned,) = [row for row in data["notices"] if row["why"] == "Planned work"]
    assert (planned["source"], planned["set"], planned["where"]) == ("cc", "Network", "All sites")
    assert planned["remarks"] == "New core switches"
    receptionists = {row["number"]: row for row in data["receptionists"]}
    assert sorted(receptionists) == ["8100", "8101", "8102", "8103", "8104"]
    assert {row["source"] for row in data["receptionists"]} == {"front"}
    assert {type(row["open"]) for row in data["receptionists"]} == {bool}
    assert [way["input"] for way in receptionists["8100"]["sends_to"]][:3] == ["1", "2", "9"]
    # Reading acts on nothing.
    assert site.actions() == []


def test_snapshot_of_a_process_in_a_pipe_is_json_and_a_table_on_request(site: Site) -> None:
    config = str(site.config)
    piped = program("snapshot", "--config", config, env=site.variables)
    assert piped.code == 0, piped.err
    conforms(json.loads(piped.out))
    assert piped.err == ""
    table = program("--config", config, "snapshot", "--table", env=site.variables)
    assert table.code == 0
    assert "Bo Quist" in table.out
    assert "Anna Petrosyan" in table.out
    assert re.search(r"^queues 18$", table.out, re.MULTILINE)


def test_one_broken_source_is_told_and_the_snapshot_still_good(site: Site) -> None:
    site.app.faults.set("groupalarm/*", "status:503")
    site.app.faults.set("branch/*", "html")
    data = site.snapshot()
    conforms(data)
    states = {source["name"]: source for source in data["sources"]}
    assert (states["hq"]["state"], states["branch"]["state"], states["responders"]["state"]) == ("live", "down", "down")
    assert "503" in states["responders"]["detail"]
    assert "login page" in states["branch"]["detail"]
    assert data["hotlines"] == []


def test_unknown_numbers_are_null_and_not_zero(site: Site) -> None:
    counts = {"waiting_members": None, "trying_members": 1, "answered_members": 0}
    site.app.faults.set("hq/extension/602/queue/status/", f"body:{json.dumps(counts)}")
    site.app.faults.set("hq/extension/602/queue/status/members/", "status:500")
    (support,) = [row for row in site.snapshot()["queues"] if row["id"] == "602"]
    assert (support["waiting"], support["ringing"], support["longest_wait"]) == (None, 1, None)


def test_nobody_reached_is_3_and_everybody_refusing_is_4(site: Site) -> None:
    site.monkeypatch.setattr("wallboard.cli.do.PATIENCE", 1.0)
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        # Bound and not listening: connections are refused.
        down = site.config.with_name("down.toml")
        down.write_text(ready_config(f"http://127.0.0.1:{taken.getsockname()[1]}"), encoding="utf-8")
        site.config, up = down, site.config
        printed = site.run("snapshot", "--json", code=3)
        data = json.loads(printed.out)
        conforms(data)
        assert {source["state"] for source in data["sources"]} == {"down"}
        assert "no source was reached" in printed.err
        site.run("check", code=3)
        site.run("do", "hold", "hq/call/x", code=3)
    site.config = up
    site.variables = dict.fromkeys(site.variables, "wrong")
    refused = site.run("snapshot", "--json", code=4)
    data = json.loads(refused.out)
    conforms(data)
    assert {source["state"] for source in data["sources"]} == {"refused"}
    site.run("check", code=4)
    site.run("do", "hold", "hq/call/x", code=4)
    assert site.actions() == []


# ---- check ---------------------------------------------------------------------------------------------------------


def test_check_says_what_works_and_acts_on_nothing(site: Site) -> None:
    text = site.run("check").out
    vendors = ("ringme", "ringme", "groupalarm", "sinch", "portsip")
    blocks = [f"{name} ({vendor})" for name, vendor in zip(SOURCES, vendors, strict=True)]
    for part in ("terminal", "config", "secrets", *blocks):
        assert re.search(rf"^{re.escape(part)}$", text, re.MULTILINE), part
    found = json.loads(site.run("check", "--json").out)
    assert (found["schema"], found["ok"], found["exit"]) == (1, True, 0)
    assert [source["name"] for source in found["sources"]] == SOURCES
    for source in found["sources"]:
        lines = {line["name"]: line["ok"] for line in source["lines"]}
        assert lines["reach"] is True
        assert lines["sign-in"] is True
    assert site.actions() == []


SECRETS = {
    "WALLBOARD_SIM_HQ": "hq",
    "WALLBOARD_SIM_BRANCH": "branch",
    "WALLBOARD_SIM_RESPONDERS": "responders",
    "WALLBOARD_SIM_CC": "cc",
    "WALLBOARD_SIM_CC_KEY": "cc",
    "WALLBOARD_SIM_FRONT": "front",
}
"""Whose secret each variable is."""


def test_a_secret_that_is_missing_is_2(site: Site) -> None:
    assert set(site.variables) == set(SECRETS)
    for name, source in SECRETS.items():
        value = site.variables.pop(name)
        site.monkeypatch.delenv(name, raising=False)
        assert name in site.run("snapshot", code=2).err
        found = json.loads(site.run("check", "--json", code=2).out)
        assert {line["name"]: line["ok"] for line in found["secrets"]} == {each: each != source for each in SOURCES}
        site.variables[name] = value
    assert site.actions() == []


# ---- do ------------------------------------------------------------------------------------------------------------


def test_do_acts_once_says_the_ending_and_writes_it_down(site: Site) -> None:
    call = site.call
    held = site.run("do", "hold", f"hq/call/{call}")
    assert held.out.strip().endswith(
        "accepted: this vendor cannot show it (the vendor does not show which calls are held)"
    )
    listening = site.run("do", "listen", "hq/agent/136_local")
    assert listening.out.strip().endswith("confirmed by my phone's new leg, answered")
    path = f"/extension/201/current_calls/{call}"
    assert site.sent() == [
        ("PUT", path, {"action": "hold"}),
        ("PUT", path, {"action": "eavesdrop", "send_dst": MY_PHONE}),
    ]
    records = [json.loads(line) for line in site.journal.read_text().splitlines()]
    assert [record["phase"] for record in records if record["verb"] == "listen"] == [
        *("requested", "sent", "answered", "confirmed")
    ]
    assert {record["origin"] for record in records} == {"do"}
    assert site.journal.stat().st_mode & 0o777 == 0o600


def test_do_transfers_and_hangs_up(site: Site) -> None:
    moved = site.run("do", "transfer", f"hq/call/{site.call}", "206")
    assert moved.out.strip().endswith("confirmed by the caller at 206")
    assert "Fatima Zahra" in moved.out
    (leg,) = site.app.world.hq.pbx.extensions[206].legs
    ended = site.run("do", "hangup", f"hq/call/{leg}", "--yes")
    assert "confirmed by it is gone" in ended.out
    assert [method for method, _, _ in site.sent()] == ["PUT", "DELETE"]


def test_do_on_agents_and_hotlines(site: Site) -> None:
    assert "confirmed" in site.run("do", "signin", "hq/agent/137_local").out
    assert "confirmed" in site.run("do", "staff", "hq/agent/136_local", "603").out
    assert "confirmed" in site.run("do", "open", "responders/hotline/314").out
    assert "noted" in site.run("do", "note", f"hq/call/{site.call}", "asked twice").out
    assert [(method, path) for method, path, _ in site.sent()] == [
        ("PUT", "/extension/202/agent/137"),
        ("POST", "/extension/603/queue/agents/local/"),
        ("PUT", "/hotlines/314"),
    ]


def test_do_asks_and_without_a_terminal_does_nothing(site: Site) -> None:
    for words in (
        ("barge", f"hq/call/{site.call}"),
        ("close", "responders/hotline/311"),
        ("transfer", f"hq/call/{site.call}", "+4930999888777"),
    ):
        assert "add --yes" in site.run("do", *words, code=2).err
    refused = program("do", "hangup", f"hq/call/{site.call}", "--config", str(site.config), env=site.variables)
    assert (refused.code, refused.out) == (2, "")
    assert "add --yes" in refused.err
    assert site.actions() == []


def test_do_fails_with_1_when_it_is_not_confirmed(site: Site) -> None:
    site.app.faults.set("hq/extension/*/current_calls/*", "status:404", method="PUT")
    done = site.run("do", "hold", f"hq/call/{site.call}", code=1)
    assert done.out.strip().endswith("not confirmed: already over")
    site.app.faults.clear()
    site.app.faults.set("hq/extension/*/current_calls/*", "status:403", method="PUT")
    assert "nothing happened" in site.run("do", "hold", f"hq/call/{site.call}", code=1).out
    assert len(site.actions()) == 2


@pytest.mark.parametrize(
    ("words", "code", "says"),
    [
        (("hold", "nonsense"), 2, "source/kind/id"),
        (("hold", "hq/carrot/1"), 2, "not a kind"),
        (("hold", "nowhere/call/1"), 2, "hq, branch, responders"),
        (("transfer", "hq/call/1"), 2, "needs DEST"),
        (("hold", "hq/call/1", "5"), 2, "takes no DEST"),
        (("juggle", "hq/call/1"), 2, "invalid choice"),
        (("hold", "hq/call/1"), 1, "is not there"),
        (("hold", "hq/agent/140_local"), 1, "not on a call"),
        (("pause", "hq/agent/136_local"), 1, "knows only signed in and signed out"),
    ],
)
def test_do_says_what_is_wrong_with_its_words(site: Site, words: tuple[str, ...], code: int, says: str) -> None:
    assert says in site.run("do", *words, code=code).err
    assert site.actions() == []


def test_the_journal_is_verified_and_an_edited_line_found(site: Site) -> None:
    assert site.run("audit", "verify").code == 0
    site.run("do", "hold", f"hq/call/{site.call}")
    site.run("do", "resume", f"hq/call/{site.call}", code=None)
    assert "whole" in site.run("audit", "verify").out
    assert "hold" in site.run("audit", "show").out
    lines = site.journal.read_text().splitlines()
    lines[1] = lines[1].replace('"verb":"hold"', '"verb":"park"')
    site.journal.write_text("\n".join(lines) + "\n")
    broken = site.run("audit", "verify", code=1)
    assert "BROKEN" in broken.out
    assert "audit.jsonl:2" in broken.out


# ---- sim, and the small ones ---------------------------------------------------------------------------------------


def test_sim_prints_a_config_with_which_a_snapshot_works(tmp_path: Path) -> None:
    written = tmp_path / "sim.toml"
    with written.open("w") as out:
        process = subprocess.Popen(
            [sys.executable, "-m", "wallboard", "sim", "--port", "0", "--seed", "3"],
            stdout=out,
            stderr=subprocess.PIPE,
            text=True,
        )
    try:
        assert process.stderr is not None
        variables: dict[str, str] = {}
        port = 0
        for line in process.stderr:
            if match := re.search(r"serving on http://127\.0\.0\.1:(\d+)", line):
                port = int(match[1])
            if match := re.fullmatch(r"  export (\w+)=(\S+)\n", line):
                variables[match[1]] = match[2]
            if "wallboard --config" in line:
                break
        assert f"http://127.0.0.1:{port}/" in written.read_text()
        _listening(port)
        taken = program("snapshot", "--json", "--config", str(written), env=variables)
        assert taken.code == 0, taken.err
        data = json.loads(taken.out)
        conforms(data)
        assert {source["state"] for source in data["sources"]} == {"live"}
        assert data["calls"] != []
        process.send_signal(signal.SIGINT)
        assert process.wait(10) in (0, 130)
    finally:
        process.kill()
        process.wait()
        if process.stderr is not None:
            process.stderr.close()


def _listening(port: int) -> None:
    patience = Event()
    for _ in range(400):
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
            return
        except ConnectionRefusedError:
            patience.wait(0.05)
    raise AssertionError("nobody listens")


@pytest.mark.parametrize("command", ["", *COMMANDS, "config show", "config path", "audit verify", "audit show"])
def test_every_command_explains_itself(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([*command.split(), "--help"]) == 0
    printed = capsys.readouterr()
    assert printed.out.startswith(f"usage: wallboard {command}".rstrip())
    assert "--config" in printed.out
    assert printed.err == ""


def test_version_and_lists_of_a_process() -> None:
    assert program("--version").out == f"wallboard {__version__}\n"
    themes = program("themes")
    assert (themes.code, "control-room" in themes.out) == (0, True)
    keys = program("keys", "--defaults")
    assert keys.code == 0
    assert '"call.listen" = "e"' in keys.out


def test_init_writes_a_config_that_check_understands_and_never_overwrites(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "new" / "config.toml"
    assert main(["init", "--config", str(path)]) == 0
    assert capsys.readouterr().out.strip() == str(path)
    before = path.read_text()
    assert main(["--config", str(path), "init"]) == 2
    assert path.read_text() == before
    capsys.readouterr()
    assert main(["check", "--config", str(path)]) == 2
    assert "there is no [[source]]" in capsys.readouterr().out
    assert path.stat().st_mode & 0o777 == 0o600


def test_a_console_without_a_terminal_is_5(site: Site) -> None:
    for words in (("run",), ("demo",), ()):
        refused = program("--config", str(site.config), *words, env=site.variables)
        assert (refused.code, refused.out) == (5, "")
        assert "not a terminal" in refused.err
    assert site.app.requests == []


# ---- secrets -------------------------------------------------------------------------------------------------------

CANARIES = ("cAn4ry/+S3CR3T=&%hq", "cAn4ry/+S3CR3T=&%branch", "cAn4ry/+S3CR3T=&%responders")


def disguises(secret: str) -> set[str]:
    raw = secret.encode()
    found = {secret, quote(secret, safe=""), quote_plus(secret), raw.hex(), secret.replace("/", "\\/")}
    for before in (b"", b"x", b"xx"):
        # What base64 makes of it in the middle of other text, without the ends that its surroundings change.
        found.add(base64.b64encode(before + raw)[4:-4].decode())
        found.add(base64.urlsafe_b64encode(before + raw)[4:-4].decode())
    return found


def test_no_secret_is_in_anything_printed_or_written(site: Site, tmp_path: Path) -> None:
    site.monkeypatch.setattr("wallboard.cli.do.PATIENCE", 1.0)
    hq, branch, responders = CANARIES
    site.app.tokens.bearers = {**BEARERS, hq: "hq"}
    site.app.tokens.clients = {**CLIENTS, "wallboard-branch": ("branch", branch)}
    site.app.groupalarm.tokens["api-token"] = responders
    token = tmp_path / "token"
    token.write_text(hq + "\n")
    token.chmod(0o600)
    other = tmp_path / "other"
    other.write_text(responders)
    other.chmod(0o600)
    site.variables = {"CANARY_BRANCH": branch}
    site.config.write_text(f"""
[operator]
name = "Mira"
phone = "{MY_PHONE}"
[[source]]
name = "hq"
vendor = "ringme"
url = "{site.url}/ringme/hq/api/ver1.0"
client = "@me"
auth = {{ kind = "bearer", token = {{ file = "{token}" }} }}
[[source]]
name = "branch"
vendor = "ringme"
url = "{site.url}/ringme/branch/api/ver1.0"
client = "@me"
auth = {{ kind = "oauth", client_id = "wallboard-branch", client_secret = {{ env = "CANARY_BRANCH" }} }}
[[source]]
name = "responders"
vendor = "groupalarm"
url = "{site.url}/groupalarm/api/v1/first-responder"
organization = 77
auth = {{ kind = "header", name = "API-TOKEN", value = {{ command = ["cat", "{other}"] }} }}
""")
    printed: list[Printed] = [site.run("snapshot", "--json"), site.run("snapshot", "--table"), site.run("check")]
    printed += [site.run("config", "show"), site.run("check", "--json"), site.run("do", "hold", f"hq/call/{site.call}")]
    printed.append(program("--config", str(site.config), "snapshot", env=site.variables))
    # A vendor that sends back what it was sent, and one that refuses it.
    echo = json.dumps({"message": f"bad token {hq} {responders} {branch}", "error": branch})
    for fault in (f"body:{echo}", "status:401", "garbage"):
        site.app.faults.set("*", fault)
        printed += [site.run("snapshot", code=None), site.run("check", code=None)]
        printed.append(site.run("do", "hold", f"hq/call/{site.call}", code=None))
        site.app.faults.clear()
    token.chmod(0o644)
    printed += [site.run("snapshot", code=2), site.run("check", "--json", code=2)]
    kept = [path for path in site.home.rglob("*") if path.is_file()]
    assert {"audit.jsonl", "wallboard.log"} <= {path.name for path in kept}
    everything = "\n".join(
        [text for each in printed for text in (each.out, each.err)] + [path.read_text("latin-1") for path in kept]
    )
    assert "Bo Quist" in everything
    for canary in CANARIES:
        for shape in disguises(canary):
            assert len(shape) > 10
            assert shape not in everything
