"""The one owner of cursor, tombstone, filter, marks and held order of a list that changes under the reader's eyes.

The cursor is the identity of a row, never a line number: data moves the row, and the cursor goes with it. Only the
user moves the cursor to another row. A row that ends stays under the cursor as a tombstone and then leaves nothing
behind, so that a key pressed a moment late cannot hit the neighbour. A list that the user has not entered has no
cursor at all, so nothing leads it away from its top; left untouched it goes home to that.

Times are seconds of one monotonic clock that the caller reads; they never run backwards here.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import replace
from enum import Enum
from typing import Any, Protocol

from wallboard.domain.records import dataclass
from wallboard.view.filters import Filter, Value, parse

TOMBSTONE_SECONDS = 30.0
"""How long an ended row stays under the cursor that stands on it."""
TOUCH_SECONDS = 1.0
"""How long the order stands still after the user moved."""
FREEZE_SECONDS = 120.0
"""How long a freeze lasts when the user forgets it."""
LEAST_ROSTER = 2
"""Rows that are worth a line instead of them."""
HOME_SECONDS = 60.0
"""How long a list that nobody touches keeps its cursor."""
SETTLE_SECONDS = 10.0
"""In which the lists of all sources have come."""


class Asked(Protocol):
    """What a filter asks of a row, while there is one."""

    def text(self) -> str:
        """What it looks into (`filters.findable`)."""

    def read(self, name: str) -> Value:
        """What one field holds."""


@dataclass(frozen=True, slots=True)
class RowFact:
    """What the selection needs to know of a row.

    `rank` sorts it (smallest first, all ranks of one list comparable), `asked` answers filters, `label` names the row
    once it has ended. Rows of a `roster` fold into one line.
    """

    key: Hashable
    rank: tuple[Any, ...]
    asked: Asked
    label: str
    roster: bool = False


class Fold(Enum):
    """The key of the line that stands for a roster."""

    ROSTER = "roster"


ROSTER = Fold.ROSTER


@dataclass(frozen=True, slots=True)
class Tombstone:
    """The row under the cursor after it ended; it keeps its line, `index` in the visible order."""

    fact: RowFact
    ended_at: float
    index: int

    @property
    def key(self) -> Hashable:
        return self.fact.key

    @property
    def label(self) -> str:
        return self.fact.label


class Selection:
    """The state of one list. Every method that takes data or a key press says whether something visible changed.
    `stands`: seconds for which the order stays as it is once it was sorted."""

    def __init__(self, stands: float = 0.0) -> None:
        self._stands = stands
        self._sorted_at = float("-inf")
        self._settled_at = float("inf")  # until the first rows are all there, the order follows them
        self._facts: dict[Hashable, RowFact] = {}
        self._sequence: list[Hashable] = []  # every live row, hidden ones too, in the order that is being held
        self._order: tuple[Hashable, ...] = ()
        self._index: dict[Hashable, int] = {}
        self._stray: Hashable | None = None  # shown against the filter, because the cursor stands on it
        self._hidden: tuple[Hashable, ...] = ()
        self._cursor: Hashable | None = None
        self._tombstone: Tombstone | None = None
        self._seen: RowFact | None = None  # the newest fact of the cursor's row, for the day it ends
        self._place = 0  # the line on which the cursor stood last
        self._entered = False  # until the user comes, and from when he has stayed away long enough
        self._stayed_at = float("-inf")
        self._lost = False  # its row ended and the tombstone is gone: nothing is selected until the user moves
        self._roster = 0
        self._unfolded = False
        self._filter = Filter()
        self._scope: Callable[[Hashable], bool] | None = None
        self._sought: Hashable | None = None  # the row under the cursor before a filter left no row at all
        self._marks: set[Hashable] = set()
        self._holds: set[str] = set()
        self._touched_until = float("-inf")
        self._frozen_until = float("-inf")
        self._reverse = False
        self._unsorted = False  # something was withheld from the order while it was held
        self._moved_at = float("-inf")
        self._now = float("-inf")

    # what is to be seen

    @property
    def order(self) -> tuple[Hashable, ...]:
        """The visible keys from top to bottom, the tombstone among them."""
        return self._order

    @property
    def cursor(self) -> Hashable | None:
        """The key under the cursor, live or ended; None when nothing is selected."""
        return self._cursor

    @property
    def entered(self) -> bool:
        """Whether the user is in this list: only then it has a cursor, and has one while it has rows."""
        return self._entered

    @property
    def cursor_index(self) -> int | None:
        return None if self._cursor is None else self._index.get(self._cursor)

    @property
    def tombstone(self) -> Tombstone | None:
        """The ended row under the cursor; verbs on it are refused."""
        return self._tombstone

    def ended_for(self, now: float) -> float | None:
        """Seconds since the row under the cursor ended; None if it lives."""
        return None if self._tombstone is None else max(0.0, now - self._tombstone.ended_at)

    @property
    def filter(self) -> str:
        return self._filter.text

    @property
    def scoped(self) -> bool:
        """Whether only some of the rows belong here now, see `set_scope`."""
        return self._scope is not None

    @property
    def _hides(self) -> bool:
        return bool(self._filter) or self._scope is not None

    @property
    def counts(self) -> tuple[int, int]:
        """(live rows shown, live rows in all); of those that fold into one line, none is counted while it does."""
        lines = (self._tombstone is not None) + (ROSTER in self._index)
        return len(self._order) - lines, len(self._facts) - self.folded

    @property
    def roster(self) -> int:
        """How many rows have one line to stand for them."""
        return self._roster if self._roster >= LEAST_ROSTER else 0

    @property
    def folded(self) -> int:
        """How many of those are out of sight."""
        return 0 if self._unfolded or self._hides else self.roster

    @property
    def hidden_keys(self) -> tuple[Hashable, ...]:
        """Live rows that the filter hides; the caller counts the alarming ones among them."""
        return self._hidden

    @property
    def marks(self) -> frozenset[Hashable]:
        return frozenset(self._marks)

    @property
    def held(self) -> bool:
        """Whether the order stands still, for whatever reason."""
        if self._stands and self._now >= self._settled_at and self._now < self._sorted_at + self._stands:
            return True
        return bool(self._holds) or self._now < self._touched_until or self.frozen

    @property
    def frozen(self) -> bool:
        return self._now < self._frozen_until

    def stable_since(self, now: float) -> float:
        """Seconds since data last moved the cursor's row to another line or gave the cursor a row by itself.

        A verb within 300 ms of that may have been meant for what stood there before; the user's own moves do not count.
        """
        return now - self._moved_at

    # data

    def apply(self, rows: Iterable[RowFact], now: float, *, resort: bool = False) -> bool:
        """Take the present rows. `resort` sorts at once, held or not: the user has just chosen another order."""
        self._advance(now)
        if not self._facts:
            self._settled_at = self._now + SETTLE_SECONDS
        before = self._picture()
        old_order = self._order
        self._facts = facts = {fact.key: fact for fact in rows}
        self._roster = sum(fact.roster for fact in facts.values())
        self._bury_or_revive(old_order, facts)
        self._marks.intersection_update(facts)
        known = set(self._sequence)
        added = [key for key in facts if key not in known]
        self._sequence = [key for key in self._sequence if key in facts]
        # Ties keep the order they had on the screen, whatever order the vendor lists them in.
        self._sequence += sorted(added, key=self._rank, reverse=self._reverse)
        if resort or not self.held:
            self._sort()
        else:
            self._unsorted = True
        self._show()
        self._note_line_change(before)
        return self._picture() != before

    def _bury_or_revive(self, old_order: Sequence[Hashable], facts: dict[Hashable, RowFact]) -> None:
        """Turn the cursor's row into a tombstone if it ended, and a tombstone into a row if that came back."""
        cursor = self._cursor
        if cursor is None or cursor is ROSTER:
            return
        stone = self._tombstone
        if stone is None and cursor not in facts and self._seen is not None:
            self._tombstone = Tombstone(self._seen, self._now, self._place)
        elif stone is not None and cursor in facts:
            self._tombstone = None
            after = next((key for key in old_order[stone.index + 1 :] if key in facts), None)
            self._sequence.insert(len(self._sequence) if after is None else self._sequence.index(after), cursor)

    def expire(self, now: float) -> bool:
        """Let tombstone, hold, freeze and the user's stay run out; to be called every second. True if something visible
        changed."""
        before = self._picture()
        was_held = self.held
        self._advance(now)
        stone = self._tombstone
        if self._entered and not self._holds and not self.frozen and self._now - self._stayed_at >= HOME_SECONDS:
            self._go_home()
        elif stone is not None and self._now - stone.ended_at >= TOMBSTONE_SECONDS:
            self._place = self._index.get(stone.key, stone.index)
            self._tombstone = None
            self._cursor = None
            self._lost = True
            self._show()
        self._settle()
        self._note_line_change(before)
        return self._picture() != before or was_held != self.held

    def _go_home(self) -> None:
        self._entered = self._lost = False
        self._cursor = self._tombstone = self._sought = None
        self._place = 0
        self._show()

    # what holds the order

    def hold(self, reason: str) -> None:
        """Hold the order until `release` of the same reason: a dialog is open, a row is moving elsewhere."""
        self._holds.add(reason)

    def release(self, reason: str, now: float | None = None) -> bool:
        before = self._picture()
        self._advance(self._now if now is None else now)
        self._holds.discard(reason)
        self._settle()
        self._note_line_change(before)
        return self._picture() != before

    def touch(self, now: float) -> None:
        """Hold the order for a second: the user is moving, here or in another pane."""
        self._advance(now)
        self._touched_until = max(self._touched_until, self._now + TOUCH_SECONDS)

    def freeze(self, now: float) -> None:
        """Hold the order until `unfreeze`, at most two minutes."""
        self._advance(now)
        self._frozen_until = self._now + FREEZE_SECONDS

    def unfreeze(self, now: float) -> bool:
        self._frozen_until = float("-inf")
        return self.release("", now)

    # the user

    def enter(self, now: float) -> bool:
        """The user comes into the list: it has a cursor from now on, at the top where it had none."""
        if self._cursor is None and self._order:
            return self.home(now)
        self._entered = True
        self.stay(now)
        return False

    def leave(self) -> None:
        """The user is elsewhere: no cursor stands here until he comes back."""
        self._go_home()

    def stay(self, now: float) -> None:
        """The user is busy with the list, whether or not he moves in it."""
        self._stayed_at = max(self._stayed_at, now)

    def move(self, lines: int, now: float) -> bool:
        """Move by so many lines and stop at the ends. From nothing, one down is the row at the old line."""
        if lines == 0:
            return False
        return self._go(lambda place, found: place + lines if found or lines < 0 else place + lines - 1, now)

    def home(self, now: float) -> bool:
        return self._go(lambda place, found: 0, now)

    def end(self, now: float) -> bool:
        return self._go(lambda place, found: len(self._order) - 1, now)

    def to(self, key: Hashable, now: float) -> bool:
        """Put the cursor on a visible row. A key that is not on the screen changes nothing."""
        if key not in self._index:
            return False
        if self._tombstone is not None and key == self._tombstone.key:
            return False
        before = self._picture()
        self._cursor = key
        self._moved_by_user(now)
        return self._picture() != before

    def set_filter(self, text: str, now: float) -> bool:
        """Show only rows that meet every term of `text`, see `wallboard.view.filters`.

        A filter that hides the cursor's row moves the cursor to the first match.
        """
        self._advance(now)
        before = self._picture()
        self._filter = parse(text)
        self._seek()
        self._moved_by_user(now)
        return self._picture() != before

    def set_scope(self, belongs: Callable[[Hashable], bool] | None, now: float) -> None:
        """Show only rows whose keys `belongs` takes; None: all. The user has chosen so, perhaps in another list: one
        that was not entered is not entered by it."""
        self._advance(now)
        self._scope = belongs
        self._seek()
        if not self._entered:
            self._cursor = None
        self._remember()

    def _seek(self) -> None:
        """Put the cursor on its row if that is still shown, else on the first."""
        sought = self._cursor if self._cursor is not None else self._sought
        stone = self._tombstone
        if stone is not None and not self._matches(stone.fact):
            self._tombstone = stone = None
        if stone is not None:
            self._show(neighbours=True)
        else:
            # Where nothing is filtered any more, the row that was found stays, folded away or not.
            self._cursor = sought if not self._hides and sought in self._facts else None
            self._show(seek=False)
            if sought in self._index:
                self._cursor = sought
            elif self._order:
                self._cursor = self._order[0]
            self._sought = None if self._cursor is not None else sought
            self._lost = False

    def toggle_mark(self, now: float, key: Hashable | None = None) -> bool:
        """Mark or unmark a live row, by default the cursor's."""
        self._advance(now)
        target = self._cursor if key is None else key
        if target is None or target not in self._facts:
            return False
        self._marks.symmetric_difference_update({target})
        return True

    def fold(self, now: float) -> None:
        """Open the line that stands for a roster, or close it."""
        self._advance(now)
        self._unfolded = not self._unfolded
        self._show()
        self._moved_by_user(now)

    def reveal(self, key: Hashable, now: float) -> None:
        """Have a row in sight that a filter or a fold hides."""
        if key in self._hidden:
            self._scope = None
            self.set_filter("", now)
        if key in self._facts and key not in self._index:
            self.fold(now)

    def set_reverse(self, reverse: bool, now: float) -> bool:
        """Turn the order round, at once; rows of equal rank keep their order."""
        self._advance(now)
        before = self._picture()
        self._reverse = reverse
        self._sort()
        self._show()
        self.stay(now)
        self.touch(now)
        self._note_line_change(before)
        return self._picture() != before

    # inside

    def _picture(self) -> tuple[object, ...]:
        return self._cursor, self.cursor_index, self._tombstone, self._order, len(self._facts)

    def _advance(self, now: float) -> None:
        self._now = max(self._now, now)

    def _rank(self, key: Hashable) -> tuple[Any, ...]:
        return self._facts[key].rank

    def _matches(self, fact: RowFact) -> bool:
        if self._scope is not None and not self._scope(fact.key):
            return False
        return not self._filter.terms or self._filter.matches(fact.asked.text(), fact.asked.read)

    def _sort(self) -> None:
        self._sequence.sort(key=self._rank, reverse=self._reverse)
        if self.roster:
            self._sequence.sort(key=lambda key: self._facts[key].roster)
        self._unsorted, self._sorted_at = False, self._now

    def _settle(self) -> None:
        """Sort what was withheld, once nothing holds the order any more."""
        if self._unsorted and not self.held:
            self._sort()
            self._show()

    def _show(self, seek: bool = True, neighbours: bool = False) -> None:
        """Work out the visible order, and give a cursor to a list that was entered while it was empty.

        A tombstone stays on its line while the list sorts itself around it; where the order stands still
        (`neighbours`, or a hold) it stays below the row it stood below.
        """
        facts, cursor = self._facts, self._cursor
        if self._hides:
            # The cursor's row is not taken away from under the cursor because its text changed.
            shown = [key for key in self._sequence if key == cursor or self._matches(facts[key])]
            seen = set(shown)
            self._hidden = tuple(key for key in self._sequence if key not in seen)
            self._stray = cursor if cursor in facts and not self._matches(facts[cursor]) else None
        else:
            shown = list(self._sequence)
            if self.roster:
                shown = self._with_fold(shown)
            self._hidden = ()
            self._stray = None
        stone = self._tombstone
        if stone is not None:
            line = self._line_among(shown, stone.index) if neighbours or self.held else stone.index
            self._tombstone = replace(stone, index=min(line, len(shown)))
            shown.insert(self._tombstone.index, stone.key)
        self._order = tuple(shown)
        self._index = {key: number for number, key in enumerate(shown)}
        if not shown:
            self._lost = False
        if cursor is ROSTER and ROSTER not in self._index:
            self._cursor = None
        if seek and self._entered and self._cursor is None and shown and not self._lost:
            wanted = self._sought
            self._cursor = wanted if wanted in self._index else shown[0]
            self._sought = None
        self._remember()

    def _with_fold(self, rows: Sequence[Hashable]) -> list[Hashable]:
        """Those that live, then the line that stands for the others, then these where it is open. The cursor's row is
        not taken away from under the cursor because it has nothing live any more."""
        facts, cursor = self._facts, self._cursor
        live = [key for key in rows if not facts[key].roster or (key == cursor and not self._unfolded)]
        return [*live, ROSTER, *(key for key in rows if self._unfolded and facts[key].roster)]

    def _line_among(self, shown: list[Hashable], index: int) -> int:
        """Where the row at `index` of the present order belongs among `shown`: after its nearest row above."""
        lines = {key: number for number, key in enumerate(shown)}
        above = next((lines[key] for key in reversed(self._order[:index]) if key in lines), None)
        if above is not None:
            return above + 1
        return next((lines[key] for key in self._order[index:] if key in lines), 0)

    def _remember(self) -> None:
        cursor = self._cursor
        if cursor is None:
            return
        self._place = self._index.get(cursor, self._place)
        self._seen = self._facts.get(cursor, self._seen)

    def _note_line_change(self, before: tuple[object, ...]) -> None:
        """Remember when data, not the user, changed what stands on the cursor's line."""
        if self._cursor is not None and before[:2] != (self._cursor, self.cursor_index):
            self._moved_at = self._now

    def _go(self, target: Callable[[int, bool], int], now: float) -> bool:
        before = self._picture()
        place, found = self._place, self._cursor is not None
        if self._tombstone is not None:
            # The stone goes as the user leaves it: the row after it now stands on its line.
            place, found = self._index[self._tombstone.key], False
            self._tombstone = None
            self._cursor = None
            self._lost = True
            self._show()
        if self._order:
            self._cursor = self._order[min(max(target(place, found), 0), len(self._order) - 1)]
        self._moved_by_user(now)
        return self._picture() != before

    def _moved_by_user(self, now: float) -> None:
        cursor, stone = self._cursor, self._tombstone
        if cursor is not None:
            self._lost = False
        if stone is not None and cursor != stone.key:
            self._tombstone = None
            self._show()
        elif self._stray is not None and cursor != self._stray:
            self._show()
        self._remember()
        self._entered = True
        self.stay(now)
        self.touch(now)
