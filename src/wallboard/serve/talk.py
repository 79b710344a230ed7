"""What a person reads of the poller: a plain line for each thing that has changed, and one that says how it stands."""

from __future__ import annotations

from collections.abc import Callable

from wallboard.board.freshness import SourceView
from wallboard.domain.language import tr, trn
from wallboard.domain.states import SourceState
from wallboard.runtime.rooms import Headless
from wallboard.serve.health import Health

_PASSING = frozenset({SourceState.LATE})
"""It becomes live or stale: either is worth a line."""


class Talk:
    """`say` takes a line. `look` each second."""

    def __init__(self, rooms: Headless, health: Health, say: Callable[[str], None]) -> None:
        self._rooms, self._health, self._say = rooms, health, say
        self._states: dict[str, SourceState] = {}
        self._readers: dict[str, str] = {}
        self._problems: list[str] = []
        self._missed = False

    def look(self) -> None:
        views = self._rooms.board.source_views()
        for view in views:
            self._state(view)
        if self._rooms.sharing is not None:
            self._bus(self._rooms.sharing.connected, self._rooms.sharing.problems)
            for view in views:
                self._reader(view.info.name)
        problems = self._health.problems()
        for problem in problems:
            if problem not in self._problems:
                self._say(problem)
        self._problems = problems

    def _state(self, view: SourceView) -> None:
        name = view.info.name
        if view.connecting or view.state in _PASSING or self._states.get(name) is view.state:
            return
        self._states[name] = view.state
        why = "" if view.state is SourceState.LIVE else view.cause or view.detail
        self._say(f"{name}: {tr(view.word)}" + (f": {why}" if why else ""))

    def _bus(self, connected: bool, problems: list[str]) -> None:
        """Why it is away is one of the problems; that it is back is worth a line where that was said."""
        if not connected:
            self._missed = self._missed or bool(problems)
        elif self._missed:
            self._missed = False
            self._say(tr("the bus is there again"))

    def _reader(self, name: str) -> None:
        reader = self._health.reader(name)
        if reader == self._readers.get(name, ""):
            return
        self._readers[name] = reader
        if reader == "here":
            self._say(tr("{source}: read here", source=name))
        elif reader:
            self._say(tr("{source}: read by {node}", source=name, node=reader))
        else:
            self._say(tr("{source}: read by nobody", source=name))

    def standing(self) -> str:
        """In one line."""
        views = self._rooms.board.source_views()
        live = sum(view.state is SourceState.LIVE for view in views)
        told = [tr("{live} of {all} sources live", live=live, all=len(views))]
        alarms = len(self._rooms.board.alarms.active())
        told.append(trn("{n} alarm", "{n} alarms", alarms))
        if self._rooms.sharing is not None:
            here = sum(self._health.reader(view.info.name) == "here" for view in views)
            told.append(tr("{n} read here", n=here))
            told.append(trn("{n} other on the bus", "{n} others on the bus", self._rooms.sharing.others()))
        return ", ".join(told)
