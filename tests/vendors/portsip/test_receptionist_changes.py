"""A change of one rule of a receptionist changes nothing else, and what a write loses is named."""

from __future__ import annotations

import json
from copy import deepcopy
from typing import Any

import httpx
import pytest

from tests.support.facts import Seen
from tests.vendors.portsip.reception import (
    MAIN,
    MAY_DAY,
    WORK,
    Desk,
    holding,
    judged,
    to,
    writes,
)
from tests.vendors.portsip.server import error
from wallboard.domain.command import Verb
from wallboard.domain.errors import Ambiguous, NotSent, TargetGone
from wallboard.domain.update import UpdateKind
from wallboard.vendors.base import Receipt, Trial


@pytest.mark.anyio
async def test_a_form_for_each_rule_filled_with_what_is_there() -> None:
    desk = Desk(holding(MAIN))
    row = await desk.main()
    forms = desk.here.forms(Verb.CHANGE, row)
    assert [form.title for form in forms] == [
        "night mode: where callers go",
        "no input: where callers go",
        "failed transfer: where callers go",
        "input 1 in office hours",
        "input 1 outside office hours",
        "input 1 on holidays",
        "input 2 in office hours",
        "input 2 outside office hours",
        "input 2: office hours",
    ]
    values = {field.name: field.value for field in forms[1].fields}
    assert values == {"action": "FORWARD_TO_NUMBER", "number": "8001", "timeout": "30", "repeat_times": "3"}
    week = {field.name: field.value for field in forms[-1].fields}
    assert (week["monday"], week["saturday"], week["sunday"]) == ("09:00-17:00", "all day", "closed")
    assert forms[-1].zone == "Europe/Berlin"
    assert all(form.problems({}) == [] and not form.warning for form in forms)
    assert desk.here.can(Verb.CHANGE, row).reason == ""


@pytest.mark.anyio
async def test_a_changed_night_rule_reads_back_equal_and_nothing_else_is_altered() -> None:
    desk = Desk(holding(MAIN))
    ended = await desk.change("night mode: where callers go", action="FORWARD_TO_NUMBER", number="+49 (30) 1234-56")
    assert ended == "reading it back: rule for night mode is as asked and nothing else changed"
    ((method, path, body),) = writes(desk.pbx)
    assert (method, path) == ("POST", f"/ivrs/{MAIN['id']}")
    assert body["night_mode_forward_rule"] == {"action": "FORWARD_TO_NUMBER", "number": "+4930123456"}
    after = desk.pbx.ivrs[0]
    for name, value in MAIN.items():
        if name in ("night_mode_forward_rule", "custom_forward_rules", "failure_forward_rule", "outbound_caller_ids"):
            continue
        assert after[name] == value, name
    assert after["custom_forward_rules"][0]["holidays"] == [MAY_DAY]
    # A null is not written: blank fields come back so, and are no value of the written form.
    assert "null" not in json.dumps(body)
    assert "prompt_file_url" not in body
    assert "pin" not in body


@pytest.mark.anyio
async def test_one_rule_of_an_input_goes_with_the_whole_list_as_it_was_read() -> None:
    desk = Desk(holding(MAIN))
    ended = await desk.change("input 2 outside office hours", action="FORWARD_TO_VOICEMAIL", number="102")
    assert ended.startswith("reading it back")
    rules = writes(desk.pbx)[0][2]["custom_forward_rules"]
    assert rules[1]["non_office_hours_forward_rule"] == {"action": "FORWARD_TO_VOICEMAIL", "number": "102"}
    assert rules[1]["office_hours"]["monday"] == WORK
    assert rules[0]["holidays"] == [MAY_DAY["id"]]
    assert rules[0]["office_hours_forward_rule"] == {"action": "FORWARD_TO_NUMBER", "number": "8001"}
    desk.clock.advance(300)
    row = await desk.main()
    assert {field.value for field in desk.form(row, "input 2 outside office hours").fields} >= {"102"}


@pytest.mark.anyio
async def test_office_hours_change_by_the_day_and_the_row_follows() -> None:
    desk = Desk(holding(MAIN))
    ended = await desk.change("input 2: office hours", monday="08:00-12:00, 13:00-18:30", tuesday="closed")
    assert ended.startswith("reading it back")
    hours = writes(desk.pbx)[0][2]["custom_forward_rules"][1]["office_hours"]
    assert hours["mode"] == "CUSTOM"
    assert hours["monday"] == {
        "enabled": True,
        "ranges": [{"from": "08:00", "to": "12:00"}, {"from": "13:00", "to": "18:30"}],
    }
    assert hours["tuesday"]["enabled"] is False
    assert hours["wednesday"] == WORK
    desk.clock.advance(300)
    row = await desk.main()
    week = "Mo 08:00-12:00, 13:00-18:30, Tu closed, We–Fr 09:00-17:00, Sa all day, Su closed"
    assert ("hours of 2", week) in row.details


