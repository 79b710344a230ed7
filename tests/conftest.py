"""Every test runs on asyncio, in a home directory of its own and with an environment that says nothing about colour."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings
from xdist.remote import Producer
from xdist.scheduler import LoadScopeScheduling

from wallboard.domain.language import use
from wallboard.domain.numbers import warm
from wallboard.domain.redaction import forget, known

# A shared machine stalls now and then; a slow example says nothing about the code.
settings.register_profile("wallboard", deadline=None)
settings.load_profile("wallboard")

# As a moment after the start, whichever test is the first: numbers stand as people read them.
warm()

HANGS = 300
"""Seconds: three times what the longest test takes on a busy machine."""

# A shell that starts something behind it has it ignore these, and whatever that starts too; the tests send them.
signal.signal(signal.SIGINT, signal.default_int_handler)
signal.signal(signal.SIGQUIT, signal.SIG_DFL)

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
    "LC_ALL",
    "LC_MESSAGES",
)


class Shared(LoadScopeScheduling):  # type: ignore[misc]  # it comes without types
    """What shares a process when several run: the tests of one file, all that use the lab, and all that drive a
    terminal, so that at most one of each is under way."""

    def _split_scope(self, nodeid: str) -> str:
        return _outside(nodeid) or nodeid.partition("::")[0]


def _outside(nodeid: str) -> str:
    """The lab or the terminals, "" for what runs in its process alone."""
    room = nodeid.split("/")[1]
    return room if room in ("lab", "terminal") else ""


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> Shared:
    return Shared(config, log)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What takes longest begins first: the lab, which mostly waits, the terminals beside it, then all the rest."""
    items.sort(key=lambda item: ("lab", "terminal", "").index(_outside(item.nodeid)))


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call() -> Iterator[None]:
    """A test that hangs fails, and says where, instead of holding up all others for ever."""
    before = signal.signal(signal.SIGALRM, _hangs)
    signal.alarm(HANGS)
    try:
        return (yield)
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)


def _hangs(_number: int, _frame: object) -> None:
    raise TimeoutError(f"it did not end within {HANGS} s")


@pytest.fixture
def anyio_backend() -> str:
    """Textual runs on asyncio alone, so no test runs anywhere else."""
    return "asyncio"


@pytest.fixture(autouse=True)
def known_secrets() -> Iterator[None]:
    """No test knows the secrets of another."""
    before = known()
    yield
    forget(but=before)


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    """No test speaks the language of another."""
    yield
    use("en")


@pytest.fixture(autouse=True)
def home(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty home: no test reads or writes the developer's config, state or journal, nor reads the machine's."""
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
    (directory / "etc").mkdir()
    monkeypatch.setenv("WALLBOARD_SITE_DIR", str(directory / "etc"))
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.setenv("LANG", "C.UTF-8")
    return directory
