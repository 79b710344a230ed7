"""What is sent to change a receptionist. Pure.

The vendor's documents do not say whether a field that a write leaves out keeps its value. So a write carries every
field whose written form is its read form, as it was read a moment before, with one part of it changed. What cannot go
back is the prompts (read as file names, written as ids of uploads) and the PIN (never kept here).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from copy import deepcopy
from typing import Any

from wallboard.domain.errors import NotSent
from wallboard.domain.forms import hours
from wallboard.domain.text import clean
from wallboard.vendors.kit.wire import objects, switch, text
from wallboard.vendors.portsip.hours import Spans
from wallboard.vendors.portsip.ivr import (
    DAYS,
    TO_NUMBER,
    TO_VOICEMAIL,
    fields,
    read_week,
    rule_keys,
    whole,
)
from wallboard.vendors.portsip.rules import CUSTOM, HOURS, INPUT, RULES, WHOLE, Part, caller_id, shown
from wallboard.vendors.portsip.states import normal


def changed(raw: Mapping[str, Any], part: Part, values: Mapping[str, str]) -> dict[str, Any]:
    """`raw` with the part as `values` have it. NotSent, with what to write, if it is not there or they cannot be."""
    result: dict[str, Any] = deepcopy(dict(raw))
    if part.kind in WHOLE:
        name = WHOLE[part.kind][0]
        if not isinstance(raw.get(name), Mapping):
            raise NotSent(f"nothing sent: the receptionist has no {part.aspect} any more")
        result[name] = _forward(fields(raw[name]), values, timed=part.kind == "timeout")
        return result
    found = objects(result.get(RULES))
    rule = dict(zip(rule_keys(found), found, strict=True)).get(part.key)
    if not isinstance(rule, dict):
        raise NotSent(f"nothing sent: the receptionist has no input {clean(part.key)} any more")
    if part.kind == HOURS:
        rule["office_hours"] = _week(fields(rule.get("office_hours")), values)
    else:
        name = INPUT[part.kind][0]
        rule[name] = _forward(fields(rule.get(name)), values)
    return result


def _forward(before: Mapping[str, Any], values: Mapping[str, str], *, timed: bool = False) -> dict[str, Any]:
    action = values.get("action", "").strip()
    number = re.sub(r"[ ().-]", "", values.get("number", ""))
    if not action:
        raise NotSent("nothing sent: it is not said what is to happen")
    if action in (TO_NUMBER, TO_VOICEMAIL) and not number:
        raise NotSent("nothing sent: write the number that callers are to be sent to")
    result: dict[str, Any] = {"action": action}
    if action in (TO_NUMBER, TO_VOICEMAIL):
        result["number"] = number
    if timed:
        for name, label, least in (("timeout", "the seconds", 1), ("repeat_times", "the repeats", 0)):
            given = values.get(name, shown(before.get(name))).strip()
            count = whole(given)
            if given and (count is None or count < least):
                raise NotSent(f"nothing sent: write {label} as a whole number, at least {least}")
            if count is not None:
                result[name] = count
    return result


def _week(before: Mapping[str, Any], values: Mapping[str, str]) -> dict[str, Any]:
    """The days that mean the same stay as they were read."""
    result = dict(before)
    for name, spans in zip(DAYS, read_week(before).days, strict=True):
        wanted = hours(values[name]) if name in values else spans
        if wanted is None:
            raise NotSent(f"nothing sent: {name}: write 09:00-12:30, 13:00-17:00 or closed")
        if wanted != spans:
            result[name] = _day(name, fields(before.get(name)), wanted)
    return result


def _day(name: str, before: Mapping[str, Any], spans: Spans) -> dict[str, Any]:
    if not spans:
        # What the ranges were stays with the day that is off, as the vendor's own pages keep it.
        return {"enabled": False, "ranges": [dict(part) for part in objects(before.get("ranges"))]}
    if spans == ((0, 1440),):
        return {"enabled": True, "ranges": []}
    if spans[-1][1] > 1439:
        raise NotSent(f"nothing sent: {name}: this vendor's day ends at 23:59; write 23:59, or all day")
    return {"enabled": True, "ranges": [{"from": _clock(a), "to": _clock(b)} for a, b in spans]}


def _clock(minute: int) -> str:
    return f"{minute // 60:02}:{minute % 60:02}"


def body(raw: Mapping[str, Any]) -> dict[str, Any]:
    """What is sent: every field of `raw` whose written form is its read form; nothing that is null. NotSent where a
    part of a list cannot be written, because the list is replaced as a whole."""
    result: dict[str, Any] = {name: text(raw[name]) for name in ("name", "language") if text(raw.get(name))}
    interval, pin = whole(raw.get("dtmf_interval")), switch(raw.get("enable_pin"))
    if interval:
        result["dtmf_interval"] = interval
    if pin is not None:
        result["enable_pin"] = pin
    for name, _ in WHOLE.values():
        rule = _written(raw.get(name))
        if rule:
            result[name] = rule
    if isinstance(raw.get(RULES), list):
        result[RULES] = [_written_rule(rule) for rule in raw[RULES]]
    if isinstance(raw.get("outbound_caller_ids"), list):
        result["outbound_caller_ids"] = [_written_caller(caller) for caller in raw["outbound_caller_ids"]]
    return result


def _written(value: object) -> dict[str, Any]:
    given = fields(value)
    result: dict[str, Any] = {}
    for name in ("timeout", "repeat_times"):
        count = whole(given.get(name))
        if count is not None:
            result[name] = count
    action = text(given.get("action")).strip()
    if action:
        result["action"] = normal(action) if normal(action) in dict(CUSTOM) else action
    if text(given.get("number")):
        result["number"] = text(given["number"])
    return result


def _written_rule(rule: object) -> dict[str, Any]:
    if not isinstance(rule, Mapping):
        raise NotSent("nothing sent: the vendor returned an input that is none, and writing without it would lose it")
    result: dict[str, Any] = {"user_input": text(rule.get("user_input"))}
    given = fields(rule.get("office_hours"))
    if given:
        result["office_hours"] = _written_week(given)
    for name, _ in INPUT.values():
        forward = _written(rule.get(name))
        if forward:
            result[name] = forward
    if isinstance(rule.get("holidays"), list):
        ids = [text(fields(day).get("id")) if isinstance(day, Mapping) else text(day) for day in rule["holidays"]]
        if not all(ids):
            raise NotSent("nothing sent: the vendor returned a holiday without an id, and writing would lose it")
        result["holidays"] = ids
    return result


def _written_week(given: Mapping[str, Any]) -> dict[str, Any]:
    result: dict[str, Any] = {}
    mode = text(given.get("mode")).strip()
    if mode:
        result["mode"] = normal(mode) if normal(mode) in ("GLOBAL", "CUSTOM") else mode
    for name in DAYS:
        day = fields(given.get(name))
        written: dict[str, Any] = {}
        enabled = switch(day.get("enabled"))
        if enabled is not None:
            written["enabled"] = enabled
        if isinstance(day.get("ranges"), list):
            written["ranges"] = [
                {end: text(part[end]) for end in ("from", "to") if text(part.get(end))}
                for part in objects(day["ranges"])
            ]
        if written:
            result[name] = written
    return result


def _written_caller(caller: object) -> dict[str, str]:
    if not isinstance(caller, Mapping):
        raise NotSent("nothing sent: the vendor returned a caller id that is none, and writing would lose it")
    return caller_id(caller)
