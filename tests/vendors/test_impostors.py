"""For each row of evidence the best impostor: what could produce it while the action did nothing. Never *confirmed*.

Beside them stands the genuine case of each row, so that nothing is proved by confirming nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

import pytest

from tests.arch.documents import table
from tests.vendors.impostor_play import ANSWERED, IDENTITY, NOW, Look, Play, before_the_answer, ending, twice
from wallboard.domain.command import Verb
from wallboard.domain.keys import Key, Kind
from wallboard.domain.models import Agent, Call, Hotline, Member, Membership, Notice, ParkedCall, Phone, Queue, Row
from wallboard.domain.states import AgentState, CallState, Direction, HotlineState, MemberState, Wanted
from wallboard.domain.text import NOTHING, clean
from wallboard.vendors.base import Verification
from wallboard.vendors.groupalarm import actions as groupalarm
from wallboard.vendors.portsip import evidence as portsip
from wallboard.vendors.portsip import rules
from wallboard.vendors.portsip.scene import Scene
from wallboard.vendors.portsip.writes import Write, Writes
from wallboard.vendors.ringme import verification as ringme
from wallboard.vendors.sinch import evidence as sinch

HTTP_VENDORS = ("ringme", "groupalarm", "sinch", "portsip")
Build = Callable[[Play, Verb], Verification]


@dataclass(frozen=True, slots=True)
class Case:
    vendor: str
    verb: Verb
    row: int
    name: str
    play: Callable[[], Play]
    genuine: bool

    @property
    def id(self) -> str:
        return f"{self.vendor}-{self.verb.value}-{self.row}-{self.name.replace(' ', '_')}"


CASES: list[Case] = []


def impostor(vendor: str, verbs: Verb | tuple[Verb, ...], name: str, play: Callable[[], Play], row: int = 0) -> None:
    """`name` says what the world did by itself."""
    for verb in verbs if isinstance(verbs, tuple) else (verbs,):
        CASES.append(Case(vendor, verb, row, name, play, genuine=False))


def genuine(vendor: str, verbs: Verb | tuple[Verb, ...], name: str, play: Callable[[], Play], row: int = 0) -> None:
    for verb in verbs if isinstance(verbs, tuple) else (verbs,):
        CASES.append(Case(vendor, verb, row, name, play, genuine=True))


name: str
looks: Sequence[Look]
more: dict[str, Any]
other: tuple[Row, ...]


# ---- ringme --------------------------------------------------------------------------------------------------------

CUSTOMER, FRIEND, DESK = "+37410555012", "+4930123456", "022*341"
MY = "022*300"


def leg(identity: str, extension: str, started: float = NOW + 1, **changes: Any) -> Call:
    """A leg on a telephone, answered."""
    row = Call(
        Key("hq", Kind.CALL, identity),
        clean(extension),
        Direction.IN,
        state=CallState.TALKING,
        started_at=started,
        answered_at=started,
        address=(("extension_id", identity.partition("-")[0]), ("call_api_id", identity)),
    )
    texts = ("from_number", "from_name", "to", "did", "extension")
    cleaned: dict[str, Any] = {each: clean(value) if each in texts else value for each, value in changes.items()}
    return replace(row, **cleaned)


def mine(started: float = NOW + 1, **changes: Any) -> Call:
    return leg("32500-5", "300", started, **{"mine": True, "to": MY, **changes})


CALL = leg("32494-a1", "341", NOW - 90, from_number=CUSTOMER, to="022*601", did="37460700700", whole="w1")
OUTGOING = replace(CALL, direction=Direction.OUT, from_number=clean(DESK), to=clean(CUSTOMER), did=NOTHING)
WAITS = Member(
    Key("hq", Kind.MEMBER, "34414-b1"),
    "34414",
    clean("Sales"),
    number=clean(CUSTOMER),
    state=MemberState.WAITING,
    joined_at=NOW - 60,
    address=(("extension_id", "34414"), ("call_api_id", "34414-b1")),
)
COLLEAGUE = replace(WAITS, key=Key("hq", Kind.MEMBER, "34414-b2"), address=())
PARKED = ParkedCall(
    Key("hq", Kind.PARKED, "32494-a1"), clean("5"), clean("Acme"), clean(CUSTOMER), address=CALL.address
)
SUPPORT = Queue(Key("hq", Kind.QUEUE, "34415"), clean("Support"), clean("602"))
MONITOR = (Verb.LISTEN, Verb.WHISPER, Verb.BARGE)
MOVE = (Verb.TRANSFER, Verb.ATTENDED)


def ringme_row(play: Play, verb: Verb) -> Verification:
    sight = ringme.Sight(True, lambda extension: "", lambda number: "", lambda queue: queue)
    return ringme.verification(sight, play.command(verb), play.target)


def on(target: Row | None, *looks: Look, **more: Any) -> Callable[[], Play]:
    return lambda: Play(target, looks, **more)


for name, other in (
    ("a friend rings me", (mine(from_number=FRIEND, did="37460700300"),)),
    ("a friend without a DID rings me", (mine(from_number=FRIEND),)),
    ("somebody unnamed rings me", (mine(from_number="anonymous", did="37460700300"),)),
    ("somebody without any number rings me", (mine(did="37460700300"),)),
    ("nobody says who rings me", (mine(),)),
    ("I call somebody", (mine(direction=Direction.OUT, from_number=MY, to=FRIEND),)),
    ("I call the customer", (mine(direction=Direction.OUT, from_number=MY, to=CUSTOMER, started=NOW - 20),)),
    ("the customer's firm rings my own DID", (mine(from_number=CUSTOMER, did="37460700300"),)),
    (
        "the agent calls me on a second line",
        (
            mine(from_number=DESK, whole="w9"),
            leg("32494-c9", "341", direction=Direction.OUT, from_number=DESK, to=MY, whole="w9"),
        ),
    ),
    ("a call of before is answered", (mine(NOW - 60, from_number=CUSTOMER),)),
):
    impostor("ringme", MONITOR, name, on(CALL, *twice(CALL, *other)))
impostor("ringme", MONITOR, "the answer names the call itself", on(CALL, *twice(CALL), ids=(CALL.key.id, "w1")))
impostor("ringme", MONITOR, "it ended and the customer rings me", on(CALL, *twice(mine(from_number=CUSTOMER))))
impostor("ringme", MONITOR, "the agent transferred it to me", on(CALL, *twice(mine(from_number=CUSTOMER, whole="w1"))))
impostor(
    "ringme",
    MONITOR,
    "it was on my phone when it was sent",
    on(CALL, *twice(CALL, mine(from_number=CUSTOMER)), there=(mine(from_number=CUSTOMER),)),
)
impostor("ringme", MONITOR, "an old list", on(CALL, *before_the_answer(CALL, mine(from_number=CUSTOMER))))
genuine("ringme", MONITOR, "names the customer", on(CALL, *twice(CALL, mine(from_number=CUSTOMER))))
genuine("ringme", MONITOR, "names the agent", on(CALL, *twice(CALL, mine(from_number=DESK))))
genuine("ringme", MONITOR, "names my phone alone", on(CALL, *twice(CALL, mine(from_number=MY))))
genuine("ringme", MONITOR, "shares the call's id", on(CALL, *twice(CALL, mine(whole="w1"))))
genuine("ringme", MONITOR, "the answer names it", on(CALL, *twice(CALL, mine(whole="w7")), ids=("w7",)))
genuine("ringme", MONITOR, "an outgoing call", on(OUTGOING, *twice(OUTGOING, mine(from_number=CUSTOMER))))
for verb in MONITOR:
    named = mine(from_number=FRIEND, from_name=f"{verb.value} {IDENTITY[-6:]}")
    genuine("ringme", verb, "shows the name that was sent", on(CALL, *twice(CALL, named)))

BY_NUMBER = mine(from_number=CUSTOMER)
for name, looks, more in (
    ("a friend rings me", twice(mine(from_number=FRIEND)), {}),
    ("the same number rings me and the caller waits", twice(WAITS, BY_NUMBER), {}),
    ("the caller gave up and rings me later", twice(mine(NOW + 12, from_number=CUSTOMER), after=15), {}),
    ("two callers of one firm", twice(COLLEAGUE, BY_NUMBER), {"there": (COLLEAGUE,)}),
    ("that number was on my phone before", twice(BY_NUMBER), {"there": (BY_NUMBER,)}),
    ("my phone only rings", twice(mine(from_number=CUSTOMER, state=CallState.RINGING)), {}),
):
    impostor("ringme", Verb.PICKUP, name, on(WAITS, *looks, **more))
impostor("ringme", Verb.PICKUP, "of an answered call", on(CALL, *twice(CALL, mine(from_number=CUSTOMER, whole="w1"))))
impostor("ringme", Verb.PICKUP, "another call of the number", on(CALL, *twice(mine(from_number=CUSTOMER, whole="w2"))))
impostor(
    "ringme",
    Verb.PICKUP,
    "a caller without a number and any call of mine",
    on(replace(WAITS, number=NOTHING), *twice(mine(from_number=FRIEND))),
)
genuine("ringme", Verb.PICKUP, "a waiting caller", on(WAITS, *twice(BY_NUMBER)))
genuine("ringme", Verb.PICKUP, "an answered call", on(CALL, *twice(mine(from_number=CUSTOMER, whole="w1"))))

impostor("ringme", Verb.FETCH, "a friend rings me", on(PARKED, *twice(PARKED, mine(from_number=FRIEND))))
impostor("ringme", Verb.FETCH, "that number was on it before", on(PARKED, *twice(BY_NUMBER), there=(BY_NUMBER,)))
impostor(
    "ringme", Verb.FETCH, "the caller hung up and rings me", on(PARKED, *twice(mine(NOW + 12, from_number=CUSTOMER)))
)
genuine("ringme", Verb.FETCH, "rings my phone", on(PARKED, *twice(PARKED, BY_NUMBER)))
genuine(
    "ringme",
    Verb.FETCH,
    "joins a call of mine",
    on(PARKED, *twice(mine(NOW - 30, from_number=CUSTOMER)), there=(mine(NOW - 30, from_number=FRIEND),)),
)

DIALS = mine(direction=Direction.OUT, from_number=MY, to=CUSTOMER)
impostor("ringme", Verb.CALL, "a friend rings me", on(WAITS, *twice(mine(from_number=FRIEND))))
impostor(
    "ringme",
    Verb.CALL,
    "I dial another number",
    on(WAITS, *twice(mine(direction=Direction.OUT, from_number=MY, to=FRIEND))),
)
impostor("ringme", Verb.CALL, "I dial it by hand", on(WAITS, *twice(DIALS), ids=("32500-77", "w77")))
impostor("ringme", Verb.CALL, "I was calling it", on(WAITS, *twice(DIALS), there=(DIALS,)))
impostor("ringme", Verb.CALL, "an id used again", on(WAITS, *twice(DIALS), there=(DIALS,), ids=(DIALS.key.id,)))
genuine("ringme", Verb.CALL, "by its id", on(WAITS, *twice(mine(whole="w77")), ids=("32500-77", "w77")))
genuine("ringme", Verb.CALL, "by its number", on(WAITS, *twice(DIALS)))

THERE = leg("32495-1", "342", from_number=CUSTOMER)
SAME = replace(THERE, whole="w1")
QUEUED = replace(WAITS, key=Key("hq", Kind.MEMBER, "34415-1"), queue_id="34415", joined_at=NOW + 1)
for name, looks, more in (
    ("the number is there and the call where it was", twice(CALL, THERE), {}),
    ("the agent consults there", twice(CALL, SAME), {}),
    ("another call of the number is there", twice(replace(THERE, whole="w2")), {}),
    ("it is gone from one list", (Look(1, (SAME,)), Look(2, (CALL, SAME)), Look(3, (SAME,))), {}),
    ("that number was there before", twice(THERE), {"there": (THERE,)}),
    ("it hung up and calls there later", twice(replace(THERE, started_at=NOW + 12), after=15), {}),
    ("two calls of one firm", twice(THERE), {"there": (replace(CALL, key=Key("hq", Kind.CALL, "z-9"), whole="w3"),)}),
    ("somebody else is there", twice(replace(THERE, from_number=clean(FRIEND))), {}),
    ("it is only gone", twice(), {}),
):
    impostor("ringme", MOVE, name, on(CALL, *looks, to="342", **more))
impostor("ringme", MOVE, "a waiting caller still waits", on(WAITS, *twice(WAITS, THERE), to="342"))
impostor("ringme", MOVE, "its number queues and it stays", on(CALL, *twice(CALL, SUPPORT, QUEUED), to="602"))
impostor(
    "ringme",
    MOVE,
    "its number queued before",
    on(CALL, *twice(SUPPORT, QUEUED), to="602", there=(replace(QUEUED, joined_at=NOW - 30),)),
)
genuine("ringme", MOVE, "to a telephone", on(CALL, *twice(SAME), to="342"))
genuine("ringme", MOVE, "without call ids", on(replace(CALL, whole=""), *twice(THERE), to="342"))
genuine("ringme", MOVE, "a waiting caller", on(WAITS, *twice(THERE), to="342"))
genuine("ringme", MOVE, "to a queue", on(CALL, *twice(SUPPORT, QUEUED), to="602"))
genuine("ringme", MOVE, "the same leg elsewhere", on(CALL, *twice(replace(CALL, extension=clean("342"))), to="342"))

OVER = (Verb.HANGUP, Verb.END)
impostor("ringme", OVER, "one list lacks it", on(CALL, Look(1, ()), Look(2, (CALL,)), Look(3, ())))
impostor("ringme", OVER, "old lists lack it", on(CALL, Look(-0.3, ()), Look(-0.1, ())))
impostor("ringme", OVER, "the agent moved it on", on(CALL, *twice(replace(SAME, extension=clean("345")))))
impostor("ringme", OVER, "an agent took the caller", on(WAITS, *twice(replace(THERE, started_at=NOW))))
impostor(
    "ringme",
    OVER,
    "an agent who was rung took the caller",
    on(WAITS, *twice(replace(THERE, started_at=NOW - 5)), there=(replace(THERE, state=CallState.RINGING),)),
)
genuine("ringme", OVER, "two lists", on(CALL, *twice()))
genuine("ringme", OVER, "a waiting caller", on(WAITS, *twice()))
genuine("ringme", OVER, "its id is another call", on(CALL, *twice(replace(CALL, started_at=NOW + 5))))


def agent(status: str, *queues: str) -> Agent:
    places = tuple(Membership(queue, clean(queue)) for queue in queues or ("34414",))
    return Agent(Key("hq", Kind.AGENT, "136_local"), clean("Anna"), raw_status=clean(status), memberships=places)


for verb, was, then in (
    (Verb.SIGNIN, agent("Logged Out"), agent("Available")),
    (Verb.SIGNOUT, agent("Available"), agent("Logged Out")),
):
    other_agent = replace(then, key=Key("hq", Kind.AGENT, "137_local"))
    impostor("ringme", verb, "an old list", on(was, *before_the_answer(then)))
    impostor("ringme", verb, "another agent did", on(was, *twice(was, other_agent)))
    impostor("ringme", verb, "the agent is missing", on(was, *twice()))
    genuine("ringme", verb, "read since", on(was, *twice(then)))
ALONE, BOTH = agent("Available"), agent("Available", "34414", "34415")
impostor("ringme", Verb.STAFF, "an old list", on(ALONE, *before_the_answer(BOTH), args={"queue": "34415"}))
impostor("ringme", Verb.STAFF, "in another queue", on(ALONE, *twice(agent("", "34416")), args={"queue": "34415"}))
genuine("ringme", Verb.STAFF, "read since", on(ALONE, *twice(BOTH), args={"queue": "34415"}))
FLAPS = (Look(1, (ALONE,)), Look(2, (BOTH,)), Look(3, ()))
impostor("ringme", Verb.UNSTAFF, "one list lacks it", on(BOTH, *FLAPS, args={"queue": "34415"}))
impostor("ringme", Verb.UNSTAFF, "an old list", on(BOTH, *before_the_answer(ALONE), args={"queue": "34415"}))
genuine("ringme", Verb.UNSTAFF, "two lists", on(BOTH, *twice(ALONE), args={"queue": "34415"}))


# ---- portsip -------------------------------------------------------------------------------------------------------

CALLER, SECOND = "004924199999", "004312345678"


def session(
    identity: str, *numbers: str, started: float = NOW - 90, state: CallState = CallState.TALKING, extension: str = ""
) -> Call:
    return Call(
        Key("front", Kind.CALL, identity),
        clean(extension),
        from_number=clean(numbers[0]),
        to=clean(numbers[-1]),
        state=state,
        started_at=started,
        agent_refs=tuple(number for number in numbers if len(number) == 3),
        address=(("session", identity), ("extension", extension), *(("party", number) for number in numbers)),
    )


S1 = session("s1", CALLER, "101", extension="101")
S2 = session("s2", "101", SECOND, extension="101")
Q1 = Member(
    Key("front", Kind.MEMBER, "s1"),
    "q1",
    clean("Sales"),
    number=clean(CALLER),
    state=MemberState.WAITING,
    joined_at=NOW - 60,
    address=(("session", "s1"), ("queue", "q1"), ("extension", "8001")),
)
NEW = session("s9", CALLER, "102", started=NOW + 1)
OTHER_QUEUE = Queue(Key("front", Kind.QUEUE, "q2"), clean("Support"), clean("8002"))
SCENE = Scene("front", "109")


def portsip_row(play: Play, verb: Verb) -> Verification:
    command = play.command(verb)
    if verb is Verb.CHANGE:
        return WRITES.verification(IDENTITY, PART, BEFORE)
    return portsip.verification(SCENE, "109", command, play.target, play.queue)


for name, looks, more in (
    ("the number is there and the call where it was", twice(S1, NEW), {}),
    ("a third party is called in", twice(session("s1", CALLER, "101", "102")), {}),
    ("it hung up and calls there later", twice(session("s9", CALLER, "102", started=NOW + 12), after=15), {}),
    ("that call was there before", twice(NEW), {"there": (NEW,)}),
    ("two calls of one firm", twice(NEW), {"there": (session("s7", CALLER, "105"),)}),
    ("one list shows it", (Look(1, (NEW,)), Look(2, (S1, NEW)), Look(3, (NEW,))), {}),
    ("somebody else is there", twice(session("s9", "0049111222333", "102", started=NOW + 1)), {}),
    ("it is only gone", twice(), {}),
):
    impostor("portsip", Verb.TRANSFER, name, on(S1, *looks, to="102", **more))
impostor("portsip", Verb.TRANSFER, "a waiting caller still waits", on(Q1, *twice(Q1, NEW), to="102"))
QUEUED_ANEW = replace(Q1, queue_id="q2", joined_at=NOW + 1)
SAME_NUMBER_QUEUES = replace(QUEUED_ANEW, key=Key("front", Kind.MEMBER, "s8"))
impostor(
    "portsip",
    Verb.TRANSFER,
    "its number queues and it stays",
    on(S1, *twice(S1, OTHER_QUEUE, SAME_NUMBER_QUEUES), to="8002"),
)
genuine("portsip", Verb.TRANSFER, "the same session", on(S1, *twice(session("s1", CALLER, "102")), to="102"))
genuine("portsip", Verb.TRANSFER, "a new session", on(S1, *twice(NEW), to="102"))
genuine("portsip", Verb.TRANSFER, "to a queue", on(S1, *twice(OTHER_QUEUE, QUEUED_ANEW), to="8002"))
genuine("portsip", Verb.TRANSFER, "a waiting caller", on(Q1, *twice(session("s1", CALLER, "102")), to="102"))

EARLIER = session("s5", CALLER, SECOND)
for name, looks, more in (
    ("the two talked before", twice(EARLIER), {"there": (S2, EARLIER)}),
    ("the agent is between them", twice(session("s1", CALLER, "101", SECOND)), {"there": (S2,)}),
    ("they talk and the agent holds both", twice(S1, S2, replace(EARLIER, started_at=NOW + 1)), {"there": (S2,)}),
    ("the customer calls there later", twice(replace(EARLIER, started_at=NOW + 12), after=15), {"there": (S2,)}),
    ("one list shows it", (Look(1, (session("s1", CALLER, SECOND),)), Look(2, (S1, S2))), {"there": (S2,)}),
):
    impostor("portsip", Verb.ATTENDED, name, on(S1, *looks, to=SECOND, **more))
genuine("portsip", Verb.ATTENDED, "joined", on(S1, *twice(session("s1", CALLER, SECOND)), to=SECOND, there=(S2,)))

impostor("portsip", Verb.HANGUP, "one list lacks it", on(S1, Look(1, ()), Look(2, (S1,)), Look(3, ())))
impostor("portsip", Verb.HANGUP, "old lists lack it", on(S1, Look(-0.3, ()), Look(-0.1, ())))
impostor("portsip", Verb.HANGUP, "an agent took the caller", on(Q1, *twice(session("s1", CALLER, "102"))))
impostor("portsip", Verb.HANGUP, "it goes on in a new session", on(S1, *twice(NEW)))
genuine("portsip", Verb.HANGUP, "two lists", on(S1, *twice()))
genuine("portsip", Verb.HANGUP, "a waiting caller", on(Q1, *twice()))

TO_ME = session("s9", CALLER, "109", started=NOW + 1)
PICKED = session("s1", CALLER, "109")
for name, looks, more in (
    ("the same number rings me and the caller waits", twice(Q1, TO_ME), {}),
    ("my phone only rings", twice(replace(PICKED, state=CallState.RINGING)), {}),
    ("that number was on my phone before", twice(TO_ME), {"there": (TO_ME,)}),
    ("two callers of one firm", twice(TO_ME), {"there": (session("s7", CALLER, "105"),)}),
    (
        "an agent took the caller and a friend rings me",
        twice(session("s1", CALLER, "102"), session("s9", "0049", "109")),
        {},
    ),
    ("an old list", before_the_answer(PICKED), {}),
):
    impostor("portsip", Verb.PICKUP, name, on(Q1, *looks, **more))
genuine("portsip", Verb.PICKUP, "the same session", on(Q1, *twice(PICKED)))
genuine("portsip", Verb.PICKUP, "a new session", on(Q1, *twice(TO_ME)))

MY_CALL = session("s9", "109", CALLER, started=NOW + 1)
impostor("portsip", Verb.CALL, "I dial it by hand", on(Q1, *twice(MY_CALL), ids=("s77",)))
impostor("portsip", Verb.CALL, "I dial another number", on(Q1, *twice(session("s9", "109", SECOND, started=NOW + 1))))
impostor("portsip", Verb.CALL, "I was calling it", on(Q1, *twice(MY_CALL), there=(MY_CALL,)))
impostor("portsip", Verb.CALL, "an id used again", on(Q1, *twice(MY_CALL), there=(MY_CALL,), ids=("s9",)))
genuine("portsip", Verb.CALL, "by its id", on(Q1, *twice(MY_CALL), ids=("s9",)))
genuine("portsip", Verb.CALL, "by its number", on(Q1, *twice(MY_CALL)))

ADA = Agent(Key("front", Kind.AGENT, "101"), clean("Ada"), clean("101"), AgentState.READY)


def told(was: str, status: str, after: float = 1.0) -> Callable[[], Play]:
    """The agent's status as told at `after`; "" is a reading in which it could not be had."""

    def play() -> Play:
        SCENE.places.clear()
        SCENE.put("101", "q1", at=NOW - 5, status=was)
        look = Look(1.0, (ADA,), lambda: SCENE.put("101", "q1", at=ANSWERED + after, status=status))
        return Play(ADA, (look,), queue="q1")

    return play


