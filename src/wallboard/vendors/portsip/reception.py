"""A virtual receptionist as a row: open or closed now, where each input sends a caller now, until when. Pure.

What a caller meets (administration guide of PBX 22): night mode, where it is on for the tenant, before all else; then
the menu, whose inputs lead elsewhere in office hours, outside them and on the holidays of the input. The timeout rule
is for a caller who presses nothing, the failure rule for a transfer that does not come about.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from wallboard.domain.keys import Key, Kind
from wallboard.domain.language import mark, tr, trc, trn
from wallboard.domain.models import Entry, Receptionist
from wallboard.domain.text import Clean, clean
from wallboard.vendors.kit.sheets import lines
from wallboard.vendors.portsip.hours import Holiday, Phase, changes, clock, wall_at
from wallboard.vendors.portsip.ivr import Ivr, Rule, Tenant, hours_words, words

NO_INPUT, FAILED = mark("no input"), mark("failed transfer")
_SHORT = (mark("Mo"), mark("Tu"), mark("We"), mark("Th"), mark("Fr"), mark("Sa"), mark("Su"))


def receptionist(source: str, ivr: Ivr, tenant: Tenant, now: float, ahead: float = 0.0) -> tuple[Receptionist, float]:
    """The row as of `now`, and until when it holds (infinity: a fortnight at least). Steady UTC seconds; `ahead` is
    how far the vendor's clock, which opens and closes, is before ours."""
    rules = [rule for _, rule in ivr.rules]
    schedules = [rule.schedule(tenant) for rule in rules]
    night = tenant.night_mode is True

    def phases(at: datetime) -> tuple[Phase | None, ...]:
        return tuple(schedule.phase(at) for schedule in schedules)

    holds = phases(wall_at(now + ahead, tenant.zone))
    due = until = None
    for moment, after in changes(phases, schedules, tenant.zone, now + ahead) if schedules else ():
        due = moment if due is None else due
        if night:
            break
        if _opened(after) != _opened(holds):
            until = moment
            break
    row = Receptionist(
        key=Key(source, Kind.RECEPTIONIST, ivr.id),
        name=clean(ivr.name) or clean(ivr.extension_number) or clean(ivr.id),
        number=clean(ivr.extension_number),
        language=clean(ivr.language),
        open=None if not rules else False if night else _opened(holds),
        sends_to=tuple(_entries(ivr, rules, holds, night)),
        until=None if until is None else until - ahead,
        address=(("receptionist", ivr.id), ("extension", ivr.extension_number)),
        details=lines(_details(ivr, rules, tenant)),
    )
    return row, float("inf") if due is None else due - ahead


def _opened(phases: Sequence[Phase | None]) -> bool | None:
    """Open if any rule is, closed if all are; else a rule that is not known makes it unknown."""
    if Phase.OFFICE in phases:
        return True
    return None if None in phases else False


def _entries(ivr: Ivr, rules: Sequence[Rule], phases: Sequence[Phase | None], night: bool) -> list[Entry]:
    at_night = words(ivr.night_mode_forward_rule)
    no_input, failed = Clean(tr(NO_INPUT)), Clean(tr(FAILED))
    if night:
        found = [Entry(clean(rule.input), at_night, False) for rule in rules]
        return [*found, Entry(no_input, at_night, None), Entry(failed, at_night, None)]
    found = [
        Entry(clean(rule.input), rule.leads(phase), None if phase is None else phase is Phase.OFFICE)
        for rule, phase in zip(rules, phases, strict=True)
    ]
    others = ((no_input, ivr.timeout_forward_rule), (failed, ivr.failure_forward_rule))
    return found + [Entry(name, forward.words, None) for name, forward in others if forward and forward.does]


def _details(ivr: Ivr, rules: Sequence[Rule], tenant: Tenant) -> list[tuple[str, object]]:
    follows = any(rule.office_hours.custom is False for rule in rules)
    timeout = ivr.timeout_forward_rule if words(ivr.timeout_forward_rule) else None
    times = timeout.repeat_times if timeout else None
    found: list[tuple[str, object]] = [
        (tr("time zone"), tenant.zone.key),
        (tr("office hours"), tenant.why if follows or tenant.lost else ""),
        (tr("night mode"), {True: trc("switch", "on"), False: trc("switch", "off"), None: None}[tenant.night_mode]),
        (tr("at night"), words(ivr.night_mode_forward_rule)),
        (tr("waits for input"), _seconds(timeout.timeout if timeout else None)),
        (tr("repeats the prompt"), None if times is None else trn("{n} times", "{n} times", times)),
        (tr("between two keys"), _seconds(ivr.dtmf_interval)),
        (tr("prompt"), ivr.prompt_file_name),
        (tr("transfer prompt"), ivr.transfer_prompt_file_name),
        (tr("PIN for DISA"), {True: tr("asked for"), False: trc("PIN", "none"), None: None}[ivr.enable_pin]),
    ]
    for rule in rules:
        found += [
            (tr("hours of {input}", input=rule.input), week_words(rule, tenant)),
            (tr("holidays of {input}", input=rule.input), holiday_words(rule)),
        ]
    return [*found, (tr("detail"), "" if ivr.full else tr("not for this account"))]


def _seconds(number: int | None) -> str:
    return "" if number is None else f"{number} s"


def week_words(rule: Rule, tenant: Tenant) -> str:
    """ "Mo–Fr 09:00-17:00, Sa Su closed": days that are alike together."""
    week = rule.schedule(tenant).week
    if week is None:
        return tr("not known")
    parts: list[str] = []
    first = 0
    for index in range(1, 8):
        if index < 7 and week.days[index] == week.days[first]:
            continue
        spans = week.days[first]
        name = tr(_SHORT[first])
        name = name if index - first == 1 else f"{name}–{tr(_SHORT[index - 1])}"
        parts.append(tr("{days} not known", days=name) if spans is None else f"{name} {hours_words(spans)}")
        first = index
    said = ", ".join(parts)
    return said if rule.office_hours.custom else tr("{hours} (global)", hours=said)


def holiday_words(rule: Rule) -> str:
    """ "Christmas 12-24 to 12-26 each year, New year 01-01 each year"."""
    parts = [f"{day.name} {dates(day)}".strip() for day in rule.dated]
    if rule.undated:
        parts.append(tr("{n} without dates", n=rule.undated))
    return ", ".join(parts)


def dates(day: Holiday) -> str:
    """ "12-24 to 12-26 each year"; "" of a holiday that is not readable."""
    start, end = day.start, day.end
    if start is None or end is None:
        return ""
    year = "" if day.every_year else f"{start.year}-"
    shown = f"{year}{start.month:02}-{start.day:02}"
    if start[:3] != end[:3]:
        last = f"{end.month:02}-{end.day:02}"
        shown = tr("{first} to {last}", first=shown, last=last)
    if start.minute or end.minute % 1440:
        shown += f" {clock(start.minute)}-{clock(end.minute or 1440)}"
    return tr("{date} each year", date=shown) if day.every_year else shown
