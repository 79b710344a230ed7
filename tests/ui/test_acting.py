"""From a key to a command: exactly the row that was painted, after exactly the question that was due."""

from __future__ import annotations

import random
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.support.console import HQ, NOW, Desk, call, desk, member
from wallboard.config import keymap
from wallboard.domain.command import Verb
from wallboard.domain.keys import Key, Kind, Resource
from wallboard.domain.models import Agent, Member, Row
from wallboard.domain.states import AgentState, CallState, Direction, MemberState
from wallboard.domain.text import clean
from wallboard.view.dialogs import Confirm
from wallboard.view.picker import Picker
from wallboard.view.which import Which

VERBS = [action.keys[0] for action in keymap.ACTIONS if action.acts]


@pytest.fixture
def here(tmp_path: Path) -> Desk:
    return desk(tmp_path)


def dialog(here: Desk) -> object:
    return None if here.console.dialog is None else here.console.dialog.dialog


def member_key(ident: str) -> Key:
    return Key(HQ, Kind.MEMBER, ident)


# ---- at once, with y, with a list --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("keys", "sent"),
    [
        (("2", "u"), (Verb.PICKUP, "m1")),
        (("4", "e"), (Verb.LISTEN, "c2")),
        (("4", "j", "w"), (Verb.WHISPER, "c1")),
        (("4", "H"), (Verb.RESUME, "c2")),
        (("4", "j", "H"), (Verb.HOLD, "c1")),
        (("4", "j", "p"), (Verb.PARK, "c1")),
        (("3", "i"), (Verb.SIGNIN, "di")),
    ],
)
def test_what_goes_at_once(here: Desk, keys: tuple[str, ...], sent: tuple[Verb, str]) -> None:
    for refused in (Verb.SIGNOUT, Verb.PAUSE, Verb.UNPAUSE):
        here.adapters[HQ].refused[refused] = "not here"
    here.press(*keys)
    assert here.sent == [sent]


@pytest.mark.parametrize(
    ("keys", "sent"),
    [
        (("4", "j", "b"), (Verb.BARGE, "c1")),
        (("2", "x"), (Verb.HANGUP, "m1")),
        (("3", "c"), (Verb.CALL, "di")),
        (("2", "j", "u"), (Verb.PICKUP, "m2")),
        (("2", "p"), (Verb.PARK, "m1")),
        (("1", "u"), (Verb.PICKUP, "m1")),
    ],
)
def test_what_wants_a_y_after_400_ms(here: Desk, keys: tuple[str, ...], sent: tuple[Verb, str]) -> None:
    here.press(*keys)
    assert isinstance(dialog(here), Confirm)
    here.press("y")
    assert not here.commands
    here.clock.advance(0.4)
    here.press("y")
    assert here.sent == [sent]


MINE = replace(call("leg", CallState.TALKING, Direction.INTERNAL, "Mira", "2001", "+49 30 1", 20), mine=True)


@pytest.mark.parametrize(
    ("keys", "sent"),
    [(("2", "u"), (Verb.PICKUP, "m1")), (("4", "e"), (Verb.LISTEN, "c2")), (("4", "j", "w"), (Verb.WHISPER, "c1"))],
)
def test_while_my_phone_is_on_a_call_whatever_rings_it_asks_first(
    here: Desk, keys: tuple[str, ...], sent: tuple[Verb, str]
) -> None:
    here.read({(HQ, Resource.CALLS): (*here.lists[HQ, Resource.CALLS], MINE)})
    here.press(*keys)
    assert here.commands == []
    assert any("my 2001 is on a call already" in line for line in here.paint())
    here.clock.advance(0.5)
    here.press("y")
    assert here.sent == [sent]


def test_the_key_bar_names_the_deed(here: Desk) -> None:
    here.press("4")
    assert "H resume" in here.paint()[-1]
    here.press("j")
    assert "H hold" in here.paint()[-1]
    here.press("3", "j", "j", "j", "j")
    assert "i pause/sign out" in here.paint()[-1]
    here.adapters[HQ].refused[Verb.SIGNOUT] = "not here"
    here.clock.advance(1)
    assert "i pause  " in here.paint()[-1]


def test_the_picker_says_what_an_attended_transfer_does(here: Desk) -> None:
    here.press("4", "j", "t")
    assert any("effect: leaves the agent" in line for line in here.paint())
    here.press("tab")
    assert any("effect: the caller waits while the agent speaks with them" in line for line in here.paint())


