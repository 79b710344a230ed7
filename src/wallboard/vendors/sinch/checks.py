"""What `wallboard check` tries of a Sinch source: reads alone, nothing is changed."""

from __future__ import annotations

from functools import partial

from wallboard.domain.command import Verb
from wallboard.domain.errors import NotPermitted, ReadError
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
    ("queues", "/queues", "the Queues pane"),
    ("users", "/users", "the Agents pane"),
    ("disruption sets", "/disruptionSets", "the Notices pane"),
    ("queue groups", "/queueGroups", "groups in the details of a queue"),
    ("roles", "/roles", "roles in the details of an agent"),
    ("user groups", "/userGroups", "groups in the details of an agent"),
    ("skills", "/skills", "names of skills"),
    ("presence profiles", "/prsProfiles", "a report of an agent"),
    ("IVRs", "/customIvrs", "a report of a queue"),
)


async def check_source(reader: Reader, http: HttpSource, settings: SourceSettings) -> list[CheckLine]:
    """Reach, sign-in, each list that this account may read, the notices, verbs, clock and budget. Never raises."""
    check = Check()
    if not await check.reach(lambda: reader.probe(LISTS[0][1])):
        return check.lines

    async def read(path: str, use: str) -> str:
        await reader.probe(path)
        return use

    for name, path, use in LISTS:
        await check.ask(name, partial(read, path, use), missing=use)
    found, where = await _notices(reader)
    check.lines += found
    ok = {line.name: line.ok for line in found}
    cannot = {} if ok.get("notices") else dict.fromkeys(VERBS, "its notices cannot be read")
    if not ok.get("items", True):
        cannot.setdefault(Verb.PUBLISH, "the items of no disruption set can be read")
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
        return [_unread("notices", error)], ""
    if not sets:
        return [CheckLine("notices", None, "there is no disruption set")], ""
    events: dict[str, int] = {}
    items: dict[str, int] = {}
    closed: dict[str, ReadError] = {}
    for each in sets[:MOST_SETS]:
        name = str(clean(titled(each), 40))
        try:
            events[name] = len((await reader.all(rci.EVENTS, each.id, params={"active": "true"})).rows)
            items[name] = len((await reader.all(rci.ITEMS, each.id)).rows)
        except ReadError as error:
            closed[f"the items of {name}" if name in events else name] = error
    why = next(iter(closed.values()), None)
    if not events:
        return [_unread("notices", why)], ""
    shut = "; ".join(f"{name}: {error}" for name, error in closed.items())
    first = next(iter(items or events))
    said = f"{len(sets)} sets; {first if closed else 'the first'} has {events[first]} active"
    said += f", {items[first]} items" if items else ""
    lines = [CheckLine("notices", True, f"{said}; not {shut}" if shut else said)]
    if not items:
        lines.append(_unread("items", why))
    return lines, f"only in {', '.join(items)}" if closed and items else ""


def _unread(name: str, why: ReadError | None) -> CheckLine:
    return CheckLine(name, False, str(why), right=isinstance(why, NotPermitted))
