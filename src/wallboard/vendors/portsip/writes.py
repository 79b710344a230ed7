"""The writes to receptionists: what each was to change, and what reading back says of it. Pure.

A write is confirmed when the part that was asked for is as asked and everything else is as it was before; each thing
that a receptionist says is a piece of evidence of its own, so that what was lost is named.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from wallboard.domain.command import Verb
from wallboard.domain.keys import Resource
from wallboard.domain.language import tr, trc, trn
from wallboard.domain.records import dataclass
from wallboard.domain.text import clean
from wallboard.vendors.base import Evidence, Sheet, Trial, Verification
from wallboard.vendors.kit import sheets
from wallboard.vendors.kit.evidence import DEADLINE, WRITTEN
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
        return self.after is not None and rules.same(self.part.aspect, self.after, self.wanted)

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

    def verification(self, command: str, part: rules.Part, known: Mapping[str, str]) -> Verification:
        """`known` is what the receptionist says before the write."""
        asked = clean(part.aspect, 60)
        return self._row(
            command,
            tr("reading it back: {what} is as asked and nothing else changed", what=asked),
            {rules.lost(name, known): _differs(name) for name in known if name != part.aspect},
            tr("something else about it is not as it was"),
            tr("the vendor returns another {what}", what=asked),
        )

    def table(self) -> Verification:
        """The row for documents: its evidence sees nothing."""
        return self._row(
            "",
            tr("reading it back: as asked, and nothing else changed"),
            {},
            tr("something else about it is not as it was; it is named"),
            tr("the vendor returns another rule than was asked for"),
        )

    def _row(self, command: str, same: str, lost: Mapping[str, Says], altered: str, other: str) -> Verification:
        def seen(text: str, says: Says, seconds: float = 0.0, impostor: str = "") -> Evidence:
            """In a reading so long after the answer."""

            def test(trial: Trial) -> bool:
                write, after = self._writes.get(command), trial.receipt.answered_at + seconds
                return write is not None and write.after is not None and write.after_at > after and says(write)

            return Evidence(text, test, impostor)

        return Verification(
            Verb.CHANGE,
            REQUEST,
            (seen(same, lambda write: write.done() and not write.others(), impostor=SAME_RULE),),
            (
                *(seen(text, says) for text, says in lost.items()),
                seen(altered, lambda write: bool(write.others())),
                seen(other, lambda write: not write.done(), WRITTEN),
            ),
            DEADLINE,
            (Resource.RECEPTIONISTS,),
        )


Says = Callable[[Write], bool]
"""What reading a write back shows."""


def _differs(name: str) -> Says:
    return lambda write: name in write.others()


def sheet(write: Write) -> Sheet:
    """What a write asked for and what is there now, and everything else that differs."""
    after, others = write.after, write.others()
    lines = [
        (
            name,
            write.before.get(name) or None,
            write.wanted.get(name) or None,
            tr("not read back") if after is None else after.get(name) or None,
        )
        for name in (write.part.aspect, *others)
    ]
    told = trn("{n} other differences", "{n} other differences", len(others)) if others else tr("nothing else differs")
    columns = (tr("what"), tr("before"), trc("write", "asked"), tr("now"))
    return sheets.sheet(columns, lines, "" if after is None else told)
