"""Which control sequences of a terminal are keys, and how to spell those so that the stock parser reads them right."""

from __future__ import annotations

import re

LONGEST_SEQUENCE = 31
"""The stock parser gives up on longer ones and types them."""
RXVT_SHIFTED = re.compile(r"\d{1,2}\$")
"""Shift and a key as rxvt sends it; the dollar would be an intermediate byte anywhere else."""

_ESC = "\x1b"
ALWAYS_HEARD = re.compile(r"\?2026;\d\$y|99;5u")
"""What is no key of before the start: the one mode report that we ask for, and Ctrl-C as the kitty protocol has it."""
_REPORT = re.compile(r"\x1b\[(?:\?2026;\d\$y|[IO]|<\d{1,5};[1-9]\d{0,3};[1-9]\d{0,3}[Mm])")
"""That mode, the focus, and the mouse at a place that a screen has."""
_PLAIN_CSI = re.compile(r"([\d;:]*)([@-~])")
QUESTIONS = range(7000, 7100)
"""Private modes that no terminal has. One that is asked of them says that it does not know this number, and so which
question it has come to."""
_QUESTION = re.compile(r"\?(70\d\d);\d\$y")
_LET_GO = re.compile(r"(\d{1,7})(?::[\d:]*)?;\d{1,3}:3(?:;[\d:]*)?u")
_STEP = re.compile(r"\x1b(?:\[(?:[\d;:]*[A-DHFZ]|[145678](?:;[\d:]*)?~)|O[A-DHF])")
"""Keys that move, or lead to the next field, whatever is held with them."""
_LINUX_FUNCTION_KEY = re.compile(r"\[[A-E]")
_LAST_CODE_POINT = 0x10FFFF
_ALT_OR_MORE = 0b111110
"""Modifier bits of the kitty protocol except shift, Caps Lock and Num Lock."""


def known_csi(body: str) -> str | None:
    """The whole sequence for what follows `ESC [`, if it is a key, the mouse, the focus or a mode report we asked for.

    None for every other answer of a terminal, for key repeats and releases, and for numbers that are no characters.
    Spellings of a key that the stock parser misreads are rewritten: with an event type, with the text of a key that
    has Alt in it, and xterm's `27;modifiers;code~`.
    """
    whole = f"{_ESC}[{body}"
    if len(whole) > LONGEST_SEQUENCE:
        return None
    if is_report(whole) or _LINUX_FUNCTION_KEY.fullmatch(body):
        return whole
    if RXVT_SHIFTED.fullmatch(body):
        return whole
    plain = _PLAIN_CSI.fullmatch(body)
    if plain is None:
        return None
    numbers, final = plain.groups()
    fields = numbers.split(";") if numbers else []
    if final in "nm" or len(fields) > 3:
        return None
    # The place of the cursor, and what kind of terminal this is.
    if (final == "R" and len(fields) == 2) or (final == "c" and fields):
        return None
    if final in "MIOpqrstvwxy" and (len(fields) != 2 or fields[0] != "1"):
        return None
    if final == "~" and len(fields) == 3 and fields[0] == "27":
        fields, final = [fields[2], fields[1]], "u"
    return _key(fields, final)


def question(number: int) -> str:
    """What has the terminal say that it has come this far (DECRQM)."""
    return f"{_ESC}[?{number}$p"


def answered(body: str) -> int | None:
    """The question that `ESC [ body` answers, None where it is none of ours."""
    found = _QUESTION.fullmatch(body)
    return None if found is None else int(found[1])


def let_go(body: str) -> str | None:
    """The character on the key that `ESC [ body` says was let go; None where it says nothing of the kind. It is that
    of the key without Shift."""
    found = _LET_GO.fullmatch(body)
    if found is None or not _is_character(found[1]) or not chr(int(found[1])).isprintable():
        return None
    return chr(int(found[1]))


def is_step(sequence: str) -> bool:
    """Whether a key only moves: it goes on and on while it is held."""
    return _STEP.fullmatch(sequence) is not None


def is_report(sequence: str) -> bool:
    """Whether the terminal says something by itself, and no key was pressed."""
    return _REPORT.fullmatch(sequence) is not None


def _key(fields: list[str], final: str) -> str | None:
    if not fields:
        return f"{_ESC}[{final}" if final != "u" else None
    code = fields[0].partition(":")[0]
    modifiers, _, event = (fields[1] if len(fields) > 1 else "").partition(":")
    text = fields[2] if len(fields) > 2 else ""
    moving = final in "ABCDHF" or (final == "~" and code in ("5", "6"))
    if event not in ("", "1") and not (event == "2" and moving):
        return None
    if (code and not _is_character(code)) or (modifiers and not _is_modifiers(modifiers)):
        return None
    if any(not _is_character(part) for part in text.split(":") if part):
        return None
    bits = int(modifiers) - 1 if modifiers else 0
    if text and bits & _ALT_OR_MORE:
        text = ""
    if text:
        return f"{_ESC}[{code};{modifiers};{text}{final}"
    if len(fields) == 1 and final != "u":
        return f"{_ESC}[{code}{final}"
    # The stock parser wants at least two fields, or leaves `97u` to a table that has no such key.
    return f"{_ESC}[{code or '1'};{modifiers or '1'}{final}"


def _is_character(number: str) -> bool:
    known = number.isdecimal() and len(number) <= 7 and int(number) <= _LAST_CODE_POINT
    return known and not 0xD800 <= int(number) <= 0xDFFF


def _is_modifiers(number: str) -> bool:
    return number.isdecimal() and len(number) <= 3 and 1 <= int(number) <= 256
