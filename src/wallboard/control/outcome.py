"""How an action ends, in words that say no more than is known."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from wallboard.domain.command import Command, Verb


class Phase(StrEnum):
    """Where an action stands.

    `accepted` while it is not `final` means only that the vendor answered; as an ending it says that this vendor
    cannot show the effect. `refused`: this console did not send it. `failed`: nothing happened, and why.
    """

    REQUESTED = "requested"
    REFUSED = "refused"
    SENT = "sent"
    ACCEPTED = "accepted"
    CONFIRMED = "confirmed"
    NOT_CONFIRMED = "not_confirmed"
    UNKNOWN = "unknown"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Outcome:
    """One step of an action. `ending` is a clause ("confirmed by its new leg"), `sentence` names the action too."""

    command: Command
    phase: Phase
    ending: str
    at: float
    final: bool = False
    evidence: str = ""

    @property
    def sentence(self) -> str:
        return f"{describe(self.command)}: {self.ending}"


_PHRASES: dict[Verb, str] = {
    Verb.ATTENDED: "attended transfer",
    Verb.PICKUP: "pick up",
    Verb.HANGUP: "hang up",
    Verb.SIGNIN: "sign in",
    Verb.SIGNOUT: "sign out",
    Verb.UNPAUSE: "end the pause of",
    Verb.CLOSE: "pause",
    Verb.STAFF: "add",
    Verb.UNSTAFF: "remove",
    Verb.NOTE: "note on",
    Verb.ANNOUNCE: "announcements of",
    Verb.END: "end my session on",
    Verb.LISTEN: "listen to",
}


def phrase(verb: Verb) -> str:
    """The verb as a person says it."""
    return _PHRASES.get(verb, verb.value)


def describe(command: Command) -> str:
    """`transfer Kai Roth → 204`: the action by its verb, its target and where it goes."""
    text = f"{phrase(command.verb)} {command.target.label}"
    if command.destination is not None:
        label = command.destination.label
        number = command.destination.number
        text += f" → {label} {number}" if label and label != number else f" → {number}"
    queue = command.arg("queue_name") or command.arg("queue")
    if queue and command.verb is Verb.STAFF:
        text += f" to {queue}"
    elif queue and command.verb is Verb.UNSTAFF:
        text += f" from {queue}"
    return text
