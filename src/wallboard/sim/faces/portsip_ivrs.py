"""Receptionists in the PortSIP dialect: read with names, addresses and holiday objects, written with ids.

Where the document leaves it open, this face does the following.
- An update changes what it names and nothing else: a field that is left out keeps its value, so a prompt whose
  `prompt_file_id` is left out stays. `custom_forward_rules` and the other arrays and objects are replaced whole.
- The read form has every field of the document, absent ones as null; `office_hours` of mode GLOBAL has null days.
- A change is answered with 200 and an empty body.
"""

from __future__ import annotations

import re

from wallboard.sim.asgi import Request
from wallboard.sim.faces import portsip_wire as wire
from wallboard.sim.faces.portsip_wire import Body, Row, items, number, one_of, printed, refused, text
from wallboard.sim.receptionists import WEEK, Holiday, Reception, Receptionist

_CLOCK = r"([01][0-9]|2[0-3]):[0-5][0-9]"
_ACTIONS = ("FORWARD_TO_NUMBER", "FORWARD_TO_VOICEMAIL", "REPEAT", "HANGUP")


def _hours(value: object, where: str) -> object:
    row = Body({"from": text(pattern=_CLOCK), "to": text(pattern=_CLOCK)}, ("from", "to"))(value, where)
    if str(row["from"]) >= str(row["to"]):
        raise refused(f"{where}.from: must be earlier than to")
    return row


def _target(body: Body) -> wire.Check:
    def check(value: object, where: str) -> object:
        row = body(value, where)
        if row["action"] == "FORWARD_TO_NUMBER" and not row.get("number"):
            raise refused(f"{where}.number: required to forward to")
        return row

    return check


_DAY = Body({"enabled": wire.flag, "ranges": items(_hours)}, ("enabled",), {"ranges": []})
_OFFICE_HOURS = Body({"mode": one_of("GLOBAL", "CUSTOM"), **dict.fromkeys(WEEK, _DAY)}, ("mode",))
_NUMBER = text(high=64, pattern=r"\+?[0-9*#]*")
_FORWARD = _target(Body({"action": one_of(*_ACTIONS), "number": _NUMBER}, ("action",)))
_CHOICE_FORWARD = _target(Body({"action": one_of(*_ACTIONS, "DISA"), "number": _NUMBER}, ("action",)))
_TIMEOUT = _target(
    Body(
        {"timeout": number(1), "repeat_times": number(0), "action": one_of(*_ACTIONS), "number": _NUMBER},
        ("action",),
        {"timeout": 30, "repeat_times": 3},
    )
)


def _pin(value: object, where: str) -> object:
    digits = str(text(pattern=r"[0-9]{6,10}")(value, where))
    triples = [tuple(map(int, digits[place : place + 3])) for place in range(len(digits) - 2)]
    if any(a == b == c or (b - a == c - b and abs(b - a) == 1) for a, b, c in triples):
        raise refused(f"{where}: repeating or sequential digits")
    return digits


def _body(reception: Reception) -> Body:
    def known(ids: set[int]) -> wire.Check:
        def check(value: object, where: str) -> object:
            found = wire.identity(value) if isinstance(value, str) else None
            if found not in ids:
                raise refused(f"{where}: no such resource")
            return found

        return check

    def any_id(value: object, where: str) -> object:
        found = wire.identity(value) if isinstance(value, str) else None
        if found is None:
            raise refused(f"{where}: not an id")
        return found

    prompt = known(set(reception.prompts))
    choice = Body(
        {
            "user_input": text(low=1, high=64, pattern=r"[0-9*#A-Za-z;-]+"),
            "office_hours": _OFFICE_HOURS,
            "office_hours_forward_rule": _CHOICE_FORWARD,
            "non_office_hours_forward_rule": _CHOICE_FORWARD,
            "holidays": items(known(set(reception.holidays))),
            "holiday_forward_rule": _CHOICE_FORWARD,
        },
        ("user_input", "office_hours"),
        {"holidays": [], **dict.fromkeys(("office_hours_forward_rule", "non_office_hours_forward_rule"))}
        | {"holiday_forward_rule": None},
    )
    caller_id = Body(
        {"provider_id": any_id, "caller_id": text(low=1, high=64), "description": text(high=1024)},
        ("provider_id", "caller_id"),
        {"description": None},
    )
    return Body(
        {
            "name": text(low=1, high=64),
            "language": text(pattern=r"[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*"),
            "dtmf_interval": number(1),
            "prompt_file_id": prompt,
            "transfer_prompt_file_id": prompt,
            "enable_pin": wire.flag,
            "pin": _pin,
            "timeout_forward_rule": _TIMEOUT,
            "failure_forward_rule": _FORWARD,
            "night_mode_forward_rule": _FORWARD,
            "custom_forward_rules": items(choice),
            "outbound_caller_ids": items(caller_id),
        }
    )


