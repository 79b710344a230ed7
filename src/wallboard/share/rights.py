"""What the server does not let a user do, as its configuration would name it."""

from __future__ import annotations

import re

from wallboard.domain.language import tr
from wallboard.domain.text import clean

_DENIED = re.compile(r'permissions violation for (publish|subscription) to "([^"]+)"', re.IGNORECASE)
_API_TAIL = re.compile(r"^\$JS\.API\.(?:DIRECT\.GET|CONSUMER(?:\.[A-Z]+)+)\.[^.]+(?=\.)")
"""What of such a subject is of a stream; the rest is of one key or one consumer."""
_SITE = re.compile(r"^(wb\.v1\.[^.]+)\.[^.]+\.(.+)")


def denied(said: str) -> tuple[bool, str] | None:
    """Whether it was about saying something there (else: about hearing it), and the subject as it was said, in small
    letters: the library hands on no others. None where it is another error."""
    found = _DENIED.search(said)
    return None if found is None else (found[1].lower() == "publish", found[2].lower())


def right(subject: str) -> str:
    """The right that is missing, as one writes it at the server."""
    if subject.startswith("_inbox."):
        return "_INBOX.>"
    if subject.startswith("$kv."):
        return f"$KV.{subject.split('.')[1]}.>"
    if subject.startswith("$js.api."):
        # Names of streams are ours: small letters behind what NATS puts before those of buckets.
        words = [word if word.startswith(("kv_", "wb_")) else word.upper() for word in subject.split(".")]
        subject = ".".join("KV_" + word[3:] if word.startswith("kv_") else word for word in words)
        found = _API_TAIL.match(subject)
        return subject if found is None else f"{found[0]}.>"
    found = _SITE.match(subject)
    if found is None:
        return subject
    return f"{found[1]}.*.act.>" if found[2].startswith("act.") else f"{found[1]}.*.{found[2]}"


def _clause(publishes: bool, subject: str) -> str:
    """A clause of it, with what to do."""
    named = clean(subject, 120)
    if publishes:
        return tr(
            "the rights of its user at the NATS server lack publish to {subject} (see docs/sharing.md)", subject=named
        )
    return tr(
        "the rights of its user at the NATS server lack subscribe to {subject} (see docs/sharing.md)", subject=named
    )


class Rights:
    """What was denied to this user. `now` in seconds."""

    LASTS = 90.0
    """Seconds for which it is told that something may not be said: what goes on being said is denied again."""

    def __init__(self) -> None:
        self._denied: dict[tuple[bool, str], float] = {}
        self._expected: set[str] = set()

    def expect(self, subject: str) -> None:
        """Whoever says something there is told what becomes of it."""
        self._expected.add(subject.lower())

    def deny(self, publishes: bool, subject: str, now: float) -> None:
        if not (publishes and subject in self._expected):
            self._denied[publishes, right(subject)] = now

    def forget(self) -> None:
        """What is heard next is of another line, and maybe of other rights."""
        self._denied.clear()

    def why(self, since: float, *names: str) -> str:
        """What was denied since then that has one of the names in it, or keeps every answer away; "" for nothing."""
        for (publishes, subject), at in self._denied.items():
            hit = at >= since and any(name in subject for name in names)
            if hit or (not publishes and subject.startswith("_INBOX.")):
                return _clause(publishes, subject)
        return ""

    def lacking(self, now: float) -> list[str]:
        """All of it, as clauses."""
        for key, at in list(self._denied.items()):
            if key[0] and now - at > self.LASTS:
                del self._denied[key]
        return list(dict.fromkeys(_clause(*key) for key in self._denied))
