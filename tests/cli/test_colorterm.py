"""Whose colours COLORTERM speaks of: it is inherited from the terminal around, whatever runs in between."""

from __future__ import annotations

import pytest

from wallboard.cli.start import colorterm_holds


@pytest.mark.parametrize(
    ("term", "within", "holds"),
    [
        ("xterm-256color", "", True),
        ("xterm", "", True),
        ("vte-256color", "", True),
        ("tmux-256color", "TMUX", True),
        ("screen-256color", "TMUX", True),
        ("screen", "", False),
        ("screen.xterm-256color", "STY", False),
        ("xterm-256color", "STY", False),
        ("dvtm-256color", "", False),
        ("eterm-color", "", False),
        ("linux", "", False),
        ("vt220", "", False),
    ],
)
def test_colorterm_holds_where_the_terminal_is_that_one(
    monkeypatch: pytest.MonkeyPatch, term: str, within: str, holds: bool
) -> None:
    for name in ("TMUX", "STY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("TERM", term)
    if within:
        monkeypatch.setenv(within, "1")
    assert colorterm_holds() is holds
