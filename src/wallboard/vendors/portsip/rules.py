"""What can be changed about a receptionist, and everything that one says, in words that can be compared. Pure.

A write may lose what cannot go back with it (see `written.py`): a prompt, the PIN, a field that this console does not
know. A form on such a receptionist says so in its warning.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, unquote

from wallboard.domain.forms import Form, FormField, Option, Takes, hours, written_hours
from wallboard.domain.text import Clean, clean
from wallboard.vendors.kit.wire import objects, switch, text
from wallboard.vendors.portsip.ivr import (
    DAYS,
    DISA,
    HANGUP,
    PIN_MARK,
    REPEAT,
    TO_NUMBER,
    TO_VOICEMAIL,
    fields,
    read_forward,
    read_week,
    rule_keys,
    whole,
    words,
)
from wallboard.vendors.portsip.states import normal

_MENU = (
    (TO_NUMBER, "to a number"),
    (TO_VOICEMAIL, "to a voicemail"),
    (REPEAT, "repeat the prompt"),
    (HANGUP, "hang up"),
)
CUSTOM = (*_MENU, (DISA, "DISA (dial on from here)"))
_FORWARD = ("timeout", "repeat_times", "action", "number")
WHOLE = {
    "timeout": ("timeout_forward_rule", "no input"),
    "failure": ("failure_forward_rule", "failed transfer"),
    "night": ("night_mode_forward_rule", "night mode"),
}
INPUT = {
    "office": ("office_hours_forward_rule", "in office hours"),
    "closed": ("non_office_hours_forward_rule", "outside office hours"),
    "holiday": ("holiday_forward_rule", "on holidays"),
}
RULES, HOURS = "custom_forward_rules", "hours"
_PROMPTS = {"prompt_file_name": "prompt", "transfer_prompt_file_name": "transfer prompt"}
_PLAIN = {
    "name": "name",
    "extension_number": "number",
    "language": "language",
    "dtmf_interval": "time between two keys",
    "enable_pin": "PIN for DISA",
    PIN_MARK: "PIN",
}
_READ_ONLY = frozenset(
    {"id", *(f"{name}_{part}" for name in ("prompt_file", "transfer_prompt_file") for part in ("name", "size", "url"))}
)
_KNOWN = {*_READ_ONLY, *_PLAIN, *(name for name, _ in WHOLE.values()), RULES, "outbound_caller_ids"}
_KNOWN_IN_RULE = {"user_input", "office_hours", "holidays", *(name for name, _ in INPUT.values())}
_KNOWN_IN_CALLER = {"provider_id", "caller_id", "description"}


# ---- the parts that can be changed -------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Part:
    """One thing that a form changes: a rule of the receptionist, or of one input (`key` as `rule_keys` names it)."""

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
    text_ = f"{part.aspect}: {said.get(part.aspect, '')}"
    return hashlib.sha256(text_.encode("utf-8", "replace")).hexdigest()[:8]


# ---- forms -------------------------------------------------------------------------------------------------------


def forms(raw: Mapping[str, Any], zone: str) -> list[Form]:
    """A form for each part, in the order in which a caller meets them."""
    warning, said = risk(raw), meaning(raw)
    found: list[Form] = []
    for kind in ("night", "timeout", "failure"):
        name, label = WHOLE[kind]
        if isinstance(raw.get(name), Mapping):
            options = _options(_MENU, raw[name])
            title = clean(f"{label}: where callers go")
            fields_ = _forward_fields(raw[name], options, timed=kind == "timeout")
            found.append(Form(form_id(Part(kind), said), title, fields_, warning=warning))
    rules = objects(raw.get(RULES))
    for key, rule in zip(rule_keys(rules), rules, strict=True):
        for kind, (name, label) in INPUT.items():
            if kind == "holiday" and not rule.get("holidays") and not rule.get(name):
                continue
            given = fields(rule.get(name))
            title = clean(f"input {key} {label}")
            fields_ = _forward_fields(given, _options(CUSTOM, given))
            found.append(Form(form_id(Part(kind, key), said), title, fields_, warning=warning))
        week = _week_fields(rule)
        if week:
            title = clean(f"input {key}: office hours")
            found.append(Form(form_id(Part(HOURS, key), said), title, week, warning=warning, zone=zone))
    return found


def _options(known: Sequence[tuple[str, str]], given: Mapping[str, Any]) -> tuple[Option, ...]:
    options = [Option(value, clean(label)) for value, label in known]
    now = normal(text(given.get("action")))
    if now and now not in dict(known):
        options.append(Option(now, clean(now)))
    return tuple(options)


def _forward_fields(
    given: Mapping[str, Any], options: tuple[Option, ...], *, timed: bool = False
) -> tuple[FormField, ...]:
    action = FormField(
        "action", "What", Takes.CHOICE, normal(text(given.get("action"))), options=options, required=True
    )
    number = FormField(
        "number", "Number", Takes.NUMBER, text(given.get("number")).strip(), hint="for a number or a voicemail"
    )
    if not timed:
        return (action, number)
    seconds = FormField("timeout", "Seconds", Takes.LINE, shown(given.get("timeout")), most=5, hint="without input")
    times = FormField("repeat_times", "Repeats", Takes.LINE, shown(given.get("repeat_times")), most=3, hint="times")
    return (action, number, seconds, times)


def shown(value: object) -> str:
    number = whole(value)
    return "" if number is None else str(number)


def _week_fields(rule: Mapping[str, Any]) -> tuple[FormField, ...]:
    """Seven days; () where the hours are not the rule's own, or a day of them cannot be read."""
    given = fields(rule.get("office_hours"))
    if normal(text(given.get("mode"))) != "CUSTOM":
        return ()
    found = []
    for name, spans in zip(DAYS, read_week(given).days, strict=True):
        if spans is None or hours(written_hours(spans)) != spans:
            return ()
        found.append(FormField(name, name.capitalize(), Takes.HOURS, written_hours(spans), required=True))
    return tuple(found)


