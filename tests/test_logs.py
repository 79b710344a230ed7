"""The log: private, redacted, clean, bounded, and never on the terminal."""

from __future__ import annotations

import base64
import logging
import stat
import sys
import urllib.parse
import warnings
from collections.abc import Iterator
from pathlib import Path

import pytest

from wallboard.domain.redaction import hide
from wallboard.logs import NAME, Logs, redact, setup

SECRET = "S3CR3T/canary+value=="
log = logging.getLogger("wallboard.test")


@pytest.fixture(autouse=True)
def as_before() -> Iterator[None]:
    """The loggers of the test run are put back afterwards."""
    root = logging.getLogger()
    before = (root.handlers[:], root.level, logging.lastResort, logging.raiseExceptions)
    levels = {name: logging.getLogger(name).level for name in ("httpx", "httpcore", "asyncio", "anyio", "textual")}
    yield
    for handler in root.handlers[:]:
        if handler not in before[0]:
            handler.close()
    root.handlers[:], root.level, logging.lastResort, logging.raiseExceptions = before
    for name, level in levels.items():
        logging.getLogger(name).setLevel(level)
    logging.captureWarnings(False)


@pytest.fixture
def state(tmp_path: Path) -> Path:
    return tmp_path / "state"


@pytest.fixture
def kept(state: Path) -> Iterator[Logs]:
    handlers = setup(state)
    yield handlers
    handlers.close()


def written(state: Path) -> str:
    return (state / NAME).read_text(encoding="utf-8")


def test_the_file_and_its_directory_are_for_the_owner_only(state: Path, kept: Logs) -> None:
    log.info("hello")
    assert stat.S_IMODE(state.stat().st_mode) == 0o700
    assert stat.S_IMODE((state / NAME).stat().st_mode) == 0o600
    assert written(state).endswith("Z info wallboard.test: hello\n")
    assert kept.problem == ""


def test_secrets_are_never_kept_in_any_spelling(state: Path, kept: Logs) -> None:
    hide(SECRET)
    log.warning("used %s", SECRET)
    log.warning("as %s", urllib.parse.quote(SECRET, safe=""))
    log.warning("or %s", base64.b64encode(SECRET.encode()).decode())
    try:
        raise ValueError(f"bad {SECRET}")
    except ValueError:
        log.exception("failed with %r", {"value": SECRET})
    everything = written(state)
    assert "***" in everything
    for form in (SECRET, urllib.parse.quote(SECRET, safe=""), base64.b64encode(SECRET.encode()).decode()):
        assert form not in everything


@pytest.mark.parametrize(
    "text",
    [
        "Authorization: Bearer canary-canary",
        "{'authorization': 'Basic canary-canary'}",
        "headers API-TOKEN=canary-canary",
        "Set-Cookie: canary-canary; Path=/",
        '{"access_token": "canary-canary"}',
        "client_secret=canary-canary&grant_type=x",
        "password: canary-canary",
        "got bearer canary-canary back",
        "https://mira:canary-canary@pbx.example.net/x",
        "GET https://pbx.example.net/x?key=canary-canary HTTP/1.1",
        "X-Api-Key: canary-canary",
    ],
)
def test_credentials_nobody_registered_are_hidden_too(text: str) -> None:
    assert "canary" not in redact(text)
    assert "***" in redact(text)


def test_ordinary_lines_are_not_touched() -> None:
    for text in (
        "queue Sales: 3 waiting",
        "hq refused the credentials (401)",
        "read https://pbx.example.net/api/ver1.0",
    ):
        assert redact(text) == text


def test_a_hostile_name_cannot_write_lines_or_controls_of_its_own(state: Path, kept: Logs) -> None:
    log.info("caller %s", "\x1b]0;x\x07\nEve\u202e" + "a\u0301" * 9000)
    try:
        raise RuntimeError("\x1b[2Jboom\nfake line")
    except RuntimeError:
        log.exception("oops")
    text = written(state)
    assert not [char for char in text if char != "\n" and (ord(char) < 32 or char in "\x7f\x9b\u202e")]
    assert len(text.splitlines()[0]) < 4000
    assert "boom" in text
    assert all(line[:4].strip() == "" or line[:2] == "20" for line in text.splitlines())


def test_nothing_reaches_the_terminal(capfd: pytest.CaptureFixture[str], state: Path) -> None:
    other = logging.getLogger("somebody.else")
    other.addHandler(logging.StreamHandler(sys.stderr))
    kept = setup(state)
    try:
        other.error("to the screen?")
        logging.getLogger("asyncio").error("Task exception was never retrieved")
        logging.getLogger("httpx").info("HTTP Request: GET https://pbx.example.net/x")
        with warnings.catch_warnings():
            warnings.simplefilter("always")
            warnings.warn("an old habit", stacklevel=1)
        log.info("%d arguments", "wrong", "number")
    finally:
        kept.close()
    captured = capfd.readouterr()
    assert captured.out == captured.err == ""
    lines = written(state)
    for expected in ("to the screen?", "never retrieved", "an old habit", "could not be formatted"):
        assert expected in lines
    assert "HTTP Request" not in lines


def test_the_file_rotates_and_stays_private(state: Path, kept: Logs, monkeypatch: pytest.MonkeyPatch) -> None:
    assert kept.file is not None
    kept.file.maxBytes = 2000
    for number in range(200):
        log.info("line %d", number)
    files = sorted(state.iterdir())
    assert [file.name for file in files] == [NAME, *(f"{NAME}.{number}" for number in (1, 2, 3))]
    assert {stat.S_IMODE(file.stat().st_mode) for file in files} == {0o600}
    assert sum(file.stat().st_size for file in files) < 10_000


def test_a_link_in_the_place_of_the_file_is_not_followed(tmp_path: Path) -> None:
    target = tmp_path / "victim"
    target.write_text("untouched")
    (tmp_path / NAME).symlink_to(target)
    kept = setup(tmp_path)
    log.info("hello")
    kept.close()
    assert target.read_text() == "untouched"
    assert kept.problem.startswith("no log file: ")


def test_without_a_usable_directory_it_says_so_and_prints_nothing(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "file").write_text("")
    kept = setup(tmp_path / "file" / "below")
    log.info("hello")
    kept.close()
    assert kept.problem.startswith("no log file: ")
    assert capfd.readouterr().err == ""


def test_a_full_disk_is_silent_and_told_when_asked(state: Path, kept: Logs, capfd: pytest.CaptureFixture[str]) -> None:
    assert kept.file is not None
    kept.file.close()
    kept.file.stream = open("/dev/full", "w", encoding="utf-8")  # noqa: SIM115  # the handler closes it
    log.info("lost")
    assert kept.problem
    assert capfd.readouterr().err == ""
