"""Every word on the screen comes from the catalogue, or from a vendor: in a language of letters that English does not
have, what is still English is neither."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from gettext import NullTranslations
from pathlib import Path

import pytest

from tests.support import console
from tests.support.console import Desk, desk
from tests.ui.golden import incident as worse
from wallboard.domain.actions import ACTIONS
from wallboard.domain.language import use_catalogue

PLACEHOLDER = re.compile(r"\{[^{}]*\}")
_PLAIN, _ODD = "abcdefghijklmnopqrstuvwxyz", "äḃċḋëḟġḧïĵķļṁñöṗɋŕšťüṽẅẍÿž"
LETTERS = str.maketrans(_PLAIN + _PLAIN.upper(), _ODD + _ODD.upper())


class Strange(NullTranslations):
    """English of the same length, in letters that are in no English word."""

    def gettext(self, message: str) -> str:
        parts, at = [], 0
        for match in PLACEHOLDER.finditer(message):
            parts += [message[at : match.start()].translate(LETTERS), match[0]]
            at = match.end()
        return "".join([*parts, message[at:].translate(LETTERS)])

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        return self.gettext(msgid1 if n == 1 else msgid2)

    def pgettext(self, context: str, message: str) -> str:
        return self.gettext(message)


@pytest.fixture(autouse=True)
def strange() -> Iterator[None]:
    use_catalogue(Strange())
    yield
    use_catalogue(None)


def given() -> set[str]:
    """Every word of the sample evening, of vendors, the site and its config, and every name of a key."""
    words = {part for action in ACTIONS for key in action.keys for part in key.split("+")}
    for module in (console, worse):
        for node in ast.walk(ast.parse(Path(str(module.__file__)).read_text("utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                words |= set(re.findall(r"[A-Za-z]{2,}", node.value))
    return words | {word.upper() for word in words}


IDS = re.compile(r"\b[a-z]+/[a-z]+/[\w-]+|\b[a-z]+\.[a-z_]+")
"""Of rows and actions, which are the same in every language."""
UNITS = {"Enter", "Esc", "Tab", "Ctrl", "min", "SL", "ASA", "AHT", "UTC", "sales"}
WORDS = given() | UNITS

SCREENS = {
    "board": ("1",),
    "members": ("2", "z"),
    "agents": ("3", "z"),
    "calls": ("4", "z"),
    "hotlines": ("5", "z"),
    "notices": ("6",),
    "receptionists": ("7",),
    "parked": ("8",),
    "queue": ("1", "enter"),
    "queue settings": ("1", "enter", "enter"),
    "queue made of": ("1", "f1"),
    "agent": ("3", "enter"),
    "call": ("4", "enter"),
    "caller": ("2", "enter"),
    "hotline": ("5", "enter"),
    "hotline made of": ("5", "f1"),
    "picker": ("2", "t"),
    "picker attended": ("4", "j", "t", "tab"),
    "confirm": ("2", "x"),
    "name": ("5", "j", "o"),
    "note": ("2", "n"),
    "which": ("3", "j", "j", "j", "j", "i"),
    "staff": ("1", "+"),
    "marked": ("3", "j", "space", "j", "space", "i"),
    "find": ("F",),
    "filter": ("/", "s", "a", "l", "e", "s"),
    "palette": (":",),
    "help": ("4", "?"),
    "wall": ("f2",),
    "log": ("9",),
    "sources": ("f4",),
    "alarms": ("f5",),
    "trends": ("1", "f6"),
    "quit": ("q",),
    "snooze": ("Z",),
    "acknowledged": ("a",),
    "lost": ("L",),
    "views": ("V",),
    "follow": ("1", "v"),
    "sort": ("2", "s", "S"),
    "undo": ("U",),
    "copy": ("2", "Y"),
    "listen": ("4", "e"),
    "park": ("4", "p"),
}


@pytest.mark.parametrize("screen", SCREENS)
@pytest.mark.parametrize("empty", [False, True], ids=["read", "unread"])
def test_every_word_of_the_screen_is_from_the_catalogue(tmp_path: Path, screen: str, empty: bool) -> None:
    here: Desk = desk(tmp_path, empty=empty)
    here.press(*SCREENS[screen])
    lines = [IDS.sub("", line) for line in here.paint(160, 50)]
    english = {word for line in lines for word in re.findall(r"[A-Za-z]{2,}", line)}
    assert english - WORDS == set(), "\n".join(lines)
