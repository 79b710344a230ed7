"""What can be changed about a receptionist, and everything that one says, in words that can be compared. Pure.

A write may lose what cannot go back with it (see `ivr`): a prompt, the PIN, a field that this console does not know.
A form on such a receptionist says so in its warning.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import quote, unquote

from wallboard.domain.errors import NotSent
from wallboard.domain.forms import Form, FormField, Option, Takes, hours, written_hours
from wallboard.domain.text import Clean, clean
from wallboard.vendors.kit.wire import count
from wallboard.vendors.portsip.hours import ALL_DAY, DAY, Spans, clock
from wallboard.vendors.portsip.ivr import ACTIONS, Day, Forward, Hours, Ivr
from wallboard.vendors.portsip.states import normal

WHOLE = {
    "night": ("night_mode_forward_rule", "night mode"),
    "timeout": ("timeout_forward_rule", "no input"),
    "failure": ("failure_forward_rule", "failed transfer"),
}
INPUT = {
    "office": ("office_hours_forward_rule", "in office hours"),
    "closed": ("non_office_hours_forward_rule", "outside office hours"),
    "holiday": ("holiday_forward_rule", "on holidays"),
}
HOURS = "hours"
_PROMPTS = {"prompt": "prompt", "transfer prompt": "transfer_prompt"}
_NUMBERED = ("FORWARD_TO_NUMBER", "FORWARD_TO_VOICEMAIL")
_TIMED = (("timeout", "Seconds", 5, "without input", 1), ("repeat_times", "Repeats", 3, "times", 0))
"""Field of the timeout rule, label, most digits, hint, and the least that can be written."""


@dataclass(frozen=True, slots=True)
class Part:
    """One thing that a form changes: a rule of the receptionist, or of one input (`key` as `Ivr.rules` names it)."""

    kind: str
    key: str = ""

    @property
    def aspect(self) -> str:
        """Its name in `meaning`."""
        if self.kind in WHOLE:
            return f"rule for {WHOLE[self.kind][1]}"
        if self.kind == HOURS:
            return f"office hours of input {self.key}"
        return f"input {self.key} {INPUT[self.kind][1]}"


def form_id(part: Part, said: Mapping[str, str]) -> str:
    """`office/1@3f9a2c01`: the part, and what it was when the form was drawn."""
    name = part.kind if part.kind in WHOLE else f"{part.kind}/{quote(part.key, safe='*#+~', errors='replace')}"
    return f"{name}@{_digest(said, part)}"


def part_of(identity: str) -> tuple[Part, str] | None:
    """The part that a form's id names and what it was ("" not said); None if it names none."""
    name, _, digest = identity.partition("@")
    kind, _, quoted = name.partition("/")
    key = unquote(quoted)
    if kind in WHOLE and not key:
        return Part(kind), digest
    return (Part(kind, key), digest) if (kind in INPUT or kind == HOURS) and "/" in name else None


def still(part: Part, digest: str, said: Mapping[str, str]) -> bool:
    """Whether the part is in a `meaning` what it was when the form was drawn."""
    return not digest or _digest(said, part) == digest


def _digest(said: Mapping[str, str], part: Part) -> str:
    text = f"{part.aspect}: {said.get(part.aspect, '')}"
    return hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()[:8]


def forms(ivr: Ivr, zone: str) -> list[Form]:
    """A form for each part, in the order in which a caller meets them."""
    warning, said = risk(ivr), meaning(ivr)
    found: list[Form] = []

    def add(part: Part, title: str, fields: tuple[FormField, ...], zone: str = "") -> None:
        found.append(Form(form_id(part, said), clean(title), fields, warning=warning, zone=zone))

    for kind, (name, label) in WHOLE.items():
        forward: Forward | None = getattr(ivr, name)
        if forward is not None:
            add(Part(kind), f"{label}: where callers go", _forward_fields(forward, kind))
    for key, rule in ivr.rules:
        for kind, (name, label) in INPUT.items():
            forward = getattr(rule, name)
            if kind != "holiday" or rule.holidays or forward is not None:
                add(Part(kind, key), f"input {key} {label}", _forward_fields(forward or Forward(), kind))
        week = _week_fields(rule.office_hours)
        if week:
            add(Part(HOURS, key), f"input {key}: office hours", week, zone)
    return found


