"""What the terminal is told: the modes that the console needs, and those that a program before it may have left on.

Standard library only, as the first frame is. A mode is set by a sequence that means it alone, as in terminfo's reset
strings; one soft reset for all of them (DECSTR) would be shorter, but not every terminal has it.
"""

from __future__ import annotations

from binascii import b2a_base64

LONGEST = 2000
"""Characters of what is copied or opened."""
END_OF_STRING = "\x1b\\"
"""Ends a string that was cut off: until then all else would be its text."""
CANCEL = "\x18"
"""Ends a control sequence that was cut off."""
PLAIN = (
    "\x0f\x1b(B\x1b)B"  # letters, where a cut-off program had drawn lines
    "\x1b[4l\x1b[20l\x1b[2l"  # written over, not pushed aside; a line feed is no return; keys are heard
    "\x1b[?5l\x1b[?1l\x1b>"  # not reversed; cursor keys and keypad as they are read here
    "\x1b[>4m\x1b[0m"  # keys with modifiers as they were; whoever takes that for a colour unlearns it at once
)
"""Character sets, writing, keypad and colours as every program expects them. Moves nothing and prints nothing."""
MODES_OFF = (
    "\x1b[?2026l\x1b[?9l\x1b[?1000l\x1b[?1002l\x1b[?1003l\x1b[?1005l\x1b[?1015l\x1b[?1006l\x1b[?1016l"
    "\x1b[?2004l\x1b[?2031l\x1b[?2048l"
)
"""Mouse, paste marks, colours and sizes, which a program before us may have left on: it would talk to us all day."""
FOCUS_OFF = "\x1b[?1004l"
WHOLE = "\x1b[?6l\x1b[?69l\x1b[r"
"""Addresses and scrolling of the whole screen. Moves the cursor home."""
_SCREEN = "\x1b[?1049h"
KEYBOARD_OFF = "\x1b[<u"
"""The kitty keyboard belongs to the screen, so it goes before leaving that."""
ENTER_SCREEN = f"{END_OF_STRING}{PLAIN}{MODES_OFF}{FOCUS_OFF}{_SCREEN}{WHOLE}\x1b[2J\x1b[H\x1b[?25l"
_WIPE = "\x1b[H\x1b[K\x1b[2H\x1b[J\x1b[H"
"""Callers' names do not stay where the terminal has no second screen; and in two pieces, because some terminals keep
what is erased at once where one can scroll back to it."""
RESTORE = f"{END_OF_STRING}{MODES_OFF}{FOCUS_OFF}{KEYBOARD_OFF}{PLAIN}{WHOLE}{_WIPE}\x1b[?7h\x1b[?1049l\x1b[0m\x1b[?25h"
"""Mouse, focus, paste marks, keyboard protocol, colours, wrapping, screen and cursor as a shell expects them."""

KEEP_TITLE, GIVE_TITLE_BACK = "\x1b[22;2t", "\x1b[23;2t"
"""The window's title onto the terminal's stack, and from there."""


def title(text: str) -> str:
    """Name the window."""
    return f"\x1b]2;{_plain(text)}{END_OF_STRING}"


def notification(text: str) -> str:
    """Have the terminal tell its desktop (OSC 9). A semicolon would make a command of it in some."""
    return f"\x1b]9;{_plain(text).replace(';', ',')}{END_OF_STRING}"


NO_HYPERLINK = f"\x1b]8;;{END_OF_STRING}"
_ADDRESS = "https://"


def hyperlink(url: str) -> str:
    """What is written next opens `url` (OSC 8); "" for anything but a plain https address."""
    plain = url.isascii() and url.isprintable() and " " not in url and len(url) <= LONGEST
    return f"\x1b]8;;{url}{END_OF_STRING}" if plain and url.startswith(_ADDRESS) else ""


def clipboard(text: str) -> str:
    """Have the terminal put `text` into its clipboard (OSC 52): one line, no controls. Never asks what is there."""
    line = "".join(char for char in text if char.isprintable())[:LONGEST]
    return f"\x1b]52;c;{b2a_base64(line.encode(), newline=False).decode()}{END_OF_STRING}"


def _plain(text: str) -> str:
    """What no terminal takes for the end of the string, or for more than text."""
    return "".join(char for char in text if char.isprintable())[:200]


_SEVEN_BITS = "\x1b[H\x1b F"
"""Controls of eight bits are understood, but not every line lets them through. A terminal that does not know the
request may write its last letter, so it stands where a whole frame is drawn over it."""
_KEYBOARD = "\x1b[>3u"
"""Only that keys are told apart, and when one is let go (kitty): text stays text, so that a key is one byte on a slow
line."""
_MOUSE = "\x1b[?1000h\x1b[?1015h\x1b[?1006h"
"""Buttons and the wheel. Nothing follows the pointer, so its moves stay off the line."""
_FOCUS = "\x1b[?1004h"
_BEGIN = f"{PLAIN}{MODES_OFF}{WHOLE}{_SEVEN_BITS}\x1b[?25l\x1b[?2004h\x1b[?7l"


def modes(*, mouse: bool, keyboard: bool) -> str:
    """All that the console needs beyond its screen, which is there; a whole frame has to follow."""
    return END_OF_STRING + _BEGIN + _FOCUS + (_KEYBOARD if keyboard else "") + (_MOUSE if mouse else "")


def modes_again(*, mouse: bool, keyboard: bool, focus: bool) -> str:
    """The same, screen included, for a terminal that may have lost any of it. `focus` only if that is in doubt: many
    answer it with a report of the focus, which must not ask for all this once more."""
    return (
        END_OF_STRING
        + _SCREEN
        + _BEGIN
        + (_FOCUS if focus else "")
        + (KEYBOARD_OFF + _KEYBOARD if keyboard else "")  # in place of the one before, or they would pile up
        + (_MOUSE if mouse else "")
    )
