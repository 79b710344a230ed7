"""What `snapshot --json` prints, schema 1: the fields of each list in their order, what each holds and means, and where
it comes from.

docs/snapshot.md and its JSON schema are made of this, and a test holds what is printed to them. Durations are whole
seconds, times UTC in ISO 8601, None (null) is *unknown*; text is cleaned, ids are the vendor's own. Every row of a list
begins with `source` and `id` (strings).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from wallboard.board.alarm import State
from wallboard.board.verdicts import Severity
from wallboard.domain.clock import iso
from wallboard.domain.keys import Resource
from wallboard.domain.notation import PROSE, prose, written
from wallboard.domain.states import (
    AgentState,
    CallState,
    Channel,
    Direction,
    HotlineState,
    MemberState,
    ResourceState,
    SourceState,
    Wanted,
)
from wallboard.view.context import Context

Text = str | None
Count = int | None
Yes = bool | None


TIME = "time"
"""What a field holds: an instant, or unknown."""


class Field(NamedTuple):
    """One field. `holds`: a type, `TIME` or the `Part` that it is made of. `of` finds it for a row; without, it is the
    row's own of that name, where "" is unknown if it may be."""

    name: str
    holds: Any
    means: str = ""
    of: Callable[[Any, Context], object] | None = None


class Part(NamedTuple):
    """An object with these fields, or a list of such."""

    fields: tuple[Field, ...]
    many: bool = False
    null: bool = False


def filled(fields: tuple[Field, ...], row: object, context: Context) -> dict[str, Any]:
    """The row as it is printed."""
    return {field.name: _value(field, row, context) for field in fields}


def _value(field: Field, row: object, context: Context) -> Any:
    found: Any = getattr(row, field.name) if field.of is None else field.of(row, context)
    if field.holds is TIME:
        return iso(found)
    if isinstance(field.holds, Part) and found is not None:
        part = field.holds.fields
        return [filled(part, each, context) for each in found] if field.holds.many else filled(part, found, context)
    return None if found == "" and field.holds is Text else found


def whole(seconds: float | None) -> int | None:
    return None if seconds is None else max(0, int(seconds))


def _counted(name: str, made: Callable[[Any], object] = lambda value: value) -> Callable[[Any, Context], object]:
    return lambda row, context: made(getattr(context.stats(row.key), name))


def _share(value: float | None) -> float | None:
    return None if value is None else round(value, 4)


def _tenth(value: float | None) -> float | None:
    return None if value is None else round(value, 1)


def _waited(row: Any, context: Context) -> object:
    """The wait ends with the answer: a caller who talks waited until then."""
    if row.joined_at is None:
        return whole(row.waited)
    return whole((row.answered_at or row.ended_at or context.now) - row.joined_at)


_BUDGET = (
    Field("limit", Count, "requests that the vendor allows"),
    Field("remaining", Count, "of them, left"),
    Field("resets_in", Count, "seconds until they are given anew", lambda row, at: _left(row.resets_at, at)),
)


def _left(until: float | None, context: Context) -> int | None:
    return None if until is None else whole(until - context.now)


