"""`wallboard check`: one line for each verb with what it rests on, and what the vendor does not have."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.share.nats import RIGHTS, Server
from tests.support.machine_log import Log
from tests.vendors.sinch.server import WATER
from tests.vendors.suite.asterisk import AsteriskStand
from tests.vendors.suite.groupalarm import GroupalarmStand
from tests.vendors.suite.portsip import PortsipStand
from tests.vendors.suite.ringme import RingmeStand
from tests.vendors.suite.sinch import SET, SinchStand
from tests.vendors.suite.stand import Fault, Stand
from wallboard.cli import check
from wallboard.cli.main import main
from wallboard.cli.rights import WITHOUT, with_verbs
from wallboard.domain.command import Verb
from wallboard.vendors.asterisk import check as asterisk_check
from wallboard.vendors.base import CheckLine

pytestmark = pytest.mark.anyio

STANDS: tuple[type[Stand], ...] = (RingmeStand, GroupalarmStand, SinchStand, PortsipStand, AsteriskStand)
NOWHERE = """
[[source]]
name = "gone"
vendor = "groupalarm"
organization = 77
url = "http://127.0.0.1:1/api/v1/first-responder"
auth = { kind = "none" }
"""
VERBS = {verb.value for verb in Verb}


@pytest.fixture(autouse=True)
def hasty(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody moves the clock here while the events of an Asterisk are listened to."""
    monkeypatch.setattr(asterisk_check, "WATCH", 0.0)
    monkeypatch.setattr(asterisk_check, "GRACE", 0.0)
    # Where nobody listens it is tried again as long.
    monkeypatch.setattr(check, "BUS", 1.5)


async def checked(stand: Stand, **changes: Any) -> tuple[list[CheckLine], check.Section]:
    """The lines of one source, and the section that is printed of them."""
    if isinstance(stand, AsteriskStand):
        stand.listens = False
    async with stand.open(**changes) as session:
        lines = with_verbs(session.adapter, await session.adapter.check())
        assert stand.acted == []
        return lines, check.section_of(session.adapter.settings, lines)


def by_name(lines: list[CheckLine]) -> dict[str, CheckLine]:
    return {line.name: line for line in lines}


@pytest.mark.parametrize("stand", STANDS, ids=lambda stand: stand.name)
async def test_every_verb_has_a_line_or_stands_among_those_that_the_vendor_does_not_have(stand: type[Stand]) -> None:
    lines, section = await checked(stand())
    named = [line.name for line in lines if line.name in VERBS]
    without = [line.text for line in lines if line.name == WITHOUT]
    absent = [
        verb for text in without for verb in text.removeprefix("not with this vendor: ").partition(" (")[0].split(", ")
    ]
    assert sorted([*named, *absent, "note"]) == sorted(VERBS)
    assert all(text.endswith(")") and not text.endswith("()") for text in without)
    assert len({text.partition(" (")[2] for text in without}) == len(without)
    assert not [line for line in lines if line.ok is False]
    assert check.verdict([section]) == 0
    # Rights come after what they rest on.
    names = [line.name for line in lines]
    assert names[:2] == ["reach", "sign-in"]
    assert names[-len(named) - len(without) :] == [*named, *(WITHOUT,) * len(without)]


@pytest.mark.parametrize("stand", STANDS, ids=lambda stand: stand.name)
async def test_read_only_is_said_of_every_verb(stand: type[Stand]) -> None:
    lines, section = await checked(stand(), read_only=True)
    verbs = [line for line in lines if line.name in VERBS]
    assert verbs
    assert all(line.ok is False and "read-only" in line.text for line in verbs)
    assert check.verdict([section]) == 0


