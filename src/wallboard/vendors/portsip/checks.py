"""What `wallboard check` tries of a PortSIP source: reads alone, nothing is changed."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence

from wallboard.domain.command import Verb
from wallboard.domain.errors import CredentialsRefused, Late, NotPermitted, ReadError, Unreachable
from wallboard.domain.text import clean
from wallboard.vendors.base import CheckLine, LoginAuth, SourceSettings
from wallboard.vendors.http import HttpSource, route
from wallboard.vendors.kit.lists import together
from wallboard.vendors.portsip.actions import VERBS
from wallboard.vendors.portsip.reading import Reader

CLOCK_TOLERANCE = 5.0


async def check_source(reader: Reader, http: HttpSource, settings: SourceSettings, push: str) -> Sequence[CheckLine]:
    """Reach, sign-in, every list this account may read, verbs, clock, push and budget. Never raises a ReadError.

    `push` is why nothing is pushed as yet, as a clause.
    """
    lines: list[CheckLine] = []
    if not await _reach(reader, lines):
        return lines
    queue = await _queue(reader, lines)
    if queue:
        await _try(lines, "members", lambda: _count(reader.waiting(queue), "waiting"))
        await _agents(reader, queue, lines)
    await _try(lines, "calls", lambda: _count(reader.sessions(), "up"))
    await _try(lines, "receptionists", lambda: _listed(reader, "/ivrs"))
    await _try(lines, "phones", lambda: _listed(reader, "/users"))
    await _try(lines, "tenant", lambda: _zone(reader))
    lines.append(await _role(reader, settings))
    lines += [*_verbs(settings), _clock(http), CheckLine("push", None, _push(push)), _budget(http)]
    return lines


async def _reach(reader: Reader, lines: list[CheckLine]) -> bool:
    """Whether it makes sense to go on. Any answer at all is reach; what this list is to the account comes later."""
    try:
        _, took = await reader.first(route("/call_queues"))
    except (Unreachable, Late) as error:
        lines.append(CheckLine("reach", False, str(error)))
        return False
    except CredentialsRefused as error:
        lines += [CheckLine("reach", True, "answers"), CheckLine("sign-in", False, str(error))]
        return False
    except NotPermitted:
        lines += [CheckLine("reach", True, "answers"), CheckLine("sign-in", True, "accepted")]
        return True
    except ReadError as error:
        signed_in = not str(error).startswith("sign-in")
        lines += [
            CheckLine("reach", True, "answers"),
            CheckLine("sign-in", None if signed_in else False, str(error)),
        ]
        return signed_in
    lines += [CheckLine("reach", True, f"answers in {took:.1f} s"), CheckLine("sign-in", True, "accepted")]
    return True


async def _queue(reader: Reader, lines: list[CheckLine]) -> str:
    """The id of one queue, "" where none can be read."""
    try:
        found, pages = await reader.queues()
    except ReadError as error:
        lines.append(CheckLine("queues", False, str(error), right=isinstance(error, NotPermitted)))
        return ""
    lines.append(CheckLine("queues", True, together(f"{len(found)} found", pages.lost)))
    return found[0].id if found else ""


async def _agents(reader: Reader, queue: str, lines: list[CheckLine]) -> None:
    try:
        roster, _, missed = await reader.agents(queue)
    except ReadError as error:
        lines.append(CheckLine("agents", False, str(error), right=isinstance(error, NotPermitted)))
        return
    lines.append(CheckLine("agents", True, together(f"{len(roster)} in one queue", missed)))
    if roster:

        async def status() -> str:
            wire, _ = await reader.agent(queue, roster[0].extension_number)
            return "can be read" if wire.status else "the answer holds none"

        await _try(lines, "agent status", status)


async def _count(reading: Awaitable[tuple[Sequence[object], object, str]], what: str) -> str:
    found, _, missed = await reading
    return together(f"{len(found)} {what}", missed)


async def _listed(reader: Reader, where: str) -> str:
    count, _ = await reader.first(route(where))
    return f"{count} found"


async def _zone(reader: Reader) -> str:
    tenant = await reader.tenant()
    return f"time zone {tenant.timezone}" if tenant.timezone else "names no time zone"


async def _role(reader: Reader, settings: SourceSettings) -> CheckLine:
    """The role of the account that signs in, on which its rights rest."""
    auth = settings.auth
    if not isinstance(auth, LoginAuth):
        return CheckLine("role", None, "not told: a token does not say whose it is")
    try:
        users, _ = await reader.users()
    except ReadError as error:
        return CheckLine("role", None, f"not told: {error}")
    mine = next((user for user in users if auth.username in (user.name, user.extension_number)), None)
    if mine is None or not mine.role:
        return CheckLine("role", None, f"the list of users names none for {clean(auth.username, 60)}")
    return CheckLine("role", True, clean(mine.role))


async def _try(lines: list[CheckLine], name: str, question: Callable[[], Awaitable[str]]) -> None:
    try:
        lines.append(CheckLine(name, True, await question()))
    except ReadError as error:
        lines.append(CheckLine(name, False, str(error), right=isinstance(error, NotPermitted)))


def _verbs(settings: SourceSettings) -> list[CheckLine]:
    verbs = (*VERBS, Verb.CHANGE)
    if settings.read_only:
        return [CheckLine(verb.value, False, "this source is read-only") for verb in verbs]
    said = dict.fromkeys(verbs, "shows only when used")
    said[Verb.PICKUP] = "shows only when used; the caller goes to the telephone of the account that signs in"
    said[Verb.ATTENDED] = "shows only when used; only where the agent already has the second call"
    lines = [CheckLine(verb.value, None, text) for verb, text in said.items()]
    if settings.phone:
        return lines
    mine = (Verb.CALL.value, Verb.PICKUP.value)
    return [CheckLine(line.name, False, "no phone is configured") if line.name in mine else line for line in lines]


def _clock(http: HttpSource) -> CheckLine:
    offset = http.clock_offset
    if offset is None:
        return CheckLine("clock", None, "the vendor tells no time")
    return CheckLine("clock", abs(offset) <= CLOCK_TOLERANCE, f"{offset:+.1f} s")


def _push(why: str) -> str:
    return "not tried: it is opened while the console runs" if why.endswith("not connected yet") else why


def _budget(http: HttpSource) -> CheckLine:
    budget = http.budget
    if budget is None:
        return CheckLine("budget", None, "the vendor names none")
    return CheckLine("budget", True, f"{budget.remaining}/{budget.limit} requests")
