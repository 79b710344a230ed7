"""When room is dealt anew: the panes get lines and columns by what they hold, but never while somebody is at the keys,
and never for a row more or less."""

from __future__ import annotations

from itertools import cycle

from wallboard.domain.keys import Resource
from wallboard.domain.states import ResourceState
from wallboard.ui.panes import Panes
from wallboard.view.layout import ALL, BOARD, IN_PLACE, USUAL, Layout, arrange, halves, shown, size_class, wide

DEAL_SECONDS = 10.0
"""How far apart two deals are."""
QUIET_SECONDS = 5.0
"""How long after a key nothing is dealt."""
WORTH = 2
"""Rows that a deal has to bring into sight, so that one more or less moves nothing."""
APART = 4
"""By how many columns the upright line has to be wrong to be moved."""


class Room:
    """`needs` are the rows by which the lines of the screen are shared out, `wants` by class of screen the widths of
    the left and the right panes at which nothing is cut. Times in steady UTC seconds."""

    def __init__(self, panes: Panes) -> None:
        self._panes = panes
        self.needs: dict[Resource, int] = dict.fromkeys(ALL, USUAL)
        self.wants = {160: (0, 0), 120: (0, 0)}
        self._size = (0, 0)
        self._unread = set(BOARD)
        """Panes of which some source has not told anything yet."""
        self._dealt_at = float("-inf")
        self._keyed_at = float("-inf")
        self._next = cycle(BOARD)

    def touch(self, now: float) -> None:
        """A key was pressed."""
        self._keyed_at = now

    def drawn(self, size: tuple[int, int]) -> None:
        """The body of the board has this many columns and lines."""
        self._size = size

    def loaded(self, now: float, asking: bool) -> None:
        """Rows have come: those of a pane that had not been read yet find their room at once."""
        if self._unread and not self._busy(now, asking):
            left = {each for each in self._unread if self._waits(each)}
            if left != self._unread:
                self._unread = left
                self._deal()

    def opened(self, resource: Resource) -> None:
        """The user has opened a pane; one of 6–8 takes as many lines as it fills."""
        if resource in IN_PLACE:
            self.unfolded(resource)

    def unfolded(self, resource: Resource) -> None:
        """The user has opened or closed what a pane folds: they see it move."""
        self.needs = self.needs | {resource: self._need(resource)}

    def look(self, now: float, asking: bool) -> None:
        """Once a second. `asking`: a question stands."""
        if self._busy(now, asking):
            return
        self.loaded(now, asking)
        pane = self._panes[next(self._next)]
        if self._panes.has_rows(pane.resource):
            pane.measure()
        if now - self._dealt_at >= DEAL_SECONDS and self._better():
            self._dealt_at = now
            self._deal()

    def _waits(self, resource: Resource) -> bool:
        sources = self._panes.context().pane(resource).sources
        return not sources or any(view.state is ResourceState.NEVER for _, view in sources)

    def _busy(self, now: float, asking: bool) -> bool:
        return asking or now - self._keyed_at < QUIET_SECONDS

    def _better(self) -> bool:
        """Whether a deal would show more, or undo a cut that there is room for."""
        width, height = self._size
        if not wide(width, height):
            return False
        needs = self._now()
        before, after = self._layout(self.needs), self._layout(needs)
        kind = size_class(width)
        apart = halves(width, self.wants[kind])[0] - halves(width, self._widths(kind))[0]
        return shown(after, needs) - shown(before, needs) >= WORTH or abs(apart) >= APART

    def _layout(self, needs: dict[Resource, int]) -> Layout:
        return arrange(*self._size, self._panes.active, needs=needs)

    def _deal(self) -> None:
        self.needs, self.wants = self._now(), {kind: self._widths(kind) for kind in self.wants}

    def _now(self) -> dict[Resource, int]:
        return {each: max(self._need(each), USUAL if each in self._unread else 0) for each in ALL}

    def _need(self, resource: Resource) -> int:
        return self._panes[resource].need

    def _widths(self, kind: int) -> tuple[int, int]:
        context = self._panes.context()
        queues, members, agents, calls = (self._panes[each].wanted(kind, context) for each in BOARD[:4])
        return max(queues, agents), max(members, calls)
