"""From GroupAlarm's answers to rows. Pure.

What the vendor documents leave open is decided here: which words are which state and what an entry of a call log says
about the call being taken (whole words alone; a source's `words` add to them), and texts whose defaults come wrapped in
a pair of literal quotes.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import field
from datetime import tzinfo

from wallboard.domain.keys import Key, Kind
from wallboard.domain.models import DutyAgent, DutyPhone, Hotline, HotlineCall, LastCall, Phone
from wallboard.domain.records import dataclass
from wallboard.domain.states import HotlineState, Wanted
from wallboard.domain.text import NOTHING, Clean, clean
from wallboard.domain.words import spelling, vocabulary
from wallboard.vendors.groupalarm.wire import EntryWire, HotlineWire, LogWire, PhoneWire
from wallboard.vendors.kit.wire import count, instant

ANNOUNCEMENT = 300
"""Most characters of an announcement (seed 001)."""
DAY = 86_400.0
RUNNING = 120.0
"""A call that began so many seconds ago may still be ringing: not counted as lost yet."""

# Seed 001 prints "e.g. just created, active, paused"; the vendor's help shows active, started (active within seconds),
# paused and error. The others are the same words in another form, and what the board itself calls the states.
_STATES: Mapping[HotlineState, Sequence[str]] = {
    HotlineState.OPEN: ("active", "activated", "enabled", "open"),
    HotlineState.STARTING: (
        *("just created", "created", "new", "started", "starting", "activating", "in activation", "being activated"),
        *("pending", "initializing", "initialising"),
    ),
    HotlineState.PAUSED: ("paused", "inactive", "deactivated", "disabled", "stopped", "shut down", "closed"),
    HotlineState.ERROR: ("error", "failed", "failure", "activation failed"),
}
# No document names an action; how a call goes is told by the vendor's help: all are called, one accepts or declines.
_ACTIONS: Mapping[str, Sequence[str]] = {
    "taken": (
        *("accept", "accepted", "call accepted", "take", "taken", "took", "call taken", "answer", "answered"),
        *("call answered", "connect", "connected", "confirm", "confirmed", "bridged", "joined", "angenommen"),
    ),
    "not_taken": (
        *("call", "called", "calling", "ring", "rang", "ringing", "dial", "dialed", "dialled", "dialing", "dialling"),
        *("start", "started", "invite", "invited", "offer", "offered", "alarmed", "incoming", "angerufen"),
        *(
            "decline",
            "declined",
            "call declined",
            "reject",
            "rejected",
            "call rejected",
            "miss",
            "missed",
            "missed call",
        ),
        *("busy", "fail", "failed", "timeout", "timed out", "no answer", "not answered", "unanswered", "not accepted"),
        *("unaccepted", "not taken", "abort", "aborted", "cancel", "canceled", "cancelled", "abgelehnt"),
        *("hangup", "hang up", "hung up", "caller hung up", "end", "ended", "call ended"),
    ),
}


@dataclass(frozen=True, slots=True)
class Words:
    """The vocabulary of one source: its hotlines' states, and whether an action of a call log takes the call."""

    states: Mapping[str, HotlineState]
    actions: Mapping[str, str]

    @classmethod
    def of(cls, own: Mapping[str, str]) -> Words:
        """`own` are the words of the config."""
        return cls(vocabulary(_STATES, own), vocabulary(_ACTIONS, own))

    def state(self, status: str) -> HotlineState:
        return self.states.get(spelling(status), HotlineState.UNKNOWN)

    def taken(self, action: str) -> bool | None:
        """Whether a log entry says that somebody took the call; None: the word is not known."""
        meaning = self.actions.get(spelling(action))
        return None if meaning is None else meaning == "taken"


def shown(announcement: str) -> Clean:
    """An announcement for the eye: the defaults come wrapped in one pair of literal quotes."""
    text = announcement.strip()
    if len(text) >= 2 and text[0] == text[-1] == '"':
        text = text[1:-1]
    return clean(text, ANNOUNCEMENT + 100)


def quoted(announcement: str) -> bool:
    """Whether it comes wrapped in a pair of literal quotes, as the vendor's defaults do."""
    return len(announcement) >= 2 and announcement[0] == announcement[-1] == '"'


def written(wanted: str, before: str) -> str:
    """The announcement to send for `wanted` as typed: what is shown the same stays byte for byte, and a text that
    came in quotes goes back in quotes."""
    if shown(before) == clean(wanted, ANNOUNCEMENT + 100):
        return before
    return f'"{wanted}"' if wanted and quoted(before) and not wanted.startswith('"') else wanted


@dataclass(frozen=True, slots=True)
class Log:
    """What the call log of one hotline says. `calls` None: a word in it is not known, or it is too long."""

    last: LastCall | None
    calls: tuple[HotlineCall, ...] | None
    details: tuple[tuple[Clean, Clean], ...] = ()


