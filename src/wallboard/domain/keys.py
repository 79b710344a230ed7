"""Identity: a row is (source, kind, id), whatever its place on the screen."""

from __future__ import annotations

from enum import StrEnum
from typing import NamedTuple

from wallboard.domain.language import mark


class Kind(StrEnum):
    """What a key names."""

    QUEUE = "queue"
    MEMBER = "member"
    AGENT = "agent"
    CALL = "call"
    HOTLINE = "hotline"
    NOTICE = "notice"
    RECEPTIONIST = "receptionist"
    PARKED = "parked"
    PHONE = "phone"
    SOURCE = "source"
    """A source itself, for what is done to no row of it: publishing a notice. Its id is its name."""


class Resource(StrEnum):
    """What a source can be asked for; each has its own freshness. `phones` feeds other panes, not one of its own."""

    QUEUES = mark("queues")
    MEMBERS = mark("members")
    AGENTS = mark("agents")
    CALLS = mark("calls")
    HOTLINES = mark("hotlines")
    NOTICES = mark("notices")
    RECEPTIONISTS = mark("receptionists")
    PARKED = mark("parked")
    PHONES = mark("phones")


KIND_OF: dict[Resource, Kind] = {
    Resource.QUEUES: Kind.QUEUE,
    Resource.MEMBERS: Kind.MEMBER,
    Resource.AGENTS: Kind.AGENT,
    Resource.CALLS: Kind.CALL,
    Resource.HOTLINES: Kind.HOTLINE,
    Resource.NOTICES: Kind.NOTICE,
    Resource.RECEPTIONISTS: Kind.RECEPTIONIST,
    Resource.PARKED: Kind.PARKED,
    Resource.PHONES: Kind.PHONE,
}
RESOURCE_OF: dict[Kind, Resource] = {kind: resource for resource, kind in KIND_OF.items()}


class Key(NamedTuple):
    """The identity of a row. `id` is the vendor's own id as text (never cleaned: it goes back to the vendor)."""

    source: str
    kind: Kind
    id: str

    def __str__(self) -> str:
        return f"{self.source}/{self.kind.value}/{self.id}"

    @classmethod
    def parse(cls, text: str) -> Key:
        """`hq/call/c-17` or `lab/agent/PJSIP/1001`: split at the first two slashes. ValueError says what is wrong."""
        parts = text.split("/", 2)
        if len(parts) != 3 or not all(parts):
            raise ValueError(f"{text!r} is not source/kind/id, such as hq/call/c-17")
        try:
            kind = Kind(parts[1])
        except ValueError:
            kinds = ", ".join(kind.value for kind in Kind)
            raise ValueError(f"{parts[1]!r} in {text!r} is not a kind; write one of {kinds}") from None
        return cls(parts[0], kind, parts[2])
