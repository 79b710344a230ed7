"""The kiosk: a wall that no key leaves."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.console import Desk, desk
from tests.ui.test_app import Seat
from tests.view.test_wall import found
from wallboard.config import keymap
from wallboard.config.settings import Config, ConsoleOptions
from wallboard.domain.errors import ConfigError
from wallboard.domain.views import View
from wallboard.runtime.console import console_settings, run_console
from wallboard.ui.kiosk import TWICE
from wallboard.ui.modes import WALL


@pytest.fixture
def here(tmp_path: Path) -> Desk:
    made = desk(tmp_path, settings={"kiosk": True})
    made.asked.clear()
    return made


def stands(here: Desk) -> bool:
    """Whether the wall is all there is, and nothing was done."""
    lines = here.paint(80, 24)
    wall = here.console.mode == WALL and any("page 1/1" in line for line in lines)
    done = [asked for asked in here.asked if asked != "redraw"]
    return wall and here.console.dialog is None and not (here.commands or done or here.reads)


def test_no_key_leaves_it_and_none_acts(here: Desk) -> None:
    alarms = [alarm.state for alarm in here.board.alarms.listed()]
    for action in keymap.ACTIONS:
        for key in action.keys:
            if key != "ctrl+c":
                here.press(key)
                assert stands(here), f"{key} ({action.id})"
    here.press(*"quit", "enter", "y", "escape", "escape", "ctrl+z", "ctrl+q")
    here.console.paste(":quit\ny")
    assert stands(here)
    assert [alarm.state for alarm in here.board.alarms.listed()] == alarms


def test_control_c_twice_within_two_seconds_ends_it_and_the_first_says_so(here: Desk) -> None:
    here.press("ctrl+c")
    assert stands(here)
    assert " Ctrl+C again within 2 s ends it " in here.paint(80, 24)[-4]
    here.clock.advance(TWICE + 0.1)
    assert not any("Ctrl+C" in line for line in here.paint(80, 24))
    here.press("ctrl+c", "j", "ctrl+c")
    assert stands(here), "a key in between is no hand on Ctrl+C"
    here.clock.advance(1)
    here.press("ctrl+c")
    assert here.asked == ["quit"]


@pytest.mark.parametrize("height", [10, 14])
def test_where_there_is_little_room_it_is_said_as_well(here: Desk, height: int) -> None:
    here.press("ctrl+c")
    assert " Ctrl+C again within 2 s ends it " in "".join(here.paint(40, height))


@pytest.mark.anyio
async def test_neither_the_shell_nor_a_mode_stands_in_its_place(tmp_path: Path) -> None:
    seat = Seat(desk(tmp_path, settings={"kiosk": True}))
    async with seat.sits((80, 24)) as pilot:
        assert seat.app.current_mode == WALL
        await seat.press(pilot, "ctrl+z", "ctrl+p", "f6", "q")
        assert seat.app.current_mode == WALL
        assert seat.here.said == ""


def test_a_plain_wall_is_left_with_a_key(tmp_path: Path) -> None:
    made = desk(tmp_path, settings={"wall": True})
    assert "q leaves the wall" in made.paint(80, 24)[-1]
    made.press("q")
    assert made.console.mode != WALL


def test_it_starts_with_the_view_that_was_named(tmp_path: Path) -> None:
    views = [View("night", ("Supp*", "Emerg*")), View("day")]
    made = desk(tmp_path, settings={"kiosk": True, "views": views, "view": "night"})
    lines = made.paint(160, 50)
    assert "night   page 1/1" in lines[-1]
    shown = [name for name in ("Support", "Emergency", "Sales", "Helpdesk") if found(name, lines[:-5])]
    assert shown == ["Support", "Emergency"]


def test_a_view_that_there_is_not_is_refused_with_the_one_that_was_meant() -> None:
    config = Config(views=(View("night"), View("day")))
    with pytest.raises(ConfigError, match='there is no view "nigth"') as refused:
        run_console(config, ConsoleOptions(view="nigth"), "site")
    assert 'did you mean "night"?' in str(refused.value)


def test_the_flag_reaches_the_console() -> None:
    made = console_settings(Config(), ConsoleOptions(kiosk=True), "site", "", [])
    assert made.kiosk
