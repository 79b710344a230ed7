"""`wallboard check` for a hosted PBX: reach, sign-in, rights by reading, verbs, clock and budget."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

from wallboard.domain.command import Verb
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
    "members": (MemberStatus, lambda row: bool(row.call_api_id) or _left(row)),
    "agents": (AgentStatus, lambda row: bool(row.name_fs or row.extension_name or identity(row.name))),
    "calls": (CurrentCall, lambda row: bool(row.call_api_id)),
}
"""The lists whose rows must have an id, and how one is told."""
ON_PROFILES = (Verb.SIGNIN, Verb.SIGNOUT, Verb.STAFF, Verb.UNSTAFF)


async def check_source(settings: SourceSettings, http: HttpSource, directory: Directory) -> Sequence[CheckLine]:
    """One line a question. Never raises a ReadError."""
    check = Check()
    if not await check.reach(partial(_who, http)):
        return check.lines
    await check.ask("discovery", partial(_discovered, directory))
    queue, phone = next(iter(directory.queues), ""), next(iter(directory.phones), "")
    for name, template in (
        ("queues", "/extension/{extension_id}/queue/status/"),
        ("members", "/extension/{extension_id}/queue/status/members/"),
        ("agents", "/extension/{extension_id}/queue/status/agents/"),
    ):
        if queue:
            await check.ask(name, partial(_read, http, name, route(template, extension_id=queue)))
        else:
            check.say(name, None, "no queue is known")
    if phone or directory.client_calls is not False:
        where = directory.calls_route(directory.calls_scope(phone))
        await check.ask("calls", partial(_read, http, "calls", where))
    else:
        check.say("calls", None, "no telephone is known")
    cannot: dict[Verb, str] = {}
    if phone:
        where = route("/extension/{extension_id}/agent/", extension_id=phone)
        if not await check.ask("agent profiles", partial(_read, http, "agent profiles", where)):
            # Who the agent is stands in the profiles of a telephone.
            cannot |= dict.fromkeys(ON_PROFILES, f"agent profiles cannot be read: {check.lines[-1].text}")
    mine = _my_phone(settings, directory)
    check.lines.append(mine)
    if mine.ok is False:
        cannot[Verb.CALL] = mine.text
    check.verbs(settings, cannot, cannot=cannot)
    check.account(http)
    return check.lines


async def _who(http: HttpSource) -> tuple[str, float]:
    answer = await http.get("/user/")
    return one(answer.data, User, "user").login, answer.took


async def _discovered(directory: Directory) -> str:
    await directory.discover(0.0)
    calls = "calls of the whole account" if directory.client_calls else "calls phone by phone"
    found = f"{len(directory.queues)} queues, {len(directory.phones)} phones, {calls}"
    return together(found, *directory.lost.values())


async def _read(http: HttpSource, name: str, where: Route) -> str:
    answer = await http.get(where)
    if name not in IDENTIFIED:
        return "can be read"
    model, has_id = IDENTIFIED[name]
    raw = rows_of(model, answer.data, name)
    return together("can be read", lost(len(raw), sum(has_id(row) for row in many(model, raw, name)), name))


def _left(row: MemberStatus) -> bool:
    return WORDS.member(row.state) is MemberState.ABANDONED


def _my_phone(settings: SourceSettings, directory: Directory) -> CheckLine:
    if not settings.phone:
        return CheckLine("my phone", None, "none is configured: no listening, pick-up or calling")
    if directory.phone_id(settings.phone):
        return CheckLine("my phone", True, f"{settings.phone} is a phone of this account")
    if not directory.phone_names:
        return CheckLine("my phone", None, f"whether {settings.phone} is a phone of this account cannot be read")
    return CheckLine("my phone", False, f"{settings.phone} is not among the phones of this account")
