"""From "the vendor accepted it" to "it happened": an adapter's evidence, looked at until it decides or time runs out.

Nothing here asks the vendor for an action again. A doubt after an unclear answer ends as *unknown* unless evidence
speaks, and evidence against wins over evidence for: better to look twice than to believe in what did not happen.
"""

from __future__ import annotations

import logging
from dataclasses import replace

import anyio

from wallboard.control.guard import FAILED
from wallboard.control.outcome import Phase
from wallboard.control.ports import BoardPort, Changed
from wallboard.domain.clock import Clock, within
from wallboard.domain.keys import Resource
from wallboard.domain.language import tr
from wallboard.domain.records import dataclass
from wallboard.domain.states import TRUSTED
from wallboard.vendors.base import Evidence, Trial, Verification

LOOK_EVERY = 0.25
"""Seconds between two looks when the board does not change: some evidence is only the passing of time."""
AWAY = 3.0
"""Seconds between two looks from which on this process cannot have been running."""

log = logging.getLogger(__name__)


_ENDINGS = frozenset({Phase.CONFIRMED, Phase.NOT_CONFIRMED, Phase.ACCEPTED, Phase.UNKNOWN, Phase.FAILED, Phase.REFUSED})


@dataclass(frozen=True, slots=True)
class Verdict:
    """One of the four endings. `evidence` names what decided, "" when nothing did."""

    phase: Phase
    ending: str
    evidence: str = ""


def judge(verification: Verification, trial: Trial) -> Verdict | None:
    """What the evidence says now; None: nothing yet."""
    if verification.told is not None:
        told = verification.told()
        if told is None or told.phase not in _ENDINGS:
            return None
        return Verdict(Phase(told.phase), told.ending, told.evidence)
    against = _first(verification.denies, trial)
    if against is not None:
        return Verdict(Phase.NOT_CONFIRMED, tr("not confirmed: {why}", why=against.text), against.text)
    speaking = _first(verification.confirms, trial)
    if speaking is not None:
        return Verdict(Phase.CONFIRMED, tr("confirmed by {evidence}", evidence=speaking.text), speaking.text)
    return None


def _first(evidence: tuple[Evidence, ...], trial: Trial) -> Evidence | None:
    for piece in evidence:
        try:
            if piece.test(trial):
                return piece
        except FAILED:
            # An adapter's test that fails has seen nothing: it neither confirms nor denies, and ends no action.
            log.exception("the evidence %r could not be looked for", piece.text)
    return None


def too_late(verification: Verification, trial: Trial, board: BoardPort, ambiguous: str) -> Verdict:
    """The verdict when the deadline passed in silence."""
    seconds = f"{verification.deadline:g} s"
    if ambiguous:
        return Verdict(
            Phase.UNKNOWN, tr("unknown: {why}, and nothing showed it in {seconds}", why=ambiguous, seconds=seconds)
        )
    if verification.told is not None:
        return Verdict(
            Phase.UNKNOWN, tr("unknown: accepted, and who acts has not told the ending in {seconds}", seconds=seconds)
        )
    if verification.unseen:
        return cannot_show(replace(verification, cannot=verification.unseen), "")
    blind = [resource for resource in verification.watch if not _readable(board, trial.source, resource)]
    if blind and len(blind) == len(verification.watch):
        names = ", ".join(resource.value for resource in blind)
        return Verdict(
            Phase.UNKNOWN,
            tr("unknown: accepted, but {names} of {source} cannot be read now", names=names, source=trial.source),
        )
    return Verdict(Phase.NOT_CONFIRMED, tr("not confirmed: accepted, but no sign of it in {seconds}", seconds=seconds))


def cannot_show(verification: Verification, ambiguous: str) -> Verdict:
    """The verdict where the vendor has nothing to show."""
    if ambiguous:
        return Verdict(
            Phase.UNKNOWN,
            tr("unknown: {what}, and this vendor cannot show it ({why})", what=ambiguous, why=verification.cannot),
        )
    return Verdict(Phase.ACCEPTED, tr("accepted: this vendor cannot show it ({why})", why=verification.cannot))


def _readable(board: BoardPort, source: str, resource: Resource) -> bool:
    view = board.resource_view(source, resource)
    return view is not None and view.state in TRUSTED


async def verify(
    verification: Verification, trial: Trial, board: BoardPort, clock: Clock, *, ambiguous: str = ""
) -> Verdict:
    """Wait for evidence until the deadline. `ambiguous` is why the vendor's answer is not clear ("" it was).

    Once, time in which nobody could look (the machine slept, the process was stopped) puts the deadline off."""
    if verification.cannot:
        return cannot_show(verification, ambiguous)
    deadline = trial.receipt.answered_at + verification.deadline
    slept, looked = False, trial.receipt.answered_at
    changed = anyio.Event()

    def note(_: Changed) -> None:
        changed.set()

    unsubscribe = board.subscribe(note)
    try:
        while True:
            verdict = judge(verification, trial)
            if verdict is not None:
                return verdict
            now = clock.now()
            if now - looked > AWAY and not slept:
                slept, deadline = True, max(deadline, now + verification.deadline)
            left, looked = deadline - now, now
            if left <= 0:
                return too_late(verification, trial, board, ambiguous)
            await within(clock, min(LOOK_EVERY, left), changed.wait)
            changed = anyio.Event()
    finally:
        unsubscribe()
