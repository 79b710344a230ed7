"""What `wallboard check` tries of a Sinch source: reads alone, nothing is changed."""

from __future__ import annotations

from wallboard.domain.errors import CredentialsRefused, Late, NotPermitted, ReadError, Unreachable
from wallboard.vendors.base import CheckLine, SourceSettings
from wallboard.vendors.http import HttpSource
from wallboard.vendors.sinch.evidence import VERBS
from wallboard.vendors.sinch.reading import Reader

CLOCK_TOLERANCE = 5.0
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
    lines += await _notices(reader)
    lines += _verbs(settings, any(line.name == "notices" and line.ok for line in lines))
    offset = http.clock_offset
    if offset is None:
        lines.append(CheckLine("clock", None, "the vendor tells no time"))
    else:
        lines.append(CheckLine("clock", abs(offset) <= CLOCK_TOLERANCE, f"{offset:+.1f} s"))
    budget = http.budget
    text = "the vendor names none" if budget is None else f"{budget.remaining}/{budget.limit} requests"
    lines.append(CheckLine("budget", None if budget is None else True, text))
    return lines


async def _notices(reader: Reader) -> list[CheckLine]:
    """The events and items of the first disruption set."""
    try:
        sets = (await reader.sets()).rows
        if not sets:
            return [CheckLine("notices", None, "there is no disruption set")]
        events = (await reader.events(sets[0].id, {"active": "true"})).rows
        items = (await reader.items(sets[0].id)).rows
    except ReadError as error:
        return [CheckLine("notices", None if isinstance(error, NotPermitted) else False, str(error))]
    return [CheckLine("notices", True, f"{len(sets)} sets; the first has {len(events)} active, {len(items)} items")]


def _verbs(settings: SourceSettings, readable: bool) -> list[CheckLine]:
    if settings.read_only:
        return [CheckLine(verb.value, False, "this source is read-only") for verb in VERBS]
    if not readable:
        return [CheckLine(verb.value, False, "its notices cannot be read") for verb in VERBS]
    return [CheckLine(verb.value, None, "not tried: the vendor tells rights only when asked to act") for verb in VERBS]
