"""The questions: when they take a key, when they do not, and what they never send."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.console import HQ, NOW, board
from tests.support.typing import tap
from wallboard.domain.clock import ManualClock
from wallboard.domain.command import Destination
from wallboard.domain.text import cell_width
from wallboard.view.context import Context
from wallboard.view.dialogs import DEFAULT_NAMES, Answer, Choice, Chooser, Confirm, Dialog, Prompt, TextField, TypeName
from wallboard.view.directory import Directory, Favourite
from wallboard.view.picker import Picked, Picker

KEYS = st.sampled_from(
    ["y", "n", "a", "q", "j", "k", "1", "2", "3", "0", "+", "escape", "enter", "tab", "up", "down", "backspace", "f5"]
)


def text(dialog: Dialog, now: float = NOW, width: int = 80) -> str:
    return "\n".join("".join(cell.text for cell in line) for line in dialog.lines(width, now, 24, DEFAULT_NAMES))


def typed(dialog: Dialog, keys: Iterable[str], now: float) -> Answer | None:
    """Press `keys` one after the other, at the same instant."""
    answer = None
    for key in keys:
        answer = tap(dialog, key, key if len(key) == 1 else None, now)
    return answer


def confirm() -> Confirm:
    return Confirm("HANG UP Eve Lund?", "ends the call of Eve Lund", NOW)


@cache
def directory(*, dialable: bool = True) -> Directory:
    favourites = [
        Favourite("Ambulance", "8300", "gone"),
        Favourite("Night desk", "8100", HQ),
        Favourite("Duty", "8200", HQ),
    ]

    def can_dial(source: str, destination: Destination) -> tuple[bool, str]:
        return dialable and destination.number.lstrip("+").isdigit(), "not a number"

    return Directory(Context(board(ManualClock(NOW)), NOW), HQ, favourites, (), can_dial)


def picker(*, attended: bool = False, may_attend: bool = True, typed_text: str = "", dialable: bool = True) -> Picker:
    return Picker(
        "TRANSFER of Eve Lund", directory(dialable=dialable), "leaves Sales, loses place 1", NOW, attended, may_attend,
        TextField(typed_text),
    )  # fmt: skip


# ---- a question --------------------------------------------------------------------------------------------------


def test_y_is_deaf_for_400_ms_and_then_goes() -> None:
    question = confirm()
    assert tap(question, "y", "y", NOW) is None
    assert tap(question, "y", "y", NOW + 0.39) is None
    assert tap(question, "y", "y", NOW + 0.4) == Answer(True)


@pytest.mark.parametrize("key", ["n", "escape", "x", "enter", "space", "Y", "f5", "1"])
@pytest.mark.parametrize("after", [0.0, 5.0])
def test_every_other_key_leaves_things_as_they_are(key: str, after: float) -> None:
    assert tap(confirm(), key, key if len(key) == 1 else None, NOW + after) == Answer(None)


def test_a_changed_target_disarms_for_good_and_says_what_changed() -> None:
    question = confirm()
    question.changed("Ada answered", NOW + 1)
    question.changed("it ended", NOW + 2)
    assert tap(question, "y", "y", NOW + 9) is None
    assert "CHANGED 0.6s ago: Ada answered. Input locked; Esc" in text(question, NOW + 1.6)
    assert " do it" not in text(question, NOW + 9)
    assert tap(question, "escape", None, NOW + 9) == Answer(None)


def test_a_name_must_be_typed_whole() -> None:
    question = TypeName("PAUSE Mountain rescue?", "nobody is reached", "Mountain rescue", NOW)
    assert typed(question, [*"Mountain resc", "enter"], NOW + 1) is None
    assert "Enter do it" not in text(question)
    assert typed(question, "ue", NOW + 2) is None
    assert "Enter do it" in text(question)
    assert tap(question, "enter", None, NOW + 2) == Answer(True)
    assert tap(question, "escape", None, NOW + 2) == Answer(None)


def test_a_name_may_be_typed_as_a_terminal_without_its_letters_shows_it() -> None:
    question = TypeName("PAUSE Süd 夜?", "", "Süd 夜", NOW)
    assert typed(question, [*"Sud", "enter"], NOW) is None
    assert typed(question, " ??", NOW) is None
    assert tap(question, "enter", None, NOW) == Answer(True)


@pytest.mark.parametrize(("name", "typed_text"), [("Süd", "sud"), ("Straße 7", "STRASSE 7"), ("Łódź", "lodz")])
def test_a_name_may_be_typed_without_its_accents(name: str, typed_text: str) -> None:
    question = TypeName("PAUSE?", "", name, NOW)
    typed(question, typed_text, NOW)
    assert tap(question, "enter", None, NOW) == Answer(True)


def test_a_name_in_another_script_is_said_by_the_last_four_digits_of_its_number() -> None:
    question = TypeName("PAUSE?", "", "Горная служба", NOW, "+49 241 55660")
    assert "type Горная служба or 5660 ›" in text(question)
    assert typed(question, [*"566", "enter"], NOW) is None
    typed(question, "1", NOW)
    assert tap(question, "enter", None, NOW) is None
    typed(question, ["backspace", "0"], NOW)
    assert tap(question, "enter", None, NOW) == Answer(True)


@pytest.mark.parametrize(
    ("typed_text", "why"),
    [
        ("water", "the name begins with “M”"),
        ("Mountain roscue", "after “mountain r” the name goes on with “e”"),
        ("Mountain rescue 2", "after “mountain rescue” the name ends"),
    ],
)
def test_what_is_typed_says_from_where_on_it_is_another_name(typed_text: str, why: str) -> None:
    question = TypeName("PAUSE?", "", "Mountain rescue", NOW)
    typed(question, "Moun", NOW)
    assert "name" not in text(question).splitlines()[-1], "it may still become the name"
    typed(question, ["ctrl+u", *typed_text], NOW)
    assert why in text(question)
    assert tap(question, "enter", None, NOW) is None


@pytest.mark.parametrize("name", ["", "\u0301"])
def test_nothing_typed_is_no_name(name: str) -> None:
    assert tap(TypeName("PAUSE?", "", name, NOW), "enter", None, NOW) is None


def test_a_name_is_not_taken_once_the_target_changed() -> None:
    question = TypeName("PAUSE Mountain rescue?", "", "Mountain rescue", NOW)
    typed(question, "Mountain rescue", NOW)
    question.changed("it was open, is paused now", NOW)
    assert tap(question, "enter", None, NOW + 5) is None
    assert tap(question, "escape", None, NOW + 5) == Answer(None)


def test_a_text_is_kept_with_enter_and_dropped_with_escape() -> None:
    prompt = Prompt("NOTE", TextField("old"), limit=6)
    typed(prompt, ["backspace", "backspace", *"kay then"], NOW)
    assert tap(prompt, "enter", None, NOW) == Answer("okay t")
    assert tap(prompt, "escape", None, NOW) == Answer(None)
    typed(prompt, ["ctrl+w"], NOW)
    assert prompt.field_.text == "okay"
    typed(prompt, ["ctrl+u"], NOW)
    assert tap(prompt, "enter", None, NOW) == Answer("")


# ---- a list ------------------------------------------------------------------------------------------------------


def chooser(searching: bool = False) -> Chooser:
    choices = [
        Choice("pause", "pause Jo"),
        Choice("out", "sign out Jo"),
        Choice("in", "sign in Jo", "not now", ok=False),
    ]
    return Chooser("Jo: which?", choices, NOW, searching)


def test_a_list_takes_what_is_marked_250_ms_after_the_mark_moved() -> None:
    which = chooser()
    assert tap(which, "enter", None, NOW + 0.1) is None
    assert typed(which, ["2"], NOW + 1) is None
    assert tap(which, "enter", None, NOW + 1.2) is None
    assert tap(which, "enter", None, NOW + 1.25) == Answer("out")


def test_a_list_stops_at_its_ends_and_never_takes_what_cannot_be_done() -> None:
    which = chooser()
    typed(which, ["down", "j", "down", "down"], NOW)
    assert which.mark == 2
    assert tap(which, "enter", None, NOW + 1) is None
    typed(which, ["k", "up", "up", "up"], NOW)
    assert which.mark == 0
    typed(which, ["9"], NOW)
    assert which.mark == 0


def test_letters_search_where_the_list_is_long_and_hidden_words_are_found() -> None:
    found = Chooser("FIND", [Choice(1, "Eve Lund", "members"), Choice(2, "Bo", search="202 Sales")], NOW, True)
    typed(found, "sal", NOW)
    assert [choice.value for choice in found.visible()] == [2]
    assert "202" not in text(found)
    assert tap(found, "q", "q", NOW) is None
    assert tap(found, "enter", None, NOW + 1) is None
    assert "nothing matches" in text(found)


# ---- the picker --------------------------------------------------------------------------------------------------


def test_nothing_marked_nothing_sent() -> None:
    picks = picker()
    assert tap(picks, "enter", None, NOW + 5) is None
    assert "nothing marked: Enter is off" in text(picks)
    typed(picks, "zzz", NOW)
    assert tap(picks, "enter", None, NOW + 5) is None


def test_t_3_enter_goes_to_the_third_favourite_after_250_ms() -> None:
    picks = picker()
    assert typed(picks, "3", NOW + 1) is None
    assert picks.field_.text == "3", "the digit stays as text"
    assert tap(picks, "enter", None, NOW + 1.2) is None
    answer = tap(picks, "enter", None, NOW + 1.25)
    assert answer is not None
    assert isinstance(answer.value, Picked)
    assert (answer.value.place.label, answer.value.place.number, answer.value.attended) == ("Duty", "8200", False)


def test_a_digit_without_a_favourite_marks_nothing() -> None:
    picks = picker()
    typed(picks, "9", NOW)
    assert picks.mark is None
    assert tap(picks, "enter", None, NOW + 1) is None


def test_a_favourite_that_cannot_be_dialled_is_never_taken() -> None:
    picks = picker()
    typed(picks, "1", NOW)
    assert picks.mark is None
    picks = picker()
    typed(picks, [*"ambulance", "down"], NOW)
    assert "▌1 Ambulance" in text(picks)
    assert tap(picks, "enter", None, NOW + 1) is None
    assert "✗ hq cannot dial it" in text(picks)


def test_more_digits_are_a_number_and_no_favourite() -> None:
    picks = picker()
    typed(picks, "202", NOW)
    answer = tap(picks, "enter", None, NOW + 1)
    assert answer is not None
    assert isinstance(answer.value, Picked)
    assert answer.value.place.label == "Bo Quist"


def test_a_number_in_no_directory_asks_y_which_is_deaf_for_400_ms() -> None:
    picks = picker()
    typed(picks, "4711", NOW)
    assert tap(picks, "enter", None, NOW + 0.3) is None
    assert "y dials it" in text(picks)
    assert tap(picks, "y", "y", NOW + 0.5) is None
    assert picks.asking is None, "a y that came too soon is a no"
    tap(picks, "enter", None, NOW + 1)
    answer = tap(picks, "y", "y", NOW + 1.4)
    assert answer is not None
    assert isinstance(answer.value, Picked)
    assert answer.value.place.destination() == Destination("4711", "", None, HQ)


def test_escape_at_that_question_returns_to_the_list() -> None:
    picks = picker()
    typed(picks, "4711", NOW)
    tap(picks, "enter", None, NOW + 1)
    assert tap(picks, "escape", None, NOW + 2) is None
    assert tap(picks, "escape", None, NOW + 2) == Answer(None)


def test_a_number_that_cannot_be_dialled_is_not_even_asked_for() -> None:
    picks = picker(dialable=False)
    typed(picks, "4711", NOW)
    tap(picks, "down", None, NOW)
    assert tap(picks, "enter", None, NOW + 1) is None
    assert picks.asking is None


def test_tab_turns_blind_into_attended_where_that_can_be() -> None:
    picks = picker()
    assert text(picks).startswith("─ BLIND TRANSFER")
    typed(picks, ["tab", "2"], NOW)
    assert text(picks).startswith("─ ATTENDED TRANSFER")
    answer = tap(picks, "enter", None, NOW + 1)
    assert answer is not None
    assert isinstance(answer.value, Picked)
    assert answer.value.attended
    only_blind = picker(may_attend=False)
    only_blind.attended_effect = "not answered yet"
    typed(only_blind, ["tab"], NOW)
    assert text(only_blind).startswith("─ BLIND")
    assert "not attended: not answered yet" in text(only_blind)
    typed(only_blind, ["down"], NOW)
    assert "not attended" not in text(only_blind)


def test_reopened_with_its_text_it_has_marked_what_that_means_and_is_armed_anew() -> None:
    picks = picker(typed_text="Bo Quist")
    assert "→ Bo Quist 202" in text(picks)
    assert tap(picks, "enter", None, NOW + 0.2) is None
    assert tap(picks, "enter", None, NOW + 0.25) is not None


def test_a_changed_target_locks_the_picker_until_escape() -> None:
    picks = picker()
    typed(picks, "202", NOW)
    picks.changed("Ada answered", NOW)
    assert tap(picks, "enter", None, NOW + 5) is None
    assert typed(picks, "x", NOW + 5) is None
    assert picks.field_.text == "202"
    assert tap(picks, "escape", None, NOW + 5) == Answer(None)


@given(st.lists(st.tuples(KEYS, st.sampled_from([0.0, 0.1, 0.3, 1.0])), max_size=25))
def test_whatever_is_typed_only_a_marked_dialable_place_comes_out(presses: list[tuple[str, float]]) -> None:
    picks = picker()
    now = NOW
    for key, pause in presses:
        now += pause
        mark, asking = picks.mark, picks.asking
        answer = tap(picks, key, key if len(key) == 1 else None, now)
        assert all(cell_width("".join(cell.text for cell in line)) == 80 for line in picks.lines(80, now))
        if answer is None:
            continue
        if isinstance(answer.value, Picked):
            assert mark is not None
            assert answer.value.place.ok
            assert not answer.value.place.unknown or (asking is not None and key == "y")
        else:
            assert key == "escape"
        return


@given(st.lists(st.tuples(KEYS, st.sampled_from([0.0, 0.1, 0.5])), max_size=25), st.sampled_from([40, 60, 80, 160]))
def test_every_question_keeps_its_width_and_a_locked_one_answers_nothing(
    presses: list[tuple[str, float]], width: int
) -> None:
    made: list[Dialog] = [
        confirm(),
        chooser(),
        chooser(True),
        picker(),
        Prompt("NOTE", TextField("")),
        TypeName("X", "y", "n", NOW),
    ]
    for dialog in made:
        dialog.changed("it ended", NOW)
        now = NOW
        for key, pause in presses:
            now += pause
            answer = tap(dialog, key, key if len(key) == 1 else None, now)
            assert {
                cell_width("".join(c.text for c in line)) for line in dialog.lines(width, now, 24, DEFAULT_NAMES)
            } == {width}
            if answer is not None:
                assert answer.value is None
                break
