"""The laws of the cursor, one by one, as a supervisor would notice them."""

from __future__ import annotations

from collections.abc import Hashable, Sequence

from tests.support.sought import Says
from wallboard.view.selection import ROSTER, SETTLE_SECONDS, RowFact, Selection, Tombstone


def fact(key: str, rank: float = 0.0) -> RowFact:
    return RowFact(key, (rank,), Says(key), key.title())


def facts(names: str) -> list[RowFact]:
    """One row a letter, ranked as written."""
    return [fact(name, rank) for rank, name in enumerate(names)]


def board(names: str, now: float = 0.0) -> Selection:
    """A list that the user has entered."""
    selection = Selection()
    selection.apply(facts(names), now)
    selection.enter(now)
    return selection


def keys(selection: Selection) -> Sequence[Hashable]:
    return selection.order


def order(selection: Selection) -> str:
    return "".join(str(key) for key in selection.order)


def at(selection: Selection) -> Hashable | None:
    return selection.cursor


def stone(selection: Selection) -> Tombstone | None:
    return selection.tombstone


def test_a_list_that_nobody_has_entered_has_no_cursor_and_one_that_was_has_it_on_its_first_row() -> None:
    selection = Selection()
    assert selection.apply(facts("bc"), 0.0)
    assert selection.apply(facts("abc"), 5.0)
    assert (at(selection), selection.entered) == (None, False)
    assert selection.enter(6.0)
    assert (at(selection), selection.cursor_index) == ("a", 0)
    assert not selection.enter(7.0)


def test_a_list_that_was_entered_while_it_was_empty_gives_its_first_row_the_cursor() -> None:
    selection = Selection()
    selection.enter(0.0)
    assert selection.apply(facts("abc"), 5.0)
    assert at(selection) == "a"
    assert selection.stable_since(5.1) < 0.3, "data gave it, not the user"


def test_a_list_goes_home_after_a_minute_untouched() -> None:
    selection = board("abcd")
    selection.to("c", 10.0)
    selection.apply(facts("dabc"), 60.0)
    assert not selection.expire(69.9)
    assert (at(selection), selection.entered) == ("c", True)
    assert selection.expire(70.0)
    assert (at(selection), selection.entered, order(selection)) == (None, False, "dabc")
    selection.apply(facts("xdabc"), 71.0)
    assert at(selection) is None
    assert selection.move(1, 72.0)
    assert at(selection) == "x", "from home, one down is the top"


def test_it_stays_while_the_user_is_busy_there_or_a_question_is_open_or_the_order_is_frozen() -> None:
    selection = board("abc")
    selection.stay(50.0)
    selection.expire(100.0)
    assert at(selection) == "a"
    selection.hold("dialog")
    selection.expire(200.0)
    assert at(selection) == "a"
    selection.release("dialog", 200.0)
    selection.freeze(200.0)
    selection.expire(300.0)
    assert at(selection) == "a"
    selection.expire(320.0)
    assert at(selection) is None


def test_going_home_takes_the_tombstone_and_a_row_that_only_the_cursor_kept_in_a_filter() -> None:
    selection = board("abc")
    selection.to("b", 0.0)
    selection.apply(facts("ac"), 59.0)
    assert selection.expire(60.0)
    assert (order(selection), at(selection), stone(selection)) == ("ac", None, None)
    selection.set_filter("a", 61.0)
    selection.apply([RowFact("a", (0,), Says("now other"), "A")], 62.0)
    assert (order(selection), at(selection)) == ("a", "a")
    assert selection.expire(121.0)
    assert (order(selection), at(selection)) == ("", None)


def test_turning_the_order_round_is_no_coming_into_the_list() -> None:
    selection = Selection()
    selection.apply(facts("abc"), 0.0)
    assert selection.set_reverse(True, 1.0)
    selection.apply(facts("abcd"), 5.0)
    assert (order(selection), at(selection)) == ("dcba", None)


def test_the_cursor_follows_its_row_through_sort_insert_and_delete() -> None:
    selection = board("abc")
    selection.to("b", 0.0)
    selection.apply(facts("xycba"), 5.0)
    assert (order(selection), at(selection), selection.cursor_index) == ("xycba", "b", 3)
    selection.apply(facts("cb"), 6.0)
    assert (order(selection), at(selection), selection.cursor_index) == ("cb", "b", 1)


