"""What of the board a person wants to see (`[[view]]`)."""

from __future__ import annotations

from fnmatch import fnmatchcase

from wallboard.domain.keys import Resource
from wallboard.domain.records import dataclass


@dataclass(frozen=True, slots=True)
class View:
    """`queues` are patterns of names or ids, `sources` names, `panes` what is shown, in no order; () is all of each.
    `sort` is (pane, column)."""

    name: str
    queues: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    panes: tuple[Resource, ...] = ()
    filter: str = ""
    sort: tuple[tuple[Resource, str], ...] = ()

    @property
    def narrows(self) -> bool:
        """Whether there are rows that do not belong to it."""
        return bool(self.sources or self.queues)

    def takes_source(self, name: str) -> bool:
        return not self.sources or name in self.sources

    def takes_queue(self, name: str, queue_id: str = "") -> bool:
        """Without regard to case, as `[[queue]] match`."""
        names = name.casefold(), queue_id.casefold()
        return not self.queues or any(fnmatchcase(text, each.casefold()) for each in self.queues for text in names)
