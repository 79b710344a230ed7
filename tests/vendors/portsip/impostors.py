"""What could produce each row of evidence at portsip while the action did nothing, and the genuine case of each."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

from tests.vendors.impostor_play import (
    ANSWERED,
    IDENTITY,
    NOW,
    Look,
    Play,
    before_the_answer,
    genuine,
    impostor,
    on,
    twice,
)
from wallboard.domain.command import Verb
from wallboard.domain.keys import Key, Kind
from wallboard.domain.models import Agent, Call, Member, Notice, Queue
from wallboard.domain.states import AgentState, CallState, MemberState
from wallboard.domain.text import NOTHING, clean
from wallboard.vendors.base import Verification
from wallboard.vendors.portsip import evidence as portsip
from wallboard.vendors.portsip import rules
from wallboard.vendors.portsip.scene import Scene
from wallboard.vendors.portsip.writes import Write, Writes

name: str
looks: Sequence[Look]
more: dict[str, Any]

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


def build(play: Play, verb: Verb) -> Verification:
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
