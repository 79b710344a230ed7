"""Which leg is an action's doing, and which is another call that only looks like it.

The vendor promises one thing about identity: the id of a whole call stays the same across transfers (vendors.md §3.3).
Where both sides carry one, it decides alone. Where one does not (callers in a queue have none), a leg is known by its
number, and then only if nobody else had that number when the action was sent and the leg began with it: nobody hangs
up and dials again so fast.
"""

from __future__ import annotations

from collections.abc import Iterable

from wallboard.domain.command import Command
from wallboard.domain.keys import Resource
from wallboard.domain.models import Agent, Call, Member, ParkedCall, Row, in_address
from wallboard.domain.parties import number_of
from wallboard.domain.states import CallState, Direction, MemberState
from wallboard.vendors.base import Trial
from wallboard.vendors.kit.evidence import TOLERANCE, began_with, calls, members, over
from wallboard.vendors.kit.numbers import same_number
from wallboard.vendors.ringme.names import bare, suffix


def mark(command: Command) -> str:
    """The caller's name that my phone is to show for this action and no other; "" if its id is too short for that."""
    return f"{command.verb.value} {command.id[-6:]}" if len(command.id) >= 16 else ""


def is_new(trial: Trial, row: Call | Member) -> bool:
    """Whether it was not there, or was another talk, when the action was sent."""
    old = trial.at_sending.get(row.key)
    return old is None or _talk(old) != _talk(row)


def _talk(row: Row) -> tuple[str, ...]:
    if isinstance(row, Call):
        return (row.extension, row.whole, row.from_number, row.to)
    return (row.queue_id, row.number) if isinstance(row, Member) else ()


def gone(trial: Trial) -> bool:
    """The row is no longer there, or its id now names another call."""
    after, before = trial.after(), trial.before
    if isinstance(after, Call) and isinstance(before, Call) and after.started_at and before.started_at:
        return abs(after.started_at - before.started_at) > TOLERANCE
    return over(trial)


def left(trial: Trial) -> bool:
    """Gone, or the same leg on another telephone."""
    after, before = trial.after(), trial.before
    return gone(trial) or (isinstance(after, Call) and isinstance(before, Call) and after.extension != before.extension)


def _numbers(row: Row | None) -> tuple[str, ...]:
    if isinstance(row, Call):
        return (row.from_number, row.to)
    return (row.number,) if isinstance(row, Member | ParkedCall) else ()


def names(row: Call, number: str) -> bool:
    """Whether `number` is one of the two ends, an extension spelled with or without its prefix."""
    return bool(number) and any(
        same_number(number, end) or (bool(end) and bare(number) == bare(end)) for end in (row.from_number, row.to)
    )


def _ids(row: Row | None) -> set[str]:
    whole = row.whole if isinstance(row, Call) else ""
    return ({whole, suffix(row.key.id)} - {""}) if isinstance(row, Call | Member | ParkedCall) else set()


def carries_on(trial: Trial, row: Call | Member) -> bool:
    """Whether `row` is the call that was acted on, going on somewhere else."""
    before = trial.before
    if not isinstance(before, Call | Member | ParkedCall) or not is_new(trial, row):
        return False
    if _ids(before) & _ids(row):
        return True
    if isinstance(before, Call) and before.whole and isinstance(row, Call) and row.whole:
        return False
    number = number_of(before)
    if not any(same_number(number, each) for each in _numbers(row)) or _shared(number, trial.at_sending.values()):
        return False
    # A leg of mine that another party was put on began before.
    swapped = row.key in trial.at_sending and isinstance(row, Call)
    return swapped or began_with(trial, row)


def _shared(number: str, rows: Iterable[Row]) -> bool:
    """Whether two callers had this number: that of a company is shown by everybody in it."""
    wholes: set[str] = set()
    waiting = 0
    for row in rows:
        if any(same_number(number, each) for each in _numbers(row)):
            waiting += isinstance(row, Member) and row.state is not MemberState.ABANDONED
            wholes |= {row.whole or row.key.id} if isinstance(row, Call) else set()
    return waiting > 1 or len(wholes) > 1


