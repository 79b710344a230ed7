"""The verbs: one table of what each is called, acts on, needs and risks. Policy, questions, keys, help, `do`, `check`
and the docs read it; what depends on the row's state is `control.policy`'s.

Named tuples, because the command line reads this before anything heavy is loaded.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Literal, NamedTuple

from wallboard.domain.keys import Kind
from wallboard.domain.language import mark, markc, trc

Level = Literal["go", "confirm", "name", "number"]
"""What a person does before it goes: nothing, `y`, types the name, types the number."""
Needs = Literal["", "destination", "text", "agent", "queue", "form"]


class Verb(StrEnum):
    """The actions, by the names that `wallboard do` takes. `announce` edits a hotline's announcements; `end` ends
    one's own listen, whisper or barge; `publish` puts up a notice, `change` edits a notice or a receptionist's rule;
    `room` mutes, deafens or locks a conference; `transcribe` starts or stops speech to text."""

    LISTEN = "listen"
    WHISPER = "whisper"
    BARGE = "barge"
    TRANSFER = "transfer"
    ATTENDED = "attended"
    HOLD = "hold"
    RESUME = "resume"
    PARK = "park"
    PICKUP = "pickup"
    FETCH = "fetch"
    HANGUP = "hangup"
    CALL = "call"
    SIGNIN = "signin"
    SIGNOUT = "signout"
    PAUSE = "pause"
    UNPAUSE = "unpause"
    OPEN = "open"
    CLOSE = "close"
    STAFF = "staff"
    UNSTAFF = "unstaff"
    NOTE = "note"
    ANNOUNCE = "announce"
    END = "end"
    PUBLISH = "publish"
    CHANGE = "change"
    ROOM = "room"
    TRANSCRIBE = "transcribe"

    @property
    def facts(self) -> Facts:
        return FACTS[self]


class Facts(NamedTuple):
    """One verb. `kinds`: what it acts on once "which call" is settled: an agent's call is a CALL or MEMBER, never the
    agent. `goal`: the words before the row's name, as what a key would do ("sign out Cy Reed"); `told`: the same in
    the sentence of an action, where it differs. `level`: how it is confirmed where the row's state does not decide it.
    """

    kinds: tuple[Kind, ...]
    goal: str
    told: str = ""
    level: Level = "go"
    needs: Needs = ""
    rings_me: bool = False
    """It rings the operator's own phone."""
    harmless: bool = False
    """It sets a state on a lasting identity, or reaches nobody new: it may go on data that could not be re-read.
    Everything that moves, ends or enters a call may not."""
    pulls: bool = False
    """A waiting caller leaves the queue by it."""
    outlives_row: bool = False
    """It still works on a row that has ended."""
    rowless: bool = False
    """It is done to a source and to no row of it."""
    edits: bool = False
    """Its form starts with what the vendor has now: sent as it is, it would change nothing. Other forms ask for a goal,
    which the first values may already be."""
    bare: bool = False
    """It may go without a form, where the adapter has none for it."""
    argument: str = ""
    """The name under which `do` hands on its DEST, where that is no destination."""
    dest: str = ""
    """What DEST must be, where `do` cannot go without."""
    directory: bool = False
    """It needs the directory: whose number it is, and which telephone is mine or the agent's."""


_CALLS = (Kind.CALL, Kind.MEMBER)
_ANYTHING_TO_CALL = (
    *(Kind.MEMBER, Kind.CALL, Kind.AGENT, Kind.HOTLINE, Kind.PARKED, Kind.QUEUE, Kind.RECEPTIONIST, Kind.PHONE),
)
_DUTY = (Kind.AGENT, Kind.PHONE)
_WHERE = mark("the number or name to send to")
_QUEUE = mark("the queue's id")

