"""The way in: where a console will follow, its first frame is on the screen before anything else is read from disk.

The command line alone takes longer to build than this; so the few words that decide are looked at here, and whatever
is said to a person later takes the frame away again first (`cli.talk`).
"""

from __future__ import annotations

import os
import sys

from wallboard.cli.streams import guard

_LEAKS = ("TEXTUAL", "SSLKEYLOGFILE")
"""Variables, by their beginning, that let whoever sets them press keys, take pictures of the screen or read what goes
over the line."""


_FEW_COLOURS = ("screen", "dvtm", "eterm", "linux", "vt1", "vt2", "vt3", "vt4", "vt5")
"""Terminals, by the beginning of TERM, that have the colours of their name and no more. COLORTERM is of the terminal
around them, whose variables they inherit."""


def entry() -> int:
    """The `wallboard` console script."""
    guard()
    for name in [name for name in os.environ if name.startswith(_LEAKS)]:
        del os.environ[name]
    if not colorterm_holds():
        os.environ.pop("COLORTERM", None)
    try:
        return _entry()
    except KeyboardInterrupt:
        # While the program was still being read from disk.
        return 130
    except Exception as error:
        from wallboard.cli.trouble import tell

        return tell(error)


def _entry() -> int:
    if _console_follows(sys.argv[1:]):
        import gc

        from wallboard.domain.language import of_locale, tr, use
        from wallboard.ui.terminal import charset, splash

        # Nothing made while importing becomes garbage; the runtime switches collection on again (6 % of the start).
        gc.disable()
        use(of_locale(os.environ))
        splash.show(
            "demo" if "demo" in sys.argv[1:] else site(),
            tr("connecting"),
            ascii_only="--ascii" in sys.argv[1:] or not charset.unicode_terminal(),
            colour=has_greys(colourless="mono" in sys.argv[1:] or "--theme=mono" in sys.argv[1:]),
        )
    from wallboard.cli.main import main

    return main()


def site() -> str:
    """What stands on the screen for this place: the machine's name."""
    return os.uname().nodename.split(".")[0] or "wallboard"


def _console_follows(words: list[str]) -> bool:
    """Whether these arguments open the console on this terminal, as far as can be told without parsing them."""
    if {"-h", "--help", "--version"} & set(words) or os.environ.get("TERM", "") in ("", "dumb", "unknown"):
        return False
    named = [word for word in words if not word.startswith("-")]
    if words[:1] == ["--config"]:
        named = named[1:]
    return (not named or named[0] in ("run", "demo")) and os.isatty(0) and os.isatty(1)


def colorterm_holds() -> bool:
    """Whether COLORTERM speaks of the terminal that this runs in. tmux says TERM=screen too, and makes of each colour
    what the terminal around it has."""
    if os.environ.get("STY"):
        return False
    return bool(os.environ.get("TMUX")) or not os.environ.get("TERM", "").startswith(_FEW_COLOURS)


def has_greys(*, colourless: bool) -> bool:
    """Whether this terminal is known to have the greys of the first frame; not with `colourless` or NO_COLOR."""
    if colourless or os.environ.get("NO_COLOR"):
        return False
    return "256" in os.environ.get("TERM", "") or bool(os.environ.get("COLORTERM"))
