"""Why there is no connection to the bus, and whether somebody has to do something about that."""

from __future__ import annotations

import ssl

from wallboard.domain.language import tr
from wallboard.domain.text import clean
from wallboard.domain.unreachable import why_unreachable

_REFUSED = ("authorization", "authentication", "credentials", "account")
"""In what a server says of a user whom it does not take."""
_CROWDED = "maximum"


def cause(error: BaseException, server: str) -> tuple[str, bool]:
    """Why there is no connection, as a clause, and whether somebody has to do something about that."""
    from nats.errors import Error

    from wallboard.share.wire import UnfitError

    said = clean(plain(error).strip("'"), 100)
    if isinstance(error, UnfitError):
        return str(error), True
    if isinstance(error, ssl.SSLError):
        why = why_unreachable(error, server)
        return tr("{why}: look at [share] url and ca_file", why=why), True
    if isinstance(error, TimeoutError):
        return tr("{host} does not answer", host=server), False
    if isinstance(error, OSError):
        return why_unreachable(error, server), False
    if isinstance(error, Error) and any(word in said.lower() for word in _REFUSED) and _CROWDED not in said.lower():
        told = tr(
            "{server} does not take the sign-in ({said}): look at [share] auth and at the users of the server",
            server=server,
            said=said,
        )
        return told, True
    if "info" in said.lower():
        return tr("{server} does not speak NATS", server=server), True
    return tr("{server} says: {said}", server=server, said=said), False


def plain(error: BaseException) -> str:
    """What a library says, without its own name."""
    return str(error).removeprefix("nats: ") or type(error).__name__