def risk(raw: Mapping[str, Any]) -> str:
    """What a write may lose, as a clause; "" nothing."""
    lost = [f"the {label} {clean(text(raw.get(name)), 40)}" for name, label in _PROMPTS.items() if text(raw.get(name))]
    if switch(raw.get("enable_pin")) or raw.get(PIN_MARK):
        lost.append("the PIN")
    strange = list(dict.fromkeys(_strange(raw)))
    if strange:
        lost.append(f"{', '.join(clean(name, 30) for name in strange[:3])}{' …' if len(strange) > 3 else ''}")
    if not lost:
        return ""
    return f"the vendor does not say whether {' and '.join(lost)} survive{'s' if len(lost) == 1 else ''} a write"


def _strange(raw: Mapping[str, Any]) -> Iterator[str]:
    """Fields that hold something and are in no document that this console was written from."""
    yield from _others(raw, _KNOWN)
    for name, _ in WHOLE.values():
        yield from _others(fields(raw.get(name)), set(_FORWARD))
    for rule in objects(raw.get(RULES)):
        yield from _others(rule, _KNOWN_IN_RULE)
        yield from _others(fields(rule.get("office_hours")), {"mode", *DAYS})
        for name, _ in INPUT.values():
            yield from _others(fields(rule.get(name)), {"action", "number", "timeout", "repeat_times"})
    for caller in objects(raw.get("outbound_caller_ids")):
        yield from _others(caller, _KNOWN_IN_CALLER)


def _others(given: Mapping[str, Any], known: set[str]) -> Iterator[str]:
    return (name for name, value in given.items() if name not in known and value not in (None, "", [], {}))


# ---- what it means -----------------------------------------------------------------------------------------------


def meaning(raw: Mapping[str, Any]) -> dict[str, str]:
    """Everything that `raw` says, by name and in words: equal words mean the same, however it is spelled. Blank is as
    not there; addresses of files, which may change by themselves, are left out."""
    found: dict[str, str] = {}
    for name, label in _PLAIN.items():
        found[label] = text(raw.get(name)) if name != "enable_pin" else _on(switch(raw.get(name)))
    for name, label in _PROMPTS.items():
        size = whole(raw.get(name.replace("_name", "_size")))
        found[label] = text(raw.get(name)) + (f" ({size} bytes)" if size and text(raw.get(name)) else "")
    for kind, (name, _) in WHOLE.items():
        found[Part(kind).aspect] = _leads(raw.get(name))
    rules = objects(raw.get(RULES))
    for key, rule in zip(rule_keys(rules), rules, strict=True):
        found[f"input {key}"] = "there"
        for kind, (name, _) in INPUT.items():
            found[Part(kind, key).aspect] = _leads(rule.get(name))
        found[Part(HOURS, key).aspect] = _hours_said(fields(rule.get("office_hours")))
        found[f"holidays of input {key}"] = _holidays(rule.get("holidays"))
        for name in _others(rule, _KNOWN_IN_RULE):
            found[f"{name} of input {key}"] = _json(rule[name])
    callers = objects(raw.get("outbound_caller_ids"))
    found["outbound caller ids"] = ", ".join(sorted(_json(caller_id(caller)) for caller in callers))
    for name in _others(raw, _KNOWN):
        found[name] = _json(raw[name])
    return {name: said for name, said in found.items() if said}


def caller_id(caller: Mapping[str, Any]) -> dict[str, str]:
    """An outbound caller id, without what is blank."""
    return {name: text(caller[name]) for name in ("provider_id", "caller_id", "description") if text(caller.get(name))}


def _on(value: bool | None) -> str:
    return {True: "asked for", False: "not asked for", None: ""}[value]


def _leads(value: object) -> str:
    forward = read_forward(value)
    timed = [("waits", " s", "timeout"), ("repeats", " times", "repeat_times")]
    counts = [
        f"{label} {count}{unit}" for label, unit, name in timed if (count := whole(fields(value).get(name))) is not None
    ]
    return ", ".join([part for part in (str(words(forward)), *counts) if part])


def _hours_said(given: Mapping[str, Any]) -> str:
    mode = normal(text(given.get("mode")))
    if mode == "GLOBAL":
        return "global"
    days = read_week(given).days
    said = [
        f"{name} {_json(given.get(name)) if spans is None else written_hours(spans)}"
        for name, spans in zip(DAYS, days, strict=True)
        if fields(given.get(name))
    ]
    return "; ".join([part for part in (mode.lower(), *said) if part])


def _holidays(value: object) -> str:
    days = value if isinstance(value, list) else []
    return ", ".join(
        sorted(text(fields(day).get("id")) or _json(day) if isinstance(day, Mapping) else text(day) for day in days)
    )


def _json(value: object) -> str:
    return json.dumps(value, sort_keys=True, ensure_ascii=False, default=str)


def differences(before: Mapping[str, str], after: Mapping[str, str]) -> list[str]:
    """The names of everything that differs, those of `before` first."""
    return [name for name in dict.fromkeys((*before, *after)) if before.get(name) != after.get(name)]


def lost(name: str, before: Mapping[str, str]) -> Clean:
    """What to say when `name` is no longer what it was."""
    if name == _PLAIN[PIN_MARK]:
        return clean("the PIN is no longer what it was" if before.get(name) else "there is a PIN now")
    if name in _PROMPTS.values():
        return clean(f"the {name} is no longer {before.get(name, '')}")
    return clean(f"{name} is no longer {before.get(name) or 'blank'}")