_RESOURCE = (
    Field("name", str, "the list that it fills", lambda row, at: row.name.value),
    Field("state", ResourceState, "how far its rows may be believed"),
    Field("age", Count, "seconds since it was read", lambda row, at: whole(row.age)),
    Field("detail", str, "why it is not live, or how it is read"),
)
_SOURCE = (
    Field("name", str, "as in the config", lambda row, at: row.info.name),
    Field("vendor", str, "as in the config", lambda row, at: row.info.vendor),
    Field("state", SourceState, "the worst of what is wanted of it; refused: the credentials are wrong"),
    Field("detail", str, "the last cause, in a sentence"),
    Field("age", Count, "seconds, of the stalest list that is wanted", lambda row, at: whole(row.age)),
    Field("budget", Part(_BUDGET, null=True), "null: it has none"),
    Field(
        "resources",
        Part(_RESOURCE, many=True),
        "each of its lists",
        lambda row, at: [part for part in row.resources if part.name is not Resource.PHONES],
    ),
)
_SERVICE = (
    Field("value", float | None, "0 to 1", lambda row, at: _share(row.value)),
    Field("n", int, "callers that it is made of"),
    Field("formula", str, "`goal.formula` of the queue"),
    Field("reason", Text, "why there is no value"),
    Field("low", float | None, "0 to 1: not less, whatever polling could not see", lambda row, at: _share(row.low)),
    Field("high", float | None, "0 to 1: not more", lambda row, at: _share(row.high)),
    Field("window", Text, "`goal.window` of the queue"),
    Field("since", TIME, "when the window began, or the console in it"),
)
_QUEUE = (
    Field("name", str),
    Field("channel", Channel | None),
    Field("waiting", Count, "callers for whom nobody is rung", _counted("waiting")),
    Field("ringing", Count, "callers for whom somebody is rung", _counted("ringing")),
    Field("talking", Count, "callers who are served", _counted("talking")),
    Field(
        "longest_wait",
        Count,
        "seconds, of those waiting or ringing",
        lambda row, at: whole(at.stats(row.key).longest(at.now)),
    ),
    Field(
        "agents",
        dict[AgentState, Count],
        "how many are in each state",
        lambda row, at: {state: at.stats(row.key).counts.of(state) for state in AgentState},
    ),
    Field("staffed", Count, "all but off and unreachable", _counted("staffed")),
    Field("strategy", Text, "how the vendor distributes, in its words"),
    Field("service_level", Part(_SERVICE), "", _counted("service_level")),
    Field("answered", Count, "of those offered", _counted("answered")),
    Field("abandoned", Count, "the same as lost", _counted("lost")),
    Field(
        "offered", Count, "waiting, ringing, answered, lost, pulled, flowed and unseen together", _counted("offered")
    ),
    Field("lost", Count, "callers who gave up", _counted("lost")),
    Field("pulled", Count, "taken out of the queue by one of us", _counted("pulled")),
    Field("flowed", Count, "gone to another queue, telephone or site, by anybody", _counted("flowed")),
    Field("unseen", Count, "gone while nobody could look", _counted("unseen")),
    Field("asa", Count, "mean seconds until the answer", _counted("asa", whole)),
    Field("aht", Count, "mean seconds of talk and wrap-up", _counted("aht", whole)),
    Field(
        "occupancy",
        float | None,
        "0 to 1: the agents' share of time in talk and wrap-up",
        _counted("occupancy", _share),
    ),
    Field("expected_wait", Count, "seconds that a caller who came now would wait", _counted("expected_wait", whole)),
    Field("lost_percent", float | None, "0 to 100: lost of those offered", _counted("lost_percent", _tenth)),
    Field(
        "counted_since",
        TIME,
        "when the day's figures began: the day itself, or the console in it",
        _counted("counted_since"),
    ),
)
_MEMBER = (
    Field("queue", Text, "name of the queue"),
    Field("name", Text, "of the caller"),
    Field("number", Text, "as it was received"),
    Field("state", MemberState),
    Field("wait", Count, "seconds, until the answer where there was one", _waited),
    Field("joined_at", TIME),
    Field("serving", Text, "name of the agent"),
)
_AGENT = (
    Field("name", str),
    Field("extension", Text),
    Field("state", AgentState, "a call in progress beats unreachable"),
    Field("raw_status", Text, "the vendor's own word"),
    Field("raw_state", Text, "its second one, where it has two"),
    Field("since", TIME, "when this state began"),
    Field("queues", list[str], "names", lambda row, at: [place.queue for place in row.memberships]),
    Field("registered", Yes, "whether the telephone is signed in at the PBX"),
)
_CALL = (
    Field("extension", Text, "the telephone on our side"),
    Field("direction", Direction),
    Field("from", Text, "number of the caller, as it was received", lambda row, at: row.from_number),
    Field("from_name", Text),
    Field("to", Text, "what was dialled"),
    Field("did", Text, "our number that was called from outside"),
    Field("state", CallState),
    Field("started_at", TIME),
    Field("answered_at", TIME),
    Field("recording", Yes),
    Field("agent", Text, "name"),
)
_PHONE = (Field("name", str), Field("number", str), Field("active", Yes, "on duty"))
_DUTY = (
    Field("user", str, "the vendor's id"),
    Field("name", str),
    Field("phones", Part(_PHONE, many=True, null=True), "null: not read"),
)
_LAST_CALL = (Field("started_at", TIME), Field("taken_by", Text, "name"), Field("entries", int, "lines of its log"))
_HOTLINE = (
    Field("name", str),
    Field("number", Text),
    Field("wanted", Wanted | None, "what it was asked to be"),
    Field("state", HotlineState, "what it is"),
    Field("raw_status", Text, "the vendor's own word"),
    Field("channels_in", Count, "calls at once, incoming"),
    Field("channels_out", Count, "calls at once, outgoing"),
    Field("agents", Part(_DUTY, many=True), "those on its list"),
    Field("last_call", Part(_LAST_CALL, null=True)),
)
_NOTICE = (
    Field("set", str, "to which set of notices it belongs"),
    Field("title", str),
    Field("active_from", TIME),
    Field("active_to", TIME, "null: until it is ended"),
    Field("why", Text),
    Field("where", Text),
    Field("when", Text, "in words, as it is announced"),
    Field("remarks", Text),
)
_INPUT = (
    Field("input", str, "what the caller presses or does"),
    Field("to", Text, "where that leads now"),
    Field("open", Yes, "null: no rule applies"),
)
_RECEPTIONIST = (
    Field("name", str),
    Field("number", Text),
    Field("language", Text),
    Field("open", Yes, "true: any rule is open now; false: all are closed; null: there is none"),
    Field("sends_to", Part(_INPUT, many=True), "each input"),
)
_PARKED = (
    Field("slot", str),
    Field("caller", Text, "name, else number", lambda row, at: row.caller or row.number),
    Field("since", TIME),
    Field("by", Text, "who parked"),
)
_ALARM = (
    Field("object", str, "name of the queue, agent, hotline or source"),
    Field("condition", str, "longest, waiting, ready, service, …: docs/alarms.md"),
    Field("severity", Severity),
    Field("priority", int, "1 high, 2 normal, 3 low"),
    Field("state", State, "cleared: over, and nobody had acknowledged it; unknown: its source is blind"),
    Field(
        "value",
        float | None,
        "seconds, callers, agents or per cent; null: it is merely so",
        lambda row, at: None if row.value is None else round(row.value, 1),
    ),
    Field("limit", float | None, "that it has reached"),
    Field("since", TIME, "when it first became true"),
    Field("acked_by", Text),
    Field("acked_at", TIME),
    Field("until", TIME, "when its snooze ends; null: none, or until it clears", lambda row, at: row.snoozed_until),
    Field("text", str, "as a sentence", lambda row, at: row.sentence),
)


