"""A virtual receptionist as a row: open or closed now, where each input sends a caller now, until when. Pure.

What a caller meets (administration guide of PBX 22): night mode, where it is on for the tenant, before all else; then
the menu, whose inputs lead elsewhere in office hours, outside them and on the holidays of the input. The timeout rule
is for a caller who presses nothing, the failure rule for a transfer that does not come about.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from wallboard.domain.forms import written_hours
from wallboard.domain.keys import Key, Kind
from wallboard.domain.models import Entry, Receptionist
from wallboard.domain.text import Clean, clean
from wallboard.vendors.portsip.hours import Holiday, Phase, changes, wall_at
from wallboard.vendors.portsip.ivr import Ivr, Rule, Tenant, words

NO_INPUT, FAILED = clean("no input"), clean("failed transfer")
NIGHT = "night mode"
_SHORT = ("Mo", "Tu", "We", "Th", "Fr", "Sa", "Su")


def receptionist(source: str, ivr: Ivr, tenant: Tenant, now: float, ahead: float = 0.0) -> tuple[Receptionist, float]:
    """The row as of `now`, and until when it holds (infinity: a fortnight at least). Steady UTC seconds; `ahead` is
    how far the vendor's clock, which opens and closes, is before ours."""
    there = now + ahead
    wall = wall_at(there, tenant.zone)
    schedules = [rule.schedule(tenant) for rule in ivr.rules]
    night = tenant.night_mode is True

    def phases(at: datetime) -> tuple[Phase | None, ...]:
        return tuple(schedule.phase(at) for schedule in schedules)

    holds = phases(wall)
    due = until = None
    for moment, after in changes(phases, schedules, tenant.zone, there) if schedules else ():
        due = moment if due is None else due
        if night:
            break
        if _opened(after) != _opened(holds):
            until = moment
            break
    row = Receptionist(
        key=Key(source, Kind.RECEPTIONIST, ivr.id),
        name=clean(ivr.name) or clean(ivr.number) or clean(ivr.id),
        number=clean(ivr.number),
        language=clean(ivr.language),
        open=None if not ivr.rules else False if night else _opened(holds),
        sends_to=tuple(_entries(ivr, holds, night)),
        until=None if until is None else until - ahead,
        address=(("receptionist", ivr.id), ("extension", ivr.number)),
        details=tuple(_details(ivr, tenant)),
    )
    return row, float("inf") if due is None else due - ahead


def _opened(phases: Sequence[Phase | None]) -> bool | None:
    """Open if any rule is, closed if all are; else a rule that is not known makes it unknown."""
    if Phase.OFFICE in phases:
        return True
    return None if None in phases else False


def _entries(ivr: Ivr, phases: Sequence[Phase | None], night: bool) -> list[Entry]:
    if night:
        to = words(ivr.night)
        found = [Entry(clean(rule.input), to, False) for rule in ivr.rules]
        return [*found, Entry(NO_INPUT, to, None), Entry(FAILED, to, None)]
    found = [
        Entry(clean(rule.input), rule.leads(phase), None if phase is None else phase is Phase.OFFICE)
        for rule, phase in zip(ivr.rules, phases, strict=True)
    ]
    if ivr.timeout is not None:
        found.append(Entry(NO_INPUT, ivr.timeout.words, None))
    if ivr.failure is not None:
        found.append(Entry(FAILED, ivr.failure.words, None))
    return found


def _details(ivr: Ivr, tenant: Tenant) -> list[tuple[Clean, Clean]]:
    lines: list[tuple[str, str]] = [("time zone", tenant.zone.key)]
    follows = any(rule.custom is False for rule in ivr.rules)
    if tenant.why and (follows or "zone" in tenant.why):
        lines.append(("office hours", tenant.why))
    if tenant.night_mode is not None:
        lines.append((NIGHT, "on" if tenant.night_mode else "off"))
    if ivr.night is not None:
        lines.append(("at night", ivr.night.words))
    if ivr.timeout is not None and ivr.timeout.timeout is not None:
        lines.append(("waits for input", f"{ivr.timeout.timeout} s"))
    if ivr.timeout is not None and ivr.timeout.repeat_times is not None:
        lines.append(("repeats the prompt", f"{ivr.timeout.repeat_times} times"))
    if ivr.dtmf_interval is not None:
        lines.append(("between two keys", f"{ivr.dtmf_interval} s"))
    lines += [("prompt", ivr.prompt), ("transfer prompt", ivr.transfer_prompt)]
    if ivr.pin_needed is not None:
        lines.append(("PIN for DISA", "asked for" if ivr.pin_needed else "none"))
    for rule in ivr.rules:
        lines.append((f"hours of {rule.input}", week_words(rule, tenant)))
        if rule.holidays or rule.unread:
            lines.append((f"holidays of {rule.input}", holiday_words(rule)))
    if not ivr.raw:
        lines.append(("detail", "not for this account"))
    return [(clean(label), clean(value)) for label, value in lines if value]


def week_words(rule: Rule, tenant: Tenant) -> str:
    """ "Mo–Fr 09:00-17:00, Sa Su closed": days that are alike together."""
    week = rule.schedule(tenant).week
    if week is None:
        return "not known"
    parts: list[str] = []
    first = 0
    for index in range(1, 8):
        if index < 7 and week.days[index] == week.days[first]:
            continue
        spans = week.days[first]
        name = _SHORT[first] if index - first == 1 else f"{_SHORT[first]}–{_SHORT[index - 1]}"
        parts.append(f"{name} {'not known' if spans is None else written_hours(spans)}")
        first = index
    return ", ".join(parts) + ("" if rule.custom else " (global)")


def holiday_words(rule: Rule) -> str:
    """ "Christmas 12-24 to 12-26 each year, New year 01-01 each year"."""
    parts = [f"{day.name} {dates(day)}".strip() for day in rule.holidays]
    if rule.unread:
        parts.append(f"{rule.unread} without dates")
    return ", ".join(parts)


def dates(day: Holiday) -> str:
    """ "12-24 to 12-26 each year"; of a holiday that is readable."""
    start, end = day.start, day.end
    assert start is not None
    assert end is not None
    year = "" if day.every_year else f"{start.year}-"
    shown = f"{year}{start.month:02}-{start.day:02}"
    if (start.year, start.month, start.day) != (end.year, end.month, end.day):
        shown += f" to {end.month:02}-{end.day:02}"
    if start.minute or end.minute % 1440:
        shown += f" {_clock(start.minute)}-{_clock(end.minute or 1440)}"
    return f"{shown} each year" if day.every_year else shown


def _clock(minute: int) -> str:
    return f"{minute // 60:02}:{minute % 60:02}"
