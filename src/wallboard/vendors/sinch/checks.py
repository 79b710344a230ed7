"""What `wallboard check` tries of a Sinch source: reads alone, nothing is changed."""

from __future__ import annotations

from functools import partial

from wallboard.domain.command import Verb
from wallboard.domain.errors import NotPermitted, ReadError
from wallboard.domain.language import mark, tr
from wallboard.domain.text import clean
from wallboard.vendors.base import CheckLine, SourceSettings
from wallboard.vendors.http.client import HttpSource
from wallboard.vendors.kit.checks import Check
from wallboard.vendors.sinch import rci
from wallboard.vendors.sinch.evidence import VERBS
from wallboard.vendors.sinch.mapping import titled
from wallboard.vendors.sinch.reading import Reader

MOST_SETS = 20
"""Disruption sets that are tried one by one."""
LISTS = (
    (mark("queues"), "/queues", mark("the Queues pane")),
    (mark("users"), "/users", mark("the Agents pane")),
    (mark("disruption sets"), "/disruptionSets", mark("the Notices pane")),
    (mark("queue groups"), "/queueGroups", mark("groups in the details of a queue")),
    (mark("roles"), "/roles", mark("roles in the details of an agent")),
    (mark("user groups"), "/userGroups", mark("groups in the details of an agent")),
    (mark("skills"), "/skills", mark("names of skills")),
    (mark("presence profiles"), "/prsProfiles", mark("a report of an agent")),
    (mark("IVRs"), "/customIvrs", mark("a report of a queue")),
)


async def check_source(reader: Reader, http: HttpSource, settings: SourceSettings) -> list[CheckLine]:
    """Reach, sign-in, each list that this account may read, the notices, verbs, clock and budget. Never raises."""
    check = Check()
    if not await check.reach(lambda: reader.probe(LISTS[0][1])):
        return check.lines

    async def read(path: str, use: str) -> str:
        await reader.probe(path)
        return tr(use)

    for name, path, use in LISTS:
        await check.ask(name, partial(read, path, use), missing=tr(use))
    found, where = await _notices(reader)
    check.lines += found
    ok = {line.name: line.ok for line in found}
    cannot = {} if ok.get("notices") else dict.fromkeys(VERBS, tr("its notices cannot be read"))
    if not ok.get("items", True):
        cannot.setdefault(Verb.PUBLISH, tr("the items of no disruption set can be read"))
    check.verbs(settings, VERBS, dict.fromkeys(VERBS, where) if where else {}, cannot)
    check.account(http)
    return check.lines


async def _notices(reader: Reader) -> tuple[list[CheckLine], str]:
    """The events and items of every disruption set, since rights may differ from set to set and from one to the other:
    without items nothing can be published, but what is up can be ended. And where notices can be published, "" where
    nothing limits it."""
    try:
        sets = (await reader.all(rci.SETS)).rows
    except ReadError as error:
        return [_unread(mark("notices"), error)], ""
    if not sets:
        return [CheckLine(mark("notices"), None, tr("there is no disruption set"))], ""
    events: dict[str, int] = {}
    items: dict[str, int] = {}
    closed: dict[str, ReadError] = {}
    for each in sets[:MOST_SETS]:
        name = str(clean(titled(each), 40))
        try:
            events[name] = len((await reader.all(rci.EVENTS, each.id, params={"active": "true"})).rows)
            items[name] = len((await reader.all(rci.ITEMS, each.id)).rows)
        except ReadError as error:
            closed[tr("the items of {name}", name=name) if name in events else name] = error
    why = next(iter(closed.values()), None)
    if not events:
        return [_unread(mark("notices"), why)], ""
    shut = "; ".join(f"{name}: {error}" for name, error in closed.items())
    first = next(iter(items or events))
    which = first if closed else tr("the first")
    said = tr("{n} sets; {which} has {active} active", n=len(sets), which=which, active=events[first])
    said = tr("{said}, {n} items", said=said, n=items[first]) if items else said
    lines = [CheckLine(mark("notices"), True, tr("{said}; not {which}", said=said, which=shut) if shut else said)]
    if not items:
        lines.append(_unread(mark("items"), why))
    return lines, tr("only in {sets}", sets=", ".join(items)) if closed and items else ""


def _unread(name: str, why: ReadError | None) -> CheckLine:
    return CheckLine(name, False, str(why), right=isinstance(why, NotPermitted))
