"""What an answer to an action proves: done nothing, gone, or not clear."""

from __future__ import annotations

from wallboard.domain.errors import Ambiguous, NotSent, Rejected, TargetGone
from wallboard.domain.text import clean
from wallboard.vendors.asterisk.protocol import AmiError, AmiLost, AmiRefused, AmiUnsafe

#: Of the sentences in which Asterisk says that a channel, a caller or a member is not there.
_GONE = ("no such channel", "channel does not exist", "not found", "not there", "could not find")


def action_error(action: str, error: AmiError) -> NotSent | Rejected | Ambiguous:
    if isinstance(error, AmiUnsafe):
        return NotSent(clean(str(error)))
    if isinstance(error, AmiLost) and not error.sent:
        return NotSent(clean(str(error)))
    if isinstance(error, AmiRefused):
        text = clean(str(error))
        kind = TargetGone if any(word in text.lower() for word in _GONE) else Rejected
        return kind(f"{action} was refused: {text}", status="Error")
    return Ambiguous(f"{action}: {clean(str(error))}; it may have been done")
