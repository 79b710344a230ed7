"""Receptionists in the PortSIP dialect: read with names, addresses and holiday objects, written with ids.

The read form has every field of the document, absent ones as null; `office_hours` of mode GLOBAL has null days.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Literal

from pydantic import (
    AfterValidator,
    Field,
    SerializerFunctionWrapHandler,
    ValidationInfo,
    model_serializer,
    model_validator,
)

from wallboard.sim.asgi import Body, HttpError, Request, Row
from wallboard.sim.faces.portsip_rows import identity, printed
from wallboard.sim.receptionists import Holiday, Reception, Receptionist


def _known(kind: str) -> Callable[[str, ValidationInfo], object]:
    """The number of an id of something that there is: a holiday or a prompt."""

    def check(text: str, info: ValidationInfo) -> object:
        found = identity(text)
        if found is None or (info.context and kind and found not in info.context[kind]):
            raise ValueError("no such resource")
        return found

    return check


def _no_steps(pin: str) -> str:
    triples = [tuple(map(int, pin[place : place + 3])) for place in range(len(pin) - 2)]
    if any(a == b == c or (b - a == c - b and abs(b - a) == 1) for a, b, c in triples):
        raise ValueError("repeating or sequential digits")
    return pin


_Prompt = Annotated[str, AfterValidator(_known("prompts"))]
_HolidayId = Annotated[str, AfterValidator(_known("holidays"))]
_AnyId = Annotated[str, AfterValidator(_known(""))]
_Clock = Annotated[str, Field(pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9]$")]


class _Range(Body):
    begin: _Clock = Field(alias="from")
    end: _Clock = Field(alias="to")

    @model_validator(mode="after")
    def _forward(self) -> _Range:
        if self.begin >= self.end:
            raise ValueError("from must be earlier than to")
        return self


class _Day(Body):
    enabled: bool
    ranges: list[_Range] = Field([])


class _Hours(Body):
    mode: Literal["GLOBAL", "CUSTOM"]
    monday: _Day | None = None
    tuesday: _Day | None = None
    wednesday: _Day | None = None
    thursday: _Day | None = None
    friday: _Day | None = None
    saturday: _Day | None = None
    sunday: _Day | None = None


class _AnyRule(Body):
    action: Literal["FORWARD_TO_NUMBER", "FORWARD_TO_VOICEMAIL", "REPEAT", "HANGUP", "DISA"]
    number: Annotated[str, Field(max_length=64, pattern=r"^\+?[0-9*#]*$")] | None = None

    @model_serializer(mode="wrap")
    def _as_written(self, made: SerializerFunctionWrapHandler) -> Row:
        return {name: value for name, value in made(self).items() if value is not None}

    @model_validator(mode="after")
    def _aimed(self) -> _AnyRule:
        if self.action == "FORWARD_TO_NUMBER" and not self.number:
            raise ValueError("number: required to forward to")
        return self


class _Rule(_AnyRule):
    @model_validator(mode="after")
    def _inside(self) -> _Rule:
        if self.action == "DISA":
            raise ValueError("action: DISA is for what a caller chose")
        return self


class _Timeout(_Rule):
    timeout: Annotated[int, Field(ge=1)] = 30
    repeat_times: Annotated[int, Field(ge=0)] = 3


class _Choice(Body):
    user_input: Annotated[str, Field(max_length=64, pattern=r"^[0-9*#A-Za-z;-]+$")]
    office_hours: _Hours
    office_hours_forward_rule: _AnyRule | None = None
    non_office_hours_forward_rule: _AnyRule | None = None
    holidays: list[_HolidayId] = Field([])
    holiday_forward_rule: _AnyRule | None = None


class _CallerId(Body):
    provider_id: _AnyId
    caller_id: Annotated[str, Field(min_length=1, max_length=64)]
    description: str | None = None


class _Ivr(Body):
    name: Annotated[str, Field(min_length=1, max_length=64)] = "-"
    language: Annotated[str, Field(pattern=r"^[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*$")] = ""
    dtmf_interval: Annotated[int, Field(ge=1)] = 1
    prompt_file_id: _Prompt | None = None
    transfer_prompt_file_id: _Prompt | None = None
    enable_pin: bool = False
    pin: Annotated[str, Field(pattern=r"^[0-9]{6,10}$"), AfterValidator(_no_steps)] = ""
    timeout_forward_rule: _Timeout | None = None
    failure_forward_rule: _Rule | None = None
    night_mode_forward_rule: _Rule | None = None
    custom_forward_rules: list[_Choice] = Field([])
    outbound_caller_ids: list[_CallerId] = Field([])


def change(reception: Reception, receptionist: Receptionist, request: Request) -> None:
    """Carry an update out. Changes nothing where the body is not right."""
    body = request.read(_Ivr, {"prompts": reception.prompts, "holidays": reception.holidays})
    after = receptionist.definition | body.model_dump(by_alias=True, include=body.model_fields_set, warnings=False)
    if after["enable_pin"] and not after["pin"]:
        raise HttpError(400, "pin: required where enable_pin is true", "VALIDATE_FAILED")
    receptionist.definition = after
    receptionist.extension.label = receptionist.name


def summary(receptionist: Receptionist) -> Row:
    return {"id": printed(receptionist.id), "name": receptionist.name, "extension_number": receptionist.number}


def details(reception: Reception, receptionist: Receptionist) -> Row:
    fields = receptionist.definition
    row = summary(receptionist) | {name: fields[name] for name in ("language", "dtmf_interval", "enable_pin", "pin")}
    for kind in ("prompt_file", "transfer_prompt_file"):
        chosen = fields[f"{kind}_id"]
        name, size = reception.prompts[chosen] if isinstance(chosen, int) else (None, 0)
        row |= {f"{kind}_name": name, f"{kind}_size": size}
        row[f"{kind}_url"] = f"/api/blobs/{printed(chosen).rstrip('=')}" if isinstance(chosen, int) else None
    row |= _rules(fields)
    rules, callers = fields["custom_forward_rules"], fields["outbound_caller_ids"]
    assert isinstance(rules, list)
    assert isinstance(callers, list)
    row["custom_forward_rules"] = [_choice(reception, each) for each in rules]
    row["outbound_caller_ids"] = [each | {"provider_id": printed(each["provider_id"])} for each in callers]
    return row


def _rules(fields: Row) -> Row:
    """The forward rules in some fields, as they are read: with a null where there is no number."""
    rules = {name: rule for name, rule in fields.items() if name.endswith("_forward_rule")}
    return {name: {"number": None} | rule if isinstance(rule, dict) else None for name, rule in rules.items()}


def _choice(reception: Reception, fields: Row) -> Row:
    ids = fields["holidays"]
    assert isinstance(ids, list)
    holidays = [holiday_row(reception.holidays[each]) for each in ids if each in reception.holidays]
    return fields | _rules(fields) | {"holidays": holidays}


def holiday_row(holiday: Holiday) -> Row:
    row: Row = {"id": printed(holiday.id)}
    row |= {name: getattr(holiday, name) for name in ("name", "region", "consecutive", "every_year")}
    for name in ("year", "month", "day", "hour", "minute"):
        row[f"{name}_start"], row[f"{name}_end"] = getattr(holiday, name)
    return row
