"""PortSIP's answers as they come over the wire (public OpenAPI document of PBX 22), read tolerantly.

Ids come as text or as numbers, blank fields as null; unknown fields are ignored, and a field of a wrong type is unset
instead of costing its row. What is no list or no object at all is a BadAnswer.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Annotated, Any, TypeVar

from pydantic import BaseModel, BeforeValidator, ConfigDict, ValidationError

from wallboard.domain.errors import BadAnswer
from wallboard.vendors.kit.lists import only_list


def _text(value: object) -> str:
    if isinstance(value, str):
        return value.strip()
    if isinstance(value, bool) or value is None:
        return ""
    if isinstance(value, int):
        return str(value) if value.bit_length() < 128 else ""
    return str(int(value)) if isinstance(value, float) and math.isfinite(value) and value == int(value) else ""


def _count(value: object) -> int | None:
    """A count or whole seconds, also as text."""
    if isinstance(value, bool) or value is None:
        return None
    try:
        number = float(value) if isinstance(value, int | float | str) else math.nan
    except (ValueError, OverflowError):
        return None
    return int(number) if math.isfinite(number) and 0 <= number < 2**53 else None


def _switch(value: object) -> bool | None:
    if isinstance(value, bool):
        return value
    if isinstance(value, int | str):
        return {"1": True, "true": True, "0": False, "false": False}.get(str(value).strip().lower())
    return None


def _objects(value: object) -> list[Any]:
    return [part for part in value if isinstance(part, Mapping)] if isinstance(value, list) else []


Text = Annotated[str, BeforeValidator(_text)]
Count = Annotated[int | None, BeforeValidator(_count)]
Switch = Annotated[bool | None, BeforeValidator(_switch)]


class Wire(BaseModel):
    model_config = ConfigDict(extra="ignore", frozen=True)


class QueueWire(Wire):
    """One of GET /call_queues, and the same with more of GET /call_queues/{id}."""

    id: Text = ""
    name: Text = ""
    extension_number: Text = ""
    polling_strategy: Text = ""
    max_callers: Count = None
    max_waiting_time: Count = None
    sla_time: Count = None
    agent_auto_ready: Switch = None


class StatusWire(Wire):
    status: Text = ""


class WaitingWire(Wire):
    session_id: Text = ""
    extension_number: Text = ""
    display_name: Text = ""
    waiting_time: Count = None


class AgentWire(Wire):
    """One of GET /call_queues/{id}/agents; `status` only where one agent is asked for."""

    extension_number: Text = ""
    display_name: Text = ""
    skill_level: Count = None
    status: Text = ""


class LegWire(Wire):
    caller: Text = ""
    caller_display_name: Text = ""
    callee: Text = ""
    trunk: Text = ""
    started_at: Text = ""
    talking_time: Count = None


def _legs(value: object) -> list[Any]:
    return _objects([value] if isinstance(value, Mapping) else value)


class SessionWire(Wire):
    id: Text = ""
    calls: Annotated[list[LegWire], BeforeValidator(_legs)] = []


class CreatedWire(Wire):
    """The answer to POST /sessions."""

    id: Text = ""


class UserWire(Wire):
    id: Text = ""
    name: Text = ""
    display_name: Text = ""
    extension_number: Text = ""
    role: Text = ""
    department: Text = ""
    enabled: Switch = None


class RegistrationWire(Wire):
    user_agent: Text = ""
    application: Text = ""
    ip: Text = ""


class UserStatusWire(Wire):
    status: Text = ""
    presence: Text = ""
    registration: Annotated[list[RegistrationWire], BeforeValidator(_objects)] = []


class MembershipWire(Wire):
    """One of GET /users/{id}/call_queues."""

    id: Text = ""
    name: Text = ""
    extension_number: Text = ""


class TenantWire(Wire):
    name: Text = ""
    domain: Text = ""
    timezone: Text = ""


_Row = TypeVar("_Row", bound=Wire)


def listed(data: object) -> tuple[Sequence[object], int | None]:
    """The items of a list and the vendor's total. Bare lists pass; `items: null` is an empty one."""
    if isinstance(data, list):
        return data, None
    if isinstance(data, Mapping):
        total = _count(data.get("count"))
        items = data.get("items")
        if isinstance(items, list):
            return items, total
        if (found := only_list(data)) is not None:
            return found, total
        if ("items" in data and items is None) or total == 0:
            return [], total
    raise BadAnswer("the vendor's answer holds no list")


def rows(items: Sequence[object], model: type[_Row]) -> list[_Row]:
    """Each item that is an object, as `model`; anything else is dropped."""
    found = []
    for item in items:
        if isinstance(item, Mapping):
            try:
                found.append(model.model_validate(item))
            except ValidationError:
                continue
    return found


def one(data: object, model: type[_Row], what: str) -> _Row:
    """A single object; BadAnswer if there is none."""
    if isinstance(data, Mapping):
        try:
            return model.model_validate(data)
        except ValidationError:
            pass
    raise BadAnswer(f"the vendor's answer is no {what}")
