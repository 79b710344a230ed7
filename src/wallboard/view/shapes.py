"""What `snapshot --json` prints, schema 1: the fields of each list in their order, with what each holds.

Beside the type of a field stands its meaning: docs/snapshot.md and its JSON schema are made of this, and a test holds
what is printed to it. Durations are whole seconds, times UTC in ISO 8601, None (null) is *unknown*; text is cleaned,
ids are the vendor's own. Every row of a list begins with `source` and `id` (strings).
"""

from __future__ import annotations

from typing import Annotated, TypedDict

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

Time = Annotated[str, "time"] | None


class BudgetShape(TypedDict):
    limit: Annotated[int | None, "requests that the vendor allows"]
    remaining: Annotated[int | None, "of them, left"]
    resets_in: Annotated[int | None, "seconds until they are given anew"]


class ResourceShape(TypedDict):
    name: Annotated[str, "the list that it fills"]
    state: Annotated[ResourceState, "how far its rows may be believed"]
    age: Annotated[int | None, "seconds since it was read"]
    detail: Annotated[str, "why it is not live, or how it is read"]


class SourceShape(TypedDict):
    name: Annotated[str, "as in the config"]
    vendor: Annotated[str, "as in the config"]
    state: Annotated[SourceState, "the worst of what is wanted of it; refused: the credentials are wrong"]
    detail: Annotated[str, "the last cause, in a sentence"]
    age: Annotated[int | None, "seconds, of the stalest list that is wanted"]
    budget: Annotated[BudgetShape | None, "null: it has none"]
    resources: Annotated[list[ResourceShape], "each of its lists"]


class ServiceShape(TypedDict):
    value: Annotated[float | None, "0 to 1"]
    n: Annotated[int, "callers that it is made of"]
    formula: Annotated[str, "`goal.formula` of the queue"]
    reason: Annotated[str | None, "why there is no value"]
    low: Annotated[float | None, "0 to 1: not less, whatever polling could not see"]
    high: Annotated[float | None, "0 to 1: not more"]
    window: Annotated[str | None, "`goal.window` of the queue"]
    since: Annotated[Time, "when the window began, or the console in it"]


class QueueShape(TypedDict):
    name: Annotated[str, ""]
    channel: Annotated[Channel | None, ""]
    waiting: Annotated[int | None, "callers for whom nobody is rung"]
    ringing: Annotated[int | None, "callers for whom somebody is rung"]
    talking: Annotated[int | None, "callers who are served"]
    longest_wait: Annotated[int | None, "seconds, of those waiting or ringing"]
    agents: Annotated[dict[AgentState, int | None], "how many are in each state"]
    staffed: Annotated[int | None, "all but off and unreachable"]
    strategy: Annotated[str | None, "how the vendor distributes, in its words"]
    service_level: Annotated[ServiceShape, ""]
    answered: Annotated[int | None, "of those offered"]
    abandoned: Annotated[int | None, "the same as lost"]
    offered: Annotated[int | None, "waiting, ringing, answered, lost, pulled, flowed and unseen together"]
    lost: Annotated[int | None, "callers who gave up"]
    pulled: Annotated[int | None, "taken out of the queue by this console"]
    flowed: Annotated[int | None, "gone to another queue, telephone or site, by anybody"]
    unseen: Annotated[int | None, "gone while nobody could look"]
    asa: Annotated[int | None, "mean seconds until the answer"]
    aht: Annotated[int | None, "mean seconds of talk and wrap-up"]
    occupancy: Annotated[float | None, "0 to 1: the agents' share of time in talk and wrap-up"]
    expected_wait: Annotated[int | None, "seconds that a caller who came now would wait"]
    lost_percent: Annotated[float | None, "0 to 100: lost of those offered"]
    counted_since: Annotated[Time, "when the day's figures began: the day itself, or the console in it"]


class MemberShape(TypedDict):
    queue: Annotated[str | None, "name of the queue"]
    name: Annotated[str | None, "of the caller"]
    number: Annotated[str | None, "as it was received"]
    state: Annotated[MemberState, ""]
    wait: Annotated[int | None, "seconds, until the answer where there was one"]
    joined_at: Annotated[Time, ""]
    serving: Annotated[str | None, "name of the agent"]


