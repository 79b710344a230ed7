"""GroupAlarm's answers as they come over the wire. Shapes from seed 000, paths and envelopes from seed 001."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import BeforeValidator, Field

from wallboard.vendors.kit.wire import Count, Identified, Identity, Switch, Text, Wire, identity


def _price(value: object) -> float | None:
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else None


def _identities(value: object) -> list[str]:
    """User ids, each once; objects with an id pass too."""
    parts = value if isinstance(value, list) else []
    found = [identity(part.get("id") if isinstance(part, Mapping) else part) for part in parts]
    return list(dict.fromkeys(filter(None, found)))


class HotlineWire(Identified):
    """`agents` are user ids; `isActive` is what was asked, `status` what is."""

    organization: Identity = Field("", alias="organizationID")
    name: Text = ""
    number: Text = ""
    is_active: Switch = Field(None, alias="isActive")
    status: Text = ""
    agents: Annotated[tuple[str, ...], BeforeValidator(_identities)] = ()
    channels_in: Count = Field(None, alias="channelsInbound")
    channels_out: Count = Field(None, alias="channelsOutbound")
    tts_in: Text = Field("", alias="ttsInbound")
    tts_out: Text = Field("", alias="ttsOutbound")


class PhoneWire(Identified):
    """One of GET /agents: a telephone of a user."""

    user: Identity = Field("", alias="userID")
    name: Text = ""
    phone: Text = ""
    is_active: Switch = Field(None, alias="isActive")


class EntryWire(Wire):
    """`action` is free text; `user` may be 0 or absent."""

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
    entries: Annotated[tuple[EntryWire, ...], BeforeValidator(_entries)] = ()


class RecordWire(Wire):
    """A billed leg; `end` "" may mean that it runs still."""

    id: Identity = ""
    destination: Text = Field("", alias="destinationNumber")
    start: Text = Field("", alias="timeStart")
    end: Text = Field("", alias="timeEnd")
    price: Annotated[float | None, BeforeValidator(_price)] = None