@pytest.mark.parametrize("stand", STANDS, ids=lambda stand: stand.name)
async def test_a_verb_that_the_operator_may_not_use_says_so_and_is_no_failure(stand: type[Stand]) -> None:
    may = frozenset({Verb.LISTEN, Verb.SIGNIN})
    vendor = stand()
    if isinstance(vendor, AsteriskStand):
        vendor.listens = False
    async with vendor.open() as session:
        lines = with_verbs(session.adapter, await session.adapter.check(), may)
        section = check.section_of(session.adapter.settings, lines)
    verbs = [line for line in lines if line.name in VERBS]
    assert verbs
    for line in verbs:
        assert (line.text == "not in [operator] may") is (line.name not in may)
    assert check.verdict([section]) == 0


def test_check_tries_the_log_that_the_journal_goes_on_to(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "config.toml"
    path.write_text(f'[audit]\nforward = "syslog"\nsocket = "{tmp_path}/log"\n{NOWHERE}')
    main(["check", "--config", str(path)])
    shown = " ".join(capsys.readouterr().out.split())
    assert f"-- audit syslog does not take it now ({tmp_path}/log: No such file or directory)" in shown
    with closing(Log(tmp_path / "log")):
        main(["check", "--config", str(path)])
    shown = " ".join(capsys.readouterr().out.split())
    assert f"ok audit the action journal also goes to syslog ({tmp_path}/log)" in shown


def test_check_says_which_verbs_this_operator_may_use(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    config = tmp_path / "config.toml"
    for may, told in ((["listen", "note"], "listen, note"), ([], "nothing"), (None, "")):
        config.write_text(("" if may is None else f"[operator]\nmay = {may}\n") + NOWHERE)
        main(["--config", str(config), "check"])
        shown = capsys.readouterr().out
        assert (f"[operator] may {told}; end, of one's own listening, always" in shown) is (may is not None)


def test_who_holds_no_secret_asks_nobody_for_it(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    config = tmp_path / "config.toml"
    text = (Path(__file__).parents[1] / "config" / "valid" / "share-executor.toml").read_text()
    config.write_text(text.replace("tls://bus.example.net:4222", "nats://127.0.0.1:1"))
    # Without the bus it shows nothing.
    assert main(["--config", str(config), "check"]) == 3
    shown = " ".join(capsys.readouterr().out.split())
    assert "ok hq needs none here: `serve` reads and acts" in shown
    assert "pbx (asterisk) -- reach through the bus, by others: not tried" in shown


SHARE = """
[share]
url = ["nats://127.0.0.1:{port}"]
site = "north"
auth = {{ kind = "nats", username = "desk", password = {{ file = "bus.secret" }} }}
"""


def secret(path: Path, text: str, mode: int = 0o600) -> None:
    path.write_text(text)
    path.chmod(mode)


def test_every_secret_of_the_configuration_is_looked_at(
    home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    config = tmp_path / "config.toml"
    hook = '[serve]\nhook = { listen = "127.0.0.1:0", url = "https://hooks.example.net/wb" }\n'
    config.write_text(f'[web]\ntoken = {{ file = "web.token" }}\n{hook}{SHARE.format(port=1)}{NOWHERE}')
    kept = home / ".local" / "state" / "wallboard" / "hooks.secret"
    kept.parent.mkdir(parents=True)

    def shown(code: int) -> str:
        assert main(["--config", str(config), "check"]) == code
        return " ".join(capsys.readouterr().out.split())

    # As every command that polls.
    said = shown(2)
    assert f"no [share] {config}:9: the secret's file '{tmp_path}/bus.secret' cannot be read: No such file" in said
    assert f"no [web] {config}:2: the secret's file '{tmp_path}/web.token' cannot be read" in said
    assert f"-- [serve] the secret of the webhooks is made when `serve` first needs it ({kept})" in said
    assert main(["--config", str(config), "snapshot", "--json"]) == 2
    capsys.readouterr()
    secret(tmp_path / "bus.secret", "desk")
    secret(tmp_path / "web.token", "short")
    secret(kept, "x" * 43, 0o644)
    said = shown(2)
    assert "ok [share] has what it signs in with" in said
    assert f"no [web] {config}:2: the token has fewer than 16 characters; make one: " in said
    assert f"no [serve] {kept}: others may open the secret's file" in said
    secret(tmp_path / "web.token", "x" * 16)
    kept.chmod(0o600)
    said = shown(3)
    assert "ok [web] has the token that the board opens with" in said
    assert "ok [serve] has the secret of the webhooks" in said


def test_the_bus_is_tried_and_what_is_wrong_is_said_with_what_to_do(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    config = tmp_path / "config.toml"
    secret(tmp_path / "bus.secret", "desk")

    def shown(port: int, code: int) -> str:
        config.write_text(SHARE.format(port=port) + NOWHERE)
        assert main(["--config", str(config), "check"]) == code
        return " ".join(capsys.readouterr().out.split())

    assert "no reach nats://127.0.0.1:1: " in (said := shown(1, 3))
    assert "check [share] url, and that the NATS server runs" in said
    server = Server(tmp_path, RIGHTS).start()
    try:
        said = shown(server.port, 3)
        assert "bus ok reach answered in " in said
        assert "ok sign-in as desk" in said
        secret(tmp_path / "bus.secret", "wrong")
        said = shown(server.port, 4)
        assert "no sign-in" in said
        assert "check [share] auth, and the users of the NATS server" in said
    finally:
        server.kill()


async def test_a_right_shows_only_when_used_and_what_it_rests_on_is_said() -> None:
    lines, _ = await checked(RingmeStand())
    told = by_name(lines)
    assert told["hold"] == CheckLine("hold", None, "shows only when used; calls can be read")
    assert told["listen"].text == "shows only when used; calls, members can be read; rings 022*300"
    assert told["signin"].text == "shows only when used; agents can be read"


async def test_a_source_that_refuses_lists_says_which_verbs_will_not_work() -> None:
    vendor = RingmeStand()
    vendor.faults = {"calls": Fault.FORBIDDEN, "members": Fault.FORBIDDEN}
    lines, section = await checked(vendor, phones=None)
    told = by_name(lines)
    for verb in ("listen", "transfer", "park", "hangup", "pickup", "hold"):
        assert told[verb].ok is False
        assert "cannot be read: not permitted for this account" in told[verb].text
    assert told["signin"].ok is None
    assert told["call"].text == "shows only when used; agents, queues can be read; members, calls cannot; rings 022*300"
    # A right that the account does not have is no failure.
    assert check.verdict([section]) == 0
    shown = check.as_text([section]).splitlines()
    assert shown[0] == "src (ringme)"
    assert "  no  members        not permitted for this account: not now" in shown
    assert "  no  hangup         calls, members cannot be read: not permitted for this account: not now" in shown
    assert any(line.startswith("  --  signin         shows only when used") for line in shown)
    assert "  --  not here       not with this vendor: open, close, announce (this vendor has no hotlines)" in shown
    found = check.as_json([section], check.verdict([section]))
    assert (found["ok"], found["exit"]) == (True, 0)
    (source,) = found["sources"]
    rights = {line["name"]: line["ok"] for line in source["lines"]}
    assert (rights["transfer"], rights["signin"]) == (False, None)
    assert all(set(line) == {"name", "ok", "text"} for line in source["lines"])


async def test_a_list_in_trouble_is_a_failure() -> None:
    vendor = RingmeStand()
    vendor.faults = {"members": Fault.BROKEN}
    lines, section = await checked(vendor)
    assert by_name(lines)["members"].ok is False
    assert by_name(lines)["transfer"].ok is None
    assert check.verdict([section]) == 1


@pytest.mark.parametrize("stand", [RingmeStand, PortsipStand, AsteriskStand], ids=lambda stand: stand.name)
async def test_without_a_phone_nothing_can_ring_it(stand: type[Stand]) -> None:
    told = by_name((await checked(stand(), phone=""))[0])
    for verb in ("listen", "whisper", "barge", "pickup", "call"):
        if verb in told:
            assert told[verb].ok is False
            assert "phone" in told[verb].text
    assert told["transfer"].ok is not False


async def test_a_phone_that_is_not_of_the_account_places_no_calls() -> None:
    told = by_name((await checked(RingmeStand(), phone="999"))[0])
    assert (told["call"].ok, told["listen"].ok) == (False, None)


async def test_agents_whose_profiles_are_closed_cannot_be_signed_in() -> None:
    vendor = RingmeStand()
    for phone in vendor.server.phones:
        vendor.server.routes[f"GET /extension/{phone['id']}/agent/"] = httpx.Response(403)
    lines, section = await checked(vendor)
    told = by_name(lines)
    assert [told[verb].ok for verb in ("signin", "signout", "staff", "unstaff", "hold")] == [False] * 4 + [None]
    assert "agent profiles cannot be read" in told["staff"].text
    assert check.verdict([section]) == 0


async def test_asterisk_knows_what_its_account_may() -> None:
    vendor = AsteriskStand()
    vendor.server.commands = ("Ping", "QueueStatus", "CoreShowChannels", "ParkedCalls", "Hangup")
    lines, section = await checked(vendor)
    told = by_name(lines)
    assert (told["hangup"].ok, told["hangup"].text) == (True, "this account may use Hangup")
    assert (told["park"].ok, told["park"].text) == (False, "this account may not use Park")
    assert told["listen"].text == "this account may not use Originate"
    assert check.verdict([section]) == 0


async def test_asterisk_calls_that_cannot_be_seen_cannot_be_hung_up() -> None:
    vendor = AsteriskStand()
    vendor.faults = {"calls": Fault.FORBIDDEN, "parked": Fault.FORBIDDEN, "members": Fault.FORBIDDEN}
    lines, section = await checked(vendor)
    told = by_name(lines)
    assert told["hangup"].ok is False
    assert "cannot be read" in told["hangup"].text
    assert check.verdict([section]) == 0


async def test_portsip_names_the_role_of_the_account() -> None:
    vendor = PortsipStand()
    vendor.rows["users"][0]["name"] = "mira"
    vendor.rows["users"][0]["role"] = "Queue Manager"
    assert by_name((await checked(vendor))[0])["role"] == CheckLine("role", True, "Queue Manager")
    told = by_name((await checked(PortsipStand()))[0])
    assert told["role"].ok is None


async def test_sinch_says_in_which_sets_a_notice_can_be_put_up() -> None:
    vendor = SinchStand()
    vendor.server.sets = [{"id": SET, "name": "electricity"}, {"id": WATER, "name": "water"}]
    for part in ("items", "events"):
        vendor.server.answers[f"GET /disruptionSets/{WATER}/{part}"] = lambda request: httpx.Response(403)
    told = by_name((await checked(vendor))[0])
    assert (
        told["notices"].text == "2 sets; electricity has 1 active, 4 items; not water: not permitted for this account"
    )
    assert told["publish"].text == "shows only when used; only in electricity"
    closed = SinchStand()
    closed.faults = {"notices": Fault.FORBIDDEN}
    assert by_name((await checked(closed))[0])["publish"] == CheckLine("publish", False, "its notices cannot be read")


@pytest.mark.parametrize(("fault", "code"), [(Fault.REFUSED, 4), (Fault.CLOSED, 3)])
@pytest.mark.parametrize("stand", STANDS, ids=lambda stand: stand.name)
async def test_of_a_source_that_lets_nobody_in_no_verb_is_known(stand: type[Stand], fault: Fault, code: int) -> None:
    vendor = stand()
    vendor.everywhere = fault
    lines, section = await checked(vendor)
    assert not [line for line in lines if line.name in VERBS or line.name == WITHOUT]
    assert check.verdict([section]) == code
