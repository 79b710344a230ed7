"""What stands on the board for a source whose adapter could not be made: its name, and why nothing is read."""

from __future__ import annotations

from collections.abc import Sequence

from wallboard.domain.command import Destination
from wallboard.domain.errors import Unreachable
from wallboard.domain.models import Row
from wallboard.domain.text import Clean
from wallboard.domain.update import SourceInfo
from wallboard.domain.verbs import Verb
from wallboard.vendors.adapter import BaseAdapter
from wallboard.vendors.base import Can, CheckLine, Services, SourceSettings


class Unbuilt(BaseAdapter):
    def __init__(self, settings: SourceSettings, services: Services, why: Clean) -> None:
        super().__init__(settings, services)
        self._why = why

    def info(self) -> SourceInfo:
        return SourceInfo(self.settings.name, self.settings.vendor, detail=self._why, broken=True)

    def can(self, verb: Verb, row: Row | None) -> Can:
        return Can(False, self._why)

    def can_dial(self, destination: Destination) -> Can:
        return Can(False, self._why)

    async def refresh(self, row: Row) -> Row | None:
        raise Unreachable(self._why)

    async def check(self) -> Sequence[CheckLine]:
        return (CheckLine("adapter", False, self._why),)
