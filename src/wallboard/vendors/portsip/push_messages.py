"""Messages of PortSIP's push interface (WSI), read tolerantly. Pure.

Source: the vendor's pages on Pub/Sub, PBX 22. Numbers and moments come as text, moments in Unix seconds; some fields
come in one message and not in the next; the printed samples write alternatives as "normal/callback", which is read as
the first of them.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from wallboard.domain.errors import BadAnswer
from wallboard.vendors.http.limits import THREAD_ABOVE, breathe, check_shape
from wallboard.vendors.kit.wire import count, identity, instant, text

MOST = 5_000
"""Callers or agents of one message; more are counted as lost."""


@dataclass(frozen=True, slots=True)
class Caller:
    """Someone in a queue. `at` in seconds of the vendor's clock; `reason` in lower case, "" in a list of all;
    `callback`: not on the telephone, but asked to be called back."""

    session: str
    number: str = ""
    name: str = ""
    position: int | None = None
    at: float | None = None
    reason: str = ""
    callback: bool = False


@dataclass(frozen=True, slots=True)
class Agent:
    """An agent in one queue; `state` is the vendor's word, "Online" being logged out."""

    extension: str
    state: str = ""
    session: str = ""
    caller_number: str = ""
    caller_name: str = ""
    at: float | None = None


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
            waiting, agents = _listed(given, "waiting_list"), _listed(given, "agents")
            callers, people = _callers(waiting), _agents(agents)
            return QueueStatus(queue, number, callers, people, _lost(waiting, callers), _lost(agents, people))
        case "queue_caller_status":
            changed = given.get("updated_callers", given.get("callers"))
            callers = _callers(changed)
            return CallersChanged(queue, number, callers or (), _lost(changed, callers))
        case "queue_agent_status":
            changed, removed = given.get("updated_agents"), given.get("removed_agents")
            people = _agents(changed)
            gone = tuple(filter(None, map(_removed, _parts(removed) or ())))
            return AgentsChanged(queue, number, people or (), gone, _lost(changed, people) + _lost(removed, gone))
        case "queue_sla_breached":
            return SlaBreached(queue, number, identity(given.get("caller")), count(given.get("sla_time_secs")))
    command = _word(given.get("command"))
    if not event and (command or "status" in given):
        return Reply(command, count(given.get("status")) == 0, text(given.get("error")))
    return Unknown(event or command)


def _callers(value: object) -> tuple[Caller, ...] | None:
    parts = _parts(value)
    if parts is None:
        return None
    callers = [_caller(part) for part in parts if isinstance(part, Mapping)]
    return tuple(caller for caller in callers if caller.session)


def _caller(given: Mapping[str, Any]) -> Caller:
    return Caller(
        session=identity(given.get("session_id")),
        number=identity(given.get("caller_number")),
        name=text(given.get("caller_name")),
        position=count(given.get("position")),
        at=instant(given.get("timestamp")),
        reason=_first(given.get("reason")),
        callback=_first(given.get("type")) == "callback",
    )


def _agents(value: object) -> tuple[Agent, ...] | None:
    parts = _parts(value)
    if parts is None:
        return None
    agents = [_agent(part) for part in parts if isinstance(part, Mapping)]
    return tuple(agent for agent in agents if agent.extension)


def _agent(given: Mapping[str, Any]) -> Agent:
    return Agent(
        extension=_extension(given),
        state=text(given.get("state")).strip() or text(given.get("status")).strip(),
        session=identity(given.get("session_id")),
        caller_number=identity(given.get("caller_number")),
        caller_name=text(given.get("caller_name")),
        at=instant(given.get("timestamp")),
    )


def _extension(given: Mapping[str, Any]) -> str:
    return identity(given.get("agent_extension_number")) or identity(given.get("extension_number"))


def _removed(part: object) -> str:
    return _extension(part) if isinstance(part, Mapping) else identity(part)


def _listed(given: Mapping[str, Any], name: str) -> object:
    """What stands under `name`; null is an empty list, as the vendor writes blank fields."""
    return [] if name in given and given[name] is None else given.get(name)


# ---- scalars -----------------------------------------------------------------------------------------------------


def _parts(value: object) -> Sequence[object] | None:
    """A list; one object alone is a list of one. None: no list."""
    if isinstance(value, Mapping):
        return [value]
    return value[:MOST] if isinstance(value, list) else None


def _lost(value: object, used: Sequence[object] | None) -> int:
    """How many entries of a list are not among those that can be used; what is no list, and not blank, is one."""
    if value is None or value == "":
        return 0
    return (len(value) if isinstance(value, list) else 1) - len(used or ())


def _word(value: object) -> str:
    return text(value).strip().lower()


def _first(value: object) -> str:
    """The first of alternatives, as the documents' samples print them."""
    return _word(value).split("/")[0].strip()
