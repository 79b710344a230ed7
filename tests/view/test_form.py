"""A form under the fingers: each field takes what its kind takes, says what is wrong, and loses nothing."""

from __future__ import annotations

import random
from dataclasses import replace

import pytest

from tests.support.typing import tap
from wallboard.domain.forms import Form, FormField, Option, Takes
from wallboard.domain.text import clean
from wallboard.view.dialogs import Answer
from wallboard.view.form import Filled, FormDialog
from wallboard.view.lines import line_width

SETS = tuple(Option(str(n), clean(name)) for n, name in enumerate(("Network", "Power", "Roads", "Rail"), 1))
PLACES = tuple(Option(f"p{n}", clean(name)) for n, name in enumerate(("Berlin", "Bonn", "Aachen", "Köln", "Ulm"), 1))
FORM = Form(
    "notice",
    clean("Notice"),
    (
        FormField("set", "Set", Takes.CHOICE, "2", SETS, required=True),
        FormField("where", "Where", Takes.SEVERAL, "p1", PLACES),
        FormField("until", "Until", Takes.MOMENT, hint="empty: open end"),
        FormField("hours", "Hours", Takes.HOURS, "09:00-17:00"),
        FormField("number", "Number", Takes.NUMBER, "8100", required=True),
        FormField("remarks", "Remarks", Takes.LINE, "by police order", most=60),
    ),
    zone="Europe/Berlin",
)


def opened(**values: str) -> FormDialog:
    return FormDialog("NOTICE", FORM, values)


def press(dialog: FormDialog, *keys: str) -> Answer | None:
    answer = None
    for key in keys:
        answer = tap(dialog, key, " " if key == "space" else key if len(key) == 1 else None, 0.0)
    return answer


def write(dialog: FormDialog, text: str) -> None:
    press(dialog, *("space" if char == " " else char for char in text))


def shown(dialog: FormDialog, width: int = 80, most: int = 12) -> list[str]:
    lines = dialog.lines(width, 0.0, most)
    assert {line_width(line) for line in lines} == {width}
    return ["".join(cell.text for cell in line) for line in lines]


def to(dialog: FormDialog, name: str) -> None:
    while dialog.here is not None and dialog.here.name != name:
        press(dialog, "tab")


def test_a_choice_goes_round_and_an_optional_one_may_be_nothing() -> None:
    dialog = opened()
    press(dialog, "right")
    assert dialog.values["set"] == "3"
    press(dialog, "right", "right")
    assert dialog.values["set"] == "1", "a required choice is never empty"
    loose = FormDialog("X", replace(FORM, fields=(replace(FORM.fields[0], required=False),)))
    press(loose, "left", "left")
    assert loose.values["set"] == ""
    assert "–" in shown(loose)[1]


def test_letters_look_for_a_choice() -> None:
    dialog = opened()
    write(dialog, "ra")
    assert dialog.values["set"] == "4", "Rail begins so, though Roads stands before it"
    assert any("Rail" in line and "▸" in line for line in shown(dialog))
    press(dialog, "escape")
    assert dialog.looked_for == ""
    write(dialog, "zz")
    assert (dialog.values["set"], any("nothing matches" in line for line in shown(dialog))) == ("4", True)


def test_a_blank_ticks_one_of_several() -> None:
    dialog = opened()
    to(dialog, "where")
    assert any("[x] Berlin" in line for line in shown(dialog))
    press(dialog, "right", "space")
    write(dialog, "kö")
    press(dialog, "space")
    assert dialog.values["where"] == "p1 p2 p4"
    assert "Berlin, Bonn, Köln" in shown(dialog)[2]
    press(dialog, "home", "space")
    assert dialog.values["where"] == "p2 p4"


def test_text_is_edited_where_the_caret_stands() -> None:
    dialog = opened()
    to(dialog, "remarks")
    press(dialog, "home", "delete")
    write(dialog, "B")
    press(dialog, "end", "backspace", "ctrl+w", "ctrl+w")
    write(dialog, " night")
    assert dialog.values["remarks"] == "By night"
    press(dialog, "left", "left", "backspace")
    assert dialog.values["remarks"] == "By niht"
    press(dialog, "ctrl+u")
    assert dialog.values["remarks"] == "ht"


