"""Every test runs on asyncio, in a home directory of its own and with an environment that says nothing about colour."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import settings

# A shared machine stalls now and then; a slow example says nothing about the code.
settings.register_profile("wallboard", deadline=None)
settings.load_profile("wallboard")

# Read by the program, by Rich or by Textual; left in place, a developer's terminal would decide what a test sees.
_AMBIENT = (
    "NO_COLOR",
    "FORCE_COLOR",
    "CLICOLOR",
    "CLICOLOR_FORCE",
    "COLORTERM",
    "COLUMNS",
    "LINES",
    "TEXTUAL",
    "TEXTUAL_THEME",
    "TEXTUAL_ANIMATIONS",
    "ESCDELAY",
    "SSH_CONNECTION",
    "SSH_TTY",
    "TMUX",
    "CREDENTIALS_DIRECTORY",
    "HTTP_PROXY",
    "HTTPS_PROXY",
    "ALL_PROXY",
    "http_proxy",
    "https_proxy",
    "all_proxy",
)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What shares a process when several run: the tests of one file, and everything that drives a terminal or the
    lab, so that at most one such thing is under way."""
    for item in items:
        outside = item.path.parent.name in ("e2e", "lab")
        item.add_marker(pytest.mark.xdist_group("outside" if outside else item.nodeid.partition("::")[0]))


@pytest.fixture
def anyio_backend() -> str:
    """Textual runs on asyncio alone, so no test runs anywhere else."""
    return "asyncio"


@pytest.fixture(autouse=True)
def home(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty home: no test reads or writes the developer's config, state or journal."""
    directory = tmp_path_factory.mktemp("home")
    monkeypatch.setenv("HOME", str(directory))
    for name, below in (
        ("XDG_CONFIG_HOME", ".config"),
        ("XDG_STATE_HOME", ".local/state"),
        ("XDG_DATA_HOME", ".local/share"),
        ("XDG_CACHE_HOME", ".cache"),
        ("XDG_RUNTIME_DIR", ".run"),
    ):
        monkeypatch.setenv(name, str(directory / below))
    for name in [*_AMBIENT, *(name for name in os.environ if name.startswith("WALLBOARD_"))]:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.setenv("LANG", "C.UTF-8")
    return directory