def _forward_fields(forward: Forward, kind: str) -> tuple[FormField, ...]:
    offered = {name: label for name, label in ACTIONS.items() if kind in INPUT or name != "DISA"}
    if forward.does:
        offered.setdefault(forward.does, forward.does)
    options = tuple(Option(name, clean(label)) for name, label in offered.items())
    action = FormField("action", "What", Takes.CHOICE, forward.does, options=options, required=True)
    number = FormField("number", "Number", Takes.PLACE, forward.number.strip(), hint="for a number or a voicemail")
    timed = (
        FormField(name, label, Takes.LINE, _shown(getattr(forward, name)), most=most, hint=hint)
        for name, label, most, hint, _ in (_TIMED if kind == "timeout" else ())
    )
    return (action, number, *timed)


def _shown(number: int | None) -> str:
    return "" if number is None else str(number)


def _week_fields(week: Hours) -> tuple[FormField, ...]:
    """Seven days; () where the hours are not the rule's own, or a day of them cannot be read."""
    days = {name: day.spans for name, day in week.days.items()}
    if normal(week.mode) != "CUSTOM" or any(s is None or hours(written_hours(s)) != s for s in days.values()):
        return ()
    return tuple(
        FormField(name, name.capitalize(), Takes.HOURS, written_hours(spans or ()), required=True)
        for name, spans in days.items()
    )


def risk(ivr: Ivr) -> str:
    files = {label: getattr(ivr, f"{name}_file_name") for label, name in _PROMPTS.items()}
    lost = [f"the {label} {clean(file, 40)}" for label, file in files.items() if file]
    if ivr.enable_pin or ivr.pin_mark:
        lost.append("the PIN")
    strange = list(dict.fromkeys(_strange(ivr)))
    if strange:
        lost.append(f"{', '.join(clean(name, 30) for name in strange[:3])}{' …' if len(strange) > 3 else ''}")
    if not lost:
        return ""
    return f"the vendor does not say whether {' and '.join(lost)} survive{'s' if len(lost) == 1 else ''} a write"


def _strange(ivr: Ivr) -> list[str]:
    rules = [rule for _, rule in ivr.rules]
    forwards = [getattr(ivr, name) for name, _ in WHOLE.values()]
    parts = [ivr, *forwards]
    for rule in rules:
        parts += [rule, rule.office_hours, *(getattr(rule, name) for name, _ in INPUT.values())]
    return [name for part in (*parts, *(ivr.outbound_caller_ids or ())) if part is not None for name in part.strange]


def meaning(ivr: Ivr) -> dict[str, str]:
    """Everything that a receptionist says, by name and in words: equal words mean the same, however it is spelled.
    Blank is as not there; addresses of files, which may change by themselves, are left out."""
    found = {
        "name": ivr.name,
        "number": ivr.extension_number,
        "language": ivr.language,
        "time between two keys": _shown(ivr.dtmf_interval),
        "PIN for DISA": {True: "asked for", False: "not asked for", None: ""}[ivr.enable_pin],
        "PIN": ivr.pin_mark,
    }
    for label, name in _PROMPTS.items():
        file, size = getattr(ivr, f"{name}_file_name"), getattr(ivr, f"{name}_file_size")
        found[label] = file + (f" ({size} bytes)" if size and file else "")
    for kind, (name, _) in WHOLE.items():
        found[Part(kind).aspect] = _leads(getattr(ivr, name))
    for key, rule in ivr.rules:
        found[f"input {key}"] = "there"
        for kind, (name, _) in INPUT.items():
            found[Part(kind, key).aspect] = _leads(getattr(rule, name))
        found[Part(HOURS, key).aspect] = _hours_said(rule.office_hours)
        days = (day.id or _json(day.model_dump(exclude_defaults=True)) for day in rule.holidays or ())
        found[f"holidays of input {key}"] = ", ".join(sorted(days))
        found |= {f"{name} of input {key}": _json((rule.model_extra or {})[name]) for name in rule.strange}
    found["outbound caller ids"] = ", ".join(sorted(_json(each.body()) for each in ivr.outbound_caller_ids or ()))
    found |= {name: _json((ivr.model_extra or {})[name]) for name in ivr.strange}
    return {name: said for name, said in found.items() if said}


