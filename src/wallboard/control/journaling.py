"""The journal as the dispatcher uses it: off the event loop, one command's records with what they share, and waiting
for other consoles on the clock, where it can be cancelled."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from typing import Any, Protocol

import anyio.to_thread

from wallboard.board.alarm import Alarm
from wallboard.control.journal import Journal, JournalBusy, JournalError, describe
from wallboard.control.journal_reader import Record, open_unknowns
from wallboard.domain.clock import Clock, iso
from wallboard.domain.command import Command, new_id
from wallboard.domain.language import english, tr
from wallboard.domain.text import clean
from wallboard.domain.verbs import Verb, phrase

BETWEEN = 0.05
"""Seconds between two tries while another console writes."""
ALARM_PHASES = {"acknowledge": "acknowledged", "snooze": "snoozed"}
LAST = 0.3
"""Seconds for which the end of the console waits for another one."""

log = logging.getLogger(__name__)


class Offload(Protocol):
    """Runs a blocking call where it does not hold up the keys."""

    async def __call__(self, work: Callable[[], None], /) -> None: ...


async def in_thread(work: Callable[[], None]) -> None:
    await anyio.to_thread.run_sync(work)


class Journaling:
    def __init__(self, journal: Journal, clock: Clock, offload: Offload = in_thread) -> None:
        self._journal = journal
        self._clock = clock
        self._offload = offload
        self._patience = LAST

    @property
    def problem(self) -> str:
        return self._journal.problem

    async def write(self, phase: str, command: Command, *, durable: bool, **more: Any) -> None:
        """One record of `command`, tried once. Raises JournalError: then the action may not go."""
        fields = {**describe(command), **more}
        await self._offload(lambda: self._journal.append(phase, fields, durable=durable, patience=0.0))

    async def write_when_free(self, phase: str, command: Command, *, durable: bool, **more: Any) -> None:
        """The same, for as long as another process holds the journal."""
        while True:
            try:
                return await self.write(phase, command, durable=durable, **more)
            except JournalBusy:
                await self._clock.sleep(BETWEEN)

    async def try_write(self, phase: str, command: Command, **more: Any) -> JournalError | None:
        """Why it could not be written. What was already sent is not undone by a full disk."""
        try:
            await self.write(phase, command, durable=True, **more)
        except JournalError as error:
            log.error("%s of %s was not journalled: %s", phase, command.id, error)
            return error
        return None

    async def remember(self, verb: str, alarm: Alarm) -> None:
        """What a person did with an alarm: "acknowledge" or "snooze". Nothing waits for it."""
        fields: dict[str, Any] = {
            "id": new_id(),
            "verb": verb,
            "source": alarm.source,
            "target": {"key": alarm.id, "label": str(clean(f"{alarm.object} {english(alarm.text)}"))},
            "since": iso(alarm.since),
        }
        if verb == "snooze":
            fields["until"] = iso(alarm.snoozed_until) or "it clears"
        try:
            await self._offload(lambda: self._journal.append(ALARM_PHASES[verb], fields, durable=True, patience=LAST))
        except JournalError as error:
            log.error("%s of %s was not journalled: %s", verb, alarm.id, error)

    def write_now(self, phase: str, command: Command, ending: str) -> None:
        """At the end of the console, when nothing may be awaited any more."""
        try:
            fields = {**describe(command), "ending": ending}
            self._journal.append(phase, fields, durable=True, patience=self._patience)
        except JournalError as error:
            # Whoever has it keeps it: the others of this console need not wait for it as well.
            self._patience = 0.0
            log.error("the ending of %s was not journalled: %s", command.id, error)

    async def take_over(self) -> Sequence[Record]:
        """The actions whose console was killed before their ending, each now closed as *unknown*. Never raises."""
        found: list[Record] = []

        def work() -> None:
            found.extend(open_unknowns(self._journal.path, run=self._journal.run))
            for record in found:
                names = ("id", "verb", "source", "target", "destination", "args", "origin", "by", "node")
                kept = {name: record[name] for name in names if name in record}
                ending = "unknown: its console ended before the answer"
                self._journal.append("unknown", {**kept, "ending": ending}, durable=True, patience=LAST)

        try:
            await self._offload(work)
        except (OSError, JournalError) as error:
            log.error("the journal's open actions were not closed: %s", error)
        return found


def left_open(record: Record) -> str:
    """What a person must know of an action that `take_over` found."""
    target = record.get("target")
    label = target.get("label", "") if isinstance(target, dict) else ""
    verb = str(record.get("verb", tr("action")))
    what = phrase(Verb(verb)) if verb in set(Verb) else verb
    at = str(record.get("ts", ""))[:19].replace("T", " ")
    said = tr("{verb} {row}", verb=what, row=label)
    return tr("{action}: sent by a console that was killed ({at} UTC); its ending is unknown", action=said, at=at)
