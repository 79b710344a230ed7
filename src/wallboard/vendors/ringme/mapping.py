"""From the PBX's answers to rows: pure functions, nothing remembered, nothing asked.

Vocabulary of states: vendors.md §3.3 (FreeSWITCH's mod_callcenter), the buckets of wallboards §2.3. What depends on
other lists (registered, another call, wrap-up) is left to the board.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import field
from datetime import UTC, tzinfo

from wallboard.domain.keys import Key, Kind
from wallboard.domain.language import tr
from wallboard.domain.models import Agent, Call, Member, Membership, Phone, Queue
from wallboard.domain.records import dataclass
from wallboard.domain.states import AgentState, CallState, Direction, MemberState
from wallboard.domain.text import NOTHING, Clean, clean
from wallboard.domain.words import spelling
from wallboard.vendors.kit.sheets import lines
from wallboard.vendors.kit.wire import identity, instant
from wallboard.vendors.ringme.names import bare, names_of, same_phone
from wallboard.vendors.ringme.states import WORDS, Words
from wallboard.vendors.ringme.wire import (
    WEEK,
    AgentStatus,
    CurrentCall,
    ExtensionInfo,
    MemberStatus,
    QueueSettings,
    QueueStatus,
    Registration,
    shown,
)

SKEW = 90.0
"""Seconds that a join time and a wait may disagree before the join time is not believed (vendors.md §3.7, 17)."""


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
    words: Words = WORDS


def queue_row(
    context: Context,
    queue_id: str,
    status: QueueStatus | None,
    info: ExtensionInfo | None,
    settings: QueueSettings | None,
) -> Queue:
    """A queue; counters that the vendor does not send are its documented default 0 only beside others that it does."""

    def count(name: str) -> int | None:
        return None if status is None else getattr(status, name) if name in status.model_fields_set else 0

    settings = settings or QueueSettings()
    longest, alone = settings.max_wait_time, settings.max_wait_time_with_no_agent
    details = (
        (tr("longest wait allowed"), f"{longest} s" if longest else None),
        (tr("longest wait without agents"), f"{alone} s" if alone else None),
        (tr("then goes to"), settings.timeout_transfer_dst),
        (tr("recording"), tr("all calls") if settings.record_enabled else None),
    )
    return Queue(
        key=Key(context.source, Kind.QUEUE, queue_id),
        name=extension_title(queue_id, info),
        number=NOTHING if info is None else clean(bare(info.name)),
        waiting=count("waiting_members"),
        ringing=count("trying_members"),
        talking=count("answered_members"),
        strategy=settings.strategy,
        address=(("extension_id", queue_id),),
        details=lines(details),
    )


def extension_title(extension_id: str, info: ExtensionInfo | None) -> Clean:
    """The label, else the bare extension, else the id."""
    if info is None:
        return clean(extension_id)
    return info.label or clean(bare(info.name)) or clean(extension_id)


def member_row(context: Context, queue_id: str, queue: Clean, wire: MemberStatus) -> Member | None:
    """A caller of a queue; None without an id. Its call is controlled through the *queue's* extension id."""
    call_api_id = wire.call_api_id
    if not call_api_id:
        return None
    state = context.words.member(wire.state)
    joined = instant(wire.joined_datetime, context.zone, context.offset)
    wait = wire.wait_time
    details: list[tuple[Clean, Clean]] = []
    answered = ended = waited = None
    if state in (MemberState.TALKING, MemberState.ABANDONED):
        # The wait has ended, so the two times say when; they cannot contradict each other.
        if joined is not None and (joined > context.as_of + SKEW or context.as_of - joined > WEEK):
            joined = None
            details.append(_clock(tr("the vendor's join time is out of range")))
        end = None if joined is None or wait is None else min(joined + wait, context.as_of)
        answered, ended = (end, None) if state is MemberState.TALKING else (None, end)
        waited = wait if joined is None else None
    elif wait is not None and (joined is None or abs(context.as_of - joined - wait) > SKEW):
        if joined is not None:
            details.append(_clock(tr("the vendor's join time and wait disagree; the wait is shown")))
        joined = context.as_of - wait
    elif joined is not None and not -SKEW <= context.as_of - joined <= WEEK:
        joined = None
        details.append(_clock(tr("the vendor's join time is out of range")))
    if joined is not None:
        joined = min(joined, context.as_of)
    serving = wire.serving_agent.strip()
    if spelling(serving) in ("ringall", "none", "") or state in (MemberState.WAITING, MemberState.ABANDONED):
        serving = ""
    return Member(
        key=Key(context.source, Kind.MEMBER, call_api_id),
        queue_id=queue_id,
        queue=queue,
        number=wire.number,
        state=state,
        raw_state=shown(wire.state) if state is MemberState.UNKNOWN else NOTHING,
        joined_at=joined,
        answered_at=answered,
        ended_at=ended,
        waited=waited,
        serving_ref=serving,
        address=(("extension_id", queue_id), ("call_api_id", call_api_id)),
        details=tuple(details),
    )