def test_the_next_caller_of_a_queue_is_named_before_they_are_taken(here: Desk) -> None:
    here.press("1", "u")
    assert any("TAKE Eve Lund" in line for line in here.paint(80, 24))
    assert here.commands == []


def test_a_key_that_cancels_does_nothing_else(here: Desk) -> None:
    here.press("2", "x", "u")
    assert (dialog(here), here.commands) == (None, [])


def test_t_3_enter_sends_to_the_favourite_after_250_ms(here: Desk) -> None:
    here.press("2", "t", "1")
    here.clock.advance(0.2)
    here.press("enter")
    assert not here.commands
    here.clock.advance(0.05)
    here.press("enter")
    (command,) = here.commands
    assert (command.verb, command.target.key) == (Verb.TRANSFER, member_key("m1"))
    assert command.destination is not None
    assert (command.destination.number, command.destination.label) == ("8100", "Night desk")


def test_the_dot_opens_the_last_dialog_again_filled_in(here: Desk) -> None:
    here.press(".")
    assert here.said == "no action to repeat yet"
    here.press("2", "t")
    here.type("bo quist")
    here.clock.advance(1)
    here.press("enter", "j", ".")
    again = dialog(here)
    assert isinstance(again, Picker)
    assert again.field_.text == "202"
    here.press("escape", ".")
    again = dialog(here)
    assert isinstance(again, Picker)
    assert again.field_.text == "202", "a cancelled dialog keeps what it was filled with"


def test_staffing_a_queue_asks_for_the_agent_and_not_for_the_queue_again(here: Desk) -> None:
    here.press("1", "+")
    which = dialog(here)
    assert isinstance(which, Which)
    assert which.title == "ADD AN AGENT TO Sales"
    here.clock.advance(0.3)
    here.press("enter")
    (command,) = here.commands
    assert (command.verb, command.target.key.kind, command.arg("queue")) == (Verb.STAFF, Kind.AGENT, "601")


def test_staffing_an_agent_asks_for_the_queue(here: Desk) -> None:
    here.press("3", "+")
    assert isinstance(dialog(here), Which)
    here.clock.advance(0.3)
    here.press("enter")
    (command,) = here.commands
    assert (command.verb, command.target.key.id) == (Verb.STAFF, "di")
    assert command.arg("queue") in ("601", "603")


def test_signing_out_where_the_vendor_does_one_queue_at_a_time_asks_for_one_of_the_agents_own(here: Desk) -> None:
    here.adapters[HQ].by_queue = {Verb.PAUSE}
    here.adapters[HQ].refused[Verb.SIGNOUT] = "not here"
    here.press("3", "j", "j", "j", "i")
    asked = dialog(here)
    assert isinstance(asked, Which)
    row = here.console.panel.row
    assert isinstance(row, Agent)
    assert {choice.text for choice in asked.options} == {place.queue for place in row.memberships}
    here.clock.advance(0.3)
    here.press("enter")
    if dialog(here) is not None:
        here.clock.advance(0.5)
        here.press("y")
    (command,) = here.commands
    assert (command.verb, command.arg("queue")) == (Verb.PAUSE, row.memberships[0].queue_id)


def test_a_call_is_reached_through_its_agent(here: Desk) -> None:
    here.press("3", "j", "j", "e")
    (command,) = here.commands
    assert (command.target.key.id, command.target.via) == ("c2", Key(HQ, Kind.AGENT, "cy"))


def test_an_agent_with_two_calls_is_asked_which(here: Desk) -> None:
    second = call("c9", CallState.HELD, Direction.OUT, "Bo Quist", "202", "+49 40 999 000", 30, "bo")
    here.read({(HQ, Resource.CALLS): (*here.lists[HQ, Resource.CALLS], second)})
    here.press("3", "j", "e")
    which = dialog(here)
    assert isinstance(which, Which)
    assert [choice.text.partition(" ↔ ")[0] for choice in which.options] == ["Mia Sand", "Bo Quist"]
    here.clock.advance(0.3)
    here.press("2")
    here.clock.advance(0.3)
    here.press("enter")
    assert here.sent == [(Verb.LISTEN, "c9")]


# ---- why not -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("keys", "reason"),
    [
        (("2", "e"), "e listen: not answered yet"),
        (("2", "H"), "H hold: waits, nothing to hold"),
        (("2", "c"), "c call: is on the line"),
        (("3", "e"), "e listen: not on a call"),
        (("5", "i"), "i state: phones not read yet"),
        (("5", "c"), "c call: no phone set"),
        (("1", "j", "j", "u"), "u take: nobody waits"),
        (("Q",), "Q: you are not listening to anyone"),
    ],
)
def test_a_dim_key_says_why(here: Desk, keys: tuple[str, ...], reason: str) -> None:
    here.press(*keys)
    assert here.said == reason
    assert not here.commands


