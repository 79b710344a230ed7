"""A virtual receptionist as PortSIP returns it, read tolerantly. Pure.

The PIN for DISA comes back in the vendor's answers; it is dropped here, before anything else sees them, and leaves only
a mark by which this process can tell whether it is still the same. Ids come as text or as numbers, blank fields as
null, and a field of a wrong type is unset.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from zoneinfo import ZoneInfo

from wallboard.domain.errors import BadAnswer
from wallboard.domain.text import NOTHING, Clean, clean
from wallboard.vendors.kit.wire import objects, switch, text
from wallboard.vendors.portsip.hours import (
    Edge,
    Holiday,
    Phase,
    Schedule,
    Spans,
    Week,
    day_spans,
    edge,
    holiday,
)
from wallboard.vendors.portsip.states import normal

DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
TO_NUMBER, TO_VOICEMAIL, REPEAT, HANGUP, DISA = (
    "FORWARD_TO_NUMBER",
    "FORWARD_TO_VOICEMAIL",
    "REPEAT",
    "HANGUP",
    "DISA",
)


# ---- values -----------------------------------------------------------------------------------------------------


def whole(value: object) -> int | None:
    """A whole number, also as text."""
    written = text(value).strip()
    return int(written) if written.isascii() and written.isdecimal() and len(written) < 16 else None


def without_pin(value: object) -> Any:
    """`value` again, without any field called pin at any depth."""
    if isinstance(value, Mapping):
        return {str(name): without_pin(part) for name, part in value.items() if str(name).strip().lower() != "pin"}
    return [without_pin(part) for part in value] if isinstance(value, list) else value


PIN_MARK = "pin_mark"
"""Where `read_ivr` leaves the mark of a PIN in the vendor's object."""
_MARKS = secrets.token_bytes(32)


def pin_mark(value: object) -> str:
    """What tells one PIN from another, for as long as this process runs; "" for none. The PIN cannot be had from it:
    the key is random and written nowhere."""
    pin = text(value).strip()
    return f"set ({hashlib.blake2b(pin.encode(), key=_MARKS, digest_size=4).hexdigest()})" if pin else ""


def fields(value: object) -> Mapping[str, Any]:
    """An object, or an empty one."""
    return value if isinstance(value, Mapping) else {}


# ---- what is read ------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Forward:
    """Where a caller is sent. `action` in snake upper-case; `timeout` (seconds) and `repeat_times` belong to the
    timeout rule alone."""

    action: str
    number: str = ""
    timeout: int | None = None
    repeat_times: int | None = None

    @property
    def words(self) -> Clean:
        """ "8001", "voicemail 101", "repeats", "hangs up"; an action that is not known as the vendor writes it."""
        match self.action:
            case "FORWARD_TO_NUMBER":
                return clean(self.number) or clean("no number set")
            case "FORWARD_TO_VOICEMAIL":
                return clean(f"voicemail {self.number}")
            case "REPEAT":
                return clean("repeats")
            case "HANGUP":
                return clean("hangs up")
            case _:
                return clean(f"{self.action} {self.number}")


def read_forward(value: object) -> Forward | None:
    """None where there is no rule, or none with an action."""
    given = fields(value)
    action = normal(text(given.get("action")))
    if not action:
        return None
    return Forward(
        action, text(given.get("number")).strip(), whole(given.get("timeout")), whole(given.get("repeat_times"))
    )


def read_week(value: object) -> Week:
    """Seven days, each with what can be understood of it."""
    given = fields(value)
    return Week(tuple(_day(given.get(name)) for name in DAYS))


def _day(value: object) -> Spans | None:
    given = fields(value)
    ranges = given.get("ranges")
    pairs = [(text(part.get("from")), text(part.get("to"))) for part in objects(ranges)]
    if isinstance(ranges, list) and len(pairs) < len(ranges):
        return None
    return day_spans(switch(given.get("enabled")), pairs)


def read_holiday(value: Mapping[str, Any]) -> Holiday:
    every_year = switch(value.get("every_year")) is True

    def side(name: str) -> Edge | None:
        parts = [whole(value.get(f"{part}_{name}")) for part in ("year", "month", "day", "hour", "minute")]
        return edge(*parts) if every_year or parts[0] or name == "end" else None

    start, end = side("start"), side("end")
    missing = not any(whole(value.get(f"{part}_end")) for part in ("month", "day"))
    if end is None and not missing:
        # Said, and no date.
        start = None
    elif missing and start is not None:
        minute = 60 * (whole(value.get("hour_end")) or 0) + (whole(value.get("minute_end")) or 0)
        end = Edge(start.year, start.month, start.day, minute if minute <= 1440 else 0)
    return holiday(text(value.get("name")), switch(value.get("consecutive")) is True, every_year, start, end)


