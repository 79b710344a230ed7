"""What a verb key means on a row: the verbs it stands for, in the words of the goal that is painted."""

from __future__ import annotations

from wallboard.control.choose import Toggle, goals, settle_verb
from wallboard.domain.command import Verb
from wallboard.domain.keys import Kind, Resource
from wallboard.domain.models import Notice, Row

SHORT: dict[str, str] = {
    "call.listen": "listen",
    "call.whisper": "whisper",
    "call.barge": "barge",
    "call.transfer": "transfer",
    "call.attended": "attended",
    "call.hold": "hold",
    "call.park": "park",
    "call.pickup": "take",
    "call.hangup": "hang up",
    "call.back": "call",
    "agent.duty": "state",
    "hotline.toggle": "open/pause",
    "staff.add": "staff",
    "staff.remove": "unstaff",
    "row.note": "note",
    "call.end": "end",
    "row.edit": "edit",
    "notice.publish": "new notice",
}
"""Action id → its short name in the key bar."""

ON_PANE: dict[Resource, tuple[str, ...]] = {
    Resource.QUEUES: ("call.pickup", "staff.add", "staff.remove", "row.note"),
    Resource.MEMBERS: (
        "call.transfer",
        "call.pickup",
        "call.park",
        "call.hangup",
        "call.back",
        "call.listen",
        "call.whisper",
        "call.barge",
        "call.hold",
    ),
    Resource.AGENTS: (
        "call.listen",
        "call.whisper",
        "call.barge",
        "call.transfer",
        "call.park",
        "call.hangup",
        "agent.duty",
        "staff.add",
        "staff.remove",
        "call.back",
    ),
    Resource.CALLS: (
        "call.listen",
        "call.whisper",
        "call.barge",
        "call.transfer",
        "call.attended",
        "call.hold",
        "call.park",
        "call.pickup",
        "call.hangup",
        "call.back",
        "row.edit",
    ),
    Resource.HOTLINES: ("hotline.toggle", "agent.duty", "row.edit", "call.back", "row.note"),
    Resource.NOTICES: ("row.edit", "hotline.toggle", "notice.publish", "row.note"),
    Resource.RECEPTIONISTS: ("row.edit", "call.back", "row.note"),
    Resource.PARKED: ("call.pickup", "call.transfer", "call.hangup", "call.back", "row.note"),
}

ON_CARD = ("call.back", "agent.duty", "row.note")
ON_ROOM = ("row.edit", "call.back", "row.note")
"""The keys of a telephone and of a conference room, which stand in no pane."""

_EDITS: dict[Kind, Verb] = {
    Kind.NOTICE: Verb.CHANGE,
    Kind.RECEPTIONIST: Verb.CHANGE,
    Kind.HOTLINE: Verb.ANNOUNCE,
    Kind.PHONE: Verb.ROOM,
    Kind.CALL: Verb.TRANSCRIBE,
    Kind.MEMBER: Verb.TRANSCRIBE,
    Kind.AGENT: Verb.TRANSCRIBE,
}
"""What editing a row means; a caller and an agent are edited through their call."""
EDIT_WORDS: dict[Verb, str] = {
    Verb.CHANGE: "change",
    Verb.ANNOUNCE: "texts",
    Verb.ROOM: "mute/lock",
    Verb.TRANSCRIBE: "transcribe",
}

_SINGLE: dict[str, Verb] = {
    "call.listen": Verb.LISTEN,
    "call.whisper": Verb.WHISPER,
    "call.barge": Verb.BARGE,
    "call.transfer": Verb.TRANSFER,
    "call.attended": Verb.ATTENDED,
    "call.park": Verb.PARK,
    "call.hangup": Verb.HANGUP,
    "call.back": Verb.CALL,
    "staff.add": Verb.STAFF,
    "staff.remove": Verb.UNSTAFF,
    "row.note": Verb.NOTE,
    "call.end": Verb.END,
    "notice.publish": Verb.PUBLISH,
}


_TOGGLES: dict[str, Toggle] = {"call.hold": "hold", "agent.duty": "sign", "hotline.toggle": "open"}


def verbs(action: str, row: Row | None) -> tuple[Verb, ...]:
    """The verbs that `action` may mean on `row`: one where the painted state says it, several where it must be asked.

    Alternatives of different vendors (sign out here, pause there) stand side by side; the caller keeps those that
    the source can do.
    """
    if action == "call.pickup":
        return (settle_verb(Verb.PICKUP, row),)
    if action == "hotline.toggle" and isinstance(row, Notice):
        return (Verb.CLOSE,)
    if action == "row.edit":
        if row is None:
            return tuple(EDIT_WORDS)
        return (_EDITS[row.key.kind],) if row.key.kind in _EDITS else ()
    if action in _TOGGLES:
        return tuple(goals(_TOGGLES[action], row))
    return (_SINGLE[action],) if action in _SINGLE else ()


GOALS: dict[Verb, str] = {
    Verb.LISTEN: "listen to",
    Verb.WHISPER: "whisper to",
    Verb.BARGE: "barge in on",
    Verb.TRANSFER: "transfer",
    Verb.ATTENDED: "transfer attended",
    Verb.HOLD: "hold",
    Verb.RESUME: "resume",
    Verb.PARK: "park",
    Verb.PICKUP: "take",
    Verb.FETCH: "fetch",
    Verb.HANGUP: "hang up",
    Verb.CALL: "call",
    Verb.SIGNIN: "sign in",
    Verb.SIGNOUT: "sign out",
    Verb.PAUSE: "pause",
    Verb.UNPAUSE: "unpause",
    Verb.OPEN: "open",
    Verb.CLOSE: "pause",
    Verb.STAFF: "add",
    Verb.UNSTAFF: "remove",
    Verb.NOTE: "note on",
    Verb.ANNOUNCE: "change the announcements of",
    Verb.END: "end",
    Verb.PUBLISH: "publish a notice on",
    Verb.CHANGE: "change",
    Verb.ROOM: "set the room",
    Verb.TRANSCRIBE: "speech to text of",
}
"""The verb before the row's name, as a goal ("sign out Cy Reed")."""


def goal(verb: Verb, row: Row) -> str:
    """The goal in the word that fits the row: a hotline is paused, a notice ended."""
    return "end" if verb is Verb.CLOSE and isinstance(row, Notice) else GOALS[verb]