def test_what_the_vendor_cannot_is_said_in_its_words(here: Desk) -> None:
    here.adapters[HQ].refused[Verb.RESUME] = "hold state not readable"
    here.press("4", "H")
    assert here.said == "H resume: hold state not readable"


def test_nothing_selected_is_nothing_hit(here: Desk) -> None:
    here.press("8", "x")
    assert here.said == "nothing selected; move to a row first"


def test_verbs_on_a_row_that_ended_are_refused_and_note_and_call_back_are_not(here: Desk) -> None:
    here.press("2")
    here.drop(member_key("m1"))
    here.clock.advance(1)
    for key in ("x", "t", "u", "p", "e", "w", "b", "H", "T"):
        here.press(key)
        assert (dialog(here), here.commands) == (None, []), key
        assert "it ended" in here.said
    here.press("n")
    assert dialog(here) is not None
    here.press("escape", "c")
    here.clock.advance(1)
    here.press("y")
    assert here.sent == [(Verb.CALL, "m1")]


def test_when_the_tombstone_is_gone_the_neighbour_is_not_hit(here: Desk) -> None:
    here.press("2")
    here.drop(member_key("m1"))
    here.wait(31)
    here.press("x")
    assert (dialog(here), here.commands) == (None, [])
    assert here.said == "nothing selected; move to a row first"


def test_a_row_that_a_re_sort_moved_must_be_pressed_again(here: Desk) -> None:
    here.press("2", "j")
    here.wait(2)

    def older(row: Row) -> Row:
        return replace(row, joined_at=NOW - 900) if isinstance(row, Member) and row.key.id == "m2" else row

    here.change(HQ, Resource.MEMBERS, older)
    here.paint()
    here.clock.advance(0.2)
    here.press("x")
    assert (here.said, dialog(here)) == ("row moved, press again", None)
    here.clock.advance(0.2)
    here.press("x")
    assert isinstance(dialog(here), Confirm)


def test_a_row_that_changed_since_it_was_painted_must_be_read_again(here: Desk) -> None:
    here.press("3", "j", "j")
    here.paint()

    def other(row: Row) -> Row:
        return replace(row, name=clean("Cy Other")) if isinstance(row, Agent) and row.key.id == "cy" else row

    here.change(HQ, Resource.AGENTS, other)
    here.clock.advance(1)
    here.press("e")
    assert "press again" in here.said
    assert not here.commands
    here.paint()
    here.press("e")
    assert [verb for verb, _ in here.sent] == [Verb.LISTEN]


@pytest.mark.parametrize("how", ["ended", "changed"])
@pytest.mark.parametrize("key", ["x", "t"])
def test_a_question_is_locked_when_its_row_changes(here: Desk, key: str, how: str) -> None:
    here.press("2", key)
    here.type("202" if key == "t" else "")
    if how == "ended":
        here.drop(member_key("m1"))
    else:
        here.change(
            HQ,
            Resource.MEMBERS,
            lambda row: (
                replace(row, state=MemberState.RINGING) if isinstance(row, Member) and row.key.id == "m1" else row
            ),
        )
    here.clock.advance(1)
    assert any("CHANGED" in line for line in here.paint(80, 24))
    here.press("y" if key == "x" else "enter")
    assert not here.commands
    assert dialog(here) is not None, "it says why until it is closed"
    here.press("escape")
    assert (dialog(here), here.commands) == (None, [])


def test_the_order_stands_still_while_a_question_is_open(here: Desk) -> None:
    here.press("2", "j", "x")
    before = here.console.pane.selection.order
    here.wait(5)
    urgent = member("m9", "601", "Sales", MemberState.WAITING, 999, "Zoe", "+49 30 9")
    here.read({(HQ, Resource.MEMBERS): (urgent, *here.lists[HQ, Resource.MEMBERS])})
    assert here.console.pane.selection.order[: len(before)] == before


def test_read_only_offers_nothing_but_notes(tmp_path: Path) -> None:
    here = desk(tmp_path, settings={"read_only": True})
    here.dispatcher.read_only = True
    assert "READ ONLY" in here.paint()[0]
    for pane in "12345":
        here.press(pane)
        for key in VERBS:
            here.press(key)
    assert (dialog(here), here.commands) == (None, [])