def test_the_same_rows_again_change_nothing() -> None:
    selection = board("abc")
    assert not selection.apply(facts("abc"), 1.0)


def test_rows_of_equal_rank_keep_their_places_whatever_order_the_vendor_lists_them_in() -> None:
    selection = Selection()
    selection.apply([fact("a"), fact("b"), fact("c")], 0.0)
    selection.apply([fact("c"), fact("a"), fact("b")], 5.0)
    assert order(selection) == "abc"


def test_an_ended_row_stays_under_the_cursor_for_thirty_seconds_and_then_nothing_is_selected() -> None:
    selection = board("abc")
    selection.to("b", 0.0)
    selection.apply(facts("ac"), 10.0)
    assert (order(selection), at(selection)) == ("abc", "b")
    tombstone = stone(selection)
    assert tombstone is not None
    assert tombstone.label == "B"
    assert selection.ended_for(12.0) == 2.0
    assert selection.counts == (2, 2)
    assert not selection.expire(39.9)
    assert selection.expire(40.0)
    assert (order(selection), at(selection), stone(selection)) == ("ac", None, None)
    selection.apply(facts("ca"), 50.0)
    assert at(selection) is None


def test_moving_down_from_nothing_takes_the_row_on_the_old_line_and_up_the_one_above() -> None:
    for step, expected in ((1, "c"), (2, "d"), (-1, "a"), (99, "d"), (-99, "a")):
        selection = board("abcd")
        selection.to("b", 0.0)
        selection.apply(facts("acd"), 10.0)
        selection.expire(45.0)
        assert selection.move(step, 46.0)
        assert at(selection) == expected


def test_moving_off_a_tombstone_removes_it() -> None:
    selection = board("abc")
    selection.to("b", 0.0)
    selection.apply(facts("ac"), 10.0)
    selection.move(1, 11.0)
    assert (order(selection), at(selection), stone(selection)) == ("ac", "c", None)


def test_a_tombstone_keeps_its_line_while_the_list_sorts_around_it() -> None:
    selection = board("abcd")
    selection.to("b", 0.0)
    selection.apply(facts("dca"), 10.0)
    assert order(selection) == "dbca"
    assert selection.cursor_index == 1


def test_a_row_that_comes_back_lives_again() -> None:
    selection = board("abc")
    selection.to("b", 0.0)
    selection.apply(facts("ac"), 10.0)
    selection.apply(facts("abc"), 12.0)
    assert (order(selection), at(selection), stone(selection)) == ("abc", "b", None)


def test_a_list_that_went_empty_gives_its_next_row_the_cursor() -> None:
    selection = board("a")
    selection.apply([], 10.0)
    assert (order(selection), at(selection)) == ("a", "a")
    selection.expire(40.0)
    assert (order(selection), at(selection)) == ("", None)
    selection.apply(facts("z"), 41.0)
    assert at(selection) == "z"


def test_the_order_stands_still_for_a_second_after_a_move_and_then_sorts() -> None:
    selection = board("abc")
    selection.move(1, 10.0)
    selection.apply(facts("xcba"), 10.5)
    assert order(selection) == "abcx"
    assert selection.held
    assert not selection.expire(10.9)
    assert selection.expire(11.0)
    assert order(selection) == "xcba"
    assert (selection.held, at(selection)) == (False, "b")


def test_held_rows_that_end_disappear_without_disturbing_the_others() -> None:
    selection = board("abcdef")
    selection.to("d", 0.0)
    selection.hold("dialog")
    selection.apply(facts("fec"), 30.0)
    assert order(selection) == "cdef"
    assert at(selection) == "d"
    selection.apply(facts("dfec"), 31.0)
    assert order(selection) == "cdef"
    assert stone(selection) is None


def test_only_the_last_hold_that_is_released_lets_the_order_go() -> None:
    selection = board("abc")
    selection.hold("picker")
    selection.hold("dialog")
    selection.apply(facts("cba"), 20.0)
    assert not selection.release("picker", 20.0)
    assert order(selection) == "abc"
    assert selection.release("dialog", 20.0)
    assert order(selection) == "cba"


