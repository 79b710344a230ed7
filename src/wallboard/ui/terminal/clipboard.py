"""What is known of terminals that take no clipboard from programs (OSC 52): none of them says so itself."""

from __future__ import annotations

from collections.abc import Mapping

from wallboard.domain.language import tr


def doubt(environ: Mapping[str, str]) -> str:
    """Why it may not arrive, as a clause; "" where nothing is known against it."""
    term = environ.get("TERM", "")
    if environ.get("TMUX"):
        return tr("tmux passes it on with set-clipboard on")
    if environ.get("STY") or term.startswith("screen"):
        return tr("GNU screen does not pass it on")
    if term == "linux" or term.startswith("vt"):
        return tr("this terminal has no clipboard")
    if environ.get("TERM_PROGRAM") == "Apple_Terminal" or environ.get("VTE_VERSION"):
        return tr("this terminal is not known to take it")
    return ""
