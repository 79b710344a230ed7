"""The console in Textual: where a key is looked up, what has the focus, and that both agree with the console alone."""

from __future__ import annotations

import random
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from textual.command import Hit, Hits, Provider
from textual.events import Key, Paste
from textual.keys import _character_to_key
from textual.pilot import Pilot

from tests.support.console import Desk, desk
from wallboard import theming
from wallboard.config import keymap
from wallboard.domain.actions import ACTIONS
from wallboard.domain.verbs import Verb
from wallboard.ui.app import ConsoleApp
from wallboard.ui.restraint import REST_SECONDS
from wallboard.ui.terminal import gate
from wallboard.view.dialogs import ARM_SECONDS
from wallboard.view.picker import Picker


class Seat:
    """An app over the sample evening; keys come as the driver posts them."""

    def __init__(self, here: Desk) -> None:
        self.here = here
        self.app = ConsoleApp(lambda _app: here.console, theming.load("control-room"), theming.load)

    @asynccontextmanager
    async def sits(self) -> AsyncIterator[Pilot[int]]:
        async with self.app.run_test(size=(160, 50)) as pilot:
            await pilot.pause()
            yield pilot

    def post(self, *keys: str) -> None:
        """As one packet: nothing is awaited between the keys."""
        for key in keys:
            named = _character_to_key(key) if len(key) == 1 else key
            character = " " if key == "space" else key if len(key) == 1 else None
            self.app.post_message(Key(named, character))

    async def press(self, pilot: Pilot[int], *keys: str) -> None:
        for key in keys:
            if self.here.console.restraint.resting(self.here.clock.now()):
                self.here.clock.advance(REST_SECONDS)
            self.post(key)
            await pilot.pause()

    @property
    def text(self) -> str:
        return self.app._board.question.input.value


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
        await seat.press(pilot, "q")
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


@pytest.mark.anyio
async def test_every_action_is_a_binding_with_its_id_and_takes_the_keys_of_the_user(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(gate, "HOLD_SECONDS", 0.0)
    rebound = {"call.hangup": ("ctrl+t",), "nav.down": ("x",), "picker.attended": ("f5",)}
    wanted = keymap.bound({**rebound, "row.note": (), "dialog.no": ("ctrl+g",)})
    seat = Seat(desk(tmp_path, settings={"actions": wanted}))
    async with seat.sits() as pilot:
        nodes = [seat.app, seat.app._board.body, seat.app._board.question, seat.app._board.question.input]
        ids = {binding.id for node in nodes for _, binding in node._bindings}
        assert {action.id for action in ACTIONS} <= ids
        await seat.press(pilot, "4")
        before = seat.here.console.pane.selection.cursor
        await seat.press(pilot, "x")
        assert seat.here.console.pane.selection.cursor != before
        await seat.press(pilot, "n")
        assert seat.here.console.dialog is None, "an action that has no key"
        await seat.press(pilot, "ctrl+t")
        assert seat.here.console.dialog is not None
        await seat.press(pilot, "ctrl+g")
        await seat.press(pilot, "t", "tab", "f5")
        picker = seat.here.console.dialog and seat.here.console.dialog.dialog
        assert isinstance(picker, Picker)
        assert picker.attended
        await seat.press(pilot, "ctrl+g")
        assert seat.here.console.dialog is None


class Weather(Provider):
    """Somebody's own command."""

    async def search(self, query: str) -> Hits:
        if (score := self.matcher(query).match("weather here")) > 0:
            yield Hit(score, "weather", self.app.bell, "weather\x1b here", "from outside")


class Broken(Provider):
    async def search(self, query: str) -> Hits:
        raise ValueError(query)
        yield


@pytest.mark.anyio
async def test_a_provider_of_textual_adds_commands_to_the_palette(seat: Seat, monkeypatch: pytest.MonkeyPatch) -> None:
    rung: list[bool] = []
    monkeypatch.setattr(ConsoleApp, "COMMANDS", {Broken, Weather})
    monkeypatch.setattr(ConsoleApp, "bell", lambda app: rung.append(True))
    search = seat.app.search
    monkeypatch.setattr(seat.here.console, "ports", replace(seat.here.console.ports, search=search))
    async with seat.sits() as pilot:
        await seat.press(pilot, ":", *"weath")
        await seat.app.workers.wait_for_complete()
        assert [line for line in seat.here.paint() if "weather· here" in line and "from outside" in line]
        await seat.press(pilot, "enter")
        assert rung == [], "it has only just come"
        seat.here.clock.advance(1.0)
        await seat.press(pilot, "enter")
        await pilot.pause()
        assert rung == [True]


KEYS = [*"1234567890jkgGsSzf/F:?!aAetxHpuciowb+-.nNEQrvqy", "up", "down", "tab", "enter", "escape", "f2", "left", "end"]
KEYS += ["space", "backspace", "pagedown", "shift+tab", "ctrl+l", "ctrl+c", "home", "delete"]


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
        for _ in range(100):
            key = chance.choice(KEYS)
            for here in (seat.here, alone):
                here.wait(1.0)
                here.paint()
            alone.press(key)
            await seat.press(pilot, key)
            states = []
            for here in (seat.here, alone):
                console, field = here.console, here.console.asking.field
                states.append((key, console.mode, console.active, console.pane.selection.cursor, here.said,
                               console.dialog and type(console.dialog.dialog), field and (field.text, field.caret),
                               here.sent))  # fmt: skip
            assert states[0] == states[1]