def test_a_freeze_ends_by_itself_after_two_minutes() -> None:
    selection = board("abc")
    selection.freeze(10.0)
    selection.apply(facts("cba"), 20.0)
    selection.expire(129.0)
    assert (selection.frozen, order(selection)) == (True, "abc")
    assert selection.expire(130.0)
    assert (selection.frozen, order(selection)) == (False, "cba")
    selection.freeze(140.0)
    selection.apply(facts("abc"), 141.0)
    assert selection.unfreeze(142.0)
    assert order(selection) == "abc"


def test_a_filter_matches_every_word_in_any_case_and_counts() -> None:
    selection = Selection()
    rows = [RowFact(n, (i,), Says(n), n) for i, n in enumerate(("Cy Reed sales", "Cyd support", "Ada sales"))]
    selection.apply(rows, 0.0)
    selection.set_filter("CY sal", 0.0)
    assert selection.order == ("Cy Reed sales",)
    assert selection.counts == (1, 3)
    assert selection.hidden_keys == ("Cyd support", "Ada sales")
    selection.set_filter("", 1.0)
    assert selection.counts == (3, 3)


def test_a_filter_that_hides_the_cursors_row_moves_it_to_the_first_match() -> None:
    selection = board("abc")
    selection.to("c", 0.0)
    selection.set_filter("c", 0.0)
    assert at(selection) == "c"
    selection.set_filter("b", 1.0)
    assert at(selection) == "b"
    selection.set_filter("", 2.0)
    assert at(selection) == "b"


def test_a_filter_without_matches_gives_the_row_back_when_it_is_cleared() -> None:
    selection = board("abc")
    selection.to("c", 0.0)
    selection.set_filter("nobody", 0.0)
    assert (order(selection), at(selection)) == ("", None)
    selection.set_filter("", 1.0)
    assert at(selection) == "c"


def test_data_that_stops_matching_does_not_pull_the_row_from_under_the_cursor() -> None:
    selection = Selection()

    def rows(state: str) -> Sequence[RowFact]:
        return [RowFact("a", (0,), Says(f"a {state}"), "A"), RowFact("b", (1,), Says("b waiting"), "B")]

    selection.apply(rows("waiting"), 0.0)
    selection.set_filter("waiting", 0.0)
    selection.apply(rows("talking"), 5.0)
    assert (selection.order, at(selection)) == (("a", "b"), "a")
    selection.move(1, 6.0)
    assert (selection.order, at(selection)) == (("b",), "b")


def test_marks_go_with_their_rows() -> None:
    selection = board("abc")
    assert selection.toggle_mark(0.0)
    selection.toggle_mark(0.0, "c")
    assert selection.marks == {"a", "c"}
    selection.apply(facts("ab"), 5.0)
    assert selection.marks == {"a"}
    selection.toggle_mark(6.0, "a")
    assert not selection.marks
    assert not selection.toggle_mark(6.0, "gone")


def test_a_resort_under_the_cursor_is_told_and_the_users_own_move_is_not() -> None:
    selection = board("abc", now=0.0)
    selection.move(1, 10.0)
    assert selection.stable_since(10.0) > 10.0
    selection.apply(facts("bac"), 20.0)
    assert selection.stable_since(20.2) < 0.3
    selection.apply(facts("bacd"), 21.0)
    assert selection.stable_since(21.0) == 1.0
    selection.move(1, 21.1)
    assert selection.stable_since(21.1) < 1.2


def test_reversing_keeps_ties_in_order_and_works_while_held() -> None:
    selection = Selection()
    selection.apply([fact("a", 1), fact("b", 1), fact("c", 2)], 0.0)
    selection.enter(0.0)
    selection.freeze(0.0)
    assert selection.set_reverse(True, 1.0)
    assert order(selection) == "cab"
    assert at(selection) == "a"


def test_choosing_another_column_sorts_at_once_even_while_held() -> None:
    selection = board("abc")
    selection.hold("dialog")
    assert selection.apply(facts("cba"), 1.0, resort=True)
    assert order(selection) == "cba"


