"""What things are called on the bus. Nothing that a vendor or a caller chose stands in a subject or a key: points,
stars and `>` mean something there."""

from __future__ import annotations

import hashlib
import re

from wallboard.domain.keys import Resource
from wallboard.vendors.base import SourceSettings

SITE = re.compile(r"[a-z0-9][a-z0-9-]{0,39}")
"""What a site may be called."""
_PLAIN = re.compile(r"[^a-z0-9]+")


def account(settings: SourceSettings) -> str:
    """The name of a source on the bus, the same for consoles that mean the same account by the same name."""
    meant = "\n".join(
        [
            settings.name,
            settings.vendor,
            settings.url,
            settings.client,
            str(settings.organization),
            ",".join(settings.queues or ()),
            ",".join(settings.phones or ()),
        ]
    )
    plain = _PLAIN.sub("-", settings.name.lower()).strip("-")[:24]
    return f"{plain}-{_short(meant)}" if plain else _short(meant)


def list_key(account_name: str, resource: Resource, scope: str) -> str:
    """The key of what a joiner must know of one list."""
    return f"{account_name}.{resource.value}.{_short(scope) if scope else 'all'}"


def feeds_key(account_name: str) -> str:
    """The key of how its lists fare."""
    return f"{account_name}.feeds"


def act_key(kind: str, account_name: str, about: str) -> str:
    """The key of what was done about one thing."""
    return f"{kind}.{account_name}.{_short(about)}"


def here_key(node: str) -> str:
    """The key of what somebody does at one console."""
    return f"here.{_short(node)}"


def token(node: str) -> str:
    """A console's name as one word of a subject."""
    return _short(node)


def _short(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:10]


class Names:
    """Of one site."""

    def __init__(self, site: str) -> None:
        self.leases = f"wb_{site}_lease"
        """The bucket that says who reads which account."""
        self.lists = f"wb_{site}_snap"
        """The bucket of what a joiner must know."""
        self.desk = f"wb_{site}_desk"
        """The bucket of what people do."""
        self.desk_words = f"$KV.{self.desk}.>"
        """What is written there, as it comes."""
        self.claims = f"wb_{site}_act"
        """The bucket that says what of each action was begun, and how it ended."""
        self.audit_stream = f"wb_{site}_audit"
        """The stream that keeps the copies of all consoles' journals."""
        self._prefix = f"wb.v1.{site}"
        self.audit = f"{self._prefix}.audit"
        """Where copies go."""

    def told(self, account_name: str) -> str:
        """What its reader tells, as it comes."""
        return f"{self._prefix}.{account_name}.told"

    def asked(self, account_name: str) -> str:
        """What its reader is asked: to say everything now, to read something soon, to make room for `serve`."""
        return f"{self._prefix}.{account_name}.ask"

    @property
    def demand(self) -> str:
        """What consoles have on their screens."""
        return f"{self._prefix}.demand"

    def act(self, account_name: str, verb: str, node: str = "") -> str:
        """What is asked of whoever acts: by verb, so that the server can tell who may. With `node` of exactly one."""
        return f"{self._prefix}.{account_name}.act.{verb}" + (f".{node}" if node else "")

    def can(self, account_name: str) -> str:
        """What whoever acts is asked about rows: nothing is done for it."""
        return f"{self._prefix}.{account_name}.can"

    def acted(self, account_name: str) -> str:
        """What whoever acts tells of endings."""
        return f"{self._prefix}.{account_name}.acted"
