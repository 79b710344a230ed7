"""What stands between a verb and its request, what a check says, and what sheets show."""

from __future__ import annotations

from zoneinfo import ZoneInfo

import httpx
import pytest

from wallboard.domain.clock import ManualClock
from wallboard.domain.command import Verb
from wallboard.domain.errors import (
    ActionError,
    BadAnswer,
    CredentialsRefused,
    Missing,
    NotPermitted,
    NotSent,
    ReadError,
    TargetGone,
    Throttled,
    Unreachable,
)
from wallboard.vendors.base import Can, NoAuth, Services, SourceSettings
from wallboard.vendors.http.client import HttpSource, route
from wallboard.vendors.kit.acts import Request, act, fresh, named, receipt, refusal, require
from wallboard.vendors.kit.checks import Check, clock
from wallboard.vendors.kit.evidence import documented
from wallboard.vendors.kit.sheets import clock as moment
from wallboard.vendors.kit.sheets import length, lines, sheet

pytestmark = pytest.mark.anyio


SPENT = {"X-RateLimit-Limit": "3000", "X-RateLimit-Remaining": "0"}


def source(**changes: object) -> tuple[SourceSettings, HttpSource]:
    """A source whose vendor answers everything, the last request of the hour at /last."""

    def answer(request: httpx.Request) -> httpx.Response:
        return httpx.Response(200, json={"id": 7}, headers=SPENT if request.url.path == "/last" else {})

    settings = SourceSettings("pbx", "any", "https://pbx.example.net", NoAuth(), **changes)  # type: ignore[arg-type]
    return settings, HttpSource(settings, Services(ManualClock(), transport=httpx.MockTransport(answer)))


async def test_what_the_account_allows() -> None:
    settings, http = source()
    assert refusal(settings, http, Verb.HANGUP) is None
    assert refusal(settings, http, Verb.CALL, (Verb.CALL,)) == Can(
        False, "no phone of mine is configured for this source"
    )
    assert refusal(*source(phone="109"), Verb.CALL, (Verb.CALL,)) is None
    assert refusal(*source(read_only=True), Verb.HANGUP) == Can(False, "this source is read-only")
    with pytest.raises(NotSent, match="nothing sent: held already"):
        require(Can(False, "held already"))
    require(Can(True, "a warning"))


async def test_one_request_and_its_receipt() -> None:
    _, http = source()
    request = Request("PUT", route("/calls/{id}", id="c1"), {"action": "hold"}, "PUT …/calls/c1 \x1bhold")
    answer = await act(http, request)
    told = receipt(request, answer, "c1", "", "c1", "7", detail="as asked")
    assert (told.request, told.status, told.ids) == ("PUT …/calls/c1 ·hold → 200", "200", ("c1", "7"))
    assert (told.sent_at, told.answered_at, told.detail) == (answer.started_at, answer.answered_at, "as asked")


@pytest.mark.parametrize(
    ("error", "becomes"),
    [(Missing("no such call"), TargetGone), (BadAnswer("odd"), NotSent), (Unreachable("x"), NotSent)],
)
async def test_a_write_whose_object_cannot_be_read_is_not_sent(error: ReadError, becomes: type[ActionError]) -> None:
    async def reading() -> int:
        raise error

    with pytest.raises(becomes, match="nothing sent"):
        await fresh(reading())


async def test_a_target_without_the_needed_address_is_not_acted_on() -> None:
    with pytest.raises(NotSent, match="its session is not known"):
        named(documented(Verb.HOLD), "session", "its session is not known")


@pytest.mark.parametrize(
    ("error", "said", "goes_on"),
    [
        (None, {"reach": True, "sign-in": True}, True),
        (Unreachable("no"), {"reach": False}, False),
        (Throttled("later"), {"reach": False}, False),
        (CredentialsRefused("no"), {"reach": True, "sign-in": False}, False),
        (BadAnswer("sign-in: no token"), {"reach": True, "sign-in": False}, False),
        (NotPermitted("not this"), {"reach": True, "sign-in": True}, True),
        (BadAnswer("odd"), {"reach": True, "sign-in": None}, True),
    ],
)
async def test_reach_and_sign_in(error: ReadError | None, said: dict[str, bool | None], goes_on: bool) -> None:
    async def first() -> tuple[str, float]:
        if error is not None:
            raise error
        return "mira", 0.084

    check = Check()
    assert await check.reach(first) is goes_on
    assert {line.name: line.ok for line in check.lines} == said
    if error is None:
        assert [line.text for line in check.lines] == ["answered in 84 ms", "as mira"]


async def test_what_an_account_may_not_read_is_no_failure() -> None:
    async def refused() -> str:
        raise NotPermitted("not permitted for this account")

    async def broken() -> str:
        raise BadAnswer("vendor answered 400")

    check = Check()
    assert not await check.ask("skills", refused, missing="names of skills")
    assert not await check.ask("users", broken)
    assert [(line.ok, line.right, line.text) for line in check.lines] == [
        (False, True, "not permitted for this account: names of skills will be missing"),
        (False, False, "vendor answered 400"),
    ]


async def test_verbs_clock_and_budget() -> None:
    settings, http = source()
    check = Check()
    check.verbs(settings, (Verb.HOLD, Verb.CALL, Verb.PARK), {Verb.HOLD: "on my phone"}, {Verb.CALL: "no phone"})
    check.account(http)
    assert [(line.name, line.ok, line.text) for line in check.lines] == [
        ("hold", None, "shows only when used; on my phone"),
        ("call", False, "no phone"),
        ("park", None, "shows only when used"),
        ("clock", None, "the vendor tells no time"),
        ("budget", None, "the vendor names none"),
    ]
    assert (clock(4.9).ok, clock(-5.1).ok, clock(-5.1).text) == (True, False, "-5.1 s")
    allowed = Check()
    await http.get("/last")
    allowed.account(http)
    assert (allowed.lines[-1].ok, allowed.lines[-1].text) == (False, "0 of 3000 requests left this hour")


def test_sheets_are_clean_and_what_is_not_known_is_a_dash() -> None:
    found = sheet(("when", "who"), [("now", None), (True, "\x1b[31mx"), ("", 3)], "all")
    assert found.rows == (("now", "–"), ("yes", "·[31mx"), ("", "3"))
    assert (found.columns, found.note) == (("when", "who"), "all")
    assert lines([("a", 0), ("b", None), ("c", ""), ("d", "x")]) == (("a", "0"), ("d", "x"))


@pytest.mark.parametrize(("seconds", "shown"), [(None, "–"), (0, "0:00"), (247.9, "4:07"), (3725, "1:02:05")])
def test_lengths(seconds: float | None, shown: str) -> None:
    assert length(seconds) == shown


def test_moments_are_of_the_zone_of_the_source() -> None:
    assert moment(1_772_439_247.0, ZoneInfo("Europe/Berlin")) == "2026-03-02 09:14:07"
    assert moment(None, ZoneInfo("UTC")) == moment(1e20, ZoneInfo("UTC")) == ""