for verb, was_word, goal in (
    (Verb.SIGNIN, "LOGGED_OUT", "READY"),
    (Verb.SIGNOUT, "READY", "LOGGED_OUT"),
    (Verb.PAUSE, "READY", "NOT_READY"),
    (Verb.UNPAUSE, "BREAK", "READY"),
):
    impostor("portsip", verb, "told before the answer", told(was_word, goal, after=-0.1))
    impostor("portsip", verb, "it was so, and could not be read since", told(goal, ""))
    genuine("portsip", verb, "told since", told(was_word, goal))
impostor("portsip", Verb.SIGNIN, "a private call of one who is logged out", told("LOGGED_OUT", "OTHER_CALL"))
impostor("portsip", Verb.UNPAUSE, "a call that began before, its pause to come", told("QUEUE_CALL", "QUEUE_CALL"))
impostor("portsip", Verb.PAUSE, "on a lunch of their own", told("READY", "LUNCH"))
genuine("portsip", Verb.UNPAUSE, "a call at once", told("LUNCH", "QUEUE_CALL"))

PART = rules.Part("timeout")
BEFORE = {PART.aspect: "old", "language": "en"}
WRITES = Writes()
RULE = Notice(Key("front", Kind.NOTICE, "i1"), NOTHING, NOTHING)


