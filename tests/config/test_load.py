"""Good files, as the rest of the program gets them."""

from __future__ import annotations

from pathlib import Path

import pytest

from wallboard.cli.serve import _config as as_the_poller
from wallboard.config.addresses import address
from wallboard.config.load import load
from wallboard.config.settings import Address, AlarmSettings, Hook, Operator, ServeSettings
from wallboard.domain.command import Verb
from wallboard.domain.errors import ConfigError
from wallboard.domain.keys import Resource
from wallboard.domain.places import Favourite, Route
from wallboard.domain.rules import AgentLimits, Goal, Limits, QueueRule
from wallboard.domain.views import View
from wallboard.vendors.base import AmiAuth, HeaderAuth, NoAuth, OAuthAuth

VALID = Path(__file__).resolve().parent / "valid"


@pytest.fixture
def secrets(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HQ_SECRET", "hq-secret")
    monkeypatch.setenv("AMI_SECRET", "ami-secret")


@pytest.mark.usefixtures("secrets")
@pytest.mark.parametrize("path", sorted(VALID.glob("*.toml")), ids=lambda path: path.stem)
def test_valid_files_load(path: Path, tmp_path: Path) -> None:
    copy = tmp_path / path.name
    copy.write_bytes(path.read_bytes())
    copy.chmod(0o600)
    assert load(copy).config().sources


@pytest.mark.usefixtures("secrets")
def test_the_documented_file(tmp_path: Path) -> None:
    copy = tmp_path / "full.toml"
    copy.write_bytes((VALID / "full.toml").read_bytes())
    copy.chmod(0o600)
    config = load(copy).config()
    assert config.theme == "control-room"
    assert config.operator == Operator("Mira", "2001")
    hq, responders, lab = config.sources
    assert (hq.name, hq.vendor, hq.url) == ("hq", "ringme", "https://pbx.example.net/api/ver1.0")
    assert isinstance(hq.auth, OAuthAuth)
    assert hq.auth.client_secret.reveal() == "hq-secret"
    assert [(name, value.reveal()) for name, value in hq.headers] == [("X-Tenant", "north")]
    assert (hq.client, hq.queues, hq.phones, hq.park_slots) == ("@me", ("601", "602"), ("201", "202"), (1, 2, 3))
    assert (hq.phone, hq.operator, hq.timezone, hq.region, hq.budget) == ("2001", "Mira", "Europe/Berlin", "DE", 600)
    assert (hq.consoles, responders.consoles) == (40, None)
    assert hq.every == {"calls": 2, "queues": 5}
    assert responders.url == "https://app.groupalarm.com/api/v1/first-responder"
    assert isinstance(responders.auth, HeaderAuth)
    assert (responders.auth.name, responders.auth.value.reveal()) == ("API-TOKEN", "ga-secret")
    assert (responders.organization, responders.people, responders.read_only) == (77, {"5": "K. Roth"}, True)
    assert responders.words == {"in activation": "starting", "Blau": "open"}
    assert (responders.phone, responders.queues, responders.park_slots) == ("", None, None)
    assert isinstance(lab.auth, AmiAuth)
    assert lab.auth.secret.reveal() == "ami-secret"
    assert (lab.phone, lab.transfer_context, lab.park_lot, lab.wrap_up) == (
        "PJSIP/2001",
        "from-internal",
        "default",
        15,
    )
    panes = (Resource.QUEUES, Resource.MEMBERS, Resource.HOTLINES)
    sort = ((Resource.MEMBERS, "wait"),)
    assert config.views == (View("night", ("Night*", "Emergency*"), ("hq",), panes, "-roster", sort),)
    assert config.queues == (
        QueueRule("Sales*", Goal(80, 20, "live"), Limits(3, 60), Limits(6, 120, 0)),
        QueueRule(
            "Emergency*",
            None,
            Limits(ready=1, service=80, lost_percent=5),
            Limits(ready=0, service=65, lost_percent=10),
            AgentLimits(900, 120, 1800, 40, 180),
            priority=1,
        ),
    )
    assert config.favourites == (Favourite("Night desk", "8100", "lab"),)
    assert config.routes == (Route("hq", "lab", "88"),)
    assert config.alarm == AlarmSettings(True, ((1320, 360), (720, 810)), True, 5, 15, 0.2, 600)
    assert (config.forward, config.forward_socket) == ("journald", "/run/log.socket")
    assert config.keys == {"call.hangup": ("X",), "nav.up": ("up", "K")}


def test_an_operators_number_is_no_channel_elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AMI_SECRET", "x")
    path = tmp_path / "config.toml"
    source = """
        [[source]]
        name = "lab"
        vendor = "asterisk"
        url = "tcp://127.0.0.1"
        auth = { kind = "ami", username = "a", secret = { env = "AMI_SECRET" } }
    """
    path.write_text('[operator]\nphone = "2001"\n' + source)
    assert load(path).config().sources[0].phone == ""
    path.write_text('[operator]\nphone = "PJSIP/2001"\n' + source)
    monkeypatch.setenv("AMI_SECRET", "x")
    assert load(path).config().sources[0].phone == "PJSIP/2001"


@pytest.mark.usefixtures("secrets")
def test_odd_ways_of_writing_are_the_same() -> None:
    checked = load(VALID / "odd-toml.toml")
    config = checked.config()
    assert config.operator == Operator('Mira "the night" Lund', "2001")
    assert config.sources[0].queues == ("601", "6#02")
    assert [rule.match for rule in config.queues] == ["A[bc]*", "x"]
    lines = (VALID / "odd-toml.toml").read_text().splitlines()
    assert lines[checked.places["source", 0, "auth", "token", "env"].line - 1].startswith("env =")
    assert lines[checked.places["source", 0, "queues", 1].line - 1].strip().startswith('"6#02"')
    assert lines[checked.places["queue", 1, "alarm", "ready"].line - 1].strip().startswith('{ match = "x"')
    assert lines[checked.places["operator", "phone"].line - 1].startswith('operator."phone"')


def test_loading_reads_no_secret() -> None:
    checked = load(VALID / "insecure-and-loopback.toml")
    with pytest.raises(ConfigError) as caught:
        checked.config()
    # Both sources' faults at once, each at its line.
    assert str(caught.value).splitlines() == [
        f"{checked.path}:6: the environment has no AMI_SECRET; set it: export AMI_SECRET=…",
        f"{checked.path}:12: the environment has no HQ_SECRET; set it: export HQ_SECRET=…",
    ]


def test_a_console_for_which_others_act_reads_no_secret_and_needs_none() -> None:
    checked = load(VALID / "share-executor.toml")
    config = checked.config()
    assert config.share is not None
    assert (config.share.remote, config.share.acts) == (True, False)
    assert [source.auth for source in config.sources] == [NoAuth(), NoAuth()]
    with pytest.raises(ConfigError) as caught:
        checked.config(serves=True)
    with pytest.raises(ConfigError, match="auth is missing"):
        as_the_poller(checked, None)
    why, missing = str(caught.value).splitlines()
    assert "auth is missing" in why
    assert "there is no secret's file" in missing or "ami.secret" in missing


def test_a_ca_file_lies_beside_the_config(tmp_path: Path) -> None:
    (tmp_path / "pbx.pem").write_text("")
    path = tmp_path / "config.toml"
    path.write_text((VALID / "smallest.toml").read_text() + 'ca_file = "pbx.pem"\n')
    (source,) = load(path).config().sources
    assert source.ca_file == str(tmp_path / "pbx.pem")
    assert source.auth == NoAuth()


def test_what_an_operator_may_is_exactly_what_is_named(tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    rest = (VALID / "smallest.toml").read_text()
    for text, may in (
        ("", None),
        ("may = []", frozenset()),
        ('may = ["listen", "note"]', frozenset({Verb.LISTEN, Verb.NOTE})),
    ):
        path.write_text(f"[operator]\n{text}\n{rest}")
        assert load(path).config().operator.may == may
    path.write_text(f'[operator]\nmay = ["lisen"]\n{rest}')
    with pytest.raises(ConfigError, match="'lisen' is not known; did you mean"):
        load(path)


def test_the_minutes_without_a_key_are_a_number_of_minutes(tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    rest = (VALID / "smallest.toml").read_text()
    for text, minutes in (("", None), ("idle_lock = 15", 15.0), ("idle_lock = 0.5", 0.5)):
        path.write_text(f"[operator]\n{text}\n{rest}")
        assert load(path).config().operator.idle_lock == minutes
    for text in ("0", "-1", "nan", "inf", "true", '"15"', "2000"):
        path.write_text(f"[operator]\nidle_lock = {text}\n{rest}")
        with pytest.raises(ConfigError, match=r":2: \[operator\] idle_lock is"):
            load(path)


def test_addresses_of_serve_are_hosts_and_ports() -> None:
    serve = load(VALID / "serve.toml").config().serve
    assert serve == ServeSettings(
        Address("::1", 9108), Hook(Address("localhost", 9080), "https://hooks.example.net/wb")
    )
    assert str(serve.metrics) == "[::1]:9108"


@pytest.mark.parametrize(
    "text", ["", ":1", "host", "host:", "host:65536", "host:1/x", "[::1", "a b:1", "::1:80", "é:1"]
)
def test_what_is_no_address_is_none(text: str) -> None:
    assert address(text) is None
