"""Which rows belong to what is followed (`v`), and to a view."""

from __future__ import annotations

from wallboard.domain.keys import Key, Kind, Resource
from wallboard.domain.models import Agent, Call, Member, Queue, Row
from wallboard.domain.records import dataclass
from wallboard.domain.views import View
from wallboard.view.context import Context

FOLLOWS = (Resource.MEMBERS, Resource.AGENTS, Resource.CALLS)
"""The panes that follow."""


@dataclass(frozen=True, slots=True)
class Followed:
    """A queue or an agent by its `key` and the queue's name and number, or (None) a whole source; `label` names it."""

    source: str
    label: str
    key: Key | None = None
    queue: str = ""
    number: str = ""

    def shows(self, row: Row) -> bool:
        if row.key.source != self.source or self.key is None:
            return row.key.source == self.source
        match row:
            case Member():
                return self.key in (Key(self.source, Kind.QUEUE, row.queue_id), row.serving_key)
            case Agent():
                return row.key == self.key or self.key.id in [place.queue_id for place in row.memberships if self.queue]
            case Call():
                called = bool(self.number) and row.to.rpartition("*")[2] == self.number
                return row.agent_key == self.key or called or bool(self.queue and row.queue == self.queue)
            case _:
                return True


def followed(row: Row, context: Context) -> Followed:
    """What following a row means: a queue, an agent, a caller's queue, a call's queue or agent, else its source."""
    source = row.key.source
    match row:
        case Queue():
            return Followed(source, row.name, row.key, row.name, row.number)
        case Agent():
            return Followed(source, row.name or row.extension, row.key)
        case Member() if (queue := context.board.row(Key(source, Kind.QUEUE, row.queue_id))) is not None:
            return followed(queue, context)
        case Call() if row.queue:
            named = [each for each in context.board.rows(Resource.QUEUES, source) if _named(each, row)]
            return followed(named[0], context) if named else Followed(source, source)
        case Call() if row.agent_key is not None:
            return Followed(source, row.agent, row.agent_key)
        case _:
            return Followed(source, source)


def _named(queue: Row, call: Call) -> bool:
    return isinstance(queue, Queue) and queue.name == call.queue


def in_view(view: View, row: Row) -> bool:
    """Whether a row belongs to a view. An agent does by any of their queues, a call by the queue that it came through:
    where a view names queues, calls of no queue do not."""
    if not view.takes_source(row.key.source):
        return False
    match row:
        case Queue():
            return view.takes_queue(row.name, row.key.id)
        case Member():
            return view.takes_queue(row.queue, row.queue_id)
        case Agent():
            return not view.queues or any(view.takes_queue(place.queue, place.queue_id) for place in row.memberships)
        case Call():
            return view.takes_queue(row.queue)
        case _:
            return True
