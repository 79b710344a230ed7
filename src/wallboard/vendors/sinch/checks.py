"""What `wallboard check` tries of a Sinch source: reads alone, nothing is changed."""

from __future__ import annotations

from collections.abc import Mapping

from wallboard.domain.command import Verb
from wallboard.domain.errors import CredentialsRefused, Late, NotPermitted, ReadError, Unreachable
from wallboard.domain.text import clean
from wallboard.vendors.base import CheckLine, SourceSettings
from wallboard.vendors.http import HttpSource
from wallboard.vendors.sinch.evidence import VERBS
from wallboard.vendors.sinch.mapping import titled
from wallboard.vendors.sinch.reading import Reader

CLOCK_TOLERANCE = 5.0
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
    lines: list[CheckLine] = []
    for name, path, use in LISTS:
        try:
            _, took = await reader.probe(path)
        except (Unreachable, Late) as error:
            if not lines:
                return [CheckLine("reach", False, str(error))]
            lines.append(CheckLine(name, False, str(error)))
        except CredentialsRefused as error:
            first = [] if lines else [CheckLine("reach", True, "answers")]
            return [*lines, *first, CheckLine("sign-in", False, str(error))]
        except ReadError as error:
            if not lines:
                lines += [CheckLine("reach", True, "answers"), CheckLine("sign-in", True, "accepted")]
            none = None if isinstance(error, NotPermitted) else False
            lines.append(CheckLine(name, none, f"{error}: {use} will be missing"))
        else:
            if not lines:
                answers = f"answers in {took:.1f} s"
                lines += [CheckLine("reach", True, answers), CheckLine("sign-in", True, "accepted")]
            lines.append(CheckLine(name, True, use))
    found, where = await _notices(reader)
    lines += found
    lines += _verbs(settings, {line.name: bool(line.ok) for line in found}, where)
    offset = http.clock_offset
    if offset is None:
        lines.append(CheckLine("clock", None, "the vendor tells no time"))
    else:
        lines.append(CheckLine("clock", abs(offset) <= CLOCK_TOLERANCE, f"{offset:+.1f} s"))
    budget = http.budget
    text = "the vendor names none" if budget is None else f"{budget.remaining}/{budget.limit} requests"
    lines.append(CheckLine("budget", None if budget is None else True, text))
    return lines


async def _notices(reader: Reader) -> tuple[list[CheckLine], str]:
    """The events and items of every disruption set, since rights may differ from set to set and from one to the other:
    without items nothing can be published, but what is up can be ended. And where notices can be published, "" where
    nothing limits it."""
    try:
        sets = (await reader.sets()).rows
    except ReadError as error:
        return [CheckLine("notices", None if isinstance(error, NotPermitted) else False, str(error))], ""
    if not sets:
        return [CheckLine("notices", None, "there is no disruption set")], ""
    events: dict[str, int] = {}
    items: dict[str, int] = {}
    closed: dict[str, ReadError] = {}
    for each in sets[:MOST_SETS]:
        name = str(clean(titled(each), 40))
        try:
            events[name] = len((await reader.events(each.id, {"active": "true"})).rows)
            items[name] = len((await reader.items(each.id)).rows)
        except ReadError as error:
            closed[f"the items of {name}" if name in events else name] = error
    why = next(iter(closed.values()), None)
    if not events:
        return [CheckLine("notices", None if isinstance(why, NotPermitted) else False, str(why))], ""
    shut = "; ".join(f"{name}: {error}" for name, error in closed.items())
    first = next(iter(items or events))
    said = f"{len(sets)} sets; {first if closed else 'the first'} has {events[first]} active"
    said += f", {items[first]} items" if items else ""
    lines = [CheckLine("notices", True, f"{said}; not {shut}" if shut else said)]
    if not items:
        lines.append(CheckLine("items", None if isinstance(why, NotPermitted) else False, str(why)))
    return lines, f"only in {', '.join(items)}" if closed and items else ""


def _verbs(settings: SourceSettings, readable: Mapping[str, bool], where: str) -> list[CheckLine]:
    if settings.read_only:
        return [CheckLine(verb.value, False, "this source is read-only") for verb in VERBS]
    if not readable.get("notices"):
        return [CheckLine(verb.value, False, "its notices cannot be read") for verb in VERBS]
    text = f"shows only when used; {where}" if where else "shows only when used"
    lines = {verb: CheckLine(verb.value, None, text) for verb in VERBS}
    if not readable.get("items", True):
        lines[Verb.PUBLISH] = CheckLine(Verb.PUBLISH.value, False, "the items of no disruption set can be read")
    return list(lines.values())
