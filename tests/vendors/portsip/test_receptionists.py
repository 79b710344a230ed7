"""Receptionists of a PortSIP PBX: what the pane says of them."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator

import anyio
import anyio.lowlevel
import pytest

from tests.lab.desk import Desk as Sink
from tests.vendors.portsip.reception import (
    MAIN,
    TENANT,
    Desk,
    holding,
    instant,
    sends,
    writes,
)
from tests.vendors.portsip.server import Server, error
from wallboard.domain.clock import ManualClock
from wallboard.domain.command import Verb
from wallboard.domain.errors import NotPermitted, ServerTrouble
from wallboard.domain.models import Receptionist
from wallboard.domain.update import UpdateKind


@pytest.mark.anyio
async def test_in_office_hours_each_input_shows_where_it_leads_now() -> None:
    row = await Desk(holding(MAIN)).main()
    assert row.open is True
    assert row.until == instant("2026-04-29 17:00")
    assert (row.number, row.language) == ("8100", "en-US")
    assert sends(row) == {
        "1": ("8001", True),
        "2": ("8002", True),
        "no input": ("8001", None),
        "failed transfer": ("hangs up", None),
    }
    assert ("time zone", "Europe/Berlin") in row.details
    assert ("hours of 1", "Mo–Fr 09:00-17:00, Sa–Su closed (global)") in row.details
    assert ("holidays of 1", "Labour Day 05-01 each year") in row.details


@pytest.mark.anyio
@pytest.mark.parametrize(
    ("at", "opened", "one", "two", "until"),
    [
        ("2026-04-29 17:00", False, "voicemail 101", "repeats", "2026-04-30 09:00"),
        # On Labour Day the first input is closed all day; the second knows no holidays.
        ("2026-05-01 10:00", True, "hangs up", "8002", "2026-05-01 17:00"),
        ("2026-05-02 12:00", True, "voicemail 101", "8002", "2026-05-03 00:00"),
        ("2026-05-03 12:00", False, "voicemail 101", "repeats", "2026-05-04 09:00"),
    ],
)
async def test_outside_hours_and_on_holidays(at: str, opened: bool, one: str, two: str, until: str) -> None:
    row = await Desk(holding(MAIN), at).main()
    assert row.open is opened
    assert (sends(row)["1"][0], sends(row)["2"][0]) == (one, two)
    assert row.until == instant(until)


@pytest.mark.anyio
async def test_the_row_changes_at_a_boundary_without_asking_the_vendor() -> None:
    desk = Desk(holding(MAIN), "2026-05-01 16:59")
    before = await desk.fetch()
    asked = len(desk.pbx.sent)
    board = Sink()
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(desk.here.run, board)
        while not desk.clock.sleeping:
            await anyio.lowlevel.checkpoint()
        desk.clock.advance(61)
        await board.until(lambda: board.updates, "the row at the boundary")
        tasks.cancel_scope.cancel()
    (update,) = board.updates
    assert update.kind is UpdateKind.DELTA
    assert before.seq < update.seq < before.seq + 10, "it sorts between this reading and the next"
    assert update.as_of == before.as_of, "and claims no newer reading"
    (row,) = update.rows
    assert isinstance(row, Receptionist)
    assert (row.open, sends(row)["2"]) == (False, ("repeats", False))
    assert len(desk.pbx.sent) == asked


@pytest.mark.anyio
async def test_night_mode_goes_before_everything() -> None:
    pbx = holding(MAIN)
    pbx.tenant = {**TENANT, "enable_night_mode": True}
    row = await Desk(pbx).main()
    assert row.open is False
    assert {to for to, _ in sends(row).values()} == {"voicemail 101"}
    assert ("night mode", "on") in row.details


@pytest.mark.anyio
async def test_global_hours_that_may_not_be_read_leave_it_unknown_and_say_why() -> None:
    only = {**MAIN, "custom_forward_rules": MAIN["custom_forward_rules"][:1]}
    pbx = holding(only)
    pbx.answers["GET", "/tenant"] = error(403, "FORBIDDEN", "no")
    row = await Desk(pbx, timezone="Europe/Berlin").main()
    assert row.open is None
    assert row.until == instant("2026-05-01 00:00"), "the holiday is known all the same"
    assert sends(row)["1"] == ("8001 if open, else voicemail 101", None)
    assert ("office hours", "this account may not read the global office hours") in row.details


@pytest.mark.anyio
async def test_without_rules_it_is_neither_open_nor_closed() -> None:
    row = await Desk(holding({**MAIN, "custom_forward_rules": []})).main()
    assert (row.open, row.until) == (None, None)


@pytest.mark.anyio
async def test_one_that_cannot_be_read_keeps_what_was_read_and_is_told() -> None:
    other = {**MAIN, "id": "b", "name": "Other"}
    desk = Desk(holding(MAIN, other))
    first = await desk.rows()
    desk.clock.advance(300)
    desk.pbx.answers["GET", "/ivrs/b"] = error(502, "UNKNOWN", "no")
    again = await desk.fetch()
    assert [row for row in again.rows if row == first["Other"]]
    assert again.approximate == "1 of 2 were not read in full"
    desk.pbx.answers["GET", f"/ivrs/{MAIN['id']}"] = error(502, "UNKNOWN", "no")
    desk.clock.advance(300)
    with pytest.raises(ServerTrouble):
        await desk.fetch()


@pytest.mark.anyio
async def test_rules_that_are_not_for_this_account_leave_the_names() -> None:
    pbx = holding(MAIN)
    pbx.answers["GET", f"/ivrs/{MAIN['id']}"] = error(403, "UNKNOWN", "no")
    desk = Desk(pbx)
    row = await desk.main()
    assert (row.name, row.number, row.open) == ("Main menu", "8100", None)
    able = desk.here.can(Verb.CHANGE, row)
    assert (able.ok, able.reason) == (False, "its rules could not be read")
    assert desk.here.forms(Verb.CHANGE, row) == ()
    pbx.answers["GET", "/ivrs"] = error(403, "UNKNOWN", "no")
    with pytest.raises(NotPermitted):
        await desk.fetch()


@pytest.fixture
def everything_logged(caplog: pytest.LogCaptureFixture) -> Iterator[pytest.LogCaptureFixture]:
    with caplog.at_level(logging.DEBUG):
        yield caplog


@pytest.mark.anyio
async def test_the_pin_is_kept_nowhere(everything_logged: pytest.LogCaptureFixture) -> None:
    pin = "947351"
    secret = {**MAIN, "enable_pin": True, "pin": pin, "custom_forward_rules": [
        {**rule, "pin": pin} for rule in MAIN["custom_forward_rules"]
    ]}  # fmt: skip
    desk = Desk(holding(secret))
    row = await desk.main()
    assert ("PIN for DISA", "asked for") in row.details
    seen: set[int] = set()

    def search(thing: object) -> None:
        if id(thing) in seen or isinstance(thing, Server | ManualClock):
            return
        seen.add(id(thing))
        assert pin not in repr(thing) if isinstance(thing, str | bytes | int) else True
        if isinstance(thing, dict):
            for key, value in thing.items():
                search(key)
                search(value)
        elif isinstance(thing, list | tuple | set):
            for part in thing:
                search(part)
        else:
            for name in (*getattr(thing, "__dict__", {}), *getattr(type(thing), "__slots__", ())):
                if name != "_transport":
                    search(getattr(thing, name, None))

    search(desk.here)
    search(desk.here.forms(Verb.CHANGE, row))
    for report in desk.here.reports(row):
        search(await report.read())
    await desk.here.perform(
        desk.command(row, desk.form(row, "failed transfer: where callers go"), action="REPEAT"), row
    )
    search(desk.here)
    assert pin not in json.dumps(writes(desk.pbx))
    assert pin not in everything_logged.text
