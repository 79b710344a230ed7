"""The mouse reaches what a key reaches and a person would click, by the same way and with the same care."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from textual import events
from textual.pilot import Pilot

from tests.support.console import HQ, Desk, agent, desk, queue
from tests.ui.test_every_word import SCREENS
from tests.ui.test_filling import FORM, NOTICE
from tests.ui.test_lost_callers import lost
from wallboard import theming
from wallboard.domain.keys import Key, Kind, Resource
from wallboard.domain.states import AgentState
from wallboard.domain.text import clean
from wallboard.domain.verbs import Verb
from wallboard.ui.app import ConsoleApp
from wallboard.ui.frame import frame
from wallboard.ui.modes import ALARMS, BOARD, LOG, SOURCES, TRENDS, WALL
from wallboard.view.cells import Press

pytestmark = pytest.mark.anyio
SIZE = (160, 50)


class Hand:
    """A person with a mouse: what is clicked is found by what it reads."""

    def __init__(self, here: Desk) -> None:
        self.here = here
        self.app = ConsoleApp(lambda _app: here.console, theming.load("control-room"), theming.load)

    @asynccontextmanager
    async def sits(self) -> AsyncIterator[Pilot[int]]:
        async with self.app.run_test(size=SIZE) as pilot:
            await pilot.pause()
            yield pilot

    async def click(self, pilot: Pilot[int], text: str, times: int = 1, line: str = "") -> None:
        """On the last `text` of the first line that reads it, and `line` beside it."""
        self.here.clock.advance(1.0)
        self.app.paint()
        await pilot.pause()
        await pilot.click(offset=self.place(text, line), times=times)
        await pilot.pause()

    def place(self, text: str, line: str = "") -> tuple[int, int]:
        lines = self.read()
        y = next(index for index, shown in enumerate(lines) if text in shown and line in shown)
        return lines[y].rindex(text) + len(text) // 2, y

    def read(self) -> list[str]:
        """The screen, as it was drawn."""
        return ["".join(segment.text for segment in strip) for strip in self.app.screen._compositor.render_strips()]

    async def wheel(self, pilot: Pilot[int], text: str, event: type[events.MouseEvent]) -> None:
        self.app.paint()
        await pilot.pause()
        await pilot._post_mouse_events([event], offset=self.place(text), button=0)
        await pilot.pause()

    async def press(self, pilot: Pilot[int], *keys: str) -> None:
        self.here.press(*keys)
        self.app.paint()
        await pilot.pause()

    @property
    def under(self) -> Key | None:
        """The row under the cursor of the board, while that is on the screen."""
        console = self.here.console
        cursor = console.pane.selection.cursor
        return cursor if console.mode == BOARD and isinstance(cursor, Key) else None

    def marked(self) -> str:
        """The line of a page or of a question that the cursor stands on."""
        return " ".join([line for line in self.read() if line.startswith("▌")][-1].strip("▌ ").split())


@pytest.fixture
def hand(tmp_path: Path) -> Hand:
    return Hand(desk(tmp_path))


async def test_a_title_is_a_way_into_its_pane(hand: Hand) -> None:
    async with hand.sits() as pilot:
        await hand.click(pilot, "1 Queues")
        assert hand.under == SALES
        await hand.click(pilot, "3 Agents")
        assert hand.here.console.active is Resource.AGENTS


async def test_a_heading_sorts_and_turns_the_order_round(hand: Hand) -> None:
    async with hand.sits() as pilot:
        await hand.click(pilot, "number", line="2 Members")
        members = hand.here.console.panes[Resource.MEMBERS]
        assert (hand.here.console.active, members.sort, members.reverse) == (Resource.MEMBERS, "number", False)
        await hand.click(pilot, "number", line="2 Members")
        assert members.reverse
        await hand.click(pilot, "pos", line="2 Members")
        assert members.sort == "number", "by what cannot be sorted nothing is"


@pytest.mark.parametrize(("text", "mode"), [("■2 ▲3", ALARMS), ("sources 3/3", SOURCES)])
async def test_the_header_leads_to_what_it_counts(hand: Hand, text: str, mode: str) -> None:
    async with hand.sits() as pilot:
        await hand.click(pilot, text)
        assert hand.here.console.mode == mode


async def test_the_alarm_line_leads_to_its_row_and_its_key_acknowledges(hand: Hand) -> None:
    async with hand.sits() as pilot:
        await hand.click(pilot, "Water rescue error")
        assert hand.here.console.active is Resource.HOTLINES
        assert hand.here.console.pane.selection.cursor is not None
        await hand.click(pilot, "a ack")
        assert "Water rescue error" in hand.here.said


async def test_a_key_that_is_named_is_pressed_and_its_question_answered(hand: Hand) -> None:
    async with hand.sits() as pilot:
        hand.here.console.go(Resource.CALLS)
        await hand.click(pilot, "x hang up")
        assert hand.here.console.dialog is not None
        assert not hand.here.commands
        await hand.click(pilot, " do it")
        assert [verb for verb, _ in hand.here.sent] == [Verb.HANGUP]


async def test_a_line_of_the_picker_is_marked_and_sent(hand: Hand) -> None:
    async with hand.sits() as pilot:
        hand.here.console.go(Resource.CALLS)
        hand.here.press("j")
        await hand.click(pilot, "t transfer")
        await hand.click(pilot, "Night desk")
        assert not hand.here.commands, "a click marks, it does not send"
        await hand.click(pilot, "Enter send")
        assert [verb for verb, _ in hand.here.sent] == [Verb.TRANSFER]


async def test_a_line_of_a_list_is_marked(hand: Hand) -> None:
    async with hand.sits() as pilot:
        hand.here.console.go(Resource.QUEUES)
        hand.here.press("+")
        before = hand.here.paint()
        await hand.click(pilot, "Cy Reed")
        assert hand.here.console.dialog is not None
        assert hand.here.paint() != before
        assert not hand.here.commands


async def test_a_roster_opens(hand: Hand) -> None:
    async with hand.sits() as pilot:
        blank = replace(queue(HQ, "x", "", 0, 0, 0), waiting=None, no_counts=clean("not told"))
        rows = (replace(blank, key=Key(HQ, Kind.QUEUE, f"p{n}"), name=clean(f"Paper {n}")) for n in range(3))
        hand.here.read({(HQ, Resource.QUEUES): (*hand.here.lists[HQ, Resource.QUEUES], *rows)})
        await hand.click(pilot, "3 more without counts")
        assert any("Paper 2" in line for line in hand.here.paint())


async def test_what_a_question_covers_cannot_be_clicked(hand: Hand) -> None:
    async with hand.sits() as pilot:
        hand.here.console.go(Resource.CALLS)
        await hand.click(pilot, "x hang up")
        for text in ("■2 ▲3", "1 Queues", "Water rescue error"):
            await hand.click(pilot, text)
        assert hand.here.console.dialog is not None
        assert (hand.here.console.mode, hand.here.console.active) == (BOARD, Resource.CALLS)
        await hand.click(pilot, "any other key")
        assert hand.here.console.dialog is None
        assert not hand.here.commands


PLACES = [("1", "enter"), ("2",), ("3",), ("4",), ("5",), ("8",), ("f3",), ("f5",), ("f6",)]


@pytest.mark.parametrize("keys", PLACES, ids=" ".join)
async def test_every_key_that_the_last_line_names_does_under_a_click_what_it_names(
    hand: Hand, keys: tuple[str, ...]
) -> None:
    async with hand.sits() as pilot:
        console = hand.here.console
        hand.here.press(*keys)
        hand.app.paint()
        await pilot.pause()
        wanted = console.mode
        last = hand.app._pages[console.mode].question.lines.shown[-1]
        named = {cell.press for cell in last if isinstance(cell.press, str) and cell.press}
        assert named
        assert {console.key_of(action) for action in named}.isdisjoint({"–"})
        for action in sorted(named):
            hand.here.clock.advance(2.0)
            before = (console.remarks.latest, console.dialog, console.filtering, console.mode, len(hand.here.commands))
            console.pointing.click(action)
            after = (console.remarks.latest, console.dialog, console.filtering, console.mode, len(hand.here.commands))
            assert after != before or action.startswith("nav."), action
            while console.asking.asks:
                hand.here.press("escape")
            if console.mode != wanted:
                hand.here.press(*keys)


# ---- a line: one click goes there, a second does what Enter does ---------------------------------------------------

SALES, WATER = Key(HQ, Kind.QUEUE, "601"), Key("responders", Kind.HOTLINE, "312")


async def test_a_row_is_gone_to_and_opened_with_the_second_click(hand: Hand) -> None:
    async with hand.sits() as pilot:
        panel = hand.here.console.panel
        await hand.click(pilot, "talking    Bo Quist")
        assert (hand.under, panel.open) == (Key(HQ, Kind.AGENT, "bo"), False)
        await hand.click(pilot, "talking    Bo Quist")
        assert panel.open


async def test_a_double_click_opens_once_whether_the_cursor_stood_there_or_not(hand: Hand) -> None:
    async with hand.sits() as pilot:
        panel = hand.here.console.panel
        await hand.click(pilot, "Support", times=2)
        assert (panel.details, panel.settings) == (True, False)
        hand.here.press("escape")
        await hand.click(pilot, "Support", times=2)
        assert (panel.details, panel.settings) == (True, False)


async def test_a_line_of_the_log_is_marked_and_leads_to_what_it_is_about(hand: Hand) -> None:
    async with hand.sits() as pilot:
        await hand.press(pilot, "f3")
        await hand.click(pilot, "alarm  Sales longest")
        assert "Sales longest" in hand.marked()
        await hand.click(pilot, "alarm  Sales longest")
        assert hand.under == SALES
        await hand.press(pilot, "escape", "escape")
        assert hand.here.console.mode == LOG


async def test_a_double_click_in_the_log_hits_nothing_where_it_led(hand: Hand) -> None:
    async with hand.sits() as pilot:
        await hand.press(pilot, "f3")
        await hand.click(pilot, "alarm  Water rescue error", times=3)
        assert hand.under == WATER


async def test_a_click_hits_the_line_that_was_drawn_though_it_has_moved(
    hand: Hand, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with hand.sits() as pilot:
        log = hand.here.console.remarks.log
        for number in range(90):
            log("state", f"line {number}.")
        await hand.press(pilot, "f3")
        x, y = hand.place("line 70.")
        with monkeypatch.context() as still:
            still.setattr(hand.app, "paint", lambda: None)
            log("state", "one more")
            await pilot.click(offset=(x, y))
        await hand.press(pilot)
        assert "line 70." in hand.marked()
        assert "line 70." in hand.read()[y], "it stays under the pointer"


async def test_a_line_of_the_alarms_is_marked_and_leads_to_its_row(hand: Hand) -> None:
    async with hand.sits() as pilot:
        await hand.press(pilot, "f5")
        await hand.click(pilot, "Sales 0/3 ready")
        assert hand.marked().endswith("Sales 0/3 ready")
        await hand.click(pilot, "Sales 0/3 ready")
        assert hand.under == SALES


async def test_what_is_clicked_stays_under_the_pointer_however_far_the_list_was_scrolled(hand: Hand) -> None:
    many = tuple(agent(f"a{n}", f"Agent {n}", str(n), AgentState.UNREACHABLE, None) for n in range(10, 90))
    hand.here.read({(HQ, Resource.AGENTS): many})
    for _ in range(2):
        hand.here.wait(3.0)
    async with hand.sits() as pilot:
        await hand.press(pilot, "f5", "G")
        await hand.click(pilot, "Agent 60", line="normal", times=2)
        assert hand.under == Key(HQ, Kind.AGENT, "a60")
        await hand.press(pilot, "F", "A", "g", *["down"] * 30)
        place = hand.place("agents hq", "Agent 35")
        await pilot.click(offset=place, times=2)
        assert hand.under == Key(HQ, Kind.AGENT, "a35")


async def test_a_list_of_a_source_is_marked_and_leads_to_its_pane(hand: Hand) -> None:
    async with hand.sits() as pilot:
        console = hand.here.console
        await hand.press(pilot, "f4")
        await hand.click(pilot, "hq  ringme")
        assert "hq ringme" in hand.marked()
        await hand.click(pilot, "  calls")
        assert "calls" in hand.marked()
        assert "Enter go" in hand.read()[-1]
        await hand.click(pilot, "  calls")
        assert (console.mode, console.active) == (BOARD, Resource.CALLS)
        await hand.press(pilot, "escape")
        assert console.mode == SOURCES


async def test_the_title_of_the_trends_leads_to_the_queue_and_to_the_next_span(hand: Hand) -> None:
    async with hand.sits() as pilot:
        console = hand.here.console
        await hand.press(pilot, "1", "f6")
        spans = []
        for _ in range(3):
            await hand.click(pilot, f"· {console.trends.told.span}", line="TRENDS")
            spans.append(console.trends.told.span)
        assert spans == ["day", "week", "hour"]
        await hand.click(pilot, "Sales", line="TRENDS")
        assert hand.under == SALES
        await hand.press(pilot, "escape")
        assert console.mode == TRENDS


async def test_who_gave_up_is_asked_about_with_the_second_click_and_called_once_that_is_confirmed(hand: Hand) -> None:
    hand.here.console.ports.call_backs.take(lost("x1", 600, "+4930777001"))
    hand.here.console.ports.call_backs.take(lost("x2", 60, "+4930777002"))
    async with hand.sits() as pilot:
        await hand.press(pilot, "L")
        await hand.click(pilot, "+49 30 777001")
        assert "CALL BACK" in "".join(hand.read())
        await hand.click(pilot, "+49 30 777001")
        for _ in range(2):
            await hand.click(pilot, "from my phone")
        assert not hand.here.commands
        await hand.click(pilot, " do it")
        assert [verb for verb, _ in hand.here.sent] == [Verb.CALL]


async def test_a_command_is_marked_and_run_with_the_second_click_but_no_verb_is(hand: Hand) -> None:
    async with hand.sits() as pilot:
        await hand.press(pilot, "3", ":")
        for _ in range(3):
            await hand.click(pilot, "Call Di Novak", times=2)
        assert hand.here.console.dialog is not None
        await hand.click(pilot, "Find across all panes")
        assert hand.marked().startswith("Find across")
        await hand.click(pilot, "Find across all panes")
        assert "FIND" in "".join(hand.read())


async def test_a_field_of_a_form_is_gone_to(hand: Hand) -> None:
    hand.here.adapters[HQ].known_forms = {Verb.PUBLISH: (FORM,), Verb.CHANGE: (FORM,)}
    hand.here.read({(HQ, Resource.NOTICES): (NOTICE,)})
    async with hand.sits() as pilot:
        await hand.press(pilot, "6", "E")
        await hand.click(pilot, "Until")
        assert hand.marked().startswith("Until")
        await hand.click(pilot, "Esc leave")
        assert hand.here.console.dialog is None


async def test_a_filter_that_is_typed_stays_when_a_line_is_clicked(hand: Hand) -> None:
    async with hand.sits() as pilot:
        await hand.press(pilot, "f5", "/", "h", "q")
        await hand.click(pilot, "Support longest")
        assert (hand.here.console.filtering, hand.here.console.alarms.filter) == (False, "hq")
        assert "Support longest" in hand.marked()


# ---- names -------------------------------------------------------------------------------------------------------


async def test_a_name_in_a_look_leads_to_its_row(hand: Hand) -> None:
    async with hand.sits() as pilot:
        await hand.press(pilot, "1", "enter")
        await hand.click(pilot, "■ Eve Lund")
        assert hand.under == Key(HQ, Kind.MEMBER, "m1")
        await hand.press(pilot, "1")
        await hand.click(pilot, "Ada Orwell", line="■ Eve Lund")
        assert hand.under == Key(HQ, Kind.AGENT, "ada")
        await hand.click(pilot, "0/3 ready, ")
        assert hand.under == SALES


async def test_what_a_name_led_to_and_is_gone_is_said(hand: Hand, monkeypatch: pytest.MonkeyPatch) -> None:
    async with hand.sits() as pilot:
        await hand.press(pilot, "1", "enter")
        place = hand.place("■ Eve Lund")
        monkeypatch.setattr(hand.app, "paint", lambda: None)
        hand.here.drop(Key(HQ, Kind.MEMBER, "m1"))
        await pilot.click(offset=place)
        assert hand.here.said == "member m1 is gone"


async def test_a_tile_of_the_wall_opens_the_board_at_its_queue(hand: Hand) -> None:
    async with hand.sits() as pilot:
        await hand.press(pilot, "f2")
        await pilot.click(offset=(20, 10))
        await pilot.pause()
        assert hand.under == SALES
        await hand.press(pilot, "escape")
        assert hand.here.console.mode == WALL
        await hand.click(pilot, "leaves the wall")
        assert hand.here.console.mode == BOARD


async def test_nothing_on_the_wall_of_a_kiosk_can_be_clicked(tmp_path: Path) -> None:
    hand = Hand(desk(tmp_path, settings={"kiosk": True}))
    async with hand.sits() as pilot:
        before = hand.read()
        for y in range(1, SIZE[1], 4):
            await pilot.click(offset=(20 + y, y))
        assert (hand.here.console.mode, hand.read()) == (WALL, before)


# ---- the wheel ---------------------------------------------------------------------------------------------------

LISTS = [
    ("f3", "alarm  "),
    ("f5", "Sales longest"),
    (":", "Find across"),
    ("F", "queues hq"),
    ("L", "+49 30 777001"),
]


@pytest.mark.parametrize(("key", "text"), LISTS)
async def test_the_wheel_moves_in_every_list(hand: Hand, key: str, text: str) -> None:
    hand.here.console.ports.call_backs.take(lost("x1", 600, "+4930777001"))
    hand.here.console.ports.call_backs.take(lost("x2", 60, "+4930777002"))
    async with hand.sits() as pilot:
        await hand.press(pilot, key)
        seen = set()
        for event in (events.MouseScrollUp, events.MouseScrollUp, events.MouseScrollDown, events.MouseScrollDown):
            await hand.wheel(pilot, text, event)
            seen.add(hand.marked())
        assert len(seen) > 1


async def test_the_wheel_turns_the_details_and_answers_no_question(hand: Hand) -> None:
    async with hand.sits() as pilot:
        await pilot.resize_terminal(100, 24)
        await hand.press(pilot, "1", "enter")
        before = hand.here.console.panel.turned
        assert before.over
        await hand.wheel(pilot, "AGENTS", events.MouseScrollDown)
        assert hand.here.console.panel.turned.top == before.top + 1
        await hand.press(pilot, "4", "x")
        await hand.wheel(pilot, "do it", events.MouseScrollDown)
        assert hand.here.console.dialog is not None


# ---- what a click never does -------------------------------------------------------------------------------------


def test_an_answer_to_a_question_that_is_gone_is_none(tmp_path: Path) -> None:
    here = desk(tmp_path)
    here.press("4", "x")
    here.console.asking.close()
    for press in ("dialog.yes", "dialog.enter", "dialog.escape"):
        here.console.pointing.click(press)
    assert not here.commands
    assert here.console.dialog is None


def presses(here: Desk) -> list[Press]:
    """All that can be clicked outside the panes, but keys that are named: those of verbs, and those of a question."""
    shown = frame(here.console, *SIZE)
    verbs = {action.id for action in here.console.settings.actions if action.acts}
    found = (cell.press for part in (shown.top, shown.body, shown.bottom) for line in part for cell in line)
    named = (press for press in found if not isinstance(press, str) or press not in verbs)
    return list({repr(press): press for press in named if not str(press).startswith("dialog.")}.values())


SCREENS_TO_CLICK = {**SCREENS, "palette of a call": ("4", "g", "j", ":"), "log of an action": ("4", "p", "y", "9")}


@pytest.mark.parametrize("screen", SCREENS_TO_CLICK)
def test_no_click_on_a_line_reaches_a_vendor(tmp_path: Path, screen: str) -> None:
    here = desk(tmp_path)
    console = here.console
    console.ports.call_backs.take(lost("x1", 600, "+4930777001"))

    def there() -> int:
        console.asking.close()
        console.asking.filter = None
        console.modes.to(BOARD)
        here.press(*SCREENS_TO_CLICK[screen])
        here.paint(*SIZE)
        here.clock.advance(1.0)
        return len(here.commands)

    there()
    rows = [(resource, key) for resource, pane in console.panes.items() for key in pane.order()]
    for place in range(len(presses(here))):
        sent = there()
        # Of the question that stands now: each has lines of its own.
        for press in presses(here)[place : place + 1]:
            for chain in (1, 1, 2, 3):
                console.pointing.click(press, chain, 5)
            assert len(here.commands) == sent, press
    for resource, key in rows:
        sent = there()
        for chain in (1, 1, 2, 3):
            console.pointing.row(resource, key, chain)
        assert len(here.commands) == sent, key