def written(said: dict[str, str], at: float) -> Callable[[], Play]:
    def play() -> Play:
        WRITES.add(IDENTITY, Write("i1", PART, BEFORE, {**BEFORE, PART.aspect: "new"}, NOW))
        return Play(RULE, (Look(at, (), lambda: WRITES.read("i1", said, ANSWERED + at)),))

    return play


impostor("portsip", Verb.CHANGE, "read before the answer", written({**BEFORE, PART.aspect: "new"}, -0.1))
impostor("portsip", Verb.CHANGE, "something else was lost", written({PART.aspect: "new"}, 1.0))
impostor("portsip", Verb.CHANGE, "it is as it was", written(BEFORE, 1.0))
genuine("portsip", Verb.CHANGE, "read since", written({**BEFORE, PART.aspect: "new"}, 1.0))


# ---- groupalarm ----------------------------------------------------------------------------------------------------


def hotline(wanted: Wanted, state: HotlineState, text: str = "Alt") -> Hotline:
    return Hotline(
        Key("responders", Kind.HOTLINE, "7"), clean("Fire"), wanted=wanted, state=state, announcement_in=clean(text)
    )


OPEN, PAUSED = (
    hotline(Wanted.OPEN, HotlineState.OPEN),
    hotline(Wanted.PAUSED, HotlineState.PAUSED),
)
STARTING = hotline(Wanted.OPEN, HotlineState.STARTING)
OTHERS = replace(OPEN, key=Key("responders", Kind.HOTLINE, "8"))


