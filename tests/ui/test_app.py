"""The console in Textual: where a key is looked up, what has the focus, and that both agree with the console alone."""

from __future__ import annotations

import random
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any, ClassVar

import pytest
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.command import Hit, Hits, Provider
from textual.events import Key, Paste
from textual.keys import _character_to_key
from textual.pilot import Pilot
from textual.screen import ModalScreen, Screen
from textual.widget import Widget
from textual.widgets import Input

from tests.support.console import HQ, Desk, desk, read, rows
from wallboard import theming
from wallboard.config import keymap
from wallboard.config.settings import Config
from wallboard.domain import numbers
from wallboard.domain.actions import ACTIONS
from wallboard.domain.forms import Form, FormField, Takes
from wallboard.domain.keys import Resource
from wallboard.domain.text import clean
from wallboard.domain.verbs import Verb
from wallboard.runtime.console import _warm_up
from wallboard.ui.app import ConsoleApp
from wallboard.ui.restraint import REST_SECONDS
from wallboard.ui.terminal import gate, private
from wallboard.view import header
from wallboard.view.dialogs import ARM_SECONDS


class Seat:
    """An app over the sample evening; keys come as the driver posts them."""

    def __init__(self, here: Desk) -> None:
        self.here = here
        self.app = ConsoleApp(lambda _app: here.console, theming.load("control-room"), theming.load)

    @asynccontextmanager
    async def sits(self, size: tuple[int, int] = (160, 50)) -> AsyncIterator[Pilot[int]]:
        async with self.app.run_test(size=size) as pilot:
            await pilot.pause()
            yield pilot

    def post(self, *keys: str) -> None:
        """As one packet: nothing is awaited between the keys."""
        for key in keys:
            self.app.post_message(_pressed(key))

    async def press(self, pilot: Pilot[int], *keys: str) -> None:
        """One after the other, and what they lead to."""
        for key in keys:
            await self.tap(key)
        await pilot.pause()

    async def tap(self, key: str) -> None:
        """One key, and what it does at once."""
        if self.here.console.restraint.resting(self.here.clock.now()):
            self.here.clock.advance(REST_SECONDS)
        await self.app.on_event(_pressed(key))

    @property
    def screen(self) -> str:
        """All that is drawn."""
        return "\n".join(strip.text for strip in self.app.screen._compositor.render_strips())

    @property
    def text(self) -> str:
        return self.app._board.question.input.value


def _pressed(key: str) -> Key:
    named = _character_to_key(key) if len(key) == 1 else key
    return Key(named, " " if key == "space" else key if len(key) == 1 else None)


