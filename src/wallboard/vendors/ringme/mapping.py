"""From the PBX's answers to rows: pure functions, nothing remembered, nothing asked.

Vocabulary of states: vendors.md §3.3 (FreeSWITCH's mod_callcenter), the buckets of wallboards §2.3. What depends on
other lists (registered, another call, wrap-up) is left to the board.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, tzinfo
from functools import lru_cache
from zoneinfo import ZoneInfo

from wallboard.domain.keys import Key, Kind
from wallboard.domain.models import Agent, Call, Member, Membership, Phone, Queue
from wallboard.domain.states import AgentState, CallState, Direction, MemberState
from wallboard.domain.text import NOTHING, Clean, clean
from wallboard.vendors.ringme.wire import (
    AgentStatus,
    CurrentCall,
    ExtensionInfo,
    ExtensionRef,
    MemberStatus,
    QueueSettings,
    QueueStatus,
    Registration,
    Scalar,
)

WEEK = 7 * 86_400
SKEW = 90.0
"""Seconds that a join time and a wait may disagree before the join time is not believed (vendors.md §3.7, 17)."""
_WORD = re.compile(r"[^a-z0-9]+")
_FORBIDDEN_ID = re.compile(r"[\x00-\x1f\x7f]")


@dataclass(frozen=True, slots=True)
class Context:
    """What the rows of one answer have in common. `offset`: seconds that the vendor's clock is ahead of ours."""

    source: str
    as_of: float
    zone: tzinfo = UTC
    offset: float = 0.0
    phone: str = ""
    phones: Mapping[str, str] = field(default_factory=dict)
    """Full extension names of known phones by id."""


# ---- scalars -----------------------------------------------------------------------------------------------------


def ident(value: object) -> str:
    """An id as text: 7, "7" and 7.0 are the same one; "" for none. Never cleaned: it goes back to the vendor."""
    if isinstance(value, str):
        text = value.strip()
        return "" if text in ("None", "null") or len(text) > 512 or _FORBIDDEN_ID.search(text) else text
    if isinstance(value, bool) or value is None:
        return ""
    if isinstance(value, int):
        return str(value) if value.bit_length() < 256 else ""
    if isinstance(value, float) and math.isfinite(value) and value == int(value) and abs(value) < 2**53:
        return str(int(value))
    return ""


def whole(value: object, most: int = 2**53) -> int | None:
    """A count or a number of seconds from 0 to `most`, also when it comes as text; None for anything else."""
    if isinstance(value, bool) or value is None:
        return None
    if isinstance(value, str):
        if not 0 < len(value.strip()) <= 20:
            return None
        try:
            value = float(value)
        except ValueError:
            return None
    if isinstance(value, int):
        return value if 0 <= value <= most else None
    if isinstance(value, float) and math.isfinite(value):
        return int(value) if 0 <= value <= most else None
    return None


def flag(value: object) -> bool | None:
    """True, false or not said; also as a word or a digit."""
    if isinstance(value, bool):
        return value
    if isinstance(value, str):
        return {"true": True, "1": True, "yes": True, "false": False, "0": False, "no": False}.get(
            value.strip().lower()
        )
    if isinstance(value, int | float):
        return {0: False, 1: True}.get(int(value)) if math.isfinite(value) and abs(value) < 2 else None
    return None


def text(value: object) -> Clean:
    """Cleaned text; the vendor's "None" is nothing (vendors.md §3.7, 10)."""
    return NOTHING if value == "None" else clean(value)


@lru_cache(maxsize=1024)
def word(value: str) -> str:
    """A vendor's word in one spelling: `In a queue call` and `in_a_queue_call` are the same."""
    return _WORD.sub("_", value[:100].casefold()).strip("_")


def status_word(value: object) -> str:
    """The text of a status that comes as text or as an object (vendors.md §3.7, 3)."""
    if isinstance(value, dict):
        for name in ("status", "name", "value"):
            if isinstance(value.get(name), str):
                return str(value[name])
        return ""
    return value if isinstance(value, str) else ""