@pytest.mark.anyio
async def test_inputs_of_any_spelling_can_be_changed_and_two_alike_are_told_apart() -> None:
    inputs = ["", "*", "a/b@c", "\x1b[31m", "1", "1"]
    found = [{**MAIN["custom_forward_rules"][1], "user_input": each} for each in inputs]
    pbx = holding({**MAIN, "custom_forward_rules": found})
    desk = Desk(pbx)
    row = await desk.main()
    forms = [form for form in desk.here.forms(Verb.CHANGE, row) if form.title.endswith(" in office hours")]
    assert len({form.id for form in forms}) == len(inputs)
    assert all(form.id.isprintable() for form in forms)
    for number, form in enumerate(forms):
        await desk.here.perform(desk.command(row, form, number=f"90{number}"), row)
    written = pbx.ivrs[0]["custom_forward_rules"]
    assert [rule["user_input"] for rule in written] == inputs
    assert [rule["office_hours_forward_rule"]["number"] for rule in written] == [f"90{n}" for n in range(len(inputs))]


@pytest.mark.anyio
async def test_after_a_write_only_that_receptionist_is_read_again() -> None:
    other = {**MAIN, "id": "b", "name": "Other"}
    desk = Desk(holding(MAIN, other))
    row = await desk.main()
    form = desk.form(row, "failed transfer: where callers go")
    await desk.here.perform(desk.command(row, form, action="REPEAT"), row)
    del desk.pbx.sent[:]
    desk.clock.advance(1)
    update = await desk.fetch()
    assert [path for _, path, _ in desk.pbx.sent] == [f"/ivrs/{MAIN['id']}"]
    assert (update.kind, [row.key.id for row in update.rows]) == (UpdateKind.DELTA, [MAIN["id"]])
    desk.clock.advance(60)
    assert (await desk.fetch()).kind is UpdateKind.SNAPSHOT


@pytest.mark.anyio
async def test_a_prompt_that_a_write_loses_is_named() -> None:
    spoken = {**MAIN, "prompt_file_name": "menu.wav", "prompt_file_size": 48211, "prompt_file_url": "/api/blobs/a"}
    desk = Desk(holding(spoken))
    row = await desk.main()
    able = desk.here.can(Verb.CHANGE, row)
    assert (able.ok, able.reason) == (True, "the vendor does not say whether the prompt menu.wav survives a write")
    assert {form.warning for form in desk.here.forms(Verb.CHANGE, row)} == {able.reason}
    ended = await desk.change("failed transfer: where callers go", action="REPEAT")
    assert ended == "the prompt is no longer menu.wav (48211 bytes)"
    written = next(report for report in desk.here.reports(row) if report.id == "written")
    sheet = await written.read()
    assert [line[0] for line in sheet.rows] == ["rule for failed transfer", "prompt"]
    assert sheet.rows[0][1:] == ("hangs up", "repeats", "repeats")


@pytest.mark.anyio
@pytest.mark.parametrize("asked", [True, False])
async def test_a_pin_that_a_write_loses_is_reported_and_not_shown(asked: bool) -> None:
    desk = Desk(holding({**MAIN, "enable_pin": asked, "pin": "947351"}))
    row = await desk.main()
    assert desk.here.can(Verb.CHANGE, row).reason == "the vendor does not say whether the PIN survives a write"
    ended = await desk.change("failed transfer: where callers go", action="REPEAT")
    assert ended == "the PIN is no longer what it was"
    written = next(report for report in desk.here.reports(row) if report.id == "written")
    sheet = await written.read()
    assert [line[0] for line in sheet.rows] == ["rule for failed transfer", "PIN"]
    assert "947351" not in repr(sheet)


@pytest.mark.anyio
async def test_a_prompt_that_stays_confirms_though_its_address_is_a_new_one() -> None:
    spoken = {**MAIN, "prompt_file_name": "menu.wav", "prompt_file_size": 48211, "prompt_file_url": "/api/blobs/a"}
    pbx = holding(spoken, keeps=("prompt_file_name", "prompt_file_size"))
    assert (await Desk(pbx).change("failed transfer: where callers go", action="REPEAT")).startswith("reading it back")


@pytest.mark.anyio
@pytest.mark.parametrize(
    ("more", "reason"),
    [
        ({"enable_pin": True, "pin": "947351"}, "the vendor does not say whether the PIN survives a write"),
        ({"music": "a.wav"}, "the vendor does not say whether music survives a write"),
        (
            {"transfer_prompt_file_name": "t.wav", "enable_pin": True},
            "the vendor does not say whether the transfer prompt t.wav and the PIN survive a write",
        ),
    ],
)
async def test_what_a_write_may_lose_is_said_before(more: dict[str, Any], reason: str) -> None:
    desk = Desk(holding({**MAIN, **more}))
    assert desk.here.can(Verb.CHANGE, await desk.main()).reason == reason


@pytest.mark.anyio
async def test_a_rule_that_the_vendor_does_not_take_over_is_not_confirmed() -> None:
    desk = Desk(holding(MAIN))
    desk.pbx.replaced = lambda old, body: old  # type: ignore[method-assign]
    ended = await desk.change("failed transfer: where callers go", action="REPEAT")
    assert ended == "the vendor returns another rule for failed transfer"


