"""From what PortSIP says to rows. Pure; REST and push make their rows with the same functions.

Keys: a queue by its id, a caller and a call by the session's id, an agent and a telephone by the extension number.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from wallboard.domain.keys import Key, Kind
from wallboard.domain.language import mark, tr
from wallboard.domain.models import Agent, Call, Member, Membership, Phone, Queue
from wallboard.domain.states import AgentState, CallState, Direction, MemberState
from wallboard.domain.text import NOTHING, Clean, clean
from wallboard.vendors.kit.sheets import lines
from wallboard.vendors.kit.wire import instant
from wallboard.vendors.portsip.numbers import is_extension
from wallboard.vendors.portsip.scene import Place, QueueKnown, Scene
from wallboard.vendors.portsip.states import normal
from wallboard.vendors.portsip.wire import LegWire, SessionWire, UserStatusWire, UserWire

WAITING_GOOD_FOR = 45.0
"""Seconds for which a queue shows the count of a waiting list that could not be read again."""

_WEIGHT = (
    AgentState.TALKING,
    AgentState.RINGING,
    AgentState.OTHER_CALL,
    AgentState.WRAP_UP,
    AgentState.READY,
    AgentState.BREAK,
    AgentState.UNREACHABLE,
    AgentState.UNKNOWN,
    AgentState.OFF,
)
"""The state that an agent has in any queue, the one that counts first: on a call in one is on a call for all."""
_STRATEGIES = {
    "RING_SIMULTANEOUSLY": mark("ring all"),
    "PRIORITIZED_HUNT": mark("by priority"),
    "CYCLIC_HUNT": mark("in turn"),
    "LEAST_WORKED_HUNT": mark("least worked"),
    "SKILL_BASED_ROUTING_PRIORITIZED_HUNT": mark("by skill and priority"),
    "SKILL_BASED_ROUTING_CYCLIC_HUNT": mark("by skill, in turn"),
    "SKILL_BASED_ROUTING_LEAST_WORKED_HUNT": mark("by skill, least worked"),
}
SHORT = 6
"""A longer number is an outside one unless the PBX lists it."""


def queue(scene: Scene, known: QueueKnown, now: float) -> Queue:
    """A queue; what waits there as long as that was seen lately, else None."""
    seen = known.waiting_at is not None and now - known.waiting_at <= WAITING_GOOD_FOR
    details: tuple[tuple[str, object], ...] = (
        (tr("status"), known.status.lower().replace("_", " ")),
        (tr("service target"), f"{known.sla_time} s" if known.sla_time else None),
        (tr("most callers"), known.max_callers or None),
        (tr("longest wait allowed"), None if known.max_waiting_time is None else f"{known.max_waiting_time} s"),
    )
    if known.agent_auto_ready is not None:
        said = tr("by itself") if known.agent_auto_ready else tr("by hand")
        details = (*details, (tr("ready after a call"), said))
    strategy = _STRATEGIES.get(normal(known.strategy))
    return Queue(
        key=Key(scene.source, Kind.QUEUE, known.id),
        name=known.name or clean(known.number) or clean(known.id),
        number=clean(known.number),
        waiting=known.waiting if seen else None,
        longest_since=known.longest_since if seen else None,
        strategy=_words(known.strategy) if strategy is None else clean(tr(strategy)),
        service_seconds=known.sla_time or None,
        only_waiting=True,
        address=(("queue", known.id), ("extension", known.number)),
        details=lines(details),
    )


def title(known: QueueKnown) -> Clean:
    return known.name or clean(known.number)


def member(
    scene: Scene,
    known: QueueKnown,
    session: str,
    number: str = "",
    name: str = "",
    joined_at: float | None = None,
    position: int | None = None,
) -> Member:
    """A caller who waits in a queue. `session` in either spelling."""
    identity = scene.session(session)
    return Member(
        key=Key(scene.source, Kind.MEMBER, identity),
        queue_id=known.id,
        queue=title(known),
        name=clean(name) if name.strip() != number.strip() else NOTHING,
        number=clean(number),
        state=MemberState.WAITING,
        joined_at=joined_at,
        position=position,
        call_key=Key(scene.source, Kind.CALL, identity),
        address=(("session", session), ("queue", known.id), ("extension", known.number)),
    )


def served(scene: Scene, row: Member, extension: str, at: float) -> Member:
    """The same caller with the agent who took them, "" if that is not known."""
    return replace(
        row,
        state=MemberState.TALKING,
        answered_at=at,
        serving_ref=extension,
        serving=scene.names.get(extension, clean(extension)),
        serving_key=Key(scene.source, Kind.AGENT, extension) if extension else None,
    )


def agent(scene: Scene, extension: str) -> Agent | None:
    """An agent, one row for all queues; None when they are in none any more."""
    places = scene.places.get(extension)
    if not places:
        return None
    told = [place for place in places.values() if place.status]
    main = min(told, key=lambda place: _WEIGHT.index(scene.state(place.status)), default=Place())
    state = scene.state(main.status)
    states = [scene.state(place.status) for place in told]
    differing = len({normal(place.status) for place in told}) > 1
    details = [
        (_queue_name(scene, queue_id), _words(place.status) if place.status else clean(tr("not read")))
        for queue_id, place in places.items()
    ]
    return Agent(
        key=Key(scene.source, Kind.AGENT, extension),
        name=scene.names.get(extension) or clean(extension),
        extension=clean(extension),
        state=state,
        raw_status=clean(main.status),
        since=main.since,
        memberships=tuple(_membership(scene, queue_id, places[queue_id]) for queue_id in sorted(places)),
        registered=_registered(states),
        with_name=main.with_name,
        with_key=Key(scene.source, Kind.CALL, scene.session(main.session)) if main.session else None,
        pause_reason=_words(main.status) if state is AgentState.BREAK else NOTHING,
        no_state=clean(scene.no_states) if not told else NOTHING,
        refs=(extension,),
        address=(("extension", extension),),
        details=tuple(details) if differing else (),
    )


def agents(scene: Scene, queue_id: str) -> list[Agent]:
    found = (agent(scene, extension) for extension in scene.agents_of(queue_id))
    return [row for row in found if row is not None]


def _membership(scene: Scene, queue_id: str, place: Place) -> Membership:
    state = scene.state(place.status)
    return Membership(
        queue_id=queue_id,
        queue=_queue_name(scene, queue_id),
        level=place.level,
        paused=None if state is AgentState.UNKNOWN else state is AgentState.BREAK,
    )


def _queue_name(scene: Scene, queue_id: str) -> Clean:
    known = scene.queues.get(queue_id)
    return title(known) if known is not None else clean(queue_id)


def _registered(states: Sequence[AgentState]) -> bool | None:
    """An unreachable telephone is not registered; one that is logged out, or in a state that is not known, may be
    either."""
    if AgentState.UNREACHABLE in states:
        return False
    return True if any(state not in (AgentState.OFF, AgentState.UNKNOWN) for state in states) else None


def _words(status: str) -> Clean:
    return clean(status.replace("_", " ").lower())


def call(scene: Scene, wire: SessionWire, as_of: float) -> Call | None:
    """One row a session. Its legs are put together: who called first, whom the newest leg reached, which of them is a
    telephone of this PBX. None without an id."""
    if not wire.id:
        return None
    legs = sorted(wire.calls, key=lambda leg: instant(leg.started_at) or 0.0)
    first, last = (legs[0], legs[-1]) if legs else (LegWire(), LegWire())
    starts = (instant(leg.started_at, ahead=scene.ahead) for leg in legs)
    started = min((at for at in starts if at is not None), default=None)
    direction, people = _direction(scene, first, last), _telephones(scene, legs)
    extension = _acting(scene, first.caller, people, direction)
    talked = _talked(scene, legs)
    state = CallState.UNKNOWN if talked is None else CallState.TALKING if talked > 0 else CallState.RINGING
    identity = scene.session(wire.id)
    waits = scene.waits_in(identity)
    if waits is not None:
        # Nobody has taken it yet, whatever the PBX counts as talking; its leg in the PBX is the queue's.
        state, extension, people, talked = CallState.RINGING, waits.number, [], None
    through = waits or next((known for leg in reversed(legs) if (known := scene.by_number(leg.callee))), None)
    parties = dict.fromkeys(n for leg in legs for n in (leg.caller, leg.callee) if n)
    # Seconds are whole on one side and not on the other, so the answer can seem to come before the call.
    answered = max(as_of - talked, started or 0.0) if talked else None
    return Call(
        key=Key(scene.source, Kind.CALL, identity),
        extension=clean(extension),
        direction=direction,
        from_number=clean(first.caller),
        from_name=_party(scene, first.caller, first.caller_display_name),
        to=clean(last.callee),
        to_name=_called(scene, last.callee),
        did=clean(first.callee) if direction is Direction.IN and _inside(scene, first.callee) is False else NOTHING,
        state=state,
        started_at=started,
        answered_at=answered,
        agent_refs=tuple(people),
        queue=through.name if through is not None else NOTHING,
        whole=wire.id,
        mine=bool(scene.phone) and scene.phone in people,
        address=(("session", wire.id), ("extension", extension), *(("party", number) for number in parties)),
        details=tuple(_leg(leg) for leg in legs) if len(legs) > 1 else lines([(tr("trunk"), first.trunk)]),
    )


def _telephones(scene: Scene, legs: Sequence[LegWire]) -> list[str]:
    """The parties that are telephones of this PBX, the newest first; then those that most likely are."""
    numbers = [number for leg in reversed(legs) for number in (leg.callee, leg.caller)]
    likely = [number for number in numbers if _short(number) and scene.by_number(number) is None]
    return list(dict.fromkeys((*filter(scene.extension, numbers), *likely)))


def _acting(scene: Scene, caller: str, people: Sequence[str], direction: Direction) -> str:
    """The telephone that holds and refers: who was called, of a call out who calls. Between two telephones the
    agent's."""
    mine = caller if direction is Direction.OUT else next((number for number in people if number != caller), "")
    if caller in scene.places and mine not in scene.places:
        mine = caller
    return mine or next(iter(people), "")


