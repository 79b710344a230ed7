"""The mouse reaches what a key reaches and a person would click, by the same way and with the same care."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from textual.pilot import Pilot

from tests.support.console import HQ, Desk, desk, queue
from wallboard import theming
from wallboard.domain.keys import Key, Kind, Resource
from wallboard.domain.text import clean
from wallboard.domain.verbs import Verb
from wallboard.ui.app import ConsoleApp
from wallboard.ui.modes import ALARMS, BOARD, SOURCES

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
        lines = ["".join(segment.text for segment in strip) for strip in self.app.screen._compositor.render_strips()]
        y = next(index for index, shown in enumerate(lines) if text in shown and line in shown)
        await pilot.click(offset=(lines[y].rindex(text) + len(text) // 2, y), times=times)
        await pilot.pause()


@pytest.fixture
def hand(tmp_path: Path) -> Hand:
    return Hand(desk(tmp_path))


async def test_a_title_is_a_way_into_its_pane(hand: Hand) -> None:
    async with hand.sits() as pilot:
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
        named = {cell.press for cell in hand.app._pages[console.mode].question.lines.shown[-1] if cell.press}
        assert named
        assert {console.key_of(action) for action in named}.isdisjoint({"–"})
        for action in sorted(named):
            hand.here.clock.advance(2.0)
            before = (console.remarks.latest, console.dialog, console.filtering, console.mode, len(hand.here.commands))
            console.click(action)
            after = (console.remarks.latest, console.dialog, console.filtering, console.mode, len(hand.here.commands))
            assert after != before or action.startswith("nav."), action
            while console.asking.asks:
                hand.here.press("escape")
            if console.mode != wanted:
                hand.here.press(*keys)