@pytest.mark.anyio
async def test_a_rule_changed_by_somebody_else_meanwhile_is_not_overwritten() -> None:
    desk = Desk(holding(MAIN))
    row = await desk.main()
    form = desk.form(row, "input 1 in office hours")
    rules = desk.pbx.ivrs[0]["custom_forward_rules"]
    rules[0]["office_hours_forward_rule"]["number"] = "8009"
    with pytest.raises(NotSent, match=r"input 1 in office hours was changed meanwhile and is now: 8009"):
        await desk.here.perform(desk.command(row, form, number="8005"), row)
    del rules[0]
    with pytest.raises(NotSent):
        await desk.here.perform(desk.command(row, form, number="8005"), row)
    assert writes(desk.pbx) == []


@pytest.mark.anyio
async def test_what_somebody_else_changed_elsewhere_is_kept() -> None:
    desk = Desk(holding(MAIN))
    row = await desk.main()
    desk.pbx.ivrs[0]["timeout_forward_rule"]["number"] = "8055"
    form = desk.form(row, "failed transfer: where callers go")
    await desk.here.perform(desk.command(row, form, action="REPEAT"), row)
    assert desk.pbx.ivrs[0]["timeout_forward_rule"]["number"] == "8055"


@pytest.mark.anyio
@pytest.mark.parametrize(
    ("title", "values", "said"),
    [
        ("night mode: where callers go", {"number": ""}, "write the number that callers are to be sent to"),
        ("no input: where callers go", {"timeout": "soon"}, "write the seconds as a whole number, at least 1"),
        ("no input: where callers go", {"repeat_times": "-1"}, "write the repeats as a whole number, at least 0"),
        ("input 2: office hours", {"monday": "nine to five"}, "write 09:00-12:30, 13:00-17:00 or closed"),
        ("input 2: office hours", {"monday": "09:00-24:00"}, "this vendor's day ends at 23:59"),
    ],
)
async def test_what_cannot_be_written_is_refused_without_a_write(title: str, values: dict[str, str], said: str) -> None:
    desk = Desk(holding(MAIN))
    row = await desk.main()
    with pytest.raises(NotSent, match=said):
        await desk.here.perform(desk.command(row, desk.form(row, title), **values), row)
    assert writes(desk.pbx) == []


@pytest.mark.anyio
async def test_a_holiday_without_an_id_cannot_go_back_so_nothing_is_written() -> None:
    rules = deepcopy(MAIN["custom_forward_rules"])
    rules[0]["holidays"] = [{**MAY_DAY, "id": None}]
    desk = Desk(holding({**MAIN, "custom_forward_rules": rules}))
    row = await desk.main()
    with pytest.raises(NotSent, match="holiday without an id"):
        await desk.here.perform(
            desk.command(row, desk.form(row, "failed transfer: where callers go"), action="REPEAT"), row
        )
    assert writes(desk.pbx) == []


@pytest.mark.anyio
async def test_one_that_is_gone_or_cannot_be_read_is_not_written() -> None:
    desk = Desk(holding(MAIN))
    row = await desk.main()
    command = desk.command(row, desk.form(row, "failed transfer: where callers go"), action="REPEAT")
    desk.pbx.answers["GET", f"/ivrs/{MAIN['id']}"] = error(500, "UNKNOWN", "no")
    with pytest.raises(NotSent):
        await desk.here.perform(command, row)
    desk.pbx.answers.clear()
    desk.pbx.ivrs.clear()
    with pytest.raises(TargetGone):
        await desk.here.perform(command, row)
    assert await desk.here.refresh(row) is None
    assert writes(desk.pbx) == []


@pytest.mark.anyio
async def test_an_unclear_answer_is_still_decided_by_reading_back() -> None:
    desk = Desk(holding(MAIN))
    row = await desk.main()
    form = desk.form(row, "failed transfer: where callers go")
    command = desk.command(row, form, action="REPEAT")
    verification = desk.here.verification(command, row)

    def breaks() -> None:
        desk.pbx.ivrs[0]["failure_forward_rule"] = to("REPEAT")
        raise httpx.ReadError("gone")

    desk.pbx.before_write = breaks
    with pytest.raises(Ambiguous):
        await desk.here.perform(command, row)
    desk.clock.advance(1)
    await desk.fetch()
    trial = Trial(
        command, Receipt("", "", desk.clock.now() - 1, desk.clock.now() - 0.5), row, Seen(desk.clock.now(), read={})
    )
    assert judged(verification, trial).startswith("reading it back")
    assert len(writes(desk.pbx)) == 1


@pytest.mark.anyio
async def test_reports_read_status_and_holidays_on_demand() -> None:
    desk = Desk(holding(MAIN))
    row = await desk.main()
    sheets = {report.id: await report.read() for report in desk.here.reports(row)}
    assert sheets["status"].rows == (("online",),)
    assert sheets["holidays"].rows == (("Labour Day", "05-01 each year", "DEU"),)
    assert sheets["rules"].rows[0] == (
        "1",
        "Mo–Fr 09:00-17:00, Sa–Su closed (global)",
        "8001",
        "voicemail 101",
        "hangs up",
        "Labour Day 05-01 each year",
    )
