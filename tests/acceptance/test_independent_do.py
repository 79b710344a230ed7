"""`do` from a process of its own: it has read nothing before, and must have read enough before it acts."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

import httpx
import pytest

from tests.support.machine_log import Log
from tests.vendors.ringme.server import CALLS, MISSING, Server, ok
from wallboard.cli.answers import Order
from wallboard.cli.do import act
from wallboard.config.load import load
from wallboard.control.journal_reader import show
from wallboard.domain.command import Verb
from wallboard.runtime.rooms import headless

pytestmark = pytest.mark.anyio

CALL = CALLS[0]["call_api_id"]
WIDE = 'client = "@me"'
LISTED = 'queues = ["34414"]\nphones = ["32494", "32495"]'


class Script:
    """One command line a call, against `vendor`."""

    def __init__(
        self, vendor: Server, place: Path, monkeypatch: pytest.MonkeyPatch, more: str, phone: str = "022*300"
    ) -> None:
        self.vendor = vendor
        self._place = place
        self._config = place / "config.toml"
        monkeypatch.setenv("PBX_TOKEN", "S3CR3T-token")
        self._config.write_text(
            f'[operator]\nname = "Mira"\nphone = "{phone}"\n[[source]]\nname = "hq"\nvendor = "ringme"\n'
            f'url = "https://pbx.example.net/api/ver1.0"\n{more}\n'
            'auth = { kind = "bearer", token = { env = "PBX_TOKEN" } }\n',
            encoding="utf-8",
        )

    def forwards(self, socket: Path) -> None:
        """Let the journal go on to there, too."""
        with self._config.open("a", encoding="utf-8") as file:
            file.write(f'[audit]\nforward = "syslog"\nsocket = "{socket}"\n')

    async def run(self, verb: Verb, target: str, destination: str = "") -> int:
        config = load(self._config).config()
        async with headless(config, transports=lambda _: httpx.MockTransport(self.vendor), state=self._place) as head:
            order = Order(verb, target, destination, yes=True)
            return await act(head.dispatcher, head.board, head.scheduler, order, lambda question, expected: None)

    @property
    def sent(self) -> list[tuple[str, str, object]]:
        return [(seen.method, seen.path, seen.body) for seen in self.vendor.acted]


async def test_a_call_that_another_process_holds_can_be_resumed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    vendor = Server()
    where = f"/extension/32494/current_calls/{CALL}"
    vendor.routes[f"PUT {where}"] = ok({})
    script = Script(vendor, tmp_path, monkeypatch, WIDE)
    assert await script.run(Verb.RESUME, f"hq/call/{CALL}") == 0
    assert script.sent == [("PUT", where, {"action": "offhold"})]


async def test_picking_up_from_a_queue_waits_for_its_callers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    vendor = Server()
    caller = "34414-d0aa11d2a64e11eaa0086fd86d94a0e0"
    where = f"/extension/34414/current_calls/{caller}"
    vendor.routes[f"PUT {where}"] = ok({"message": "no"}, 403)
    script = Script(vendor, tmp_path, monkeypatch, WIDE)
    assert await script.run(Verb.PICKUP, "hq/queue/34414") == 1
    assert script.sent == [("PUT", where, {"action": "pickup", "send_dst": "022*300"})]


async def test_an_agents_phone_is_found_by_its_name_when_only_ids_are_configured(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    vendor = Server()
    vendor.routes["PUT /extension/32495/agent/137"] = ok({"message": "no"}, 403)
    script = Script(vendor, tmp_path, monkeypatch, LISTED)
    assert await script.run(Verb.SIGNOUT, "hq/agent/137_local") == 1
    assert script.sent == [("PUT", "/extension/32495/agent/137", {"status": "logged_out"})]


async def test_an_agents_phone_is_found_by_its_profile_when_the_account_names_no_phones(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    vendor = Server()
    for phone in ("32494", "32495"):
        vendor.routes[f"GET /extension/{phone}/extension/"] = MISSING
    vendor.routes["PUT /extension/32495/agent/137"] = ok({"message": "no"}, 403)
    script = Script(vendor, tmp_path, monkeypatch, LISTED)
    assert await script.run(Verb.SIGNOUT, "hq/agent/137_local") == 1
    assert script.sent == [("PUT", "/extension/32495/agent/137", {"status": "logged_out"})]


async def test_listening_to_an_agent_takes_the_one_call_though_the_caller_withholds_the_number(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    vendor = Server()
    where = f"/extension/32494/current_calls/{CALL}"
    vendor.routes[f"PUT {where}"] = ok({"message": "no"}, 403)
    script = Script(vendor, tmp_path, monkeypatch, WIDE)
    assert await script.run(Verb.LISTEN, "hq/agent/136_local") == 1
    assert script.sent == [("PUT", where, {"action": "eavesdrop", "send_dst": "022*300"})]


LOST = "hq/member/34414-lost"


def with_lost(number: str) -> Server:
    """A PBX whose first queue has lost a caller who showed this number."""
    vendor = Server()
    gone = {"state": "Abandoned", "number": number, "wait_time": 45, "call_api_id": "34414-lost", "serving_agent": ""}
    vendor.routes["GET /extension/34414/queue/status/members/"] = ok([gone])
    vendor.routes["POST /extension/32494/callback/"] = ok({"message": "no"}, 403)
    return vendor


NUMBERS = ["*21*0900123456#", "112", "+499001234567"]
CASES = [
    *((number, "", 2, "type it to dial it") for number in NUMBERS),
    *((number, "+4930111222", 2, "no other is called from it") for number in NUMBERS),
    # Written out it goes as far as the vendor lets it.
    *((number, number, 1, "refused by hq") for number in NUMBERS),
    ("+37410555012", "", 1, "refused by hq"),
]


@pytest.mark.parametrize(("number", "written", "code", "said"), CASES)
async def test_what_a_caller_shows_is_dialled_with_yes_alone_only_if_it_is_an_ordinary_number(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    number: str,
    written: str,
    code: int,
    said: str,
) -> None:
    script = Script(with_lost(number), tmp_path, monkeypatch, LISTED, phone="022*341")
    assert await script.run(Verb.CALL, LOST, written) == code
    told = capsys.readouterr()
    assert said in told.out + told.err
    assert len(script.sent) == int(said == "refused by hq")


@pytest.mark.parametrize("up", [True, False])
async def test_what_it_did_goes_to_the_machines_log_and_waits_for_none(
    up: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    vendor = Server()
    vendor.routes[f"PUT /extension/32494/current_calls/{CALL}"] = ok({})
    script = Script(vendor, tmp_path, monkeypatch, WIDE)
    script.forwards(tmp_path / "log")
    with closing(Log(tmp_path / "log")) as log:
        if not up:
            log.deaf()
        assert await script.run(Verb.RESUME, f"hq/call/{CALL}") == 0
        assert len(script.sent) == 1
        kept = show(tmp_path / "audit.jsonl")
        assert [record["phase"] for record in kept][:2] == ["requested", "sent"]
        assert log.records() == (kept if up else [])
    if not up:
        with closing(Log(tmp_path / "log")) as log:
            # What this one could not send, the next one does.
            monkeypatch.setenv("PBX_TOKEN", "S3CR3T-token")
            assert await script.run(Verb.RESUME, f"hq/call/{CALL}") == 0
            assert log.records() == show(tmp_path / "audit.jsonl")