def change(reception: Reception, receptionist: Receptionist, request: Request) -> None:
    """Carry an update out. Raises `FaceError` and changes nothing where the body is not right."""
    fields = wire.read_body(request, _body(reception))
    after = receptionist.definition | fields
    if after["enable_pin"] and not after["pin"]:
        raise refused("pin: required where enable_pin is true")
    receptionist.definition = after
    receptionist.extension.label = receptionist.name


def summary(receptionist: Receptionist) -> Row:
    return {
        "id": printed(receptionist.id),
        "name": receptionist.name,
        "extension_number": receptionist.number,
    }


def details(reception: Reception, receptionist: Receptionist) -> Row:
    fields = receptionist.definition
    row = summary(receptionist)
    for name in ("language", "dtmf_interval", "enable_pin", "pin"):
        row[name] = fields[name]
    for kind in ("prompt_file", "transfer_prompt_file"):
        chosen = fields[f"{kind}_id"]
        prompt = reception.prompts.get(chosen) if isinstance(chosen, int) else None
        row[f"{kind}_name"] = prompt.name if prompt else None
        row[f"{kind}_size"] = prompt.size if prompt else 0
        row[f"{kind}_url"] = f"/api/blobs/{_blob(prompt.id)}" if prompt else None
    for name in ("timeout_forward_rule", "failure_forward_rule", "night_mode_forward_rule"):
        row[name] = _rule(fields[name])
    rules, callers = fields["custom_forward_rules"], fields["outbound_caller_ids"]
    assert isinstance(rules, list)
    assert isinstance(callers, list)
    row["custom_forward_rules"] = [_choice(reception, each) for each in rules]
    row["outbound_caller_ids"] = [each | {"provider_id": printed(each["provider_id"])} for each in callers]
    return row


def _blob(identity: int) -> str:
    return re.sub(r"[^A-Za-z0-9]", "", printed(identity))


def _rule(rule: object) -> object:
    return {"number": None} | rule if isinstance(rule, dict) else None


def _choice(reception: Reception, fields: Row) -> Row:
    ids = fields["holidays"]
    hours = fields["office_hours"]
    assert isinstance(ids, list)
    assert isinstance(hours, dict)
    return {
        "user_input": fields["user_input"],
        "office_hours": {"mode": hours["mode"]} | office_hours(hours),
        "office_hours_forward_rule": _rule(fields["office_hours_forward_rule"]),
        "non_office_hours_forward_rule": _rule(fields["non_office_hours_forward_rule"]),
        "holidays": [holiday_row(reception.holidays[each]) for each in ids if each in reception.holidays],
        "holiday_forward_rule": _rule(fields["holiday_forward_rule"]),
    }


def office_hours(week: Row) -> Row:
    return {day: week.get(day) for day in WEEK}


def holiday_row(holiday: Holiday) -> Row:
    spans = {
        "year": holiday.year,
        "month": holiday.month,
        "day": holiday.day,
        "hour": holiday.hour,
        "minute": holiday.minute,
    }
    row: Row = {
        "id": printed(holiday.id),
        "name": holiday.name,
        "region": holiday.region,
        "consecutive": holiday.consecutive,
        "every_year": holiday.every_year,
    }
    for name, (start, end) in spans.items():
        row[f"{name}_start"], row[f"{name}_end"] = start, end
    return row
