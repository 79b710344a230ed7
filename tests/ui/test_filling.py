"""Editing and publishing with forms: from the key to the command, and nothing typed is lost on the way."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from tests.support.console import HQ, LAB, NOW, RESPONDERS, Desk, desk
from wallboard.domain.command import Verb
from wallboard.domain.forms import Form, FormField, Option, Takes
from wallboard.domain.keys import Key, Kind, Resource
from wallboard.domain.models import Notice, Phone, Receptionist, Row
from wallboard.domain.text import clean
from wallboard.view.dialogs import Confirm, TypeName
from wallboard.view.form import FormDialog
from wallboard.view.which import Which

NOTICE = Notice(
    Key(HQ, Kind.NOTICE, "n1"), clean("Network"), clean("Fibre cut"), NOW - 600, None, where=clean("Berlin")
)
DESK = Receptionist(Key(HQ, Kind.RECEPTIONIST, "r1"), clean("Front desk"), clean("700"))
SETS = (Option("1", clean("Network")), Option("2", clean("Power")))
FORM = Form(
    "notice",
    clean("Notice"),
    (
        FormField("set", "Set", Takes.CHOICE, "1", SETS, required=True),
        FormField("until", "Until", Takes.MOMENT),
        FormField("remarks", "Remarks", Takes.LINE, "by police order", most=500),
    ),
)
NIGHT = Form(
    "night",
    clean("Night rule"),
    (FormField("to", "Night goes to", Takes.NUMBER, "8100", required=True),),
    warning="the prompt may be lost",
)
HOURS = Form("hours", clean("Office hours"), (FormField("monday", "Monday", Takes.HOURS, "09:00-17:00"),))


@pytest.fixture
def here(tmp_path: Path) -> Desk:
    made = desk(tmp_path)
    hq = made.adapters[HQ]
    hq.known_forms = {Verb.PUBLISH: (FORM,), Verb.CHANGE: (FORM,)}
    for name in (LAB, RESPONDERS):
        made.adapters[name].refused[Verb.PUBLISH] = "this vendor has no notices"
    made.read({(HQ, Resource.NOTICES): (NOTICE,), (HQ, Resource.RECEPTIONISTS): (DESK,)})
    made.clock.advance(1)
    made.paint()
    return made


def dialog(here: Desk) -> object:
    return None if here.console.dialog is None else here.console.dialog.dialog


def form(here: Desk) -> FormDialog:
    opened = dialog(here)
    assert isinstance(opened, FormDialog)
    return opened


def yes(here: Desk) -> None:
    here.clock.advance(0.5)
    here.press("y")


def test_a_notice_is_changed_with_e_its_form_and_a_y(here: Desk) -> None:
    here.press("6", "E", "enter")
    here.type("2026-03-02 08:00")
    here.press("enter", "enter")
    asked = dialog(here)
    assert isinstance(asked, Confirm)
    assert asked.title == "CHANGE THE NOTICE Fibre cut?"
    assert asked.consequence == "until – → 2026-03-02 08:00 · everyone sees it at once"
    assert here.commands == []
    yes(here)
    (command,) = here.commands
    assert (command.verb, command.target.key) == (Verb.CHANGE, NOTICE.key)
    assert dict(command.args) == {
        "form": "notice", "set": "1", "until": "2026-03-02 08:00", "remarks": "by police order"
    }  # fmt: skip


@pytest.mark.anyio
async def test_the_outcome_line_keeps_the_ending_and_the_log_what_changed(here: Desk) -> None:
    here.press("6", "E", "right", "pagedown", "enter")
    yes(here)
    await here.started.pop(0)()
    ending = "accepted: this vendor cannot show it (the sample shows nothing)"
    assert here.said == f"change the notice Fibre cut: {ending}"
    assert here.console.remarks.entries[-1].text == f"change the notice Fibre cut (set Network → Power): {ending}"


def test_a_form_that_changes_nothing_sends_nothing(here: Desk) -> None:
    here.press("6", "E", "enter", "enter", "enter")
    assert (dialog(here), here.said, here.commands) == (None, "nothing changed: Fibre cut", [])


def test_o_on_a_notice_ends_it_after_a_y(here: Desk) -> None:
    here.press("6", "o")
    asked = dialog(here)
    assert isinstance(asked, Confirm)
    assert "END Fibre cut?" in asked.title
    yes(here)
    assert here.sent == [(Verb.CLOSE, "n1")]


def test_n_publishes_from_any_pane_and_everyone_sees_it(here: Desk) -> None:
    here.press("3", "N", "right", "enter", "enter", "enter")
    asked = dialog(here)
    assert isinstance(asked, Confirm)
    assert asked.title == "PUBLISH A NOTICE ON hq?"
    assert "set Power" in asked.consequence
    assert "everyone sees it" in asked.consequence
    yes(here)
    (command,) = here.commands
    assert (command.verb, command.target.key, command.arg("set")) == (Verb.PUBLISH, Key(HQ, Kind.SOURCE, HQ), "2")


def test_a_notice_with_its_first_values_is_still_a_new_notice(here: Desk) -> None:
    here.press("N", "pagedown", "enter")
    yes(here)
    assert [command.verb for command in here.commands] == [Verb.PUBLISH]


def test_where_several_sources_can_publish_it_asks_which(here: Desk) -> None:
    here.adapters[LAB].refused.clear()
    here.adapters[LAB].known_forms = {Verb.PUBLISH: (FORM,)}
    here.press("N")
    which = dialog(here)
    assert isinstance(which, Which)
    assert [choice.value for choice in which.options] == [HQ, LAB]
    here.clock.advance(0.3)
    here.press("2")
    here.clock.advance(0.3)
    here.press("enter")
    here.press("pagedown", "enter")
    yes(here)
    assert here.commands[0].target.key.source == LAB


def test_where_no_source_can_publish_it_says_why(here: Desk) -> None:
    here.adapters[HQ].refused[Verb.PUBLISH] = "this vendor has no notices"
    here.press("N")
    assert (here.said, here.commands) == ("N new notice: this vendor has no notices", [])


@pytest.mark.parametrize("verb", [Verb.CHANGE, Verb.PUBLISH])
def test_a_form_that_was_left_comes_back_as_it_was(here: Desk, verb: Verb) -> None:
    here.press("6", "E" if verb is Verb.CHANGE else "N", "pagedown")
    here.type(" and the mayor")
    here.press("escape")
    assert "brings back what was typed" in here.said
    here.press(".")
    assert form(here).values["remarks"] == "by police order and the mayor"
    here.press("pagedown", "enter")
    assert isinstance(dialog(here), Confirm)
    here.press("n", ".")
    assert form(here).values["remarks"] == "by police order and the mayor", "a no keeps it too"
    here.press("escape", "E" if verb is Verb.CHANGE else "N")
    assert form(here).values["remarks"] == "by police order", "the key itself begins with what the vendor has"


def test_what_was_sent_is_not_brought_back(here: Desk) -> None:
    here.press("6", "E", "pagedown")
    here.type("!")
    here.press("enter")
    yes(here)
    here.press(".")
    # The sample's vendor keeps its old words, so the form begins with them again.
    assert here.console.dialog is None or form(here).values["remarks"] == "by police order"


def test_several_forms_are_chosen_from_first_and_a_warning_wants_the_name(here: Desk) -> None:
    here.adapters[HQ].known_forms[Verb.CHANGE] = (HOURS, NIGHT)
    here.press("7", "E")
    which = dialog(here)
    assert isinstance(which, Which)
    assert [choice.text for choice in which.options] == ["Office hours", "Night rule"]
    here.clock.advance(0.3)
    here.press("2")
    here.clock.advance(0.3)
    here.press("enter", "backspace")
    here.type("1")
    here.press("enter")
    asked = dialog(here)
    assert isinstance(asked, TypeName)
    assert "the prompt may be lost" in asked.consequence
    assert "night goes to 8100 → 8101" in asked.consequence
    here.press("escape", ".")
    assert form(here).form.id == "night", "the form that was used last opens at once"
    here.press("enter")
    here.type("Front desk")
    here.press("enter")
    (command,) = here.commands
    assert dict(command.args) == {"form": "night", "to": "8101"}


@pytest.mark.parametrize("how", ["ended", "changed", "refilled"])
def test_a_form_is_locked_when_what_it_speaks_of_changes(here: Desk, how: str) -> None:
    here.press("6", "E", "pagedown")
    here.type("!")
    if how == "ended":
        here.drop(NOTICE.key)
    elif how == "changed":

        def other(row: Row) -> Row:
            return replace(row, title=clean("Flood")) if isinstance(row, Notice) else row

        here.change(HQ, Resource.NOTICES, other)
    else:
        fields = (FORM.fields[0], FORM.fields[1], replace(FORM.fields[2], value="by the mayor"))
        here.adapters[HQ].known_forms[Verb.CHANGE] = (replace(FORM, fields=fields),)
        here.wait(1)
    here.press("enter")
    assert isinstance(dialog(here), FormDialog)
    assert any("CHANGED" in line for line in here.paint(80, 24))
    here.press("escape")
    assert (dialog(here), here.commands) == (None, [])


def test_a_paste_goes_into_the_field_whole(here: Desk) -> None:
    here.press("6", "E", "pagedown", "ctrl+u")
    here.console.paste("A44 closed\r\nbetween\tAachen and Düren " + "x" * 350)
    assert form(here).values["remarks"] == "A44 closed between Aachen and Düren " + "x" * 350


def test_a_held_letter_repeats_in_a_form_and_a_verb_key_does_not(here: Desk) -> None:
    here.press("6", "E")
    assert not here.console.is_verb("x")
    here.press("escape")
    assert here.console.is_verb("E")
    assert here.console.is_verb("N")


@pytest.mark.parametrize(("pane", "reason"), [("1", "nothing to edit here"), ("8", "nothing selected")])
def test_where_there_is_nothing_to_edit_it_says_so(here: Desk, pane: str, reason: str) -> None:
    here.press(pane, "E")
    assert reason in here.said
    assert dialog(here) is None


def test_help_lists_editing_with_its_reason(here: Desk) -> None:
    here.adapters[HQ].refused[Verb.CHANGE] = "this account may only read"
    here.press("6", "?")
    page = here.paint(160, 60)
    assert any("E " in line and "edit: this account may only read" in line for line in page)
    assert any("N " in line and "new notice" in line for line in page)


def test_read_only_opens_no_form(tmp_path: Path) -> None:
    made = desk(tmp_path, settings={"read_only": True})
    made.dispatcher.read_only = True
    made.read({(HQ, Resource.NOTICES): (NOTICE,)})
    made.clock.advance(1)
    for key in ("E", "o", "N"):
        made.press("6", key)
        assert "read-only" in made.said
    assert made.console.dialog is None


def test_speech_to_text_goes_without_a_form_where_the_vendor_wants_none(here: Desk) -> None:
    here.press("4", "E")
    assert isinstance(dialog(here), Confirm)
    yes(here)
    assert here.sent == [(Verb.TRANSCRIBE, "c2")]


# ---- rows without a pane -----------------------------------------------------------------------------------------

ROOM = Phone(
    Key(HQ, Kind.PHONE, "k1"),
    clean("Bridge"),
    clean("900"),
    True,
    "conference",
    details=((clean("people"), clean("4")),),
)
MOBILE = Phone(Key(HQ, Kind.PHONE, "k2"), clean("K. Roth mobile"), clean("8170"), True)


@pytest.fixture
def rooms(here: Desk) -> Desk:
    here.read({(HQ, Resource.PHONES): (ROOM, MOBILE)})
    return here


def test_a_card_shows_a_row_that_stands_in_no_pane_and_its_keys_act_on_it(rooms: Desk) -> None:
    rooms.adapters[HQ].known_forms[Verb.ROOM] = (HOURS,)
    rooms.press("2")
    rooms.console.seeking.card(ROOM.key)
    page = rooms.paint(80, 24)
    assert any("DETAILS Bridge" in line for line in page)
    assert any(line.startswith(" room ") and "extension 900" in line for line in page)
    assert any("people   4" in line for line in page)
    assert any(line.startswith(" ▸ Bridge 900") for line in page)
    rooms.press("E", "ctrl+u")
    rooms.type("closed")
    rooms.press("enter")
    assert rooms.sent == [(Verb.ROOM, "k1")]


def test_a_phone_is_called_and_signed_out_from_its_card(rooms: Desk) -> None:
    rooms.console.seeking.card(MOBILE.key)
    rooms.paint()
    rooms.press("c")
    yes(rooms)
    assert rooms.sent == [(Verb.CALL, "k2")]
    rooms.press("i")
    assert "waits for the answer to call" in rooms.said
    rooms.read({(HQ, Resource.PHONES): (ROOM, replace(MOBILE, key=Key(HQ, Kind.PHONE, "k3")))})
    rooms.console.seeking.card(Key(HQ, Kind.PHONE, "k3"))
    rooms.paint()
    rooms.press("i")
    assert rooms.sent[-1] == (Verb.SIGNOUT, "k3")


def test_esc_leaves_a_card_and_so_does_going_elsewhere(rooms: Desk) -> None:
    rooms.press("2")
    for way in ("escape", "enter", "j", "3"):
        rooms.console.seeking.card(ROOM.key)
        assert rooms.console.panel.card_key == ROOM.key
        rooms.press(way)
        assert rooms.console.panel.card_key is None, way
    assert not rooms.console.panel.details


def test_a_card_whose_row_is_gone_does_nothing_more(rooms: Desk) -> None:
    rooms.console.seeking.card(ROOM.key)
    rooms.paint()
    rooms.drop(ROOM.key)
    rooms.press("E")
    assert "it ended" in rooms.said
    assert rooms.commands == []
    rooms.press("escape")
    rooms.console.seeking.card(ROOM.key)
    assert "not listed any more" in rooms.said


def test_the_card_of_a_row_that_has_a_pane_is_that_pane_with_its_details(rooms: Desk) -> None:
    rooms.console.seeking.card(Key(HQ, Kind.AGENT, "cy"))
    assert (rooms.console.active, rooms.console.panel.details, rooms.console.panel.card_key) == (
        Resource.AGENTS,
        True,
        None,
    )