def _clock(why: str) -> tuple[Clean, Clean]:
    return clean(tr("clock")), clean(why)


def agent_row(
    context: Context,
    queue_id: str,
    queue: Clean,
    wire: AgentStatus,
    place: tuple[int | None, int | None] = (None, None),
    wrap_up: float | None = None,
) -> Agent | None:
    """An agent in one queue; None without any name. `place` is (level, position) where it is known,
    `wrap_up` what the config says: the live list does not."""
    name_fs, extension_name, own_name = wire.name_fs, wire.extension_name, identity(wire.name)
    key = name_fs or extension_name or own_name
    if not key:
        return None
    condition = context.words.agent(wire.status, wire.state)
    return Agent(
        key=Key(context.source, Kind.AGENT, key),
        name=shown(wire.name) or clean(bare(extension_name)) or clean(key),
        extension=clean(bare(extension_name)),
        state=condition,
        raw_status=shown(wire.status),
        raw_state=shown(wire.state),
        since=context.as_of - wire.call_duration if wire.call_duration and condition is AgentState.TALKING else None,
        memberships=(Membership(queue_id, queue, *place),),
        wrap_up=wrap_up,
        refs=tuple(dict.fromkeys(filter(None, (name_fs, own_name, *names_of(extension_name))))),
        address=(("name_fs", name_fs), ("name", own_name), ("extension_name", extension_name)),
    )


def call_row(context: Context, wire: CurrentCall, extension_id: str = "") -> Call | None:
    """A leg on a telephone; None without an id. `extension_id` is whose list it came from, if the row does not say."""
    call_api_id = wire.call_api_id
    if not call_api_id:
        return None
    owner = wire.extension_id or extension_id
    caller, called = wire.caller_extension, wire.called_extension
    flow = spelling(wire.call_flow)
    own = context.phones.get(owner, "")
    if not own:
        for party in (caller, called):
            if party is not None and party.id == owner:
                own = party.name
    if not own:
        # The extension's own number stands on its side of the call, when it stands anywhere.
        side = identity({"out": wire.caller_id_number, "in": wire.called_number}.get(flow))
        own = side if "*" in side else ""
    if caller is not None and called is not None:
        direction = Direction.INTERNAL
    else:
        direction = {"in": Direction.IN, "out": Direction.OUT}.get(flow, Direction.UNKNOWN)
    answered = instant(wire.answer_time_gmt, ahead=context.offset)
    started = instant(wire.init_time_gmt, ahead=context.offset)
    state = CallState.TALKING
    if answered is None:
        # Null is how the vendor writes "not yet"; a time that cannot be read, or none at all, says neither.
        told = "answer_time_gmt" in wire.model_fields_set and wire.answer_time_gmt in (None, "", "None")
        state = CallState.RINGING if told else CallState.UNKNOWN
    unread: list[tuple[str, Clean]] = []
    if state is CallState.UNKNOWN:
        unread.append((tr("answered"), shown(wire.answer_time_gmt)))
    if direction is Direction.UNKNOWN:
        unread.append((tr("direction"), shown(wire.call_flow)))
    made_by = (("callback_id", wire.callback_id),) if wire.callback_id else ()
    recording = None
    if "record_uuid" in wire.model_fields_set:
        recording = True if identity(wire.record_uuid) else False if wire.record_uuid in (None, "", "None") else None
    return Call(
        key=Key(context.source, Kind.CALL, call_api_id),
        extension=shown(bare(own) or owner),
        direction=direction,
        from_number=shown(wire.caller_id_number),
        from_name=wire.caller_id_name,
        to=shown(wire.called_number),
        did=wire.called_did,
        state=state,
        started_at=_past(started, context.as_of),
        answered_at=_past(answered, context.as_of),
        recording=recording,
        # The most exact spelling alone: a bare number would also find the same number of another prefix.
        agent_refs=(own,) if own else (),
        whole=wire.call_id,
        real=wire.real_call is not False,
        mine=same_phone(own, context.phone),
        address=(("extension_id", owner), ("call_api_id", call_api_id), *made_by),
        details=lines(unread),
    )


def _past(moment: float | None, as_of: float) -> float | None:
    if moment is None or as_of - moment > WEEK:
        return None
    return min(moment, as_of)


def phone_row(
    source: str, phone_id: str, info: ExtensionInfo | None, registered: bool | None = None, use: str = "phone"
) -> Phone:
    """A telephone, or a conference room: an extension that calls can be sent to and nobody registers at."""
    name = "" if info is None else info.name
    return Phone(
        key=Key(source, Kind.PHONE, phone_id),
        name=extension_title(phone_id, info),
        extension=clean(bare(name)),
        registered=registered,
        use=use,
        refs=names_of(name),
        address=(("extension_id", phone_id), ("extension_name", name)),
    )


def registrations(rows: Iterable[Registration]) -> dict[str, bool | None]:
    return {row.extension_id: row.registered for row in rows if row.extension_id}