@pytest.mark.anyio
async def test_a_command_is_sent_once_and_the_row_is_locked_until_the_answer(here: Desk) -> None:
    here.press("4", "e", "e", "w")
    while here.started:
        await here.started.pop(0)()
    assert [command.verb for command in here.adapters[HQ].performed] == [Verb.LISTEN]


# ---- the law: what was painted is what is hit ---------------------------------------------------------------------


def shuffled(chance: random.Random, number: int) -> tuple[Row, ...]:
    """A reading of the callers: some gone, some new, all with other waits."""
    names = chance.sample(range(12), chance.randint(0, 9))
    return tuple(
        member(f"r{name}", "601", "Sales", MemberState.WAITING, chance.randint(1, 900), f"Caller {name}", f"+49{name}")
        for name in names
    )


async def answered(here: Desk) -> None:
    """Let the vendor answer, so that no row stays locked."""
    while here.started:
        await here.started.pop(0)()


@pytest.mark.anyio
@pytest.mark.parametrize("seed", range(10))
async def test_no_command_ever_names_another_row_than_the_painted_one(tmp_path: Path, seed: int) -> None:
    chance = random.Random(seed)
    here = desk(tmp_path)
    here.press("2")

    def paint() -> object:
        here.console.tick()
        here.paint(80, 24)
        return here.console.pane.selection.cursor

    painted = asked_on = paint()
    sent = 0
    for number in range(100):
        here.clock.advance(chance.choice([0.05, 0.2, 0.5, 2.0]))
        here.read({(HQ, Resource.MEMBERS): shuffled(chance, number)})
        if chance.random() < 0.7:
            painted = paint()
        key = chance.choice([*"xuptcb", "y", "y", "j", "k", "g", "1", "enter", "escape"])
        opened = here.console.dialog
        here.press(key)
        if opened is None and here.console.dialog is not None:
            asked_on = painted
        for command in here.commands[sent:]:
            assert command.target.key == (painted if opened is None else asked_on), (number, key)
            assert "Caller" in command.target.label
        sent = len(here.commands)
        await answered(here)
        if opened is None and key in "jkg":
            # A key that moves is followed by a frame before the next key is taken.
            painted = paint()
        if here.console.active is not Resource.MEMBERS:
            here.press("escape", "2")
            painted = paint()
    # What reached the vendor is what was asked, and nothing twice.
    performed = [command.id for command in here.adapters[HQ].performed]
    assert len(performed) == len(set(performed))
    assert set(performed) <= {command.id for command in here.commands}


@pytest.mark.anyio
async def test_that_law_is_tried_with_commands_that_go(tmp_path: Path) -> None:
    here = desk(tmp_path)
    chance = random.Random(1)
    here.press("2")
    for number in range(40):
        here.clock.advance(2)
        here.read({(HQ, Resource.MEMBERS): shuffled(chance, number)})
        here.press("g")
        here.clock.advance(0.5)
        here.paint(80, 24)
        here.press("u")
        await answered(here)
    assert len(here.adapters[HQ].performed) > 10


# ---- anything at all ---------------------------------------------------------------------------------------------

BOUND = {key for action in keymap.ACTIONS for key in action.keys}
ALL_KEYS = sorted(BOUND | set("yn123456789abcxyzé山") | {"f12", "home", "backspace"})


@pytest.mark.parametrize("seed", range(5))
def test_ten_thousand_keys_break_nothing(tmp_path: Path, seed: int) -> None:
    chance = random.Random(seed)
    here = desk(tmp_path)
    for number in range(2000):
        here.press(chance.choice(ALL_KEYS))
        if chance.random() < 0.1:
            here.clock.advance(chance.choice([0.1, 0.5, 3]))
        if chance.random() < 0.03:
            here.read({(HQ, Resource.MEMBERS): shuffled(chance, number)})
            here.console.tick()
        if chance.random() < 0.02:
            here.paint(chance.choice([40, 80, 120, 160]), chance.choice([10, 24, 50]))
    assert here.console.panes


@settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.sampled_from(ALL_KEYS), max_size=20), st.sampled_from([(40, 10), (80, 24), (160, 50)]))
def test_after_any_keys_the_frame_is_whole(tmp_path: Path, keys: list[str], size: tuple[int, int]) -> None:
    here = desk(tmp_path)
    here.press(*keys)
    assert len(here.paint(*size)) == size[1]
    assert isinstance(here.lists[HQ, Resource.AGENTS][0], Agent)
    assert AgentState.READY in {row.state for row in here.lists[HQ, Resource.AGENTS] if isinstance(row, Agent)}