def _talked(scene: Scene, legs: Sequence[LegWire]) -> int | None:
    """The longest talk in seconds. A leg to a queue counts from when the queue took it: nobody talks yet, and it tells
    only where no other does."""
    to_people = [leg for leg in legs if scene.by_number(leg.callee) is None]
    for some in (to_people, legs):
        if told := [leg.talking_time for leg in some if leg.talking_time is not None]:
            return max(told)
    return None


def parties(row: Call) -> tuple[str, ...]:
    """Every number on the session, as the vendor wrote it."""
    return tuple(value for name, value in row.address if name == "party")


def _direction(scene: Scene, first: LegWire, last: LegWire) -> Direction:
    if not first.caller or not last.callee:
        return Direction.UNKNOWN
    inside, reached = _inside(scene, first.caller, first.trunk), _inside(scene, last.callee, last.trunk)
    if inside is None and reached is None:
        return Direction.UNKNOWN
    # Behind a trunk one end is outside, so the other end says what a short number is.
    inside = not reached if inside is None else inside
    reached = not inside if reached is None else reached
    if inside:
        return Direction.INTERNAL if reached else Direction.OUT
    return Direction.IN


def _short(number: str) -> bool:
    """So short that it most likely is of this PBX."""
    return is_extension(number) and len(number) <= SHORT