def _leads(forward: Forward | None) -> str:
    if forward is None:
        return ""
    counts = (("waits", forward.timeout, " s"), ("repeats", forward.repeat_times, " times"))
    said = [f"{label} {number}{unit}" for label, number, unit in counts if number is not None]
    return ", ".join(filter(None, (forward.words, *said)))


def _hours_said(week: Hours) -> str:
    mode = normal(week.mode)
    if mode == "GLOBAL":
        return "global"
    said = []
    for name, day in week.days.items():
        spans = day.spans
        if day != Day():
            said.append(f"{name} {_json(day.body()) if spans is None else written_hours(spans)}")
    return "; ".join(filter(None, (mode.lower(), *said)))


def _json(value: object) -> str:
    return json.dumps(value, sort_keys=True, ensure_ascii=False, default=str)


def differences(before: Mapping[str, str], after: Mapping[str, str]) -> list[str]:
    """The names of everything that differs, those of `before` first."""
    return [name for name in dict.fromkeys((*before, *after)) if before.get(name) != after.get(name)]


def lost(name: str, before: Mapping[str, str]) -> Clean:
    if name == "PIN":
        return clean("the PIN is no longer what it was" if before.get(name) else "there is a PIN now")
    if name in _PROMPTS:
        return clean(f"the {name} is no longer {before.get(name, '')}")
    return clean(f"{name} is no longer {before.get(name) or 'blank'}")


def changed(ivr: Ivr, part: Part, values: Mapping[str, str]) -> Ivr:
    """`ivr` with the part as `values` have it. NotSent, with what to write, if it is not there or they cannot be."""
    if part.kind in WHOLE:
        name = WHOLE[part.kind][0]
        before: Forward | None = getattr(ivr, name)
        if before is None:
            raise NotSent(f"nothing sent: the receptionist has no {part.aspect} any more")
        return ivr.model_copy(update={name: _forward(before, values, timed=part.kind == "timeout")})
    rule = dict(ivr.rules).get(part.key)
    if rule is None:
        raise NotSent(f"nothing sent: the receptionist has no input {clean(part.key)} any more")
    if part.kind == HOURS:
        new = rule.model_copy(update={"office_hours": _week(rule.office_hours, values)})
    else:
        name = INPUT[part.kind][0]
        new = rule.model_copy(update={name: _forward(getattr(rule, name), values)})
    return ivr.model_copy(
        update={"custom_forward_rules": tuple(new if each is rule else each for _, each in ivr.rules)}
    )


def _forward(before: Forward | None, values: Mapping[str, str], *, timed: bool = False) -> Forward:
    action = values.get("action", "").strip()
    number = re.sub(r"[ ().-]", "", values.get("number", ""))
    if not action:
        raise NotSent("nothing sent: it is not said what is to happen")
    if action in _NUMBERED and not number:
        raise NotSent("nothing sent: write the number that callers are to be sent to")
    result: dict[str, object] = {"action": action, "number": number if action in _NUMBERED else ""}
    for name, label, _, _, least in _TIMED if timed else ():
        given = values.get(name, _shown(getattr(before, name))).strip()
        if given and (not given.isdecimal() or (count(given) or 0) < least):
            raise NotSent(f"nothing sent: write the {label.lower()} as a whole number, at least {least}")
        result[name] = given
    return Forward.model_validate(result)


def _week(before: Hours, values: Mapping[str, str]) -> Hours:
    """The days that mean the same stay as they were read."""
    new: dict[str, Day] = {}
    for name, day in before.days.items():
        wanted = hours(values[name]) if name in values else day.spans
        if wanted is None:
            raise NotSent(f"nothing sent: {name}: write 09:00-12:30, 13:00-17:00 or closed")
        if wanted != day.spans:
            new[name] = _day(name, day, wanted)
    return before.model_copy(update=new)


def _day(name: str, before: Day, spans: Spans) -> Day:
    if not spans:
        # What the ranges were stays with the day that is off, as the vendor's own pages keep it.
        return before.model_copy(update={"enabled": False, "ranges": before.ranges or ()})
    if spans != ALL_DAY and spans[-1][1] >= DAY:
        raise NotSent(f"nothing sent: {name}: this vendor's day ends at 23:59; write 23:59, or all day")
    ranges = [] if spans == ALL_DAY else [{"from": clock(a), "to": clock(b)} for a, b in spans]
    return Day.model_validate({"enabled": True, "ranges": ranges})
