"""GroupAlarm's answers as they come over the wire, and lists in any wrapping.

Shapes from seed 000, paths and envelopes from seed 001. Ids come as numbers or numeric text, dates may be null, unknown
fields are ignored; a field of a wrong type is unset instead of costing its row. What is no list at all is a BadAnswer.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Annotated, Any, TypeVar

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from wallboard.domain.errors import BadAnswer
from wallboard.vendors.lists import only_list


def _identity(value: object) -> str:
    """An int64, also as text; "" for anything else."""
    if isinstance(value, bool):
        return ""
    if isinstance(value, int):
        return str(value) if abs(value) < 1 << 63 else ""
    if isinstance(value, str) and re.fullmatch(r"-?[0-9]{1,19}", value.strip()):
        return str(int(value))
    return ""


def _text(value: object) -> str:
    return value if isinstance(value, str) else _identity(value)


def _switch(value: object) -> bool | None:
    if isinstance(value, bool):
        return value
    if isinstance(value, int | str):
        return {"1": True, "true": True, "0": False, "false": False}.get(str(value).strip().lower())
    return None


def _count(value: object) -> int | None:
    text = _identity(value)
    return int(text) if text and int(text) >= 0 else None


def _price(value: object) -> float | None:
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else None


def _identities(value: object) -> list[str]:
    """User ids, each once; objects with an id pass too."""
    found = [
        _identity(part.get("id") if isinstance(part, Mapping) else part)
        for part in (value if isinstance(value, list) else ())
    ]
    return list(dict.fromkeys(part for part in found if part))


Identity = Annotated[str, BeforeValidator(_identity)]
Text = Annotated[str, BeforeValidator(_text)]
Switch = Annotated[bool | None, BeforeValidator(_switch)]
Count = Annotated[int | None, BeforeValidator(_count)]


class Wire(BaseModel):
    model_config = ConfigDict(extra="ignore", frozen=True)


class HotlineWire(Wire):
    """`agents` are user ids; `isActive` is what was asked, `status` what is."""

    id: Identity = ""
    organization: Identity = Field("", alias="organizationID")
    name: Text = ""
    number: Text = ""
    is_active: Switch = Field(None, alias="isActive")
    status: Text = ""
    agents: Annotated[list[str], BeforeValidator(_identities)] = []
    channels_in: Count = Field(None, alias="channelsInbound")
    channels_out: Count = Field(None, alias="channelsOutbound")
    tts_in: Text = Field("", alias="ttsInbound")
    tts_out: Text = Field("", alias="ttsOutbound")


class PhoneWire(Wire):
    """One of GET /agents: a telephone of a user."""

    id: Identity = ""
    user: Identity = Field("", alias="userID")
    name: Text = ""
    phone: Text = ""
    is_active: Switch = Field(None, alias="isActive")


class EntryWire(Wire):
    """`action` is free text; `user` may be 0 or absent."""

    id: Identity = ""
    start: Text = Field("", alias="startTime")
    action: Text = ""
    phone: Text = Field("", alias="agentPhone")
    user: Identity = Field("", alias="userID")


def _entries(value: object) -> list[Any]:
    """What is no entry stays as one that says nothing: whether the call was taken is not known then."""
    if value is None:
        return []
    return [part if isinstance(part, dict) else {} for part in (value if isinstance(value, list) else [value])]


class LogWire(Wire):
    id: Identity = ""
    start: Text = Field("", alias="startTime")
    entries: Annotated[list[EntryWire], BeforeValidator(_entries)] = []


class RecordWire(Wire):
    """A billed leg; `end` "" may mean that it runs still."""

    id: Identity = ""
    destination: Text = Field("", alias="destinationNumber")
    start: Text = Field("", alias="timeStart")
    end: Text = Field("", alias="timeEnd")
    price: Annotated[float | None, BeforeValidator(_price)] = None


_Row = TypeVar("_Row", bound=Wire)


def listed(data: object, name: str) -> tuple[Sequence[object], int | None]:
    """The list called `name` and its total. It may come bare, or in an object under another name."""
    if isinstance(data, list):
        return data, None
    if isinstance(data, Mapping):
        names = ("total", f"total{name}".casefold())
        total = next((_count(value) for key, value in data.items() if str(key).casefold() in names), None)
        if isinstance(data.get(name), list):
            return data[name], total
        if (found := only_list(data)) is not None:
            return found, total
        if name in data and data[name] is None:
            return [], total
    raise BadAnswer(f"the vendor's answer holds no list of {name}")


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


def one(data: object, name: str) -> dict[str, Any]:
    """A single object, bare or wrapped as {name: {…}}; BadAnswer if there is none."""
    if isinstance(data, dict):
        inner = data.get(name)
        if isinstance(inner, dict) and "id" not in data:
            return inner
        return data
    raise BadAnswer(f"the vendor's answer is no {name}")