def groupalarm_row(play: Play, verb: Verb) -> Verification:
    return groupalarm.verification(verb, play.command(verb), play.target)


impostor("groupalarm", Verb.OPEN, "an old list", on(PAUSED, *before_the_answer(OPEN)))
impostor(
    "groupalarm",
    Verb.OPEN,
    "it runs on and was asked to pause",
    on(PAUSED, *twice(replace(OPEN, wanted=Wanted.PAUSED))),
)
impostor("groupalarm", Verb.OPEN, "another hotline opened", on(PAUSED, *twice(PAUSED, OTHERS)))
genuine("groupalarm", Verb.OPEN, "read since", on(PAUSED, *twice(OPEN)))
impostor("groupalarm", Verb.OPEN, "an old list", on(PAUSED, *before_the_answer(STARTING)), row=1)
impostor(
    "groupalarm",
    Verb.OPEN,
    "starting, and asked to pause",
    on(PAUSED, *twice(replace(STARTING, wanted=Wanted.PAUSED))),
    row=1,
)
genuine("groupalarm", Verb.OPEN, "starting", on(PAUSED, *twice(STARTING)), row=1)
impostor("groupalarm", Verb.CLOSE, "an old list", on(OPEN, *before_the_answer(PAUSED)))
impostor("groupalarm", Verb.CLOSE, "asked to pause, and runs on", on(OPEN, *twice(replace(OPEN, wanted=Wanted.PAUSED))))
impostor("groupalarm", Verb.CLOSE, "paused by itself", on(OPEN, *twice(replace(PAUSED, wanted=Wanted.OPEN))))
genuine("groupalarm", Verb.CLOSE, "read since", on(OPEN, *twice(PAUSED)))
SAYS = replace(OPEN, announcement_in=clean("Neu"))
impostor("groupalarm", Verb.ANNOUNCE, "an old list", on(OPEN, *before_the_answer(SAYS), args={"text_in": "Neu"}))
impostor("groupalarm", Verb.ANNOUNCE, "nothing was asked for", on(OPEN, *twice(OPEN)))
impostor(
    "groupalarm", Verb.ANNOUNCE, "one of two texts", on(OPEN, *twice(SAYS), args={"text_in": "Neu", "text_out": "Auch"})
)
genuine("groupalarm", Verb.ANNOUNCE, "read since", on(OPEN, *twice(SAYS), args={"text_in": "Neu"}))