def test_home_end_page_and_unknown_keys() -> None:
    selection = board("abcdef")
    assert selection.end(0.0)
    assert at(selection) == "f"
    assert selection.move(-3, 0.0)
    assert at(selection) == "c"
    assert selection.home(0.0)
    assert at(selection) == "a"
    assert not selection.to("z", 0.0)
    assert not selection.move(-1, 0.0)
    assert at(selection) == "a"
    assert selection.to("d", 0.0)
    assert selection.home(0.0)
    assert at(selection) == "a"


def test_moving_in_an_empty_list_does_nothing() -> None:
    selection = Selection()
    assert not selection.move(1, 0.0)
    assert not selection.end(0.0)
    assert at(selection) is None


def test_a_frozen_order_survives_filtering_and_clearing_the_filter() -> None:
    selection = board("abcd")
    selection.freeze(0.0)
    selection.apply(facts("dcba"), 5.0)
    selection.set_filter("b", 6.0)
    selection.set_filter("", 7.0)
    assert order(selection) == "abcd"


def mixed(names: str) -> list[RowFact]:
    """One row a letter; capitals have nothing live."""
    return [RowFact(name, (rank,), Says(name), name, name.isupper()) for rank, name in enumerate(names)]


def test_rows_without_live_numbers_stand_as_one_line_until_it_is_opened() -> None:
    selection = Selection()
    selection.apply(mixed("aXbYZ"), 0.0)
    assert keys(selection) == ("a", "b", ROSTER)
    assert selection.counts == (2, 2)
    selection.end(1.0)
    assert selection.cursor is ROSTER
    selection.fold(2.0)
    assert keys(selection) == ("a", "b", ROSTER, "X", "Y", "Z")
    assert selection.cursor is ROSTER
    selection.fold(3.0)
    assert keys(selection) == ("a", "b", ROSTER)


def test_a_single_row_is_no_roster() -> None:
    selection = Selection()
    selection.apply(mixed("aX"), 0.0)
    assert keys(selection) == ("a", "X")


def test_the_roster_stays_below_whatever_the_order() -> None:
    selection = Selection()
    selection.apply(mixed("XaYb"), 0.0)
    selection.fold(0.0)
    selection.set_reverse(True, 5.0)
    assert keys(selection) == ("b", "a", ROSTER, "Y", "X")


def test_a_filter_looks_into_the_fold() -> None:
    selection = Selection()
    selection.apply(mixed("abXY"), 0.0)
    selection.set_filter("x", 1.0)
    assert keys(selection) == ("X",)
    assert selection.counts == (1, 4)
    selection.set_filter("", 2.0)
    assert keys(selection) == ("a", "b", "X", ROSTER), "the cursor's row is not taken away from under it"


def test_find_opens_the_fold() -> None:
    selection = Selection()
    selection.apply(mixed("abXY"), 0.0)
    selection.reveal("Y", 1.0)
    assert selection.to("Y", 1.0)
    assert selection.cursor == "Y"


def test_the_line_of_a_roster_that_is_gone_is_no_tombstone() -> None:
    selection = Selection()
    selection.apply(mixed("abXY"), 0.0)
    selection.end(1.0)
    selection.apply(mixed("ab"), 5.0)
    assert selection.tombstone is None
    assert selection.cursor == "a"
    selection.apply(mixed("b"), 6.0)
    assert selection.tombstone is not None
    assert selection.tombstone.key == "a"


def test_an_order_that_mostly_stands_follows_the_first_rows_and_is_made_anew_after_a_while() -> None:
    selection = Selection(stands=30.0)
    selection.apply(facts("bc"), 0.0)
    selection.apply(facts("abc"), 1.0)
    assert order(selection) == "abc"
    selection.apply(facts("cba"), SETTLE_SECONDS + 2.0)
    assert order(selection) == "abc"
    selection.expire(32.0)
    assert order(selection) == "cba"
    selection.apply(facts("bca"), 33.0)
    assert order(selection) == "cba"
    selection.apply(facts("bca"), 34.0, resort=True)
    assert order(selection) == "bca"