FACTS: Mapping[Verb, Facts] = {
    Verb.LISTEN: Facts(_CALLS, markc("verb", "listen to"), rings_me=True, directory=True),
    Verb.WHISPER: Facts(_CALLS, markc("verb", "whisper to"), markc("verb", "whisper"), rings_me=True, directory=True),
    Verb.BARGE: Facts(
        _CALLS, markc("verb", "barge in on"), markc("verb", "barge"), "confirm", rings_me=True, directory=True
    ),
    Verb.TRANSFER: Facts(
        (*_CALLS, Kind.PARKED), markc("verb", "transfer"), needs="destination", pulls=True, dest=_WHERE, directory=True
    ),
    Verb.ATTENDED: Facts(
        (Kind.CALL,),
        markc("verb", "transfer attended"),
        markc("verb", "attended transfer"),
        needs="destination",
        pulls=True,
        dest=_WHERE,
        directory=True,
    ),
    Verb.HOLD: Facts((Kind.CALL,), markc("verb", "hold")),
    Verb.RESUME: Facts((Kind.CALL,), markc("verb", "resume"), harmless=True),
    Verb.PARK: Facts(_CALLS, markc("verb", "park"), level="confirm", pulls=True, argument="slot"),
    Verb.PICKUP: Facts(
        _CALLS, markc("verb", "take"), markc("verb", "pick up"), "confirm", rings_me=True, pulls=True, directory=True
    ),
    Verb.FETCH: Facts((Kind.PARKED,), markc("verb", "fetch"), rings_me=True, directory=True),
    Verb.HANGUP: Facts((*_CALLS, Kind.PARKED), markc("verb", "hang up"), level="confirm", pulls=True),
    Verb.CALL: Facts(
        _ANYTHING_TO_CALL,
        markc("verb", "call"),
        level="confirm",
        rings_me=True,
        harmless=True,
        outlives_row=True,
        argument="typed",
        directory=True,
    ),
    Verb.SIGNIN: Facts(_DUTY, markc("verb", "sign in"), harmless=True, argument="queue", directory=True),
    Verb.SIGNOUT: Facts(_DUTY, markc("verb", "sign out"), harmless=True, argument="queue", directory=True),
    Verb.PAUSE: Facts((Kind.AGENT,), markc("verb", "pause"), harmless=True, argument="reason"),
    Verb.UNPAUSE: Facts(
        (Kind.AGENT,), markc("verb", "unpause"), markc("verb", "end the pause of"), harmless=True, argument="queue"
    ),
    Verb.OPEN: Facts((Kind.HOTLINE,), markc("verb", "open"), harmless=True),
    Verb.CLOSE: Facts((Kind.HOTLINE, Kind.NOTICE), markc("verb", "pause"), level="name"),
    Verb.STAFF: Facts((Kind.AGENT,), markc("verb", "add"), needs="queue", argument="queue", dest=_QUEUE),
    Verb.UNSTAFF: Facts((Kind.AGENT,), markc("verb", "remove"), needs="queue", argument="queue", dest=_QUEUE),
    Verb.NOTE: Facts(
        tuple(Kind),
        markc("verb", "note on"),
        needs="text",
        harmless=True,
        outlives_row=True,
        argument="text",
        dest=mark("the text"),
    ),
    Verb.ANNOUNCE: Facts(
        (Kind.HOTLINE,), markc("verb", "change the announcements of"), level="confirm", needs="form", edits=True
    ),
    Verb.END: Facts((Kind.CALL,), markc("verb", "end"), markc("verb", "end my session on"), harmless=True),
    Verb.PUBLISH: Facts(
        (Kind.SOURCE,), markc("verb", "publish a notice on"), level="confirm", needs="form", rowless=True
    ),
    Verb.CHANGE: Facts(
        (Kind.NOTICE, Kind.RECEPTIONIST), markc("verb", "change"), level="confirm", needs="form", edits=True
    ),
    Verb.ROOM: Facts(
        (Kind.PHONE,), markc("verb", "set the room"), markc("verb", "set the conference room"), needs="form", bare=True
    ),
    Verb.TRANSCRIBE: Facts((Kind.CALL,), markc("verb", "speech to text of"), level="confirm", needs="form", bare=True),
}

_OF_KIND: Mapping[tuple[Verb, Kind], tuple[str, str]] = {
    (Verb.CLOSE, Kind.NOTICE): (markc("verb", "end"), markc("verb", "end the notice")),
    (Verb.CHANGE, Kind.NOTICE): (markc("verb", "change"), markc("verb", "change the notice")),
    (Verb.CHANGE, Kind.RECEPTIONIST): (markc("verb", "change"), markc("verb", "change the receptionist")),
}
"""Goal and telling where one verb means different things to different rows."""
_BARE = (
    *(markc("verb", "listen"), markc("verb", "note"), markc("verb", "publish a notice")),
    *(markc("verb", "change the announcements"), markc("verb", "end my session"), markc("verb", "speech to text")),
)
"""What is left of those that end in a preposition: `deed`."""

UNDO: Mapping[Verb, Verb] = {
    one: other
    for pair in (
        (Verb.STAFF, Verb.UNSTAFF),
        (Verb.SIGNIN, Verb.SIGNOUT),
        (Verb.PAUSE, Verb.UNPAUSE),
        (Verb.OPEN, Verb.CLOSE),
    )
    for one, other in (pair, pair[::-1])
}
"""What takes a verb back, where something does; a notice that was ended does not come again by it."""

FORMS = frozenset(verb for verb, facts in FACTS.items() if facts.needs == "form")
"""Verbs that are asked for by filling in one of the adapter's forms; its values are the command's arguments."""
MONITORING = frozenset({Verb.LISTEN, Verb.WHISPER, Verb.BARGE})
SCRIPTED = tuple(verb for verb in Verb if verb not in FORMS and verb is not Verb.END)
"""What `wallboard do` takes."""