@lru_cache(maxsize=8192)
def _instant(value: str, zone: tzinfo) -> float | None:
    try:
        moment = datetime.fromisoformat(value)
        return (moment if moment.tzinfo is not None else moment.replace(tzinfo=zone)).timestamp()
    except (ValueError, OverflowError, OSError):
        pass
    try:
        return _epoch(float(value))
    except ValueError:
        return None


def _epoch(number: float) -> float | None:
    if not math.isfinite(number):
        return None
    while number > 1e11:
        # Milliseconds, or the microseconds of the vendor's events.
        number /= 1000
    return number if number > 1e8 else None


def instant(value: Scalar, zone: tzinfo = UTC, offset: float = 0.0) -> float | None:
    """`YYYY-MM-DD HH:MM:SS[.ff]` (naive: in `zone`), ISO 8601 or an epoch as our steady UTC seconds."""
    if isinstance(value, str):
        found = _instant(value.strip(), zone) if 0 < len(value) <= 40 else None
    elif isinstance(value, bool) or value is None:
        found = None
    else:
        try:
            found = _epoch(float(value))
        except OverflowError:
            found = None
    return None if found is None else found - offset


def zone_of(name: str) -> tzinfo:
    """The zone of naive times. Raises ValueError for an unknown name."""
    if name in ("", "UTC"):
        return UTC
    try:
        return ZoneInfo(name)
    except (OSError, ValueError, KeyError):
        raise ValueError(f"{name!r} is not a time zone") from None


# ---- extension names -------------------------------------------------------------------------------------------------


def bare(name: str) -> str:
    """`341` of `022*341@pbx.example`."""
    local = name.split("@", 1)[0]
    return local.rsplit("*", 1)[-1]


def names_of(name: str) -> tuple[str, ...]:
    """Every spelling under which the extension called `name` appears: in full, without domain, the bare number."""
    local = name.split("@", 1)[0]
    found: list[str] = []
    for spelling in (name, local, bare(name)):
        if spelling and spelling not in found:
            found.append(spelling)
    return tuple(found)


def same_phone(one: str, other: str) -> bool:
    """Whether two spellings can be the same extension; what only one of them says does not count."""
    if not one or not other or bare(one) != bare(other):
        return False
    one_local, other_local = one.split("@", 1)[0], other.split("@", 1)[0]
    return "*" not in one_local or "*" not in other_local or one_local == other_local


# ---- rows ------------------------------------------------------------------------------------------------------------


def queue_row(
    context: Context,
    queue_id: str,
    status: QueueStatus | None,
    info: ExtensionInfo | None,
    settings: QueueSettings | None,
) -> Queue:
    """A queue; counters that the vendor does not send are its documented default 0 only beside others that it does."""
    counts: dict[str, int | None] = dict.fromkeys(("waiting", "ringing", "talking"))
    if status is not None:
        for name, attribute in (
            ("waiting", "waiting_members"),
            ("ringing", "trying_members"),
            ("talking", "answered_members"),
        ):
            counts[name] = whole(getattr(status, attribute)) if attribute in status.model_fields_set else 0
    details: list[tuple[Clean, Clean]] = []
    if settings is not None:
        for label, value in (
            ("longest wait allowed", whole(settings.max_wait_time, WEEK)),
            ("longest wait without agents", whole(settings.max_wait_time_with_no_agent, WEEK)),
        ):
            if value:
                details.append((clean(label), clean(f"{value} s")))
        if text(settings.timeout_transfer_dst):
            details.append((clean("then goes to"), text(settings.timeout_transfer_dst)))
        if flag(settings.record_enabled):
            details.append((clean("recording"), clean("all calls")))
    return Queue(
        key=Key(context.source, Kind.QUEUE, queue_id),
        name=queue_name(queue_id, info),
        number=NOTHING if info is None else clean(bare(status_word(info.name))),
        waiting=counts["waiting"],
        ringing=counts["ringing"],
        talking=counts["talking"],
        strategy=NOTHING if settings is None else text(settings.strategy),
        address=(("extension_id", queue_id),),
        details=tuple(details),
    )