def goes_on(trial: Trial) -> bool:
    """The call that is to be over goes on elsewhere: somebody else moved it, or took it, in the same moment."""
    target = trial.command.target.key
    for call in calls(trial):
        if call.key == target:
            continue
        old = trial.at_sending.get(call.key)
        taken = isinstance(old, Call) and old.state is CallState.RINGING and call.state is CallState.TALKING
        own = isinstance(trial.before, Member) and any(same_number(trial.before.number, n) for n in _numbers(call))
        if carries_on(trial, call) or (taken and (own or bool(_ids(trial.before) & _ids(call)))):
            return True
    return any(member.key != target and carries_on(trial, member) for member in members(trial))


def listening_leg(trial: Trial) -> Call | None:
    """The leg that rings my phone for this listen: not a friend who calls, nor a call that I place."""
    return next((leg for leg in calls(trial) if leg.mine and _listens(trial, leg)), None)


def _listens(trial: Trial, leg: Call) -> bool:
    own = mark(trial.command)
    if own and own in leg.from_name:
        return True
    if leg.key == trial.command.target.key or not is_new(trial, leg):
        return False
    if leg.started_at is not None and leg.started_at < trial.receipt.sent_at - TOLERANCE:
        return False
    before = _ids(trial.before)
    if _ids(leg) & (set(trial.receipt.ids) - before - {trial.command.target.key.id}):
        return True
    if any(_calls_me(other, leg) for other in calls(trial)):
        return False
    if before & _ids(leg):
        return True
    did = trial.before.did if isinstance(trial.before, Call) else leg.did
    ends = {end for end in _numbers(leg) if end and bare(end) != bare(leg.extension)}
    if leg.did not in ("", did):
        return False
    if not ends:
        return bool(leg.from_number) and leg.direction is not Direction.OUT
    known = _parties(trial)
    return all(any(same_number(end, each) or bare(end) == bare(each) for each in known) for end in ends)


def _calls_me(other: Call, leg: Call) -> bool:
    """Whether `other` is the far end of an ordinary call to my phone."""
    out = other.direction in (Direction.OUT, Direction.INTERNAL)
    return not other.mine and out and bool(other.to) and bare(other.to) == bare(leg.extension)


def _parties(trial: Trial) -> set[str]:
    """The numbers of the talk that is listened to, the agent's telephone included."""
    before = trial.before
    found = set(_numbers(before))
    if isinstance(before, Call):
        found.add(before.extension)
    if isinstance(before, Member) and before.serving_ref:
        agents = trial.facts.rows(Resource.AGENTS, trial.source)
        found |= {row.extension for row in agents if isinstance(row, Agent) and before.serving_ref in row.refs}
    return found - {""}


def caller_on_my_phone(trial: Trial) -> bool:
    """A leg of my phone, answered, with the caller that was asked for, who has left where they were."""
    after = trial.after()
    if isinstance(trial.before, Member) and isinstance(after, Member):
        if after.state in (MemberState.WAITING, MemberState.RINGING):
            return False
    elif isinstance(trial.before, Call) and not left(trial):
        return False
    own = mark(trial.command)
    return any(
        leg.mine
        and leg.state is not CallState.RINGING
        and (carries_on(trial, leg) or (bool(own) and own in leg.from_name))
        for leg in calls(trial)
    )


def placed_leg(trial: Trial, number: str) -> Call | None:
    """The leg that a call-back made on my phone: by the ids of the answer; else one that dials the number, made by a
    call-back or, where the answer named no id, begun with it."""
    ids = set(trial.receipt.ids) | {suffix(each) for each in trial.receipt.ids} - {""}
    for leg in calls(trial):
        made_by = in_address(leg.address, "callback_id") or ""
        if not is_new(trial, leg):
            continue
        if ({leg.key.id, made_by} | _ids(leg)) & ids - {""}:
            return leg
        if leg.mine and names(leg, number) and began_with(trial, leg) and (made_by or not ids):
            return leg
    return None