def goal(verb: Verb, kind: Kind | None = None) -> str:
    """The verb as what would be done to a row of this kind: a hotline is paused, a notice ended."""
    special = None if kind is None else _OF_KIND.get((verb, kind))
    return trc("verb", special[0] if special else verb.facts.goal)


def phrase(verb: Verb, kind: Kind | None = None) -> str:
    """The verb as a person says it of what was done to a row of this kind."""
    return trc("verb", _told(verb, kind))


def _told(verb: Verb, kind: Kind | None) -> str:
    special = None if kind is None else _OF_KIND.get((verb, kind))
    return special[1] if special else verb.facts.told or verb.facts.goal


def deed(verb: Verb, kind: Kind | None = None) -> str:
    """The verb without what it is done to: `publish a notice`, `listen`."""
    words = _told(verb, kind)
    return trc("verb", next((words.removesuffix(end) for end in (" on", " of", " to") if words.endswith(end)), words))


class VerbKey(NamedTuple):
    """A key that acts. `keys` are its default keys, `does` its line in the list of keys, `short` its name in the key
    bar; `verbs` all that it may mean: the row's state tells which."""

    keys: tuple[str, ...]
    does: str
    short: str
    verbs: tuple[Verb, ...]


VERB_KEYS: Mapping[str, VerbKey] = {
    "call.listen": VerbKey(("e",), mark("listen (eavesdrop): rings my phone"), markc("verb", "listen"), (Verb.LISTEN,)),
    "call.whisper": VerbKey(("w",), mark("whisper to the agent"), markc("verb", "whisper"), (Verb.WHISPER,)),
    "call.barge": VerbKey(("b",), mark("barge in (conference)"), markc("verb", "barge"), (Verb.BARGE,)),
    "call.transfer": VerbKey(("t",), mark("transfer: opens the picker"), markc("verb", "transfer"), (Verb.TRANSFER,)),
    "call.attended": VerbKey(("T",), mark("attended transfer"), markc("verb", "attended"), (Verb.ATTENDED,)),
    "call.hold": VerbKey(("H",), mark("hold / resume"), markc("verb", "hold"), (Verb.HOLD, Verb.RESUME)),
    "call.park": VerbKey(("p",), mark("park"), markc("verb", "park"), (Verb.PARK,)),
    "call.pickup": VerbKey(
        ("u",), mark("pull the caller to my phone; on Parked: fetch"), markc("verb", "take"), (Verb.PICKUP, Verb.FETCH)
    ),
    "call.hangup": VerbKey(("x",), mark("hang up"), markc("verb", "hang up"), (Verb.HANGUP,)),
    "call.back": VerbKey(("c",), mark("call the row's number from my phone"), markc("verb", "call"), (Verb.CALL,)),
    "call.end": VerbKey(("Q",), mark("end my listen / whisper / barge"), markc("verb", "end"), (Verb.END,)),
    "agent.duty": VerbKey(
        ("i",),
        mark("agent sign in / out, pause / unpause"),
        markc("verb", "state"),
        (Verb.SIGNIN, Verb.SIGNOUT, Verb.PAUSE, Verb.UNPAUSE),
    ),
    "hotline.toggle": VerbKey(
        ("o",), mark("open / pause the hotline"), markc("verb", "open/pause"), (Verb.OPEN, Verb.CLOSE)
    ),
    "staff.add": VerbKey(("+",), mark("staff: add an agent to the queue"), markc("verb", "staff"), (Verb.STAFF,)),
    "staff.remove": VerbKey(
        ("-",), mark("staff: remove an agent from the queue"), markc("verb", "unstaff"), (Verb.UNSTAFF,)
    ),
    "row.edit": VerbKey(
        ("E",),
        mark("edit: notice, rule, announcements, room, transcript"),
        markc("verb", "edit"),
        (Verb.CHANGE, Verb.ANNOUNCE, Verb.ROOM, Verb.TRANSCRIBE),
    ),
    "notice.publish": VerbKey(("N",), mark("publish a new notice"), markc("verb", "new notice"), (Verb.PUBLISH,)),
    "row.note": VerbKey(("n",), mark("note on the row"), markc("verb", "note"), (Verb.NOTE,)),
}
"""By the id of the action."""
EDIT_SHORT: Mapping[Verb, str] = {
    Verb.CHANGE: markc("verb", "change"),
    Verb.ANNOUNCE: markc("verb", "texts"),
    Verb.ROOM: markc("verb", "mute/lock"),
    Verb.TRANSCRIBE: markc("verb", "transcribe"),
}
"""What the key for editing is called on a row that it means this on."""
