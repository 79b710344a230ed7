"""How an action ends, in words that say no more than is known."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from wallboard.domain.command import Command
from wallboard.domain.verbs import Verb, phrase


class Phase(StrEnum):
    """Where an action stands.

    `accepted` while it is not `final` means only that the vendor answered; as an ending it says that this vendor
    cannot show the effect. `waiting`: it is held back, and can still be taken back. `refused`: this console did not
    send it. `failed`: nothing happened, and why.
    """

    REQUESTED = "requested"
    WAITING = "waiting"
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
    changes: str = ""
    """What a filled form changes, as a clause."""

    @property
    def brief(self) -> str:
        """For one line of a screen: the ending matters more there than all that a form changed."""
        return f"{describe(self.command)}: {self.ending}"

    @property
    def sentence(self) -> str:
        return f"{describe(self.command, self.changes)}: {self.ending}"


def describe(command: Command, changes: str = "") -> str:
    """`transfer Kai Roth → 204`: the action by its verb, its target and where it goes; of a form what it changes:
    `change the notice Fibre cut (until – → 2026-03-02 08:00)`."""
    text = f"{phrase(command.verb, command.target.key.kind)} {command.target.label}"
    if changes:
        text += f" ({changes})"
    if command.destination is not None:
        label = command.destination.label
        number = command.destination.number
        text += f" → {label} {number}" if label and label != number else f" → {number}"
    queue = command.arg("queue_name") or command.arg("queue")
    if queue and command.verb is Verb.STAFF:
        text += f" to {queue}"
    elif queue and command.verb is Verb.UNSTAFF:
        text += f" from {queue}"
    elif queue:
        text += f" in {queue}"
    return text