def queue_name(queue_id: str, info: ExtensionInfo | None) -> Clean:
    """The label, else the bare extension, else the id."""
    if info is None:
        return clean(queue_id)
    return text(info.label) or clean(bare(status_word(info.name))) or clean(queue_id)


_MEMBER_STATES = {
    "waiting": MemberState.WAITING,
    "trying": MemberState.RINGING,
    "answered": MemberState.TALKING,
    "abandoned": MemberState.ABANDONED,
}


def member_row(context: Context, queue_id: str, queue: Clean, wire: MemberStatus) -> Member | None:
    """A caller of a queue; None without an id. Its call is controlled through the *queue's* extension id."""
    call_api_id = ident(wire.call_api_id)
    if not call_api_id:
        return None
    state = _MEMBER_STATES.get(word(status_word(wire.state)), MemberState.UNKNOWN)
    joined = instant(wire.joined_datetime, context.zone, context.offset)
    wait = whole(wire.wait_time, WEEK)
    details: list[tuple[Clean, Clean]] = []
    answered = ended = None
    if state in (MemberState.TALKING, MemberState.ABANDONED):
        # The wait has ended, so the two times say when; they cannot contradict each other.
        if joined is not None and (joined > context.as_of + SKEW or context.as_of - joined > WEEK):
            joined = None
            details.append((clean("clock"), clean("the vendor's join time is out of range")))
        end = None if joined is None or wait is None else min(joined + wait, context.as_of)
        answered, ended = (end, None) if state is MemberState.TALKING else (None, end)
    elif wait is not None and (joined is None or abs(context.as_of - joined - wait) > SKEW):
        if joined is not None:
            details.append((clean("clock"), clean("the vendor's join time and wait disagree; the wait is shown")))
        joined = context.as_of - wait
    elif joined is not None and not -SKEW <= context.as_of - joined <= WEEK:
        joined = None
        details.append((clean("clock"), clean("the vendor's join time is out of range")))
    if joined is not None:
        joined = min(joined, context.as_of)
    serving = status_word(wire.serving_agent).strip()
    if word(serving) in ("ring_all", "none", "") or state in (MemberState.WAITING, MemberState.ABANDONED):
        serving = ""
    return Member(
        key=Key(context.source, Kind.MEMBER, call_api_id),
        queue_id=queue_id,
        queue=queue,
        number=text(wire.number),
        state=state,
        joined_at=joined,
        answered_at=answered,
        ended_at=ended,
        serving_ref=serving,
        address=(("extension_id", queue_id), ("call_api_id", call_api_id)),
        details=tuple(details),
    )


def agent_state(status: str, state: str) -> AgentState:
    """wallboards §2.3 as far as one row can tell: the call first, then what the person chose."""
    state, status = word(state), word(status)
    if state == "in_a_queue_call":
        return AgentState.TALKING
    if state in ("receiving", "reserved"):
        return AgentState.RINGING
    if status in ("available", "available_on_demand"):
        return {"waiting": AgentState.READY, "idle": AgentState.MISMATCH}.get(state, AgentState.UNKNOWN)
    return {"on_break": AgentState.BREAK, "logged_out": AgentState.OFF}.get(status, AgentState.UNKNOWN)


def agent_row(
    context: Context,
    queue_id: str,
    queue: Clean,
    wire: AgentStatus,
    place: tuple[int | None, int | None] = (None, None),
) -> Agent | None:
    """An agent in one queue; None without any name. `place` is (level, position) where it is known."""
    name_fs, extension_name = ident(wire.name_fs), ident(wire.extension_name)
    own_name = ident(wire.name)
    key = name_fs or extension_name or own_name
    if not key:
        return None
    status, state = status_word(wire.status), status_word(wire.state)
    condition = agent_state(status, state)
    duration = whole(wire.call_duration, WEEK)
    refs: list[str] = []
    for ref in (name_fs, own_name, *names_of(extension_name)):
        if ref and ref not in refs:
            refs.append(ref)
    return Agent(
        key=Key(context.source, Kind.AGENT, key),
        name=text(wire.name) or clean(bare(extension_name)) or clean(key),
        extension=clean(bare(extension_name)),
        state=condition,
        raw_status=text(status),
        raw_state=text(state),
        since=context.as_of - duration if duration and condition is AgentState.TALKING else None,
        memberships=(Membership(queue_id, queue, *place),),
        refs=tuple(refs),
        address=(("name_fs", name_fs), ("name", own_name), ("extension_name", extension_name)),
    )


