"""Messages of PortSIP's push interface (WSI), read tolerantly. Pure.

Source: the vendor's pages on Pub/Sub, PBX 22. Numbers and moments come as text, moments in Unix seconds; some fields
come in one message and not in the next; the printed samples write alternatives as "normal/callback", which is read as
the first of them.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Annotated, Any, TypeVar

from pydantic import AliasChoices, Field, PlainValidator

from wallboard.domain.errors import BadAnswer
from wallboard.domain.records import dataclass
from wallboard.vendors.http.limits import THREAD_ABOVE, breathe, check_shape
from wallboard.vendors.kit.lists import rows
from wallboard.vendors.kit.wire import Count, Identity, Text, Wire, count, identity, instant, text

MOST = 5_000
"""Callers or agents of one message; more are counted as lost."""


def _word(value: object) -> str:
    return text(value).strip().lower()


def _first(value: object) -> str:
    """The first of alternatives, as the documents' samples print them."""
    return _word(value).split("/")[0].strip()


def _moment(value: object) -> float | None:
    return instant(value)


First = Annotated[str, PlainValidator(_first)]
Moment = Annotated[float | None, PlainValidator(_moment)]


class Caller(Wire):
    """Someone in a queue. `at` in seconds of the vendor's clock; `reason` in lower case, "" in a list of all."""

    session: Identity = Field("", alias="session_id")
    number: Identity = Field("", alias="caller_number")
    name: Text = Field("", alias="caller_name")
    position: Count = None
    at: Moment = Field(None, alias="timestamp")
    reason: First = ""
    type: First = ""

    @property
    def usable(self) -> bool:
        return bool(self.session)

    @property
    def callback(self) -> bool:
        """Not on the telephone, but asked to be called back."""
        return self.type == "callback"


class Agent(Wire):
    """An agent in one queue; `state` is the vendor's word, "Online" being logged out."""

    extension: Identity = Field("", validation_alias=AliasChoices("agent_extension_number", "extension_number"))
    state: Text = Field("", validation_alias=AliasChoices("state", "status"))
    session: Identity = Field("", alias="session_id")
    caller_number: Identity = ""
    caller_name: Text = ""
    at: Moment = Field(None, alias="timestamp")

    @property
    def usable(self) -> bool:
        return bool(self.extension)


@dataclass(frozen=True, slots=True)
class QueueStatus:
    """All of a queue. None: the message has no such list, or not in a form that can be read. `lost_…`: so many of its
    entries cannot be used."""

    queue_id: str
    number: str
    waiting: tuple[Caller, ...] | None
    agents: tuple[Agent, ...] | None
    lost_waiting: int = 0
    lost_agents: int = 0


@dataclass(frozen=True, slots=True)
class CallersChanged:
    queue_id: str
    number: str
    callers: tuple[Caller, ...]
    lost: int = 0


@dataclass(frozen=True, slots=True)
class AgentsChanged:
    queue_id: str
    number: str
    updated: tuple[Agent, ...]
    removed: tuple[str, ...]
    lost: int = 0


@dataclass(frozen=True, slots=True)
class SlaBreached:
    queue_id: str
    number: str
    caller: str
    seconds: int | None


@dataclass(frozen=True, slots=True)
class Reply:
    """The answer to a command; `error` is the vendor's own words."""

    command: str
    ok: bool
    error: str = ""


@dataclass(frozen=True, slots=True)
class Unknown:
    """A message that says nothing to us."""

    name: str


Message = QueueStatus | CallersChanged | AgentsChanged | SlaBreached | Reply | Unknown


def decode(frame: str | bytes) -> list[Message]:
    """The messages of one frame, usually one. ValueError if it is none, or holds more than an answer may."""
    if len(frame) > THREAD_ABOVE:
        try:
            check_shape(frame.encode("utf-8", "replace") if isinstance(frame, str) else frame)
        except BadAnswer as error:
            raise ValueError(str(error)) from None
    try:
        data = json.loads(frame, parse_constant=lambda _: None, object_hook=breathe)
    except (ValueError, RecursionError):
        raise ValueError("no JSON") from None
    parts = data if isinstance(data, list) else [data]
    if not parts or not all(isinstance(part, Mapping) for part in parts):
        raise ValueError("no message")
    return [_message(part) for part in parts]


def _message(given: Mapping[str, Any]) -> Message:
    queue, number = identity(given.get("queue_id")), identity(given.get("queue_number"))
    event = _word(given.get("event_type"))
    match event:
        case "queue_status":
            # Null is an empty list, as the vendor writes blank fields.
            told = {name: [] if value is None else value for name, value in given.items()}
            callers, lost = _entries(told.get("waiting_list"), Caller)
            agents, lost_agents = _entries(told.get("agents"), Agent)
            return QueueStatus(queue, number, callers, agents, lost, lost_agents)
        case "queue_caller_status":
            callers, lost = _entries(given.get("updated_callers", given.get("callers")), Caller)
            return CallersChanged(queue, number, callers or (), lost)
        case "queue_agent_status":
            agents, lost = _entries(given.get("updated_agents"), Agent)
            removed = given.get("removed_agents")
            if isinstance(removed, list):
                removed = [part if isinstance(part, Mapping) else {"extension_number": part} for part in removed]
            gone, lost_gone = _entries(removed, Agent)
            return AgentsChanged(
                queue, number, agents or (), tuple(each.extension for each in gone or ()), lost + lost_gone
            )
        case "queue_sla_breached":
            return SlaBreached(queue, number, identity(given.get("caller")), count(given.get("sla_time_secs")))
    command = _word(given.get("command"))
    if not event and (command or "status" in given):
        return Reply(command, count(given.get("status")) == 0, text(given.get("error")))
    return Unknown(event or command)


Entry = TypeVar("Entry", Caller, Agent)


def _entries(value: object, model: type[Entry]) -> tuple[tuple[Entry, ...] | None, int]:
    """The entries of a list that can be used (None: it is no list), and how many cannot; one object alone is a list of
    one, and what is no list, and not blank, is one that cannot."""
    if value is None or value == "":
        return None, 0
    parts = [value] if isinstance(value, Mapping) else value
    if not isinstance(parts, list):
        return None, 1
    found = rows(parts[:MOST], model)
    return tuple(found), len(parts) - len(found)