def duty(on_duty: bool | None) -> Phone:
    return Phone(Key("responders", Kind.PHONE, "80"), clean("Mobile"), registered=on_duty)


for verb, state in ((Verb.SIGNIN, True), (Verb.SIGNOUT, False)):
    impostor("groupalarm", verb, "an old list", on(duty(not state), *before_the_answer(duty(state))))
    impostor("groupalarm", verb, "it cannot be read", on(duty(not state), *twice(duty(None))))
    impostor("groupalarm", verb, "it is missing", on(duty(not state), *twice()))
    genuine("groupalarm", verb, "read since", on(duty(not state), *twice(duty(state))))


# ---- sinch ---------------------------------------------------------------------------------------------------------


def iso(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%S.000Z")


def notice(
    identity: str,
    begins: float = NOW,
    ends: float | None = None,
    remarks: str = "cut",
    made: float = NOW,
    rest: str = "{}",
) -> Notice:
    return Notice(
        Key("cc", Kind.NOTICE, identity),
        NOTHING,
        clean("Break"),
        active_from=begins,
        active_to=ends,
        remarks=clean(remarks),
        address=(
            ("set", "power"),
            ("from", iso(begins)),
            ("to", "" if ends is None else iso(ends)),
            ("created", iso(made)),
            ("item WHY", "break"),
            ("rest", rest),
        ),
    )


PUBLISH = {"form": "publish:power", "why": "break", "remarks": "cut"}
CHANGE = {"form": "change:power:n1:", "why": "break", "remarks": "new"}


def sinch_row(play: Play, verb: Verb) -> Verification:
    listed = {"power": frozenset(row.key.id for row in play.there)}
    return sinch.verification(verb, UTC, play.command(verb), play.target, listed)


for name, looks, more in (
    ("a colleague's of the same words", twice(notice("n7")), {"ids": ("n1",)}),
    ("one that stood there", twice(notice("n7")), {"there": (notice("n7"),)}),
    ("a colleague's of a minute ago", twice(notice("n7", NOW - 60, made=NOW - 60)), {}),
    ("a colleague's that was made before", twice(notice("n7", made=NOW - 60)), {}),
    ("an old list", before_the_answer(notice("n1")), {"ids": ("n1",)}),
    ("it says something else", twice(notice("n1", remarks="other")), {"ids": ("n1",)}),
):
    impostor("sinch", Verb.PUBLISH, name, on(None, *looks, args=PUBLISH, **more))
genuine("sinch", Verb.PUBLISH, "by its id", on(None, *twice(notice("n1")), args=PUBLISH, ids=("n1",)))
genuine("sinch", Verb.PUBLISH, "by its words", on(None, *twice(notice("n1")), args=PUBLISH))

UP = notice("n1", NOW - 600)
NEXT = replace(UP, remarks=clean("new"))
impostor("sinch", Verb.CHANGE, "an old list", on(UP, *before_the_answer(NEXT), args=CHANGE))
impostor(
    "sinch",
    Verb.CHANGE,
    "something else changed too",
    on(UP, *twice(notice("n1", NOW - 600, remarks="new", rest='{"cost": 1}')), args=CHANGE),
)
impostor("sinch", Verb.CHANGE, "it is as it was", on(UP, *twice(UP), args=CHANGE))
genuine("sinch", Verb.CHANGE, "read since", on(UP, *twice(NEXT), args=CHANGE))

PLANNED = notice("n1", NOW - 600, NOW + 1)
LATER = notice("n1", NOW - 600, NOW + 600)
ENDED = notice("n1", NOW - 600, NOW)
COMING = notice("n1", NOW + 600)
impostor("sinch", Verb.CLOSE, "its planned end passed", on(PLANNED, *twice(PLANNED, after=3)))
impostor("sinch", Verb.CLOSE, "an old list", on(UP, *before_the_answer(ENDED)))
genuine("sinch", Verb.CLOSE, "another end, past", on(UP, *twice(ENDED)))
impostor("sinch", Verb.CLOSE, "an old list", on(PLANNED, *before_the_answer(PLANNED)), row=1)
impostor("sinch", Verb.CLOSE, "its planned end is to come", on(LATER, *twice(LATER)), row=1)
genuine("sinch", Verb.CLOSE, "its planned end passed, and that is said", on(PLANNED, *twice(PLANNED, after=3)), row=1)
impostor("sinch", Verb.CLOSE, "one list lacks it", on(COMING, Look(1, ()), Look(2, (COMING,)), Look(3, ())), row=2)
impostor("sinch", Verb.CLOSE, "old lists lack it", on(COMING, Look(-0.3, ()), Look(-0.1, ())), row=2)
genuine("sinch", Verb.CLOSE, "two lists", on(COMING, *twice()), row=2)


# ---- the corpus ----------------------------------------------------------------------------------------------------

BUILD: dict[str, Build] = {
    "ringme": ringme_row,
    "portsip": portsip_row,
    "groupalarm": groupalarm_row,
    "sinch": sinch_row,
}


@pytest.mark.parametrize("case", [case for case in CASES if not case.genuine], ids=lambda case: case.id)
def test_an_impostor_is_never_taken_for_the_action(case: Case) -> None:
    play = case.play()
    end = ending(play, case.verb, BUILD[case.vendor](play, case.verb))
    assert case.row not in end.held
    # The same world may be what another row of the table says, and then that one is said.
    other = {0: 1}.get(case.row) if case.name == "its planned end passed" else None
    assert bool(end.confirmed) is (other is not None)
    assert end.held == (frozenset() if other is None else {other})


@pytest.mark.parametrize("case", [case for case in CASES if case.genuine], ids=lambda case: case.id)
def test_what_the_action_did_is_confirmed_by_its_row(case: Case) -> None:
    play = case.play()
    verification = BUILD[case.vendor](play, case.verb)
    assert ending(play, case.verb, verification).confirmed == verification.confirms[case.row].text


@pytest.mark.parametrize("vendor", HTTP_VENDORS)
def test_every_row_of_evidence_names_its_impostor_and_is_played(vendor: str) -> None:
    played = {(case.verb, case.row, case.genuine) for case in CASES if case.vendor == vendor}
    for row in table(vendor):
        for number, evidence in enumerate(row.confirms):
            assert evidence.impostor.strip(), f"{vendor} {row.verb.value}: {evidence.text}"
            assert (row.verb, number, False) in played, f"no impostor for {vendor} {row.verb.value}: {evidence.text}"
            assert (row.verb, number, True) in played, f"no genuine case of {vendor} {row.verb.value}: {evidence.text}"
