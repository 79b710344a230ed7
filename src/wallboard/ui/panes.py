"""The panes of the board: which one is at hand, what they show, and how they are moved in, sorted and held."""

from __future__ import annotations

from collections import deque
from collections.abc import Hashable, Iterator, Mapping, Sequence
from functools import partial
from typing import Any

from wallboard.board.board import Board
from wallboard.domain.clock import Clock
from wallboard.domain.keys import Resource
from wallboard.domain.language import tr
from wallboard.domain.views import View
from wallboard.history.notes import Notes
from wallboard.ui.pane import BY, PaneState
from wallboard.ui.remarks import Remarks
from wallboard.ui.settings import ConsoleSettings
from wallboard.view.context import Context, severities
from wallboard.view.filters import parse
from wallboard.view.layout import ALL, BOARD, IN_PLACE
from wallboard.view.panes import PANES
from wallboard.view.scope import FOLLOWS, Followed, followed, in_view

HOLDS = 1.0
"""Seconds after which the board is looked at anew, if no second passed and no rows came."""
SLOW_ORDER = 30.0
"""Seconds for which the order stands on a slow line: a row that moves costs all those below it."""


class Panes(Mapping[Resource, PaneState]):
    """`active` is the pane at hand, `zoomed` whether it fills the body; `followed` narrows Members, Agents and Calls to
    one thing, `view` all panes to what it takes."""

    def __init__(self, board: Board, clock: Clock, settings: ConsoleSettings, remarks: Remarks, notes: Notes) -> None:
        self._board = board
        self._clock = clock
        self._zone = settings.zone
        self._remarks = remarks
        self._notes = notes
        stands = SLOW_ORDER if settings.slow else 0.0
        self._states = {resource: PaneState(pane, stands) for resource, pane in PANES.items()}
        self._context: tuple[float, Context] | None = None
        self._made: dict[object, tuple[object, Any]] = {}
        """What was made of lists that are still the same."""
        self.active = Resource.QUEUES
        self.zoomed = False
        self.followed: Followed | None = None
        self.view: View | None = None

    def __getitem__(self, resource: Resource) -> PaneState:
        return self._states[resource]

    def __iter__(self) -> Iterator[Resource]:
        return iter(self._states)

    def __len__(self) -> int:
        return len(self._states)

    @property
    def pane(self) -> PaneState:
        return self._states[self.active]

    def has_rows(self, resource: Resource) -> bool:
        return bool(self._states[resource].selection.counts[1])

    def context(self) -> Context:
        """The board when rows were last taken from it or a second passed. Keys that only move work nothing out anew."""
        board, now = self._board, self._clock.now()
        if (made := self._context) is not None and 0 <= now - made[0] < HOLDS:
            return made[1]
        # What rows say is of the board's moment; a recording's is not that of whoever watches it.
        at, said = board.now(), self._remarks.said(now)
        context = Context(board, at, self._zone, said, severities(board, at), self._notes.on, self._made)
        self._context = (now, context)
        return context

    def outdated(self) -> None:
        """The board or what is said of rows has changed: the next frame looks anew."""
        self._context = None
        for pane in self.values():
            pane.forget()

    def load(self, resources: frozenset[Resource]) -> None:
        """Take new rows from the board."""
        deque(self.loading(resources), maxlen=0)

    def loading(self, resources: frozenset[Resource]) -> Iterator[None]:
        """The same in steps, one pane at a time: between two of them a key may be heard."""
        wanted = set(resources)
        if Resource.MEMBERS in wanted or Resource.AGENTS in wanted:
            wanted.add(Resource.QUEUES)
        self.outdated()
        for resource, pane in self.items():
            if resource in wanted:
                yield from pane.loading(self.context(), self._clock.now())
                yield
                self.outdated()
        for pane in self.values():
            pane.context = self.context()

    def tick(self, busy: bool) -> Context:
        """A second has passed. `busy`: somebody is at the active pane without a key."""
        self.outdated()
        context, now = self.context(), self._clock.now()
        if busy:
            self.pane.selection.stay(now)
        for pane in self.values():
            pane.context = context
            pane.selection.expire(now)
        return context

    def move(self, lines: int, resource: Resource | None = None) -> None:
        """Move the cursor of a pane, by default the active one, by so many lines."""
        self.touch()
        self[resource or self.active].selection.move(lines, self._clock.now())

    def page(self, down: bool) -> None:
        """Move it by the rows in sight."""
        page = max(1, self.pane.lines - 1)
        self.move(page if down else -page)

    def to_end(self, last: bool) -> None:
        self.touch()
        selection = self.pane.selection
        (selection.end if last else selection.home)(self._clock.now())

    def touch(self) -> None:
        """While the user moves, the order stands still in every pane: the eye is on all of them."""
        now = self._clock.now()
        for pane in self.values():
            pane.selection.touch(now)

    def hold(self, why: str) -> None:
        for pane in self.values():
            pane.selection.hold(why)

    def release(self, why: str) -> None:
        for pane in self.values():
            pane.selection.release(why)

    @property
    def chosen(self) -> Sequence[Resource]:
        """The panes that the board shows."""
        return (self.view.panes if self.view is not None else ()) or BOARD

    def follow(self) -> str:
        """Narrow Members, Agents and Calls to what is under the cursor, or let them go; says what is followed now."""
        pane = self.pane
        if self.followed is None and pane.selection.cursor is None:
            pane.selection.enter(self._clock.now())
        row = pane.row(pane.selection.cursor)
        new = None if row is None or not pane.live(row.key) else followed(row, self.context())
        if self.followed is not None and new in (None, self.followed):
            new = None
        elif new is None:
            return tr("nothing to follow here")
        self.followed = new
        self._narrow(FOLLOWS)
        return tr("Members, Agents and Calls of {name}", name=new.label) if new else tr("all again")

    def unfollow(self) -> bool:
        """Whether something was followed."""
        was, self.followed = self.followed, None
        self._narrow(FOLLOWS)
        return was is not None

    def show(self, view: View | None) -> str:
        """Take a view, None for everything; says what could not be taken of it."""
        self.view, self.followed = view, None
        now, wrong = self._clock.now(), ""
        self._narrow(ALL)
        sort = dict(view.sort) if view is not None else {}
        for resource, pane in self.items():
            name = sort.get(resource, "")
            if name and name not in pane.pane.sortable():
                wrong = tr("{pane} cannot be sorted by {column!r}", pane=tr(pane.pane.title), column=name)
                name = ""
            pane.sort = name
            pane.load(self.context(), now, resort=True)
            fits = view is not None and not parse(view.filter).unknown(pane.pane.reads)
            pane.selection.set_filter(view.filter if view is not None and fits else "", now)
            pane.selection.leave()
        if self.active not in self.chosen:
            self.active = self.chosen[0]
        return wrong

    def _narrow(self, resources: Sequence[Resource]) -> None:
        for resource in resources:
            pane = self[resource]
            following = self.followed is not None and resource in FOLLOWS
            some = following or (self.view is not None and self.view.narrows)
            belongs = partial(self._belongs, pane, following) if some else None
            pane.scope = self.followed.label if self.followed is not None and following else ""
            pane.selection.set_scope(belongs, self._clock.now())

    def _belongs(self, pane: PaneState, following: bool, key: Hashable) -> bool:
        row = pane.row(key)
        if row is None:
            return True
        if following and self.followed is not None and not self.followed.shows(row):
            return False
        return self.view is None or in_view(self.view, row)

    def next(self) -> Resource:
        """The pane after the active one, of those that are shown or hold something."""
        shown = [resource for resource in ALL if resource in self.chosen or self.has_rows(resource)]
        shown = [resource for resource in shown if resource in self.chosen or resource in IN_PLACE]
        place = shown.index(self.active) if self.active in shown else -1
        return shown[(place + 1) % len(shown)]

    def enter(self, resource: Resource) -> None:
        """Make it the active pane, at its old cursor."""
        self.active = resource
        self.touch()
        self.pane.selection.enter(self._clock.now())

    def to_worst(self) -> None:
        """The most urgent row in sight, whatever the pane is sorted by."""
        pane, context = self.pane, self.context()
        rows = [row for key in pane.order() if pane.live(key) and (row := pane.row(key)) is not None]
        if rows:
            worst = min(rows, key=lambda row: pane.pane.urgency(row, context))
            pane.selection.to(worst.key, self._clock.now())

    def sort(self) -> str:
        """By the next column; says which."""
        pane = self.pane
        names = pane.pane.sortable()
        pane.sort = names[(names.index(pane.sort) + 1) % len(names)] if pane.sort in names else ""
        pane.load(self.context(), self._clock.now(), resort=True)
        return f"{tr(pane.pane.title)} {tr(BY[pane.sort])}"

    def sort_by(self, column: str) -> str:
        """By a column of the active pane; by it already: the other way round. Says what is so now."""
        pane = self.pane
        if column not in pane.pane.sortable():
            return ""
        if pane.sort == column:
            self.reverse()
        else:
            pane.sort = column
            pane.load(self.context(), self._clock.now(), resort=True)
        return f"{tr(pane.pane.title)} {pane.order_words}"

    def reverse(self) -> None:
        pane = self.pane
        pane.reverse = not pane.reverse
        pane.selection.set_reverse(pane.reverse, self._clock.now())

    @property
    def frozen(self) -> bool:
        return any(pane.selection.frozen for pane in self.values())

    def freeze(self) -> None:
        """Freeze the order of all, or let it go."""
        now, frozen = self._clock.now(), self.frozen
        for pane in self.values():
            if frozen:
                pane.selection.unfreeze(now)
            else:
                pane.selection.freeze(now)
