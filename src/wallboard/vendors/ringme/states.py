"""The PBX's words for what callers and agents do: those of FreeSWITCH's mod_callcenter (vendors.md §3.3), in the
platform's two spellings, and what the config adds. A word that is in no table is unknown."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from wallboard.domain.records import dataclass
from wallboard.domain.states import AgentState, MemberState
from wallboard.domain.words import spelling, vocabulary

_MEMBERS: Mapping[MemberState, Sequence[str]] = {
    MemberState.WAITING: ("Waiting",),
    MemberState.RINGING: ("Trying",),
    MemberState.TALKING: ("Answered",),
    MemberState.ABANDONED: ("Abandoned",),
}
# What the person chose, and what the queue does with them.
_CHOSEN: Mapping[AgentState, Sequence[str]] = {
    AgentState.READY: ("Available", "Available (On Demand)", "Available On Demand"),
    AgentState.BREAK: ("On Break",),
    AgentState.OFF: ("Logged Out",),
}
_DONE: Mapping[str, Sequence[str]] = {
    "waiting": ("Waiting",),
    "ringing": ("Receiving", "Reserved"),
    "talking": ("In a queue call",),
    "idle": ("Idle",),
    # The module's own word, and nothing at all: no call, and no more is known.
    "none": ("Unknown", ""),
}


@dataclass(frozen=True, slots=True)
class Words:
    """The vocabulary of one source."""

    members: Mapping[str, MemberState]
    chosen: Mapping[str, AgentState]
    done: Mapping[str, str]

    @classmethod
    def of(cls, own: Mapping[str, str]) -> Words:
        """`own` are the words of the config."""
        return cls(vocabulary(_MEMBERS, own), vocabulary(_CHOSEN, own), vocabulary(_DONE, own))

    def member(self, state: str) -> MemberState:
        return self.members.get(spelling(state), MemberState.UNKNOWN)

    def chose(self, status: str) -> AgentState | None:
        """Ready, on a break or off, as the person chose; None: not a word that is known."""
        return self.chosen.get(spelling(status))

    def agent(self, status: str, state: str) -> AgentState:
        """wallboards §2.3 as far as one row can tell: a call first, then what the person chose. Behind a state that is
        not known there may be a call."""
        match self.done.get(spelling(state)):
            case "talking":
                return AgentState.TALKING
            case "ringing":
                return AgentState.RINGING
            case None:
                return AgentState.UNKNOWN
            case done:
                chosen = self.chose(status)
        if chosen is AgentState.READY:
            return {"waiting": AgentState.READY, "idle": AgentState.MISMATCH}.get(done, AgentState.UNKNOWN)
        return AgentState.UNKNOWN if chosen is None else chosen


WORDS = Words.of({})
"""Those of the documents."""