@dataclass(frozen=True, slots=True)
class Rule:
    """One input of the menu. `key` tells it from the others even where two have the same input; `custom` None: the
    hours' mode is not known; `unread` holidays are ids without dates."""

    key: str
    input: str
    custom: bool | None
    week: Week
    office: Forward | None
    closed: Forward | None
    holiday: Forward | None
    holidays: tuple[Holiday, ...] = ()
    unread: int = 0

    def schedule(self, tenant: Tenant) -> Schedule:
        week = self.week if self.custom else tenant.week if self.custom is False else None
        return Schedule(week, self.holidays)

    def leads(self, phase: Phase | None) -> Clean:
        """Where the input sends a caller in that phase; where it is not known, both ways unless they are one."""
        if phase is None:
            office, closed = (words(self.office), words(self.closed))
            if office == closed:
                return office
            return clean(f"{office or '–'} if open, else {closed or '–'}")
        return words({Phase.OFFICE: self.office, Phase.CLOSED: self.closed, Phase.HOLIDAY: self.holiday}[phase])


def words(forward: Forward | None) -> Clean:
    return forward.words if forward is not None else NOTHING


@dataclass(frozen=True, slots=True)
class Ivr:
    """A receptionist. `raw` is the vendor's object without the PIN, {} where only the list has been read."""

    id: str
    name: str
    number: str
    language: str = ""
    dtmf_interval: int | None = None
    prompt: str = ""
    transfer_prompt: str = ""
    pin_needed: bool | None = None
    timeout: Forward | None = None
    failure: Forward | None = None
    night: Forward | None = None
    rules: tuple[Rule, ...] = ()
    raw: Mapping[str, Any] = field(default_factory=dict)


def read_ivr(data: object, identity: str) -> Ivr:
    """A receptionist in full. BadAnswer if it is none, or another one than was asked for."""
    given = fields(data[0] if isinstance(data, list) and len(data) == 1 else data)
    if "id" not in given and len(given) == 1:
        given = fields(next(iter(given.values())))
    if not given or not ("id" in given or "name" in given):
        raise BadAnswer("the vendor's answer is no receptionist")
    mark = next((pin_mark(part) for name, part in given.items() if str(name).strip().lower() == "pin"), "")
    given = {**without_pin(given), PIN_MARK: mark}
    return Ivr(
        id=identity,
        name=text(given.get("name")),
        number=text(given.get("extension_number")),
        language=text(given.get("language")),
        dtmf_interval=whole(given.get("dtmf_interval")),
        prompt=text(given.get("prompt_file_name")),
        transfer_prompt=text(given.get("transfer_prompt_file_name")),
        pin_needed=switch(given.get("enable_pin")),
        timeout=read_forward(given.get("timeout_forward_rule")),
        failure=read_forward(given.get("failure_forward_rule")),
        night=read_forward(given.get("night_mode_forward_rule")),
        rules=tuple(_rules(given.get("custom_forward_rules"))),
        raw=given,
    )


def rule_keys(rules: Sequence[Mapping[str, Any]]) -> list[str]:
    """A name for each rule: its input, numbered from the second of the same input on."""
    seen: dict[str, int] = {}
    keys = []
    for rule in rules:
        name = text(rule.get("user_input")).strip()
        seen[name] = seen.get(name, 0) + 1
        keys.append(name if seen[name] == 1 else f"{name}~{seen[name]}")
    return keys


def _rules(value: object) -> list[Rule]:
    found = objects(value)
    return [_rule(key, rule) for key, rule in zip(rule_keys(found), found, strict=True)]


def _rule(key: str, given: Mapping[str, Any]) -> Rule:
    hours = fields(given.get("office_hours"))
    mode = normal(text(hours.get("mode")))
    # "By default, each DTMF input follows the global office hours" (administration guide).
    custom = {"CUSTOM": True, "GLOBAL": False, "": any(name in hours for name in DAYS)}.get(mode)
    listed = given.get("holidays")
    days = objects(listed)
    dates = [read_holiday(day) for day in days]
    return Rule(
        key=key,
        input=text(given.get("user_input")).strip(),
        custom=custom,
        week=read_week(hours),
        office=read_forward(given.get("office_hours_forward_rule")),
        closed=read_forward(given.get("non_office_hours_forward_rule")),
        holiday=read_forward(given.get("holiday_forward_rule")),
        holidays=tuple(day for day in dates if day.readable),
        unread=(len(listed) if isinstance(listed, list) else len(days)) - sum(day.readable for day in dates),
    )


@dataclass(frozen=True, slots=True)
class Tenant:
    """What holds for all receptionists. `week` None: the global office hours are not known, and `why`."""

    zone: ZoneInfo
    week: Week | None = None
    night_mode: bool | None = None
    why: str = ""


def read_tenant(data: object, zone: ZoneInfo) -> Tenant:
    """`zone` is used where the vendor names none that exists."""
    given = fields(data)
    hours = fields(given.get("office_hours"))
    name = text(given.get("timezone")).strip()
    why = ""
    try:
        zone = ZoneInfo(name) if name else zone
    except (KeyError, ValueError, OSError):
        why = f"the vendor's time zone {clean(name, 40)} is not known here"
    if not hours:
        why = why or "the vendor returns no global office hours"
    return Tenant(zone, read_week(hours) if hours else None, switch(given.get("enable_night_mode")), why)
