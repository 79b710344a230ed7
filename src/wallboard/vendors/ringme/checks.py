"""`wallboard check` for a hosted PBX: reach, sign-in, rights by reading, verbs, clock and budget."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

from wallboard.domain.command import Verb
from wallboard.domain.language import mark, tr
from wallboard.domain.states import MemberState
from wallboard.vendors.base import CheckLine, SourceSettings
from wallboard.vendors.http.client import HttpSource, Route, route
from wallboard.vendors.kit.checks import Check
from wallboard.vendors.kit.lists import lost, together
from wallboard.vendors.kit.wire import Wire, identity, one
from wallboard.vendors.ringme.directory import Directory
from wallboard.vendors.ringme.states import WORDS
from wallboard.vendors.ringme.wire import AgentStatus, CurrentCall, MemberStatus, User, many, rows_of

Identified = tuple[type[Wire], Callable[[Any], bool]]
IDENTIFIED: Mapping[str, Identified] = {
    mark("members"): (MemberStatus, lambda row: bool(row.call_api_id) or _left(row)),
    mark("agents"): (AgentStatus, lambda row: bool(row.name_fs or row.extension_name or identity(row.name))),
    mark("calls"): (CurrentCall, lambda row: bool(row.call_api_id)),
}
"""The lists whose rows must have an id, and how one is told."""
PROFILES, MY_PHONE = mark("agent profiles"), mark("my phone")
ON_PROFILES = (Verb.SIGNIN, Verb.SIGNOUT, Verb.STAFF, Verb.UNSTAFF)


async def check_source(settings: SourceSettings, http: HttpSource, directory: Directory) -> Sequence[CheckLine]:
    """One line a question. Never raises a ReadError."""
    check = Check()
    if not await check.reach(partial(_who, http)):
        return check.lines
    await check.ask(mark("discovery"), partial(_discovered, directory))
    queue, phone = next(iter(directory.queues), ""), next(iter(directory.phones), "")
    for name, template in (
        (mark("queues"), "/extension/{extension_id}/queue/status/"),
        ("members", "/extension/{extension_id}/queue/status/members/"),
        ("agents", "/extension/{extension_id}/queue/status/agents/"),
    ):
        if queue:
            await check.ask(name, partial(_read, http, name, route(template, extension_id=queue)))
        else:
            check.say(name, None, tr("no queue is known"))
    if phone or directory.client_calls is not False:
        where = directory.calls_route(directory.calls_scope(phone))
        await check.ask("calls", partial(_read, http, "calls", where))
    else:
        check.say("calls", None, tr("no telephone is known"))
    cannot: dict[Verb, str] = {}
    if phone:
        where = route("/extension/{extension_id}/agent/", extension_id=phone)
        if not await check.ask(PROFILES, partial(_read, http, PROFILES, where)):
            # Who the agent is stands in the profiles of a telephone.
            why = tr("agent profiles cannot be read: {why}", why=check.lines[-1].text)
            cannot |= dict.fromkeys(ON_PROFILES, why)
    mine = _my_phone(settings, directory)
    check.lines.append(mine)
    if mine.ok is False:
        cannot[Verb.CALL] = mine.text
    check.verbs(settings, cannot, cannot=cannot)
    check.account(http)
    return check.lines


async def _who(http: HttpSource) -> tuple[str, float]:
    answer = await http.get("/user/")
    return one(answer.data, User, tr("user")).login, answer.took


async def _discovered(directory: Directory) -> str:
    await directory.discover()
    await directory.describe()
    counts = {"queues": len(directory.queues), "phones": len(directory.phones)}
    found = (
        tr("{queues} queues, {phones} phones, calls of the whole account", **counts)
        if directory.client_calls
        else tr("{queues} queues, {phones} phones, calls phone by phone", **counts)
    )
    return together(found, *directory.lost.values())


async def _read(http: HttpSource, name: str, where: Route) -> str:
    answer = await http.get(where)
    if name not in IDENTIFIED:
        return tr("can be read")
    model, has_id = IDENTIFIED[name]
    what = tr(name)
    raw = rows_of(model, answer.data, what)
    return together(tr("can be read"), lost(len(raw), sum(has_id(row) for row in many(model, raw, what)), what))


def _left(row: MemberStatus) -> bool:
    return WORDS.member(row.state) is MemberState.ABANDONED


def _my_phone(settings: SourceSettings, directory: Directory) -> CheckLine:
    if not settings.phone:
        return CheckLine(MY_PHONE, None, tr("none is configured: no listening, pick-up or calling"))
    if directory.phone_id(settings.phone):
        return CheckLine(MY_PHONE, True, tr("{phone} is a phone of this account", phone=settings.phone))
    if not directory.phone_names:
        text = tr("whether {phone} is a phone of this account cannot be read", phone=settings.phone)
        return CheckLine(MY_PHONE, None, text)
    return CheckLine(MY_PHONE, False, tr("{phone} is not among the phones of this account", phone=settings.phone))
