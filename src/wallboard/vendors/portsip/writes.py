"""The writes to receptionists: what each was to change, and what reading back says of it. Pure.

A write is confirmed when the part that was asked for is as asked and everything else is as it was before; each thing
that a receptionist says is a piece of evidence of its own, so that what was lost is named.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from wallboard.domain.command import Verb
from wallboard.domain.keys import Resource
from wallboard.domain.text import clean
from wallboard.vendors.base import Evidence, Sheet, Trial, Verification
from wallboard.vendors.kit import sheets
from wallboard.vendors.kit.evidence import DEADLINE, WRITTEN, Test
from wallboard.vendors.portsip import rules

REMEMBERED = 20
SAME_RULE = (
    "a reading asked for before the answer, or one in which something else was lost: it is read since, and compared "
    "whole with what it was"
)
REQUEST = "POST /ivrs/{id} (everything that can go back, as it was read, with one rule changed)"


@dataclass(slots=True)
class Write:
    """`before` and `wanted` as `rules.meaning`; `after` is what was read since, None: nothing yet."""

    identity: str
    part: rules.Part
    before: Mapping[str, str]
    wanted: Mapping[str, str]
    sent_at: float
    after: Mapping[str, str] | None = None
    after_at: float = 0.0

    def done(self) -> bool:
        aspect = self.part.aspect
        return self.after is not None and self.after.get(aspect) == self.wanted.get(aspect)

    def others(self) -> list[str]:
        """The names of what differs and was not asked for."""
        if self.after is None:
            return []
        return [name for name in rules.differences(self.before, self.after) if name != self.part.aspect]


class Writes:
    """The last writes, by the id of the command that asked for them."""

    def __init__(self) -> None:
        self._writes: dict[str, Write] = {}

    def add(self, command: str, write: Write) -> None:
        self._writes[command] = write
        while len(self._writes) > REMEMBERED:
            del self._writes[next(iter(self._writes))]

    def drop(self, command: str) -> None:
        """Nothing was written."""
        self._writes.pop(command, None)

    def read(self, identity: str, said: Mapping[str, str], at: float) -> None:
        """A receptionist was read; `at` is when that was asked for."""
        for write in self._writes.values():
            if write.identity == identity and at > write.sent_at:
                write.after, write.after_at = said, at

    def awaited(self, now: float) -> set[str]:
        """The receptionists whose writes are being looked for."""
        return {write.identity for write in self._writes.values() if now - write.sent_at < DEADLINE}

    def last(self, identity: str) -> Write | None:
        return next((write for write in reversed(self._writes.values()) if write.identity == identity), None)

    # ---- evidence --------------------------------------------------------------------------------------------

    def verification(self, command: str, part: rules.Part, known: Mapping[str, str]) -> Verification:
        """`known` is what the receptionist says before the write."""
        asked = clean(part.aspect, 60)
        return _verification(
            Evidence(f"reading it back: {asked} is as asked and nothing else changed", self._same(command), SAME_RULE),
            *(Evidence(rules.lost(name, known), self._lost(command, name)) for name in known if name != part.aspect),
            Evidence("something else about it is not as it was", self._altered(command)),
            Evidence(f"the vendor returns another {asked}", self._refused(command)),
        )

    def table(self) -> Verification:
        """The row for documents: its evidence sees nothing."""
        return _verification(
            Evidence("reading it back: as asked, and nothing else changed", self._same(""), SAME_RULE),
            Evidence("something else about it is not as it was; it is named", self._altered("")),
            Evidence("the vendor returns another rule than was asked for", self._refused("")),
        )

    def _after(self, command: str, trial: Trial, seconds: float = 0.0) -> Write | None:
        """The write, if it was read back so long after its answer."""
        write = self._writes.get(command)
        if write is None or write.after is None or write.after_at <= trial.receipt.answered_at + seconds:
            return None
        return write

    def _same(self, command: str) -> Test:
        def test(trial: Trial) -> bool:
            write = self._after(command, trial)
            return write is not None and write.done() and not write.others()

        return test

    def _lost(self, command: str, name: str) -> Test:
        def test(trial: Trial) -> bool:
            write = self._after(command, trial)
            return write is not None and name in write.others()

        return test

    def _altered(self, command: str) -> Test:
        def test(trial: Trial) -> bool:
            write = self._after(command, trial)
            return write is not None and bool(write.others())

        return test

    def _refused(self, command: str) -> Test:
        def test(trial: Trial) -> bool:
            write = self._after(command, trial, WRITTEN)
            return write is not None and not write.done()

        return test


def _verification(confirms: Evidence, *denies: Evidence) -> Verification:
    return Verification(Verb.CHANGE, REQUEST, (confirms,), denies, DEADLINE, (Resource.RECEPTIONISTS,))


def sheet(write: Write) -> Sheet:
    """What a write asked for and what is there now, and everything else that differs."""
    after, others = write.after, write.others()
    lines = [
        (
            name,
            write.before.get(name) or None,
            write.wanted.get(name) or None,
            "not read back" if after is None else after.get(name) or None,
        )
        for name in (write.part.aspect, *others)
    ]
    note = "" if after is None else f"{len(others)} other differences" if others else "nothing else differs"
    return sheets.sheet(("what", "before", "asked", "now"), lines, note)
