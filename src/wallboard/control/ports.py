"""What control asks of the board: a narrow view of it, so that every rule here can be tested against a small fake."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from typing import Protocol

from wallboard.board.colleagues import Presence
from wallboard.domain.keys import Key, Resource
from wallboard.domain.states import ResourceState
from wallboard.vendors.base import Facts

Changed = frozenset[tuple[str, Resource]]


class ResourceFreshness(Protocol):
    """How far one resource of one source may be trusted; `age` in seconds, None: never read."""

    @property
    def state(self) -> ResourceState: ...

    @property
    def age(self) -> float | None: ...


class BoardPort(Facts, Protocol):
    """The part of the board that decides whether an action may go and shows that one is on its way."""

    def subscribe(self, listener: Callable[[Changed], None], /) -> Callable[[], None]:
        """`listener` is called after each change; the answer unsubscribes it."""

    def row_state(self, key: Key, /) -> ResourceState:
        """Freshness of the lists that the row comes from."""

    def resource_view(self, source: str, resource: Resource, /) -> ResourceFreshness | None:
        """None: the source does not have this resource."""

    def pend(self, command_id: str, key: Key, /) -> None:
        """An action on this row is on its way to the vendor."""

    def settle(self, command_id: str, outcome: str, /) -> None:
        """It ended, one way or another."""

    def pulled(self, member_key: Key, /) -> None:
        """We take this caller out of the queue ourselves: no abandon."""

    def colleagues(self, keys: Collection[Key], /) -> Sequence[Presence]:
        """What people at other consoles do with one of these rows."""
