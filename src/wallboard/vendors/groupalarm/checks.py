"""What `wallboard check` tries of a GroupAlarm source: reads alone, nothing is changed."""

from __future__ import annotations

from wallboard.domain.errors import BadAnswer
from wallboard.vendors.base import CheckLine, SourceSettings
from wallboard.vendors.groupalarm.actions import VERBS
from wallboard.vendors.groupalarm.reading import Reader
from wallboard.vendors.groupalarm.wire import HotlineWire
from wallboard.vendors.http.client import HttpSource
from wallboard.vendors.kit.checks import Check
from wallboard.vendors.kit.lists import together


async def check_source(reader: Reader, http: HttpSource, settings: SourceSettings) -> list[CheckLine]:
    """Reach, sign-in, the lists this account may read, verbs, clock and budget. Never raises a ReadError."""
    check = Check()
    wires: list[HotlineWire] = []

    async def hotlines() -> str:
        try:
            found, pages = await reader.hotlines()
        except BadAnswer as error:
            hint = f" (organization {settings.organization}?)" if "400" in str(error) else ""
            raise BadAnswer(f"{error}{hint}") from None
        wires.extend(found)
        return together(f"{len(found)} found", pages.lost)

    async def phones() -> str:
        return f"user {user} has {len((await reader.phones(user))[0])}"

    async def logs() -> str:
        return f"{len((await reader.logs(wires[0].id, 1))[0])} entries of {wires[0].id}"

    if not await check.reach(reader.first_page):
        return check.lines
    await check.ask("hotlines", hotlines)
    user = next((user for wire in wires for user in wire.agents), "")
    if user:
        await check.ask("phones", phones)
    else:
        check.say("phones", None, "no hotline names an agent")
    if wires:
        await check.ask("call log", logs)
    check.verbs(settings, VERBS)
    check.account(http)
    return check.lines