def test_what_is_wrong_stands_under_the_field_as_soon_as_it_is_left_and_goes_when_it_is_mended() -> None:
    dialog = opened()
    to(dialog, "until")
    write(dialog, "soon")
    assert not any("write it as" in line for line in shown(dialog)), "nobody is scolded while typing"
    press(dialog, "tab")
    assert any("▲ Until: write it as 2026-03-02 08:00" in line for line in shown(dialog))
    press(dialog, "up", "ctrl+u")
    write(dialog, "2026-03-02 08:00")
    assert not any("▲" in line for line in shown(dialog))


def test_enter_on_the_last_field_goes_to_the_first_that_is_wrong() -> None:
    dialog = opened(number="", hours="late")
    to(dialog, "remarks")
    assert press(dialog, "enter") is None
    assert dialog.here is not None
    assert dialog.here.name == "hours"
    press(dialog, "ctrl+u")
    write(dialog, "closed")
    press(dialog, "enter")
    write(dialog, "8200")
    press(dialog, "enter")
    answer = press(dialog, "enter")
    assert answer is not None
    assert isinstance(answer.value, Filled)
    assert answer.value.values == {
        "set": "2", "where": "p1", "until": "", "hours": "closed", "number": "8200", "remarks": "by police order"
    }  # fmt: skip
    assert answer.value.args[0] == ("form", "notice")


def test_a_text_that_is_too_long_is_kept_and_said_not_cut() -> None:
    dialog = opened()
    to(dialog, "remarks")
    write(dialog, "!" * 60)
    assert len(dialog.values["remarks"]) == 75
    assert press(dialog, "enter") is None
    assert any("at most 60 characters, this is 15 too long" in line for line in shown(dialog))


def test_the_zone_of_a_moment_is_said() -> None:
    dialog = opened()
    to(dialog, "until")
    assert "time of Europe/Berlin, empty: open end" in shown(dialog)[-1]


def test_a_form_whose_target_changed_takes_nothing_until_it_is_left() -> None:
    dialog = opened()
    to(dialog, "remarks")
    dialog.changed("Remarks changed meanwhile", 0.0)
    write(dialog, "x")
    assert press(dialog, "enter") is None
    assert dialog.values["remarks"] == "by police order"
    assert any("CHANGED" in line and "Remarks changed meanwhile" in line for line in shown(dialog))
    assert press(dialog, "escape") == Answer(None)


@pytest.mark.parametrize("most", [4, 6, 12])
@pytest.mark.parametrize("width", [40, 80, 160])
def test_the_field_at_hand_is_in_sight_on_every_screen(width: int, most: int) -> None:
    dialog = opened()
    for each in FORM.fields:
        to(dialog, each.name)
        lines = shown(dialog, width, most)
        assert len(lines) <= most
        assert any(line.startswith(f"▌{each.label}") for line in lines), (each.name, lines)


def test_what_is_typed_cannot_break_the_line() -> None:
    dialog = opened()
    to(dialog, "remarks")
    press(dialog, "ctrl+u")
    for char in "山\u202e\u0301é\x1b🇩🇪":
        tap(dialog, char, char, 0.0)
    assert "\u202e" not in dialog.values["remarks"]
    assert "\x1b" not in dialog.values["remarks"]
    shown(dialog, 40)


@pytest.mark.parametrize("seed", range(20))
def test_any_keys_leave_a_whole_form(seed: int) -> None:
    chance = random.Random(seed)
    dialog = opened()
    keys = ["left", "right", "up", "down", "tab", "home", "end", "delete", "backspace", "space", "pageup", "pagedown"]
    for _ in range(300):
        press(dialog, chance.choice([*keys, *"abk1:-山 é", "enter", "ctrl+w"]))
        most = chance.choice([4, 5, 9, 16])
        width = chance.choice([40, 57, 80, 160])
        assert len(shown(dialog, width, most)) <= most
        assert set(dialog.values) == {each.name for each in FORM.fields}
