"""What stands on the board for a source whose adapter could not be made: its name, and why nothing is read."""

from __future__ import annotations

from collections.abc import Sequence

from wallboard.domain.command import Command, Destination, Verb
from wallboard.domain.errors import NotSent, Unreachable
from wallboard.domain.forms import Form
from wallboard.domain.models import Row
from wallboard.domain.text import Clean
from wallboard.domain.update import SourceInfo
from wallboard.vendors.base import Can, CheckLine, Feed, Receipt, Report, Sink, SourceSettings, Verification


class Unbuilt:
    """See `vendors.base.Adapter`."""

    def __init__(self, settings: SourceSettings, why: Clean) -> None:
        self.settings = settings
        self._why = why

    def info(self) -> SourceInfo:
        return SourceInfo(self.settings.name, self.settings.vendor, detail=self._why, broken=True)

    def feeds(self) -> Sequence[Feed]:
        return ()

    async def run(self, sink: Sink) -> None:
        return None

    def can(self, verb: Verb, row: Row | None) -> Can:
        return Can(False, self._why)

    def can_dial(self, destination: Destination) -> Can:
        return Can(False, self._why)

    def reports(self, row: Row) -> Sequence[Report]:
        return ()

    def forms(self, verb: Verb, row: Row | None) -> Sequence[Form]:
        return ()

    def verification(self, command: Command, row: Row | None) -> Verification:
        raise NotSent(self._why)

    async def perform(self, command: Command, row: Row | None) -> Receipt:
        raise NotSent(self._why)

    async def refresh(self, row: Row) -> Row | None:
        raise Unreachable(self._why)

    def table(self) -> Sequence[Verification]:
        return ()

    async def check(self) -> Sequence[CheckLine]:
        return (CheckLine("adapter", False, self._why),)

    async def aclose(self) -> None:
        return None
