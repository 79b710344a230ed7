"""A case of every verb that reaches a vendor, and what the journal says of an action."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from tests.control.fakes import (
    agent,
    call,
    hotline,
    member,
    notice,
    parked,
    room,
)
from wallboard.control.journal_reader import show
from wallboard.domain.command import Command, Verb
from wallboard.domain.models import Row
from wallboard.domain.states import (
    AgentState,
    CallState,
    HotlineState,
    Wanted,
)
from wallboard.domain.text import clean

SPY = replace(call("spy"), mine=True, spying=clean("Bo Quist"), agent=clean(""), agent_key=None)
CASES: list[tuple[Verb, Row, str, tuple[tuple[str, str], ...]]] = [
    (Verb.LISTEN, call(), "", ()),
    (Verb.WHISPER, call(), "", ()),
    (Verb.BARGE, call(), "", ()),
    (Verb.TRANSFER, call(), "204", ()),
    (Verb.ATTENDED, call(), "204", ()),
    (Verb.HOLD, call(), "", ()),
    (Verb.RESUME, call(state=CallState.HELD), "", ()),
    (Verb.PARK, call(), "", ()),
    (Verb.PICKUP, member(), "", ()),
    (Verb.FETCH, parked(), "", ()),
    (Verb.HANGUP, call(), "", ()),
    (Verb.CALL, agent(), "", ()),
    (Verb.SIGNIN, agent(state=AgentState.OFF), "", ()),
    (Verb.SIGNOUT, agent(), "", ()),
    (Verb.PAUSE, agent(), "", ()),
    (Verb.UNPAUSE, agent(state=AgentState.BREAK), "", ()),
    (Verb.OPEN, hotline(HotlineState.PAUSED, Wanted.PAUSED), "", ()),
    (Verb.CLOSE, hotline(), "", ()),
    (Verb.STAFF, agent(), "", (("queue", "602"),)),
    (Verb.UNSTAFF, agent(), "", (("queue", "601"),)),
    (Verb.ANNOUNCE, hotline(), "", (("text_in", "hello"),)),
    (Verb.END, SPY, "", ()),
    (Verb.CHANGE, notice(), "", ()),
    (Verb.ROOM, room(), "", ()),
    (Verb.TRANSCRIBE, call(), "", ()),
]
VERBS = [case[0].value for case in CASES]


def phases(path: Path, command: Command) -> list[str]:
    return [record["phase"] for record in show(path, action=command.id)]
