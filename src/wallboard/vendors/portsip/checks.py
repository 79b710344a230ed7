"""What `wallboard check` tries of a PortSIP source: reads alone, nothing is changed."""

from __future__ import annotations

from collections.abc import Awaitable, Sequence

from wallboard.domain.command import Verb
from wallboard.domain.errors import ReadError
from wallboard.domain.language import mark, tr
from wallboard.domain.text import clean
from wallboard.vendors.base import CheckLine, LoginAuth, SourceSettings
from wallboard.vendors.http.client import HttpSource, route
from wallboard.vendors.kit.checks import Check
from wallboard.vendors.kit.lists import together
from wallboard.vendors.portsip.actions import VERBS
from wallboard.vendors.portsip.reading import Reader

SAID = {
    Verb.PICKUP: mark("the caller goes to the telephone of the account that signs in"),
    Verb.ATTENDED: mark("only where the agent already has the second call"),
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
        return together(tr("{n} found", n=len(found)), pages.lost)

    async def roster() -> str:
        found, _, missed = await reader.agents(queues[0])
        agents.extend(wire.extension_number for wire in found)
        return together(tr("{n} in one queue", n=len(found)), missed)

    async def status() -> str:
        wire, _ = await reader.agent(queues[0], agents[0])
        return tr("can be read") if wire.status else tr("the answer holds none")

    if not await check.reach(reach):
        return check.lines
    await check.ask(mark("queues"), all_queues)
    if queues:
        await check.ask(mark("members"), lambda: _count(reader.waiting(queues[0]), mark("{n} waiting")))
        await check.ask(mark("agents"), roster)
    if agents:
        await check.ask(mark("agent status"), status)
    await check.ask(mark("calls"), lambda: _count(reader.sessions(), mark("{n} up")))
    await check.ask(mark("receptionists"), lambda: _listed(reader, "/ivrs"))
    await check.ask(mark("phones"), lambda: _listed(reader, "/users"))
    await check.ask(mark("tenant"), lambda: _zone(reader))
    check.lines.append(await _role(reader, settings))
    cannot = {} if settings.phone else dict.fromkeys((Verb.CALL, Verb.PICKUP), tr("no phone is configured"))
    check.verbs(settings, (*VERBS, Verb.CHANGE), {verb: tr(said) for verb, said in SAID.items()}, cannot)
    check.say(mark("push"), None, push)
    check.account(http)
    return check.lines


async def _count(reading: Awaitable[tuple[Sequence[object], object, str]], how_many: str) -> str:
    found, _, missed = await reading
    return together(tr(how_many, n=len(found)), missed)


async def _listed(reader: Reader, where: str) -> str:
    count, _ = await reader.first(route(where))
    return tr("{n} found", n=count)


async def _zone(reader: Reader) -> str:
    tenant = await reader.tenant()
    return tr("time zone {zone}", zone=tenant.timezone) if tenant.timezone else tr("names no time zone")


async def _role(reader: Reader, settings: SourceSettings) -> CheckLine:
    """The role of the account that signs in, on which its rights rest."""
    auth = settings.auth
    if not isinstance(auth, LoginAuth):
        return CheckLine(mark("role"), None, tr("not told: a token does not say whose it is"))
    try:
        users, _ = await reader.users()
    except ReadError as error:
        return CheckLine(mark("role"), None, tr("not told: {why}", why=str(error)))
    mine = next((user for user in users if auth.username in (user.name, user.extension_number)), None)
    if mine is None or not mine.role:
        said = tr("the list of users names none for {name}", name=clean(auth.username, 60))
        return CheckLine(mark("role"), None, said)
    return CheckLine(mark("role"), True, clean(mine.role))
