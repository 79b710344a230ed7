"""The whole program, left alone: it shows everything, and no key acts until somebody says who they are."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.terminal.stage import PATIENCE, Site, has, leave, open_board, press, quit_console, to_a_call_of_hq
from wallboard.ui.restraint import REST_SECONDS

pytestmark = pytest.mark.pty

NAME = 'name = "Demo supervisor"'


def test_a_console_that_was_left_alone_acts_for_nobody_until_a_name_is_typed(tmp_path: Path) -> None:
    with Site(tmp_path) as site:
        text = site.config.read_text()
        assert NAME in text
        site.config.write_text(text.replace(NAME, f"{NAME}\nidle_lock = 0.1"))
        with site.console() as terminal:
            open_board(terminal)
            to_a_call_of_hq(terminal)
            press(terminal, b"x", "HANG UP")
            terminal.wait(lambda screen: "LOCKED" in screen[0] and not has(screen, "HANG UP"), PATIENCE)
            assert has(terminal.screen(), "the question is void")
            terminal.pass_time(1.2 * REST_SECONDS)
            for key in (b"e", b"y"):
                terminal.send(key)
                terminal.pass_time(1.2 * REST_SECONDS)
            assert has(terminal.screen(), "listen: locked, :unlock")
            assert site.actions() == []
            press(terminal, b":", "COMMANDS")
            terminal.send(b"unlock")
            terminal.pass_time(0.5)
            press(terminal, b"\r", "UNLOCK")
            press(terminal, b"demo supervisor", "› demo supervisor ")
            terminal.pass_time(0.5)  # what came in one read is a paste, and Enter right behind it a part of it
            leave(terminal, b"\r", "LOCKED")
            assert site.actions() == []
            terminal.pass_time(0.5)
            terminal.send(b"e")
            terminal.wait(lambda screen: bool(site.actions()), PATIENCE)
            quit_console(terminal)
