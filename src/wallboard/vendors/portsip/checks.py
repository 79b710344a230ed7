"""What `wallboard check` tries of a PortSIP source: reads alone, nothing is changed."""

from __future__ import annotations

from collections.abc import Awaitable, Sequence

from wallboard.domain.command import Verb
from wallboard.domain.errors import ReadError
from wallboard.domain.text import clean
from wallboard.vendors.base import CheckLine, LoginAuth, SourceSettings
from wallboard.vendors.http.client import HttpSource, route
from wallboard.vendors.kit.checks import Check
from wallboard.vendors.kit.lists import together
from wallboard.vendors.portsip.actions import VERBS
from wallboard.vendors.portsip.reading import Reader

SAID = {
    Verb.PICKUP: "the caller goes to the telephone of the account that signs in",
    Verb.ATTENDED: "only where the agent already has the second call",
}


async def check_source(reader: Reader, http: HttpSource, settings: SourceSettings, push: str) -> Sequence[CheckLine]:
    """Reach, sign-in, every list this account may read, verbs, clock, push and budget. Never raises a ReadError.

    `push` is why nothing is pushed as yet, as a clause.
    """
    check = Check()
    queues: list[str] = []
    agents: list[str] = []

    async def reach() -> tuple[str, float]:
        return "", (await reader.first(route("/call_queues")))[1]

    async def all_queues() -> str:
        found, pages = await reader.queues()
        queues.extend(wire.id for wire in found)
        return together(f"{len(found)} found", pages.lost)

    async def roster() -> str:
        found, _, missed = await reader.agents(queues[0])
        agents.extend(wire.extension_number for wire in found)
        return together(f"{len(found)} in one queue", missed)

    async def status() -> str:
        wire, _ = await reader.agent(queues[0], agents[0])
        return "can be read" if wire.status else "the answer holds none"

    if not await check.reach(reach):
        return check.lines
    await check.ask("queues", all_queues)
    if queues:
        await check.ask("members", lambda: _count(reader.waiting(queues[0]), "waiting"))
        await check.ask("agents", roster)
    if agents:
        await check.ask("agent status", status)
    await check.ask("calls", lambda: _count(reader.sessions(), "up"))
    await check.ask("receptionists", lambda: _listed(reader, "/ivrs"))
    await check.ask("phones", lambda: _listed(reader, "/users"))
    await check.ask("tenant", lambda: _zone(reader))
    check.lines.append(await _role(reader, settings))
    cannot = {} if settings.phone else dict.fromkeys((Verb.CALL, Verb.PICKUP), "no phone is configured")
    check.verbs(settings, (*VERBS, Verb.CHANGE), SAID, cannot)
    check.say(
        "push", None, "not tried: it is opened while the console runs" if push.endswith("not connected yet") else push
    )
    check.account(http)
    return check.lines


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
