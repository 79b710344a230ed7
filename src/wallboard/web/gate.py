"""Who may look: the name that a browser calls us by, the page that it comes from, and the token.

A name that is no address and none of ours was made by somebody else's DNS to lead here (rebinding), and a page of
another site may open a socket to us in the name of whoever visits it; both are turned away whatever else they have.
"""

from __future__ import annotations

import hashlib
import hmac
from ipaddress import ip_address
from urllib.parse import SplitResult, urlsplit

from wallboard.domain.language import tr
from wallboard.domain.records import dataclass

LEAST = 16
"""Characters of the shortest token."""


@dataclass(frozen=True, slots=True)
class Gate:
    """`token` "" asks for none. `names`: the hosts, in small letters, under which we are reached beside addresses."""

    names: frozenset[str]
    token: str = ""

    @property
    def pass_(self) -> str:
        """What a browser that has shown the token keeps in its place."""
        return hmac.new(self.token.encode(), b"wallboard web", hashlib.sha256).hexdigest()

    def shown(self, token: str) -> bool:
        """Whether this is the token; takes as long whatever is wrong with it."""
        return bool(self.token) and hmac.compare_digest(token.encode(), self.token.encode())

    def refusal(self, host: str, origin: str | None, *, token: str, kept: str) -> str:
        """Why whoever asks may not come in, as a sentence; "" if they may. `host` and `origin` are the headers of these
        names, `token` stood in the address, `kept` is what the browser keeps."""
        name = _name(host)
        if not (name in self.names or _is_address(name)):
            return tr("this board is not known as {host}: [web] names in its config lists the names it has", host=name)
        if origin is not None and not same_place(origin, host):
            return tr("this was asked for by a page of another site")
        if not self.token or self.shown(token) or hmac.compare_digest(kept.encode(), self.pass_.encode()):
            return ""
        if token:
            return tr("this is not the token of this board: look it up where the board was started")
        return tr("this board opens with its token: the address ends in /?token=…")


def same_place(origin: str, host: str) -> bool:
    """Whether a page of this origin was got from this host."""
    parts = _split(origin)
    return parts is not None and parts.scheme in ("http", "https") and parts.netloc.lower() == host.lower()


def _name(host: str) -> str:
    parts = _split(f"//{host}")
    return "" if parts is None else (parts.hostname or "").rstrip(".")


def _split(address: str) -> SplitResult | None:
    try:
        return urlsplit(address)
    except ValueError:
        return None


def _is_address(name: str) -> bool:
    try:
        ip_address(name)
    except ValueError:
        return False
    return True


def is_here(host: str) -> bool:
    """Whether only this machine reaches this host."""
    return host == "localhost" or (_is_address(host) and ip_address(host).is_loopback)