def _inside(scene: Scene, number: str, trunk: str = "") -> bool | None:
    """Whether a party is of this PBX: a person, a queue, or short. None, behind a trunk: a short number that it does
    not list, which may be an outside one such as 112 or an extension that has not been read yet."""
    if scene.extension(number) or scene.by_number(number) is not None:
        return True
    if not _short(number):
        return False
    return None if trunk else True


def _party(scene: Scene, number: str, said: str) -> Clean:
    name = clean(said) if said.strip() != number else NOTHING
    return name or scene.names.get(number, NOTHING)


def _called(scene: Scene, number: str) -> Clean:
    known = scene.by_number(number)
    return known.name if known is not None else scene.names.get(number, NOTHING)


def _leg(leg: LegWire) -> tuple[Clean, Clean]:
    way = f"{leg.caller or '–'} → {leg.callee or '–'}"
    return clean(tr("leg")), clean(tr("{way} by {trunk}", way=way, trunk=leg.trunk) if leg.trunk else way)


def phone(scene: Scene, user: UserWire, status: UserStatusWire | None) -> Phone:
    """A user's telephone. An agent's own row tells more, and sooner, than this slow list: it is not joined to one."""
    details: list[tuple[str, object]] = [(tr("role"), user.role), (tr("department"), user.department)]
    if status is not None:
        details += [(tr("status"), _words(status.status)), (tr("presence"), _words(status.presence))]
        details += [(tr("device"), part.user_agent) for part in status.registration]
    return Phone(
        key=Key(scene.source, Kind.PHONE, user.extension_number),
        name=clean(user.display_name) or clean(user.name) or clean(user.extension_number),
        extension=clean(user.extension_number),
        registered=None if status is None else registered(status),
        refs=() if user.extension_number in scene.places else (user.extension_number,),
        address=(("user", user.id), ("extension", user.extension_number)),
        details=lines(details),
    )


def registered(status: UserStatusWire) -> bool | None:
    """ONLINE and ON_CALL are registered, OFFLINE is not; a device that is listed is registered whatever the word."""
    word = normal(status.status)
    if word in ("ONLINE", "ON_CALL"):
        return True
    return True if status.registration else (False if word == "OFFLINE" else None)
