"""What is private to Textual is read in one file, tried before it is used, and done without where it differs."""

from __future__ import annotations

import ast
import subprocess
import sys
from typing import Any

import pytest
from textual.app import App
from textual.driver import Driver
from textual.drivers.linux_driver import LinuxDriver

from tests.arch.test_graph import FILES, nodes
from wallboard.cli.terminal import screen
from wallboard.ui.app import ConsoleApp
from wallboard.ui.terminal import diff, private
from wallboard.ui.terminal.driver import ConsoleDriver

OURS = "wallboard.ui.terminal.private"
FOREIGN = frozenset({"app", "screen", "driver", "wire", "console", "parser", "board", "pilot"})
"""What Textual's objects are called here."""


METACLASS = frozenset(vars(type("Plain", (App,), {}))) | frozenset(vars(type("Plain", (LinuxDriver,), {})))
"""What Textual itself puts on each class."""


def private_names(name: str) -> list[str]:
    """Imports of private modules of Textual and Rich, and private attributes of their objects."""
    found = []
    for node in nodes(name):
        if isinstance(node, ast.ImportFrom) and node.module and node.module.split(".")[0] in ("textual", "rich"):
            found += [node.module for part in node.module.split(".") if part.startswith("_")]
            found += [alias.name for alias in node.names if alias.name.startswith("_")]
        elif isinstance(node, ast.Attribute) and node.attr.startswith("_") and not node.attr.startswith("__"):
            owner = node.value
            called = owner.attr if isinstance(owner, ast.Attribute) else owner.id if isinstance(owner, ast.Name) else ""
            if called in FOREIGN or called == "super":
                found.append(f"{called}.{node.attr}")
    return found


def test_no_other_file_reads_a_private_name() -> None:
    ui = [name for name in FILES if name.startswith(("wallboard.ui", "wallboard.theming", "wallboard.runtime"))]
    assert {name: found for name in ui if name != OURS and (found := private_names(name))} == {}
    assert private_names(OURS)


@pytest.mark.parametrize("owner", [ConsoleApp, ConsoleDriver])
def test_nothing_private_is_overridden_elsewhere(owner: type[Any]) -> None:
    stock = App if owner is ConsoleApp else LinuxDriver
    hidden = {name for name in vars(stock) if name.startswith("_") and not name.startswith("__")} - METACLASS
    assert hidden & set(vars(owner)) == set()


def chosen() -> type[Driver]:
    """The driver that the console would have."""
    return ConsoleApp.get_driver_class(object.__new__(ConsoleApp))


def test_where_textual_is_as_known_ours_stand() -> None:
    assert chosen() is ConsoleDriver
    assert (private.driver_faults(), private.display_faults(private.QuietApp())) == ("", "")
    shown = screen()
    assert shown.ok
    assert "only changed cells are sent" in shown.text


@pytest.mark.parametrize("name", ["_patch_iflag", "_run_input_thread"])
def test_where_its_driver_differs_its_own_stands(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.delattr(LinuxDriver, name)
    assert chosen() is LinuxDriver
    shown = screen()
    assert (shown.ok, f"LinuxDriver has no {name}" in shown.text) == (None, True)


def test_where_its_frames_differ_its_own_output_stands(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(private, "ChopsUpdate", dict)
    app = private.QuietApp()
    assert not diff.install(app)
    assert private.replaced_display(app) is None
    shown = screen()
    assert "its own output is used" in shown.text


def test_a_driver_that_the_environment_names_stays(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("textual.constants.DRIVER", "textual.drivers.headless_driver:HeadlessDriver")
    assert chosen().__name__ == "HeadlessDriver"


WITHOUT = """
from textual import _keyboard_protocol
from textual.drivers.linux_driver import LinuxDriver
del _keyboard_protocol.FUNCTIONAL_KEYS
from wallboard.ui.app import ConsoleApp
from wallboard.ui.terminal import diff, private
assert "FUNCTIONAL_KEYS" in private.driver_faults()
assert not diff.install(private.QuietApp())
assert ConsoleApp.get_driver_class(object.__new__(ConsoleApp)) is LinuxDriver
"""


def test_a_textual_that_lacks_a_name_still_shows_a_console() -> None:
    done = subprocess.run([sys.executable, "-c", WITHOUT], capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr
