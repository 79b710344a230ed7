"""What a verb key means on a row: the verbs it stands for, in the words of the goal that is painted."""

from __future__ import annotations

from wallboard.control.choose import Toggle, goals, settle_verb
from wallboard.domain.keys import Kind, Resource
from wallboard.domain.models import Notice, Row
from wallboard.domain.verbs import VERB_KEYS, Verb

_MONITORING = ("call.listen", "call.whisper", "call.barge")
_STAFFING = ("staff.add", "staff.remove")
ON_PANE: dict[Resource, tuple[str, ...]] = {
    Resource.QUEUES: ("call.pickup", *_STAFFING, "row.note"),
    Resource.MEMBERS: (
        *("call.transfer", "call.pickup", "call.park", "call.hangup", "call.back"),
        *(*_MONITORING, "call.hold"),
    ),
    Resource.AGENTS: (
        *(*_MONITORING, "call.transfer", "call.park", "call.hangup"),
        *("agent.duty", *_STAFFING, "call.back"),
    ),
    Resource.CALLS: (
        *(*_MONITORING, "call.transfer", "call.attended", "call.hold"),
        *("call.park", "call.pickup", "call.hangup", "call.back", "row.edit"),
    ),
    Resource.HOTLINES: ("hotline.toggle", "agent.duty", "row.edit", "call.back", "row.note"),
    Resource.NOTICES: ("row.edit", "hotline.toggle", "notice.publish", "row.note"),
    Resource.RECEPTIONISTS: ("row.edit", "call.back", "row.note"),
    Resource.PARKED: ("call.pickup", "call.transfer", "call.hangup", "call.back", "row.note"),
}
"""The keys of a row, in the order of the key bar."""

ON_CARD = ("call.back", "agent.duty", "row.note")
ON_ROOM = ("row.edit", "call.back", "row.note")
"""The keys of a telephone and of a conference room, which stand in no pane."""

_TOGGLES: dict[str, Toggle] = {"call.hold": "hold", "agent.duty": "sign", "hotline.toggle": "open"}
_THROUGH_ITS_CALL = frozenset({Kind.CALL, Kind.MEMBER, Kind.AGENT})
"""Rows whose editing is that of a call."""


def verbs(action: str, row: Row | None) -> tuple[Verb, ...]:
    """The verbs that `action` may mean on `row`: one where the painted state says it, several where it must be asked.

    Alternatives of different vendors (sign out here, pause there) stand side by side; the caller keeps those that
    the source can do.
    """
    if action not in VERB_KEYS:
        return ()
    possible = VERB_KEYS[action].verbs
    if action == "call.pickup":
        return (settle_verb(Verb.PICKUP, row),)
    if action == "hotline.toggle" and isinstance(row, Notice):
        return (Verb.CLOSE,)
    if action == "row.edit" and row is not None:
        kind = row.key.kind
        return tuple(v for v in possible if kind in (_THROUGH_ITS_CALL if v is Verb.TRANSCRIBE else v.facts.kinds))
    return tuple(goals(_TOGGLES[action], row)) if action in _TOGGLES else possible
