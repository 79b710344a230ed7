"""`wallboard check` for a hosted PBX: reach, sign-in, rights by reading, clock and budget."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any

from wallboard.domain.command import Verb
from wallboard.domain.errors import CredentialsRefused, NotPermitted, ReadError, Throttled, Unreachable
from wallboard.domain.states import MemberState
from wallboard.vendors.base import CheckLine, SourceSettings
from wallboard.vendors.http import HttpSource, Route, route
from wallboard.vendors.kit.lists import lost, together
from wallboard.vendors.ringme.directory import Directory
from wallboard.vendors.ringme.scalars import ident, status_word, text
from wallboard.vendors.ringme.states import WORDS
from wallboard.vendors.ringme.wire import AgentStatus, CurrentCall, MemberStatus, User, Wire, many, one, rows_of

Identified = tuple[type[Wire], Callable[[Any], bool]]
IDENTIFIED: Mapping[str, Identified] = {
    "members": (MemberStatus, lambda row: bool(ident(row.call_api_id)) or _left(row)),
    "agents": (AgentStatus, lambda row: any(ident(name) for name in (row.name_fs, row.extension_name, row.name))),
    "calls": (CurrentCall, lambda row: bool(ident(row.call_api_id))),
}
"""The lists whose rows must have an id, and how one is told."""
SKEWED = 30.0
ON_PROFILES = (Verb.SIGNIN, Verb.SIGNOUT, Verb.STAFF, Verb.UNSTAFF)


async def check(settings: SourceSettings, http: HttpSource, directory: Directory) -> Sequence[CheckLine]:
    """One line a question; what cannot be tried after a failure is not tried. Never raises a WallboardError."""
    lines: list[CheckLine] = []
    if not await _who(http, lines):
        return [*lines, CheckLine("rights", None, "not tried")]
    await _try(lines, "discovery", lambda: _discovered(http, directory))
    queue = next(iter(directory.queues), "")
    for name, template in (
        ("queues", "/extension/{extension_id}/queue/status/"),
        ("members", "/extension/{extension_id}/queue/status/members/"),
        ("agents", "/extension/{extension_id}/queue/status/agents/"),
    ):
        if queue:
            await _read(http, lines, name, route(template, extension_id=queue), IDENTIFIED.get(name))
        else:
            lines.append(CheckLine(name, None, "no queue is known"))
    phone = next(iter(directory.phones), "")
    if directory.client_calls is not False:
        where = route("/client/{client}/current_calls/", client=directory.client)
        await _read(http, lines, "calls", where, IDENTIFIED["calls"])
    elif phone:
        where = route("/extension/{extension_id}/current_calls/", extension_id=phone)
        await _read(http, lines, "calls", where, IDENTIFIED["calls"])
    else:
        lines.append(CheckLine("calls", None, "no telephone is known"))
    if phone:
        await _read(http, lines, "agent profiles", route("/extension/{extension_id}/agent/", extension_id=phone))
    lines.append(_my_phone(settings, directory))
    lines += _verbs(settings, lines)
    lines.append(_clock(http))
    lines.append(_budget(http))
    return lines


async def _who(http: HttpSource, lines: list[CheckLine]) -> bool:
    """Reach and sign-in by `GET /user/`; an account that may not ask who it is has still been let in."""
    try:
        answer = await http.get("/user/")
        login = text(one(User, answer.data, "user").login)
        lines.append(CheckLine("reach", True, f"answered in {answer.took * 1000:.0f} ms"))
        lines.append(CheckLine("sign-in", True, f"as {login}" if login else "accepted"))
    except CredentialsRefused as error:
        lines.append(CheckLine("reach", True, "answered"))
        lines.append(CheckLine("sign-in", False, str(error)))
        return False
    except (Unreachable, Throttled) as error:
        lines.append(CheckLine("reach", False, str(error)))
        lines.append(CheckLine("sign-in", None, "not tried"))
        return False
    except ReadError as error:
        lines.append(CheckLine("reach", True, "answered"))
        lines.append(CheckLine("sign-in", None, f"who we are cannot be read: {error}"))
    return True


async def _discovered(http: HttpSource, directory: Directory) -> str:
    await directory.discover(0.0)
    calls = "calls of the whole account" if directory.client_calls else "calls phone by phone"
    found = f"{len(directory.queues)} queues, {len(directory.phones)} phones, {calls}"
    return together(found, *directory.lost.values())


async def _try(lines: list[CheckLine], name: str, question: Callable[[], Awaitable[str]]) -> None:
    try:
        lines.append(CheckLine(name, True, await question()))
    except ReadError as error:
        lines.append(CheckLine(name, False, str(error), right=isinstance(error, NotPermitted)))


async def _read(
    http: HttpSource, lines: list[CheckLine], name: str, where: Route, rows: Identified | None = None
) -> None:
    async def question() -> str:
        answer = await http.get(where)
        if rows is None:
            return "can be read"
        model, identity = rows
        raw = rows_of(model, answer.data, name)
        used = sum(identity(row) for row in many(model, raw, name))
        return together("can be read", lost(len(raw), used, name))

    await _try(lines, name, question)


def _left(row: MemberStatus) -> bool:
    return WORDS.member(status_word(row.state)) is MemberState.ABANDONED


def _my_phone(settings: SourceSettings, directory: Directory) -> CheckLine:
    if not settings.phone:
        return CheckLine("my phone", None, "none is configured: no listening, pick-up or calling")
    if directory.phone_id(settings.phone):
        return CheckLine("my phone", True, f"{settings.phone} is a phone of this account")
    if not directory.phone_names:
        return CheckLine("my phone", None, f"whether {settings.phone} is a phone of this account cannot be read")
    return CheckLine("my phone", False, f"{settings.phone} is not among the phones of this account")


def _verbs(settings: SourceSettings, lines: Sequence[CheckLine]) -> list[CheckLine]:
    """The verbs that need more than their row: who the agent is stands in the profiles of a telephone, and a call is
    placed by a telephone of the account."""
    tried = {line.name: line for line in lines}
    found = []
    profiles = tried.get("agent profiles")
    if profiles is not None and profiles.ok is False and not settings.read_only:
        why = f"agent profiles cannot be read: {profiles.text}"
        found += [CheckLine(verb.value, False, why) for verb in ON_PROFILES]
    mine = tried["my phone"]
    if mine.ok is False and not settings.read_only:
        found.append(CheckLine(Verb.CALL.value, False, mine.text))
    return found


def _clock(http: HttpSource) -> CheckLine:
    offset = http.clock_offset
    if offset is None:
        return CheckLine("clock", None, "the vendor does not send its time")
    side = "ahead of" if offset > 0 else "behind"
    return CheckLine("clock", abs(offset) <= SKEWED, f"the vendor is {abs(offset):.0f} s {side} this machine")


def _budget(http: HttpSource) -> CheckLine:
    budget = http.budget
    if budget is None or budget.remaining is None:
        return CheckLine("budget", None, "the vendor does not tell its request limit")
    return CheckLine("budget", budget.remaining > 0, f"{budget.remaining} of {budget.limit} requests left this hour")
