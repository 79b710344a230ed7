"""What `wallboard check` tries of a GroupAlarm source: reads alone, nothing is changed."""

from __future__ import annotations

from wallboard.domain.errors import BadAnswer
from wallboard.domain.language import mark, tr
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
            if "400" not in str(error):
                raise
            why, organization = str(error), settings.organization
            raise BadAnswer(tr("{why} (organization {id}?)", why=why, id=organization)) from None
        wires.extend(found)
        return together(tr("{n} found", n=len(found)), pages.lost)

    async def phones() -> str:
        return tr("user {user} has {n}", user=user, n=len((await reader.phones(user))[0]))

    async def logs() -> str:
        hotline = wires[0].id
        return tr("{n} entries of {hotline}", n=len((await reader.logs(hotline, 1))[0]), hotline=hotline)

    if not await check.reach(reader.first_page):
        return check.lines
    await check.ask(mark("hotlines"), hotlines)
    user = next((user for wire in wires for user in wire.agents), "")
    if user:
        await check.ask(mark("phones"), phones)
    else:
        check.say("phones", None, tr("no hotline names an agent"))
    if wires:
        await check.ask(mark("call log"), logs)
    check.verbs(settings, VERBS)
    check.account(http)
    return check.lines
