"""What flows from a source to the board, one shape for push and poll."""

from __future__ import annotations

from dataclasses import field
from enum import StrEnum

from wallboard.domain.keys import Key, Resource
from wallboard.domain.models import Row
from wallboard.domain.records import dataclass


class UpdateKind(StrEnum):
    """`snapshot` replaces its scope; `delta` adds, changes and removes; `proof` says only that the source lives;
    `named` is a snapshot that the board has, its rows made again since names were learnt: no news of the source."""

    SNAPSHOT = "snapshot"
    DELTA = "delta"
    PROOF = "proof"
    NAMED = "named"


LISTS = (UpdateKind.SNAPSHOT, UpdateKind.NAMED)
"""The kinds that hold all rows of their scope."""


@dataclass(frozen=True, slots=True)
class Proof:
    """Something that the vendor said happened, as evidence for an action.

    `name` is the vendor's word (`ChanSpyStart`), `subject` every id in it that an action may wait for
    (channel names, unique ids, action ids), `details` clean words for the journal.
    """

    name: str
    at: float
    subject: tuple[str, ...] = ()
    details: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Update:
    """Rows of one resource of one source.

    `scope` is the part of the resource that the rows cover ("" is all of it): a snapshot replaces the rows of its
    scope only. `epoch` rises with each reconnect, `seq` with each request or event within it; the board drops what
    is older than what it has. `as_of` is when the vendor looked (steady UTC seconds), as well as it is known.
    """

    source: str
    resource: Resource
    scope: str
    kind: UpdateKind
    epoch: int
    seq: int
    as_of: float
    rows: tuple[Row, ...] = ()
    removed: tuple[Key, ...] = ()
    proofs: tuple[Proof, ...] = ()
    approximate: str = ""
    """Why the rows may not be the whole truth (a list that changed while its pages were read), else ""."""


@dataclass(frozen=True, slots=True)
class FeedStatus:
    """How one feed (resource, scope) of a source fares; polling writes it, the board turns it into a state.

    `interval` is the effective one in seconds (after budget, back-off and demand), `last_ok` when the last good
    answer came, `next_at` when it will be asked again (None: not asked), `failures` in a row, `cause` one sentence.
    `unavailable` (403/404) and `refused` (401) say that asking has stopped. `push` feeds prove life by events; one
    that failed and has a `next_at` is cut off until then.
    """

    source: str
    resource: Resource
    scope: str
    interval: float
    timeout: float
    last_ok: float | None = None
    next_at: float | None = None
    failures: int = 0
    cause: str = ""
    unavailable: bool = False
    refused: bool = False
    wanted: bool = True
    push: bool = False
    roster: bool = False
    """Who and what there is rather than how it fares, see `vendors.base.Feed`."""
    paced: bool = False
    """The vendor's budget stretches the interval."""
    events: bool = False
    """Events announce every change, upon which it is read; `interval` is that of reconciling."""
    latencies: tuple[float, ...] = field(default=())
    """Seconds of the last (at most 20) good answers."""
    successes: int = 0
    """How many of the last 20 polls were good."""


@dataclass(frozen=True, slots=True)
class Budget:
    """The vendor's request allowance: `limit` an hour, `remaining` now, `resets_at` (steady UTC seconds)."""

    limit: int | None
    remaining: int | None
    resets_at: float | None
    reserve: int = 0
    """Kept for actions."""
    asked: int | None = None
    """Requests of this program up to that answer; None: it does not count them."""
    others: int | None = None
    """Requests an hour that others make on the account, as `polling` has seen; None: none, or it is not known."""


@dataclass(frozen=True, slots=True)
class SourceInfo:
    """What is known of a source as a whole. `phone` is the operator's own telephone there ("" none); `caution` what
    somebody who listens must know of the telephones there, as a clause; `broken`: its adapter does not work, and
    `detail` says why."""

    name: str
    vendor: str
    detail: str = ""
    phone: str = ""
    budget: Budget | None = None
    refused: bool = False
    clock_offset: float | None = None
    caution: str = ""
    broken: bool = False
