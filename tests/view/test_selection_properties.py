"""Random days at the board: whatever the data does, the cursor is moved by the user alone."""

from __future__ import annotations

from collections.abc import Hashable

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from tests.support.sought import Says
from wallboard.view.selection import FREEZE_SECONDS, HOME_SECONDS, TOMBSTONE_SECONDS, RowFact, Selection

KEYS = tuple("abcdefgh")
WORDS = ("", "x", "y", "x y", "none of them")
ROWS = st.dictionaries(
    st.sampled_from(KEYS), st.tuples(st.integers(0, 3), st.sampled_from(("x", "y", "x y"))), max_size=len(KEYS)
)


class Desk(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.selection = Selection()
        self.rows: dict[str, tuple[int, str]] = {}
        self.now = 0.0
        self.ended_at: float | None = None
        self.holds: set[str] = set()
        self.touched_at = 0.0

    def _data(self) -> None:
        """Give the rows to the selection and hold it to the law of the cursor."""
        selection = self.selection
        before, old_order, stone = selection.cursor, selection.order, selection.tombstone
        facts = [RowFact(key, (rank,), Says(text), key.upper()) for key, (rank, text) in self.rows.items()]
        selection.apply(facts, self.now)
        held = selection.held
        if before is not None:
            assert selection.cursor == before
            assert (selection.tombstone is not None) == (before not in self.rows)
            if stone is None and before not in self.rows:
                self.ended_at = self.now
        elif selection.cursor is not None:
            assert selection.entered, "data gave a cursor to a list that the user had not entered"
            assert not old_order, "data gave the cursor to a row of a list that had others"
            assert selection.cursor in selection.order
        if held:
            stayed = [key for key in old_order if key in selection.order]
            assert [key for key in selection.order if key in set(stayed)] == stayed
        else:
            live = [key for key in selection.order if key in self.rows]
            ranks = [self.rows[str(key)][0] for key in live]
            assert ranks == sorted(ranks)

    @rule(rows=ROWS)
    def snapshot(self, rows: dict[str, tuple[int, str]]) -> None:
        self.rows = dict(rows)
        self._data()

    @rule(key=st.sampled_from(KEYS), rank=st.integers(0, 3), text=st.sampled_from(("x", "y", "x y")))
    def insert(self, key: str, rank: int, text: str) -> None:
        self.rows[key] = (rank, text)
        self._data()

    @rule(key=st.sampled_from(KEYS))
    def delete(self, key: str) -> None:
        self.rows.pop(key, None)
        self._data()

    @rule()
    def cursors_row_ends(self) -> None:
        self.rows.pop(str(self.selection.cursor), None)
        self._data()

    @rule(order=st.permutations(KEYS))
    def listed_in_another_order(self, order: list[str]) -> None:
        self.rows = {key: self.rows[key] for key in order if key in self.rows}
        self._data()

    @rule(seconds=st.sampled_from((0.1, 0.5, 1.0, 5.0, 31.0, 121.0)))
    def time_passes(self, seconds: float) -> None:
        selection = self.selection
        before, stone, was_in = selection.cursor, selection.tombstone, selection.entered
        self.now += seconds
        selection.expire(self.now)
        if was_in and not selection.entered:
            assert not self.holds
            assert not selection.frozen
            assert self.now - self.touched_at >= HOME_SECONDS
            assert selection.cursor is None
        elif stone is not None and self.now - stone.ended_at >= TOMBSTONE_SECONDS:
            assert selection.cursor is None
            assert stone.key not in selection.order
        else:
            assert selection.cursor == before
        if seconds >= FREEZE_SECONDS and not self.holds:
            assert not selection.held

    def _user(self) -> None:
        """After the user's own move the cursor stands on a live row, if one is shown."""
        selection = self.selection
        self.touched_at = self.now
        if selection.order:
            assert selection.cursor in selection.order
            assert selection.entered

    @rule()
    def enter(self) -> None:
        before, stone = self.selection.cursor, self.selection.tombstone
        self.selection.enter(self.now)
        self.touched_at = self.now
        assert (before, stone) == (self.selection.cursor, self.selection.tombstone) or before is None
        assert self.selection.entered
        assert self.selection.cursor is not None or not self.selection.order

    @rule(lines=st.integers(-9, 9).filter(bool))
    def move(self, lines: int) -> None:
        selection = self.selection
        place = selection.cursor_index
        stone = selection.tombstone
        order = [key for key in selection.order if stone is None or key != stone.key]
        selection.move(lines, self.now)
        if place is not None and stone is None:
            assert selection.cursor == order[min(max(place + lines, 0), len(order) - 1)]
        assert selection.tombstone is None
        self._user()

    @rule(last=st.booleans())
    def jump(self, last: bool) -> None:
        self.selection.end(self.now) if last else self.selection.home(self.now)
        self._user()

    @rule(key=st.sampled_from(KEYS))
    def click(self, key: str) -> None:
        before: Hashable = self.selection.cursor
        seen = key in self.selection.order
        self.selection.to(key, self.now)
        self.touched_at = self.now if seen else self.touched_at
        assert self.selection.cursor == (key if seen else before)

    @rule(words=st.sampled_from(WORDS))
    def type_filter(self, words: str) -> None:
        before, order = self.selection.cursor, self.selection.order
        self.selection.set_filter(words, self.now)
        after = self.selection
        if before in after.order:
            assert after.cursor == before
        elif order and before is not None:
            assert after.cursor == (after.order[0] if after.order else None)
        self._user()

    @rule(reason=st.sampled_from(("dialog", "picker")))
    def hold(self, reason: str) -> None:
        self.holds.add(reason)
        self.selection.hold(reason)

    @rule(reason=st.sampled_from(("dialog", "picker")))
    def release(self, reason: str) -> None:
        before = self.selection.cursor
        self.holds.discard(reason)
        self.selection.release(reason, self.now)
        assert self.selection.cursor == before

    @rule(on=st.booleans())
    def freeze(self, on: bool) -> None:
        before = self.selection.cursor
        if on:
            self.selection.freeze(self.now)
            assert self.selection.frozen
        else:
            self.selection.unfreeze(self.now)
            assert not self.selection.frozen
        assert self.selection.cursor == before

    @rule(key=st.sampled_from(KEYS))
    def mark(self, key: str) -> None:
        had = key in self.selection.marks
        self.selection.toggle_mark(self.now, key)
        assert (key in self.selection.marks) == (key in self.rows and not had)

    @rule(on=st.booleans())
    def back_to_front_and_back(self, on: bool) -> None:
        before = self.selection.cursor
        self.selection.set_reverse(True, self.now)
        self.selection.set_reverse(False, self.now)
        assert self.selection.cursor == before

    @invariant()
    def every_key_is_shown_once(self) -> None:
        selection = self.selection
        assert len(set(selection.order)) == len(selection.order)
        stone = selection.tombstone
        live = [key for key in selection.order if stone is None or key != stone.key]
        assert set(live) | set(selection.hidden_keys) == set(self.rows)
        assert not set(live) & set(selection.hidden_keys)
        assert selection.counts == (len(live), len(self.rows))

    @invariant()
    def the_cursor_is_on_the_screen(self) -> None:
        selection = self.selection
        if selection.cursor is None:
            assert selection.cursor_index is None
            assert selection.tombstone is None
        else:
            index = selection.cursor_index
            assert index is not None
            assert selection.order[index] == selection.cursor
            if selection.tombstone is not None:
                assert selection.tombstone.key == selection.cursor
                assert selection.tombstone.index == index

    @invariant()
    def marks_are_live(self) -> None:
        assert self.selection.marks <= set(self.rows)

    @invariant()
    def the_filter_is_kept_except_under_the_cursor(self) -> None:
        selection = self.selection
        words = selection.filter.split()
        for key in selection.order:
            if key != selection.cursor:
                assert all(word in self.rows[str(key)][1] for word in words)


TestDesk = Desk.TestCase
TestDesk.settings = settings(max_examples=120, stateful_step_count=40, deadline=None)