def _written(name: str) -> Callable[[Any, Context], object]:
    """A text of a record of the journal."""
    return lambda record, at: str(record.get(name) or "")


_ACTION = (
    Field("verb", str, "as `wallboard do` takes it", _written("verb")),
    Field("target", str, "source/kind/id", lambda record, at: str(record["target"].get("key", ""))),
    Field("destination", Text, "number", lambda record, at: (record.get("destination") or {}).get("number")),
    Field(
        "phase",
        str,
        "requested, sent, accepted, confirmed, not_confirmed, unknown, refused or failed",
        lambda record, at: "accepted" if record["phase"] == "answered" else str(record["phase"]),
    ),
    Field("ending", Text, "as a clause", _written("ending")),
    Field("evidence", Text, "what showed it", _written("evidence")),
    Field("operator", Text, "who asked for it", lambda record, at: record.get("operator") or record.get("user")),
)

SOURCES = "sources"
LISTS: dict[str, tuple[Field, ...]] = {
    SOURCES: _SOURCE,
    "queues": _QUEUE,
    "members": _MEMBER,
    "agents": _AGENT,
    "calls": _CALL,
    "hotlines": _HOTLINE,
    "notices": _NOTICE,
    "receptionists": _RECEPTIONIST,
    "parked": _PARKED,
}
"""The lists of a snapshot in their order, and what a row of each holds beside `source` and `id`."""
ALARMS, ACTIONS = "alarms", "actions"
WATCHED: dict[str, tuple[Field, ...]] = {ALARMS: _ALARM, ACTIONS: _ACTION}
"""What `watch` tells beside them; an action is a record of the journal."""
_NUMBERS: Mapping[str, tuple[str, ...]] = {
    "members": ("name", "number"),
    "agents": ("extension",),
    "calls": ("from", "from_name", "to"),
    "hotlines": ("number",),
    "receptionists": ("number",),
    "parked": ("caller", "by"),
    ACTIONS: ("destination",),
}
"""Fields that hold a number, or a name that may be one."""


def in_words(name: str, row: Mapping[str, Any], regions: Mapping[str, str]) -> Mapping[str, Any]:
    """A printed row of the list `name` with its numbers as people read them."""
    region = regions.get(row.get("source", ""), "")
    told = {each: written(text, region) for each in _NUMBERS.get(name, ()) if (text := row.get(each))}
    if name == "notices":
        told = {each: prose(text) for each in PROSE if (text := row[each])}
    return {**row, **told}
