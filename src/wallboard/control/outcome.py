"""How an action ends, in words that say no more than is known."""

from __future__ import annotations

from enum import StrEnum

from wallboard.domain.command import Command
from wallboard.domain.language import mark, tr
from wallboard.domain.records import dataclass
from wallboard.domain.verbs import Verb, phrase
from wallboard.vendors.base import Receipt


class Phase(StrEnum):
    """Where an action stands.

    `accepted` while it is not `final` means only that the vendor answered; as an ending it says that this vendor
    cannot show the effect. `waiting`: it is held back, and can still be taken back. `refused`: this console did not
    send it. `failed`: nothing happened, and why.
    """

    REQUESTED = mark("requested")
    WAITING = mark("waiting")
    REFUSED = mark("refused")
    SENT = mark("sent")
    ACCEPTED = mark("accepted")
    CONFIRMED = mark("confirmed")
    NOT_CONFIRMED = mark("not_confirmed")
    UNKNOWN = mark("unknown")
    FAILED = mark("failed")


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
    receipt: Receipt | None = None
    """What the vendor answered, once it has accepted it."""

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
    what = phrase(command.verb, command.target.key.kind)
    text = tr("{verb} {row}", verb=what, row=command.target.label)
    if changes:
        text += f" ({changes})"
    if command.destination is not None:
        label = command.destination.label
        number = command.destination.number
        text += f" → {label} {number}" if label and label != number else f" → {number}"
    return text + in_queue(command.verb, command.arg("queue_name") or command.arg("queue"))


def in_queue(verb: Verb, queue: str) -> str:
    """In which queue it is done, to stand behind the action; "" without one."""
    if not queue:
        return ""
    if verb is Verb.STAFF:
        return tr(" to {queue}", queue=queue)
    return tr(" from {queue}", queue=queue) if verb is Verb.UNSTAFF else tr(" in {queue}", queue=queue)
