"""The journal as the dispatcher uses it: off the event loop, one command's records with what they share."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from typing import Any, Protocol

import anyio.to_thread

from wallboard.control.chain import Record
from wallboard.control.journal import Journal, JournalError, describe, open_unknowns
from wallboard.domain.command import Command

log = logging.getLogger(__name__)


class Offload(Protocol):
    """Runs a blocking call where it does not hold up the keys."""

    async def __call__(self, work: Callable[[], None], /) -> None: ...


async def in_thread(work: Callable[[], None]) -> None:
    await anyio.to_thread.run_sync(work)


class Ledger:
    def __init__(self, journal: Journal, offload: Offload = in_thread) -> None:
        self._journal = journal
        self._offload = offload

    @property
    def problem(self) -> str:
        return self._journal.problem

    async def write(self, phase: str, command: Command, *, durable: bool, **more: Any) -> None:
        """One record of `command`. Raises JournalError: then the action may not go."""
        fields = {**describe(command), **more}
        await self._offload(lambda: self._journal.append(phase, fields, durable=durable))

    async def try_write(self, phase: str, command: Command, **more: Any) -> str:
        """Why it could not be written, or "". What was already sent is not undone by a full disk."""
        try:
            await self.write(phase, command, durable=True, **more)
        except JournalError as error:
            log.error("%s of %s was not journalled: %s", phase, command.id, error)
            return str(error)
        return ""

    def write_now(self, phase: str, command: Command, ending: str) -> None:
        """At the end of the console, when nothing may be awaited any more."""
        try:
            self._journal.append(phase, {**describe(command), "ending": ending}, durable=True)
        except JournalError as error:
            log.error("the ending of %s was not journalled: %s", command.id, error)

    async def take_over(self) -> Sequence[Record]:
        """The actions whose console was killed before their ending, each now closed as *unknown*. Never raises."""
        found: list[Record] = []

        def work() -> None:
            for record in open_unknowns(self._journal.path, run=self._journal.run):
                names = ("id", "verb", "source", "target", "destination", "args", "origin")
                kept = {name: record[name] for name in names if name in record}
                ending = "unknown: its console ended before the answer"
                self._journal.append("unknown", {**kept, "ending": ending}, durable=True)
                found.append(record)

        try:
            await self._offload(work)
        except (OSError, JournalError) as error:
            log.error("the journal's open actions were not closed: %s", error)
        return found