class AgentShape(TypedDict):
    name: Annotated[str, ""]
    extension: Annotated[str | None, ""]
    state: Annotated[AgentState, "a call in progress beats unreachable"]
    raw_status: Annotated[str | None, "the vendor's own word"]
    raw_state: Annotated[str | None, "its second one, where it has two"]
    since: Annotated[Time, "when this state began"]
    queues: Annotated[list[str], "names"]
    registered: Annotated[bool | None, "whether the telephone is signed in at the PBX"]


# "from" is a word of the language, so no class can name it.
CallShape = TypedDict(
    "CallShape",
    {
        "extension": Annotated[str | None, "the telephone on our side"],
        "direction": Annotated[Direction, ""],
        "from": Annotated[str | None, "number of the caller, as it was received"],
        "from_name": Annotated[str | None, ""],
        "to": Annotated[str | None, "what was dialled"],
        "did": Annotated[str | None, "our number that was called from outside"],
        "state": Annotated[CallState, ""],
        "started_at": Annotated[Time, ""],
        "answered_at": Annotated[Time, ""],
        "recording": Annotated[bool | None, ""],
        "agent": Annotated[str | None, "name"],
    },
)


class PhoneShape(TypedDict):
    name: Annotated[str, ""]
    number: Annotated[str, ""]
    active: Annotated[bool | None, "on duty"]


class DutyShape(TypedDict):
    user: Annotated[str, "the vendor's id"]
    name: Annotated[str, ""]
    phones: Annotated[list[PhoneShape] | None, "null: not read"]


class LastCallShape(TypedDict):
    started_at: Annotated[Time, ""]
    taken_by: Annotated[str | None, "name"]
    entries: Annotated[int, "lines of its log"]


class HotlineShape(TypedDict):
    name: Annotated[str, ""]
    number: Annotated[str | None, ""]
    wanted: Annotated[Wanted | None, "what it was asked to be"]
    state: Annotated[HotlineState, "what it is"]
    raw_status: Annotated[str | None, "the vendor's own word"]
    channels_in: Annotated[int | None, "calls at once, incoming"]
    channels_out: Annotated[int | None, "calls at once, outgoing"]
    agents: Annotated[list[DutyShape], "those on its list"]
    last_call: Annotated[LastCallShape | None, ""]


class NoticeShape(TypedDict):
    set: Annotated[str, "to which set of notices it belongs"]
    title: Annotated[str, ""]
    active_from: Annotated[Time, ""]
    active_to: Annotated[Time, "null: until it is ended"]
    why: Annotated[str | None, ""]
    where: Annotated[str | None, ""]
    when: Annotated[str | None, "in words, as it is announced"]
    remarks: Annotated[str | None, ""]


class InputShape(TypedDict):
    input: Annotated[str, "what the caller presses or does"]
    to: Annotated[str | None, "where that leads now"]
    open: Annotated[bool | None, "null: no rule applies"]


class ReceptionistShape(TypedDict):
    name: Annotated[str, ""]
    number: Annotated[str | None, ""]
    language: Annotated[str | None, ""]
    open: Annotated[bool | None, "true: any rule is open now; false: all are closed; null: there is none"]
    sends_to: Annotated[list[InputShape], "each input"]


class ParkedShape(TypedDict):
    slot: Annotated[str, ""]
    caller: Annotated[str | None, "name, else number"]
    since: Annotated[Time, ""]
    by: Annotated[str | None, "who parked"]


LISTS: dict[str, type] = {
    "sources": SourceShape,
    "queues": QueueShape,
    "members": MemberShape,
    "agents": AgentShape,
    "calls": CallShape,
    "hotlines": HotlineShape,
    "notices": NoticeShape,
    "receptionists": ReceptionistShape,
    "parked": ParkedShape,
}
"""The lists of a snapshot in their order, and what a row of each holds beside `source` and `id`."""