@pytest.fixture
def seat(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Seat:
    monkeypatch.setattr(gate, "HOLD_SECONDS", 0.0)  # these keys are each pressed anew
    return Seat(desk(tmp_path))


@pytest.mark.anyio
@pytest.mark.parametrize(
    ("keys", "typed"),
    [("n204xq", "204xq"), ("t204x", "204x"), (":quit", "quit"), ("Fxq", "xq"), ("/exq", "exq")],
)
async def test_keys_typed_ahead_reach_the_question_and_no_verb(seat: Seat, keys: str, typed: str) -> None:
    async with seat.sits() as pilot:
        await seat.press(pilot, "4")
        seat.here.clock.advance(1.0)
        seat.post(*keys)
        await pilot.pause()
        assert seat.text == typed
        assert not seat.here.commands
        assert seat.app.focused is seat.app._board.question.input
        await seat.press(pilot, "escape")
        assert seat.app.screen.focused is seat.app._board.body


@pytest.mark.anyio
async def test_numbers_are_shown_anew_when_they_can_be_read_as_people_do(
    seat: Seat, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patched:
        patched.setattr(numbers, "_loaded", False)
        seat.here.console.renew()
        async with seat.sits() as pilot:
            assert "+49 30 111 222" in seat.screen
            await _warm_up(Config(), seat.app)
            await pilot.pause()
            assert "+49 30 111222" in seat.screen
            assert "+49 30 111 222" not in seat.screen


@pytest.mark.anyio
async def test_a_dim_key_says_why_before_the_next_key_acts(seat: Seat) -> None:
    async with seat.sits() as pilot:
        await seat.press(pilot, "2")
        seat.here.clock.advance(1.0)
        seat.post("e", "x", "y")
        await pilot.pause()
        assert "e listen: not answered yet" in seat.here.said
        assert seat.here.console.dialog is None
        assert not seat.here.commands
        bound = seat.app.screen.active_bindings
        assert (bound["e"].enabled, bound["t"].enabled) == (False, True)


@pytest.mark.anyio
async def test_another_key_than_yes_leaves_a_question_though_yes_comes_in_the_same_packet(seat: Seat) -> None:
    async with seat.sits() as pilot:
        await seat.press(pilot, "4", "x")
        seat.here.clock.advance(ARM_SECONDS)
        seat.post("f5", "y")
        await pilot.pause()
        assert (seat.here.console.dialog, seat.here.commands) == (None, [])
        await seat.press(pilot, "x")
        seat.here.clock.advance(ARM_SECONDS)
        await seat.press(pilot, "y")
        assert [verb for verb, _ in seat.here.sent] == [Verb.HANGUP]


@pytest.mark.anyio
async def test_what_is_typed_is_edited_as_in_any_input(seat: Seat) -> None:
    async with seat.sits() as pilot:
        await seat.press(pilot, "4", "n", *"call", "space", *"back", "home", "X", "ctrl+right", "Y")
        field = seat.here.console.asking.field
        assert field is not None
        assert (field.text, seat.text) == ("Xcall Yback", "Xcall Yback")
        await seat.press(pilot, "end", "backspace", "ctrl+w")
        assert field.text == "Xcall "
        await seat.press(pilot, "shift+home", "Z")
        assert field.text == "Z", "what is marked gives way"
        seat.app.post_message(Paste("one\ntwo"))
        await pilot.pause()
        assert field.text == "Zone two"


@pytest.mark.anyio
async def test_a_click_moves_nothing_while_something_is_asked(seat: Seat) -> None:
    async with seat.sits() as pilot:
        await seat.press(pilot, "4", "n", "a")
        before = seat.here.console.active, seat.here.console.pane.selection.cursor
        await pilot.click(offset=(20, 5))
        await seat.press(pilot, "b")
        assert seat.text == "ab"
        assert (seat.here.console.active, seat.here.console.pane.selection.cursor) == before


@pytest.mark.anyio
async def test_panes_that_a_larger_window_shows_name_their_columns_before_the_next_second(
    seat: Seat, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ConsoleApp, "_second", lambda app: None)
    async with seat.sits((80, 24)) as pilot:
        await pilot.resize_terminal(160, 50)
        await pilot.pause()
        title = seat.app._board.views[Resource.MEMBERS].title_line.shown[0]
        assert " number " in "".join(cell.text for cell in title).replace("─", " ")


@pytest.mark.anyio
async def test_rows_of_a_pane_that_has_just_come_are_known_as_painted_before_the_next_second(
    seat: Seat, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ConsoleApp, "_second", lambda app: None)
    async with seat.sits((80, 24)) as pilot:
        for key, ident in (("2", "m1"), ("4", "c2"), ("2", "m1")):
            await seat.press(pilot, key)
            await pilot.pause()
            shown = seat.here.console.visibility.of_row()
            assert shown is not None
            assert shown.row is not None
            assert shown.row.key.id == ident


@pytest.mark.anyio
async def test_each_mode_is_a_screen_that_is_kept(seat: Seat) -> None:
    async with seat.sits() as pilot:
        board = seat.app.screen
        seen = {seat.app.current_mode: board}
        for key, mode in (("f2", "wall"), ("9", "log"), ("0", "sources"), ("?", "help")):
            await seat.press(pilot, key)
            assert seat.app.current_mode == mode
            assert not any(one.binding.id == "call.hangup" for one in seat.app.screen.active_bindings.values())
            seen[mode] = seat.app.screen
        assert len(set(seen.values())) == 5
        await seat.press(pilot, "escape")
        assert seat.app.screen is board


@pytest.mark.anyio
async def test_a_question_typed_into_a_mode_that_has_just_opened_gets_its_keys(seat: Seat) -> None:
    async with seat.sits() as pilot:
        seat.post("9", ":", *"sort")
        await pilot.pause()
        field = seat.here.console.asking.field
        assert field is not None
        assert field.text == "sort"
        await pilot.pause()
        assert seat.app._pages["log"].question.input.value == "sort"


BOARD = [action for action in ACTIONS if action.scope == "board"]
ASKED = {"dialog.yes": "j", "dialog.no": "ctrl+g", "dialog.enter": "f9", "dialog.up": "f8", "dialog.down": "f7",
         "dialog.next": "ctrl+t", "dialog.previous": "f12", "picker.attended": "f6"}  # fmt: skip
SPARE = iter("OWX")
FIRSTS = [action.keys[0] if action.keys else next(SPARE) for action in BOARD]
MOVED = {action.id: key for action, key in zip(BOARD, [*FIRSTS[1:], FIRSTS[0]], strict=True)} | ASKED
"""Each action of the board on the key of the next, and those of questions on keys of nobody."""
ALONE = [("pane.calls", action.id) for action in BOARD if action.keys]
FILLED = ("dialog.next", "dialog.next", "dialog.previous", "=road", "dialog.down")
ASKING = [
    (("call.hangup", "dialog.no"), None),
    (("call.hangup", "dialog.yes"), Verb.HANGUP),
    (("call.hangup", "dialog.enter"), None),
    (("call.transfer", "=20", "dialog.down", "dialog.up", "picker.attended", "dialog.enter"), Verb.ATTENDED),
    (("view.filter", "=e", "dialog.up", "dialog.down", "dialog.enter"), None),
    (("view.find", "=Bo", "dialog.down", "dialog.enter"), None),
    (("row.note", "=x", "dialog.enter"), Verb.NOTE),
    (("pane.notices", "notice.publish", *FILLED, "dialog.enter", "dialog.yes"), Verb.PUBLISH),
]
"""Actions one after the other and what is typed between them, and the command that it ends with."""
NOTICE = Form("notice", clean("Notice"), tuple(FormField(name, name, Takes.LINE) for name in ("why", "where", "what")))


@pytest.mark.anyio
@pytest.mark.parametrize(
    ("ways", "sent"), [(ALONE, None), *(([("pane.calls", *way)], sent) for way, sent in ASKING)], ids=lambda value: ""
)
async def test_every_listed_key_moves_to_another_and_does_there_what_it_did(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, ways: list[tuple[str, ...]], sent: Verb | None
) -> None:
    monkeypatch.setattr(gate, "HOLD_SECONDS", 0.0)
    monkeypatch.setattr(ConsoleApp, "_second", lambda app: None)
    (tmp_path / "alone").mkdir()
    actions = keymap.bound({name: (key,) for name, key in MOVED.items()})
    seat, alone = Seat(desk(tmp_path, settings={"actions": actions})), desk(tmp_path / "alone")
    for here in (seat.here, alone):
        here.adapters["hq"].known_forms = {Verb.PUBLISH: (NOTICE,)}
        for name in ("lab", "responders"):
            here.adapters[name].refused[Verb.PUBLISH] = "this vendor has no notices"
    async with seat.sits() as pilot:
        for way in ways:
            await pilot.pause()
            for here in (seat.here, alone):
                here.wait(1.0)
            for name in way:
                for here in (seat.here, alone):
                    here.clock.advance(1.0)
                    here.paint()
                text = name.removeprefix("=")
                typed = [*text] if text != name else []
                alone.press(*(typed or [next(action.keys[0] for action in ACTIONS if action.id == name)]))
                for key in typed or [MOVED[name]]:
                    await seat.tap(key)
                assert standing(seat.here) == standing(alone), (way, name)
            for here in (seat.here, alone):
                # Out of everything, to begin the next where this one began.
                here.console.asking.close()
                here.console.asking.filter = None
                here.console.leaving.step_back(quitting=False)
                here.console.leaving.step_back(quitting=False)
        if ways is not ALONE:
            assert [verb for verb, _ in alone.sent] == [sent] * (sent is not None)


def test_all_of_them_were_moved() -> None:
    assert MOVED.keys() == {action.id for action in ACTIONS}
    assert not keymap.problems(MOVED)
    assert [action.id for action in ACTIONS if MOVED[action.id] in action.keys] == []
    used = {name for way in ALONE for name in way} | {name for way, _ in ASKING for name in way}
    assert MOVED.keys() - used == {"app.unlock", "alarm.bell", "mode.unconfirmed"}, (
        "which have no key to be compared with"
    )


def standing(here: Desk) -> tuple[object, ...]:
    """What a key can have changed."""
    console, field = here.console, here.console.asking.field
    panes, pane = console.panes, console.pane
    return (
        *(console.mode, console.active, pane.selection.cursor, pane.selection.marks, pane.selection.filter),
        *(pane.sort, pane.reverse, panes.zoomed, panes.frozen, console.panel.details, here.asked, here.sent),
        *(console.dialog and type(console.dialog.dialog), field and (field.text, field.caret)),
    )


@pytest.mark.anyio
async def test_an_action_without_a_key_has_none_of_its_defaults(seat: Seat, tmp_path: Path) -> None:
    (tmp_path / "other").mkdir()
    seat = Seat(desk(tmp_path / "other", settings={"actions": keymap.bound({"row.note": ()})}))
    async with seat.sits() as pilot:
        await seat.press(pilot, "4", "n")
        assert seat.here.console.dialog is None


class Forecast(ModalScreen[None]):
    """Somebody's own screen."""

    BINDINGS: ClassVar[list[BindingType]] = [("escape", "dismiss", "away")]

    def compose(self) -> ComposeResult:
        yield Input()


class Weather(Provider):
    """Somebody's own command."""

    async def search(self, query: str) -> Hits:
        if (score := self.matcher(query).match("weather here")) > 0:
            yield Hit(score, "weather", lambda: self.app.push_screen(Forecast()), "weather\x1b here", "from outside")


class Broken(Provider):
    async def search(self, query: str) -> Hits:
        raise ValueError(query)
        yield


@pytest.mark.anyio
async def test_a_provider_of_textual_adds_commands_to_the_palette(seat: Seat, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ConsoleApp, "COMMANDS", {Broken, Weather})
    at = seat.here.console.at
    monkeypatch.setattr(
        seat.here.console.commanding, "_at", replace(at, ports=replace(at.ports, search=seat.app.search))
    )
    async with seat.sits() as pilot:
        await seat.press(pilot, "4", ":", *"weath")
        await seat.app.workers.wait_for_complete()
        assert [line for line in seat.here.paint() if "weather· here" in line and "from outside" in line]
        await seat.press(pilot, "enter")
        assert seat.here.console.dialog is not None, "it has only just come"
        seat.here.clock.advance(1.0)
        await seat.press(pilot, "enter")
        while not (isinstance(seat.app.screen, Forecast) and seat.app.screen.focused):
            await pilot.pause()
        typed = seat.app.screen.query_one(Input)
        await seat.press(pilot, "x", "y")
        while typed.value != "xy":
            await pilot.pause()
        assert not seat.here.commands
        await seat.press(pilot, "escape")
        while isinstance(seat.app.screen, Forecast):
            await pilot.pause()
        await seat.press(pilot, "x")
        assert seat.here.console.dialog is not None


KEYS = [*"1234567890jkgGsSzf/F:?!aAetxHpuciowb+-.nNEQrvqyUY", "up", "down", "tab", "enter", "escape", "f2"]
KEYS += ["left", "end", "space", "backspace", "pagedown", "shift+tab", "ctrl+l", "ctrl+c", "home", "delete"]


@pytest.mark.anyio
@pytest.mark.parametrize("seed", range(3))
async def test_the_app_does_with_keys_what_the_console_does_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, seed: int
) -> None:
    """The rig of the other tests looks keys up by itself: here the two go the same way, key by key."""
    monkeypatch.setattr(gate, "HOLD_SECONDS", 0.0)
    monkeypatch.setattr(ConsoleApp, "_second", lambda app: None)
    (tmp_path / "alone").mkdir()
    seat, alone = Seat(desk(tmp_path)), desk(tmp_path / "alone")
    chance = random.Random(seed)
    async with seat.sits() as pilot:
        mode = seat.app.current_mode
        for _ in range(100):
            key = chance.choice(KEYS)
            for here in (seat.here, alone):
                here.wait(1.0)
                here.paint()
            alone.press(key)
            await seat.tap(key)
            if seat.app.current_mode != mode:
                mode = seat.app.current_mode
                await pilot.pause()
            assert (key, seat.here.said, *standing(seat.here)) == (key, alone.said, *standing(alone))


@pytest.mark.anyio
async def test_a_key_that_comes_within_a_second_is_heard_before_the_rest_of_it(
    seat: Seat, monkeypatch: pytest.MonkeyPatch
) -> None:
    heard: list[str] = []
    async with seat.sits((160, 50)) as pilot:
        await pilot.pause()
        console, run = seat.here.console, seat.here.console.run

        def second() -> Iterator[None]:
            heard.append("a step")
            seat.app.post_message(Key("j", "j"))
            yield
            heard.append("the rest")

        def runs(action: str) -> None:
            heard.append(action)
            run(action)

        monkeypatch.setattr(console, "second", second)
        monkeypatch.setattr(console, "run", runs)
        seat.here.clock.advance(1.0)
        seat.app._second()
        await pilot.pause()
    assert heard[:3] == ["a step", "nav.down", "the rest"]


@pytest.mark.anyio
async def test_a_moved_cursor_is_drawn_at_once_and_little_else(seat: Seat, monkeypatch: pytest.MonkeyPatch) -> None:
    drawn: list[int] = []
    looked: list[str] = []
    async with seat.sits() as pilot:
        await seat.press(pilot, "3", "j", "j")
        pane, changed = seat.here.console.pane.pane, private.changed_lines

        def noted(screen: Screen[object], widgets: Sequence[Widget]) -> private.ChopsUpdate | None:
            update = changed(screen, widgets)
            drawn.append(-1 if update is None else len(update.spans))
            return update

        def looks(what: str, does: Callable[..., Any]) -> Callable[..., Any]:
            def look(*given: object) -> Any:
                looked.append(what)
                return does(*given)

            return look

        monkeypatch.setattr(private, "changed_lines", noted)
        monkeypatch.setattr(header, "totals", looks("totals", header.totals))
        monkeypatch.setattr(type(pane), "cells", looks("row", type(pane).cells))
        for key in "jjkk":
            before = len(drawn)
            await seat.tap(key)
            # Two rows, the title, the line of the target and the bar of keys: before anything else is awaited.
            assert 0 < drawn[before] <= 6
        assert looked == [], "what did not change was worked out anew"


@pytest.mark.anyio
async def test_the_first_rows_wait_for_no_other_frame(tmp_path: Path) -> None:
    here = desk(tmp_path, empty=True)
    seat = Seat(here)
    async with seat.sits():
        seat.app.data_changed(frozenset({(HQ, Resource.CALLS)}))
        assert not seat.app.filled.is_set(), "how a feed fares is not what is waited for"
        read(here.board, {(HQ, Resource.CALLS): rows()[HQ, Resource.CALLS]}, here.clock.now(), 1)
        seat.app.data_changed(frozenset({(HQ, Resource.CALLS)}))
        assert seat.app.filled.is_set()
