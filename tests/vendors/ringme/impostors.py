"""What could produce each row of evidence at ringme while the action did nothing, and the genuine case of each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from tests.vendors.impostor_play import (
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
from wallboard.domain.models import Agent, Call, Member, Membership, ParkedCall, Queue, Row
from wallboard.domain.states import CallState, Direction, MemberState
from wallboard.domain.text import NOTHING, clean
from wallboard.vendors.base import Verification
from wallboard.vendors.ringme import verification as ringme

name: str
looks: Sequence[Look]
more: dict[str, Any]
other: tuple[Row, ...]

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


def build(play: Play, verb: Verb) -> Verification:
    sight = ringme.Sight(True, lambda extension: "", lambda number: "", lambda queue: queue)
    return ringme.verification(sight, play.command(verb), play.target)


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
