"""What can be changed about a receptionist, and everything that one says, in words that can be compared. Pure.

A write may lose what cannot go back with it (see `ivr`): a prompt, the PIN, a field that this console does not know.
A form on such a receptionist says so in its warning.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from functools import reduce
from urllib.parse import quote, unquote

from wallboard.domain.errors import NotSent
from wallboard.domain.forms import Form, FormField, Option, Takes, hours, written_hours
from wallboard.domain.language import english, mark, tr, trc, trn
from wallboard.domain.records import dataclass
from wallboard.domain.text import Clean, clean
from wallboard.vendors.kit.lists import together
from wallboard.vendors.kit.wire import count
from wallboard.vendors.portsip.hours import ALL_DAY, DAY, Spans, clock
from wallboard.vendors.portsip.ivr import ACTIONS, Day, Forward, Hours, Ivr, hours_words
from wallboard.vendors.portsip.states import normal

WHOLE = {
    "night": ("night_mode_forward_rule", mark("rule for night mode"), mark("night mode: where callers go")),
    "timeout": ("timeout_forward_rule", mark("rule for no input"), mark("no input: where callers go")),
    "failure": (
        "failure_forward_rule",
        mark("rule for failed transfer"),
        mark("failed transfer: where callers go"),
    ),
}
INPUT = {
    "office": ("office_hours_forward_rule", mark("input {key} in office hours")),
    "closed": ("non_office_hours_forward_rule", mark("input {key} outside office hours")),
    "holiday": ("holiday_forward_rule", mark("input {key} on holidays")),
}
HOURS = "hours"
_PROMPTS = {
    "prompt": (mark("prompt"), mark("the prompt {file}"), mark("the prompt is no longer {file}")),
    "transfer_prompt": (
        mark("transfer prompt"),
        mark("the transfer prompt {file}"),
        mark("the transfer prompt is no longer {file}"),
    ),
}
_WEEK = (
    *(mark("Monday"), mark("Tuesday"), mark("Wednesday"), mark("Thursday")),
    *(mark("Friday"), mark("Saturday"), mark("Sunday")),
)
"""The days as labels."""
_NUMBERED = ("FORWARD_TO_NUMBER", "FORWARD_TO_VOICEMAIL")
_TIMED = (
    (
        *("timeout", mark("Seconds"), 5, mark("without input"), 1),
        mark("nothing sent: write the seconds as a whole number, at least {least}"),
    ),
    (
        *("repeat_times", mark("Repeats"), 3, mark("times"), 0),
        mark("nothing sent: write the repeats as a whole number, at least {least}"),
    ),
)
"""Field of the timeout rule, label, most digits, hint, the least that can be written, and what else is said."""
_PIN = mark("PIN")


@dataclass(frozen=True, slots=True)
class Part:
    """One thing that a form changes: a rule of the receptionist, or of one input (`key` as `Ivr.rules` names it)."""

    kind: str
    key: str = ""

    @property
    def aspect(self) -> str:
        """Its name in `meaning`."""
        if self.kind in WHOLE:
            return tr(WHOLE[self.kind][1])
        if self.kind == HOURS:
            return tr("office hours of input {key}", key=self.key)
        return tr(INPUT[self.kind][1], key=self.key)


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
    text = f"{english(part.aspect)}: {english(said.get(part.aspect, ''))}"
    return hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()[:8]


def forms(ivr: Ivr, zone: str) -> list[Form]:
    """A form for each part, in the order in which a caller meets them."""
    warning, said = risk(ivr), meaning(ivr)
    found: list[Form] = []

    def add(part: Part, title: str, fields: tuple[FormField, ...], zone: str = "") -> None:
        found.append(Form(form_id(part, said), clean(title), fields, warning=warning, zone=zone))

    for kind, (name, _, title) in WHOLE.items():
        forward: Forward | None = getattr(ivr, name)
        if forward is not None:
            add(Part(kind), tr(title), _forward_fields(forward, kind))
    for key, rule in ivr.rules:
        for kind, (name, title) in INPUT.items():
            forward = getattr(rule, name)
            if kind != "holiday" or rule.holidays or forward is not None:
                add(Part(kind, key), tr(title, key=key), _forward_fields(forward or Forward(), kind))
        week = _week_fields(rule.office_hours)
        if week:
            add(Part(HOURS, key), tr("input {key}: office hours", key=key), week, zone)
    return found


def _forward_fields(forward: Forward, kind: str) -> tuple[FormField, ...]:
    offered = {name: tr(label) for name, label in ACTIONS.items() if kind in INPUT or name != "DISA"}
    if forward.does:
        offered.setdefault(forward.does, forward.does)
    options = tuple(Option(name, clean(label)) for name, label in offered.items())
    action = FormField("action", tr("What"), Takes.CHOICE, forward.does, options=options, required=True)
    hint = tr("for a number or a voicemail")
    number = FormField("number", tr("Number"), Takes.PLACE, forward.number.strip(), hint=hint)
    timed = (
        FormField(name, tr(label), Takes.LINE, _shown(getattr(forward, name)), most=most, hint=tr(hint))
        for name, label, most, hint, _, _ in (_TIMED if kind == "timeout" else ())
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
        FormField(name, tr(label), Takes.HOURS, written_hours(spans or ()), required=True)
        for label, (name, spans) in zip(_WEEK, days.items(), strict=True)
    )


def risk(ivr: Ivr) -> str:
    files = ((text, getattr(ivr, f"{name}_file_name")) for name, (_, text, _) in _PROMPTS.items())
    lost = [tr(text, file=clean(file, 40)) for text, file in files if file]
    if ivr.enable_pin or ivr.pin_mark:
        lost.append(tr("the PIN"))
    strange = list(dict.fromkeys(_strange(ivr)))
    if strange:
        lost.append(f"{', '.join(clean(name, 30) for name in strange[:3])}{' …' if len(strange) > 3 else ''}")
    if not lost:
        return ""
    what = reduce(lambda one, other: tr("{one} and {other}", one=one, other=other), lost)
    return trn(
        "the vendor does not say whether {what} survives a write",
        "the vendor does not say whether {what} survive a write",
        len(lost),
        what=what,
    )


def _strange(ivr: Ivr) -> list[str]:
    rules = [rule for _, rule in ivr.rules]
    forwards = [getattr(ivr, name) for name, _, _ in WHOLE.values()]
    parts = [ivr, *forwards]
    for rule in rules:
        parts += [rule, rule.office_hours, *(getattr(rule, name) for name, _ in INPUT.values())]
    return [name for part in (*parts, *(ivr.outbound_caller_ids or ())) if part is not None for name in part.strange]


def meaning(ivr: Ivr) -> dict[str, str]:
    """Everything that a receptionist says, by name and in words: equal words mean the same, however it is spelled.
    Blank is as not there; addresses of files, which may change by themselves, are left out."""
    found = {
        tr("name"): ivr.name,
        tr("number"): ivr.extension_number,
        tr("language"): ivr.language,
        tr("time between two keys"): _shown(ivr.dtmf_interval),
        tr("PIN for DISA"): {True: tr("asked for"), False: tr("not asked for"), None: ""}[ivr.enable_pin],
        tr(_PIN): ivr.pin_mark,
    }
    for name, (label, _, _) in _PROMPTS.items():
        file, size = getattr(ivr, f"{name}_file_name"), getattr(ivr, f"{name}_file_size")
        found[tr(label)] = tr("{file} ({n} bytes)", file=file, n=size) if size and file else file
    for kind, (name, _, _) in WHOLE.items():
        found[Part(kind).aspect] = _leads(getattr(ivr, name))
    for key, rule in ivr.rules:
        found[tr("input {key}", key=key)] = trc("input", "there")
        for kind, (name, _) in INPUT.items():
            found[Part(kind, key).aspect] = _leads(getattr(rule, name))
        found[Part(HOURS, key).aspect] = _hours_said(rule.office_hours)
        days = (day.id or _json(day.model_dump(exclude_defaults=True)) for day in rule.holidays or ())
        found[tr("holidays of input {key}", key=key)] = ", ".join(sorted(days))
        for name in rule.strange:
            found[tr("{name} of input {key}", name=name, key=key)] = _json((rule.model_extra or {})[name])
    found[tr("outbound caller ids")] = ", ".join(sorted(_json(each.body()) for each in ivr.outbound_caller_ids or ()))
    found |= {name: _json((ivr.model_extra or {})[name]) for name in ivr.strange}
    return {name: said for name, said in found.items() if said}


def _leads(forward: Forward | None) -> str:
    if forward is None:
        return ""
    seconds, times = forward.timeout, forward.repeat_times
    waits = "" if seconds is None else tr("waits {seconds} s", seconds=seconds)
    repeats = "" if times is None else trn("repeats {n} times", "repeats {n} times", times)
    return together(forward.words, waits, repeats)


def _hours_said(week: Hours) -> str:
    mode = normal(week.mode)
    if mode == "GLOBAL":
        return tr("global")
    said = [mode.lower()] if mode else []
    for name, day in week.days.items():
        spans = day.spans
        if day != Day():
            when = _json(day.body()) if spans is None else hours_words(spans)
            said.append(tr("{day} {hours}", day=tr(name), hours=when))
    return reduce(lambda some, more: tr("{some}; {more}", some=some, more=more), said) if said else ""


def _json(value: object) -> str:
    return json.dumps(value, sort_keys=True, ensure_ascii=False, default=str)


def differences(before: Mapping[str, str], after: Mapping[str, str]) -> list[str]:
    """The names of everything that differs, those of `before` first."""
    return [name for name in dict.fromkeys((*before, *after)) if not same(name, before, after)]


def same(name: str, before: Mapping[str, str], after: Mapping[str, str]) -> bool:
    """By the English, whatever a catalogue makes of it."""
    return english(before.get(name, "")) == english(after.get(name, ""))


def lost(name: str, before: Mapping[str, str]) -> Clean:
    was = before.get(name, "")
    if english(name) == _PIN:
        return clean(tr("the PIN is no longer what it was") if was else tr("there is a PIN now"))
    for label, _, text in _PROMPTS.values():
        if english(name) == label:
            return clean(tr(text, file=was))
    return clean(tr("{what} is no longer {was}", what=name, was=was or tr("blank")))


def changed(ivr: Ivr, part: Part, values: Mapping[str, str]) -> Ivr:
    """`ivr` with the part as `values` have it. NotSent, with what to write, if it is not there or they cannot be."""
    if part.kind in WHOLE:
        name = WHOLE[part.kind][0]
        before: Forward | None = getattr(ivr, name)
        if before is None:
            raise NotSent(tr("nothing sent: the receptionist has no {what} any more", what=part.aspect))
        return ivr.model_copy(update={name: _forward(before, values, timed=part.kind == "timeout")})
    rule = dict(ivr.rules).get(part.key)
    if rule is None:
        raise NotSent(tr("nothing sent: the receptionist has no input {key} any more", key=clean(part.key)))
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
        raise NotSent(tr("nothing sent: it is not said what is to happen"))
    if action in _NUMBERED and not number:
        raise NotSent(tr("nothing sent: write the number that callers are to be sent to"))
    result: dict[str, object] = {"action": action, "number": number if action in _NUMBERED else ""}
    for name, _, _, _, least, refusal in _TIMED if timed else ():
        given = values.get(name, _shown(getattr(before, name))).strip()
        if given and (not given.isdecimal() or (count(given) or 0) < least):
            raise NotSent(tr(refusal, least=least))
        result[name] = given
    return Forward.model_validate(result)


def _week(before: Hours, values: Mapping[str, str]) -> Hours:
    """The days that mean the same stay as they were read."""
    new: dict[str, Day] = {}
    for name, day in before.days.items():
        wanted = hours(values[name]) if name in values else day.spans
        if wanted is None:
            raise NotSent(tr("nothing sent: {day}: write 09:00-12:30, 13:00-17:00 or closed", day=tr(name)))
        if wanted != day.spans:
            new[name] = _day(name, day, wanted)
    return before.model_copy(update=new)


def _day(name: str, before: Day, spans: Spans) -> Day:
    if not spans:
        # What the ranges were stays with the day that is off, as the vendor's own pages keep it.
        return before.model_copy(update={"enabled": False, "ranges": before.ranges or ()})
    if spans != ALL_DAY and spans[-1][1] >= DAY:
        raise NotSent(tr("nothing sent: {day}: this vendor's day ends at 23:59; write 23:59, or all day", day=tr(name)))
    ranges = [] if spans == ALL_DAY else [{"from": clock(a), "to": clock(b)} for a, b in spans]
    return Day.model_validate({"enabled": True, "ranges": ranges})