@dataclass(slots=True)
class Known:
    """What the feeds of one source have learned so far, to be put together in hotline rows."""

    source: str
    zone: tzinfo
    people: Mapping[str, str] = field(default_factory=dict)
    words: Words = field(default_factory=lambda: Words.of({}))
    ahead: float = 0.0
    phones: dict[str, tuple[DutyPhone, ...] | None] = field(default_factory=dict)
    """By user id; None: this user's may not be read."""
    logs: dict[str, Log] = field(default_factory=dict)
    since: dict[str, tuple[tuple[Wanted | None, HotlineState], float | None]] = field(default_factory=dict)

    def person(self, user: str) -> Clean:
        """The name that the config gives the user, else `user 5`."""
        if not user or user == "0":
            return NOTHING
        return clean(self.people.get(user) or f"user {user}")


def hotline(wire: HotlineWire, known: Known, seen_at: float) -> Hotline:
    """One row. `since` is set only where this program saw the state begin."""
    state = known.words.state(wire.status)
    # What it was asked to be is not what it is: a switch that is not told stays unknown.
    wanted = {True: Wanted.OPEN, False: Wanted.PAUSED, None: None}[wire.is_active]
    before = known.since.get(wire.id)
    if before is None or before[0] != (wanted, state):
        known.since[wire.id] = ((wanted, state), None if before is None else seen_at)
    log = known.logs.get(wire.id)
    return Hotline(
        key=Key(known.source, Kind.HOTLINE, wire.id),
        name=clean(wire.name),
        number=clean(wire.number),
        wanted=wanted,
        state=state,
        raw_status=clean(wire.status),
        since=known.since[wire.id][1],
        channels_in=wire.channels_in,
        channels_out=wire.channels_out,
        agents=tuple(DutyAgent(user, known.person(user), known.phones.get(user)) for user in wire.agents),
        last_call=log.last if log else None,
        calls=log.calls if log else None,
        announcement_in=shown(wire.tts_in),
        announcement_out=shown(wire.tts_out),
        address=(("hotline", wire.id),),
        details=log.details if log else (),
    )


def duty_phone(wire: PhoneWire) -> DutyPhone:
    return DutyPhone(wire.id, clean(wire.name), clean(wire.phone), wire.is_active)


def phone(wire: PhoneWire, user: str, known: Known) -> Phone:
    """An agent's telephone; `registered` is whether it is on duty."""
    person = known.person(user)
    return Phone(
        key=Key(known.source, Kind.PHONE, wire.id),
        name=clean(f"{person} {wire.name}"),
        extension=clean(wire.phone),
        registered=wire.is_active,
        address=(("phone", wire.id), ("user", user)),
    )


def call_log(logs: Sequence[LogWire], whole: bool, now: float, known: Known) -> Log:
    """`logs` in any order; `whole`: everything of the last day is among them."""
    dated = [(instant(log.start, known.zone, known.ahead), log) for log in logs]
    dated.sort(key=lambda pair: (pair[0] is not None, pair[0] or 0.0, count(pair[1].id) or 0), reverse=True)
    calls = _calls(dated, now, known) if whole else None
    if not dated:
        return Log(None, calls)
    started, newest = dated[0]
    return Log(LastCall(started, _taker(newest, known), len(newest.entries)), calls, _entries(newest, known))


def _taker(log: LogWire, known: Known) -> Clean:
    """Who took the call, or on which telephone; "" where nobody did."""
    taken = (entry for entry in log.entries if known.words.taken(entry.action))
    return next((known.person(entry.user) or clean(entry.phone) for entry in taken), NOTHING)


def _calls(dated: Sequence[tuple[float | None, LogWire]], now: float, known: Known) -> tuple[HotlineCall, ...] | None:
    """Those of the last day."""
    found: list[HotlineCall] = []
    for started, log in dated:
        if started is None or not now - DAY <= started:
            continue
        was = _was_taken(log.entries, known.words)
        if was is None:
            return None
        if was or started < now - RUNNING:
            after = _taken_after(started, log, known) if was else None
            found.append(HotlineCall(started, was, after, _taker(log, known)))
    return tuple(found)


def _taken_after(started: float, log: LogWire, known: Known) -> float | None:
    """Seconds until the first who took the call."""
    taken = (entry for entry in log.entries if known.words.taken(entry.action))
    moments = [instant(entry.start, known.zone, known.ahead) for entry in taken]
    after = [moment - started for moment in moments if moment is not None and moment >= started]
    return min(after, default=None)


def _was_taken(entries: Sequence[EntryWire], words: Words) -> bool | None:
    said = [words.taken(entry.action) for entry in entries]
    if True in said:
        return True
    return None if None in said else False


def _entries(log: LogWire, known: Known) -> tuple[tuple[Clean, Clean], ...]:
    """The entries of the last call in their order, the vendor's words as they are."""
    lines = []
    for entry in log.entries[:12]:
        who = " ".join(part for part in (known.person(entry.user), clean(entry.phone)) if part)
        lines.append((clean(entry.start), clean(f"{entry.action} {who}")))
    return tuple(lines)