def _extension(value: ExtensionRef | list[ExtensionRef] | None) -> ExtensionRef | None:
    if isinstance(value, list):
        value = value[0] if value else None
    return value if value is not None and (ident(value.id) or ident(value.name)) else None


def call_row(context: Context, wire: CurrentCall, extension_id: str = "") -> Call | None:
    """A leg on a telephone; None without an id. `extension_id` is whose list it came from, if the row does not say."""
    call_api_id = ident(wire.call_api_id)
    if not call_api_id:
        return None
    owner = ident(wire.extension_id) or extension_id
    caller, called = _extension(wire.caller_extension), _extension(wire.called_extension)
    flow = word(status_word(wire.call_flow))
    own = context.phones.get(owner, "")
    if not own:
        for party in (caller, called):
            if party is not None and ident(party.id) == owner:
                own = ident(party.name)
    if not own:
        # The extension's own number stands on its side of the call, when it stands anywhere.
        side = ident(wire.caller_id_number) if flow == "out" else ident(wire.called_number) if flow == "in" else ""
        own = side if "*" in side else ""
    if caller is not None and called is not None:
        direction = Direction.INTERNAL
    else:
        direction = {"in": Direction.IN, "out": Direction.OUT}.get(flow, Direction.UNKNOWN)
    answered = instant(wire.answer_time_gmt, UTC, context.offset)
    started = instant(wire.init_time_gmt, UTC, context.offset)
    if ident(wire.answer_time_gmt) and answered is None:
        answered = context.as_of
    recording = None
    if "record_uuid" in wire.model_fields_set:
        recording = bool(ident(wire.record_uuid))
    return Call(
        key=Key(context.source, Kind.CALL, call_api_id),
        extension=clean(bare(own)) or clean(owner),
        direction=direction,
        from_number=text(wire.caller_id_number),
        from_name=text(wire.caller_id_name),
        to=text(wire.called_number),
        did=text(wire.called_did),
        state=CallState.RINGING if answered is None else CallState.TALKING,
        started_at=_past(started, context.as_of),
        answered_at=_past(answered, context.as_of),
        recording=recording,
        agent_refs=_refs(own),
        whole=ident(wire.call_id),
        real=flag(wire.real_call) is not False,
        mine=same_phone(own, context.phone),
        address=(("extension_id", owner), ("call_api_id", call_api_id)),
    )


def _refs(own: str) -> tuple[str, ...]:
    """The most exact spelling alone: a bare number would also find the same number of another prefix."""
    return (own,) if own else ()


def _past(moment: float | None, as_of: float) -> float | None:
    if moment is None or as_of - moment > WEEK:
        return None
    return min(moment, as_of)


def phone_row(source: str, phone_id: str, name: str, label: str, registered: bool | None) -> Phone:
    return Phone(
        key=Key(source, Kind.PHONE, phone_id),
        name=clean(label) or clean(bare(name)) or clean(phone_id),
        extension=clean(bare(name)),
        registered=registered,
        refs=names_of(name),
        address=(("extension_id", phone_id), ("extension_name", name)),
    )


def registrations(rows: Iterable[Registration]) -> dict[str, bool | None]:
    """Whether each extension id is registered."""
    return {ident(row.extension_id): flag(row.registered) for row in rows if ident(row.extension_id)}


def suffix(call_api_id: str) -> str:
    """`02ab…` of `32494-02ab…`: the part that the legs of one call share (vendors.md §3.2, Ids)."""
    return call_api_id.split("-", 1)[1] if "-" in call_api_id else ""
