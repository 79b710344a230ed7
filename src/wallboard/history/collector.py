"""What the board shows, written down: each minute of each queue and hotline, each state of each agent, and what became
of each caller.

A list that is stale says nothing about now: its minutes are gaps, its agents' states end where they were last seen.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from typing import Any

from wallboard.board.board import Board
from wallboard.board.caller_history import Stay
from wallboard.domain.keys import Key, Kind, Resource
from wallboard.domain.models import Agent, Hotline, Queue, Row
from wallboard.domain.records import dataclass
from wallboard.domain.states import TRUSTED, HotlineState
from wallboard.history import agents
from wallboard.history.callers import record
from wallboard.history.records import AgentSpell, Minute, Record

EVERY = 5.0
"""Seconds between two looks at the board."""
MINUTE = 60
AT_ONCE = 200
"""Rows that are looked at in one step."""
OPEN = 300.0
"""Seconds after which a state that goes on is written all the same: a console that is killed loses no more."""
_KINDS = {"queue": Kind.QUEUE, "hotline": Kind.HOTLINE}
_MERGE: dict[str, Callable[[int, int], int]] = {"max": max, "min": min}


@dataclass(slots=True)
class _Spell:
    row: Agent
    since: float
    until: float
    written: float


class Collector:
    """Call `look` every `EVERY` seconds, and `close` at the end; `add` takes the records."""

    def __init__(self, board: Board, add: Callable[[Record], None]) -> None:
        self._board = board
        self._add = add
        self._minute = -1
        self._minutes: dict[Key, Minute] = {}
        self._spells: dict[Key, _Spell] = {}
        self._summed = board.now()
        self._callers: dict[Stay, None] = {}
        board.follow_callers(self._noted)

    def look(self) -> None:
        deque(self.looking(), maxlen=0)

    def looking(self) -> Iterator[None]:
        """The same in steps: between two of them others may have their turn."""
        now = self._board.now()
        minute = int(now // MINUTE) * MINUTE
        if minute != self._minute:
            self._write_minutes()
            self._minute = minute
        for queue in in_steps(self._board.rows(Resource.QUEUES)):
            if queue is None:
                yield
            elif isinstance(queue, Queue) and self._fresh(queue.key):
                self._sample(self._of_queue(queue, minute, now))
        for hotline in self._board.rows(Resource.HOTLINES):
            if isinstance(hotline, Hotline) and self._fresh(hotline.key):
                self._sample(_of_hotline(hotline, minute))
        yield
        yield from self._agents(now)
        self.decide()
        if now - self._summed >= OPEN:
            yield from self._sums(now)

    def close(self) -> None:
        """Write what is under way."""
        self._write_minutes()
        deque(self._sums(self._board.now()), maxlen=0)
        self.decide(final=True)
        for spell in self._spells.values():
            self._write(spell)
        self._spells.clear()

    def _fresh(self, key: Key) -> bool:
        return self._board.row_state(key) in TRUSTED

    def _all_fresh(self, source: str) -> bool:
        view = self._board.resource_view(source, Resource.AGENTS)
        return view is not None and all(feed.state in TRUSTED for feed in view.feeds)

    # ---- minutes ---------------------------------------------------------------------------------------------

    def _of_queue(self, queue: Queue, minute: int, now: float) -> Minute:
        stats = self._board.queue_stats(queue.key, level=False)
        longest = stats.longest(now)
        waiting = None if stats.waiting is None else stats.waiting + (stats.ringing or 0)
        return Minute(
            minute,
            queue.key.source,
            "queue",
            queue.key.id,
            queue.name,
            waiting=waiting,
            longest=int(longest) if longest is not None else 0 if waiting == 0 else None,
            talking=stats.talking,
            ready=stats.counts.ready,
            staffed=stats.staffed,
        )

    def _sample(self, seen: Minute) -> None:
        key = Key(seen.source, _KINDS[seen.kind], seen.row)
        before = self._minutes.get(key)
        self._minutes[key] = seen if before is None else _merged(before, seen)

    def _write_minutes(self) -> None:
        for minute in self._minutes.values():
            self._add(minute)
        self._minutes.clear()

    # ---- callers ---------------------------------------------------------------------------------------------

    def _noted(self, stay: Stay) -> None:
        self._callers[stay] = None

    def decide(self, *, final: bool = False) -> None:
        """Write whose wait is over. What was written is written again when more is known, or something else."""
        for stay in [stay for stay in self._callers if final or not stay.undecided]:
            del self._callers[stay]
            if not stay.present:
                self._add(record(self._board, stay))

    # ---- agents ----------------------------------------------------------------------------------------------

    def _agents(self, now: float) -> Iterator[None]:
        seen: set[Key] = set()
        # Where all lists of a source are fresh, so are their rows: of thousands none is asked for.
        fresh = {name for name in self._board.sources() if self._all_fresh(name)}
        for row in in_steps(self._board.rows(Resource.AGENTS)):
            if row is None:
                yield
            if not isinstance(row, Agent) or row.no_state:
                continue
            if row.key.source not in fresh and not self._fresh(row.key):
                continue
            seen.add(row.key)
            spell = self._spells.get(row.key)
            if spell is None or spell.row.state is not row.state:
                if spell is not None:
                    spell.until = now
                    self._write(spell)
                began = row.since if row.since is not None and spell is not None else now
                self._spells[row.key] = _Spell(row, min(began, now), now, now)
                continue
            spell.until = now
            if now - spell.written >= OPEN:
                self._write(spell)
                spell.written = now
        for key in self._spells.keys() - seen:
            self._write(self._spells.pop(key))

    def _sums(self, now: float) -> Iterator[None]:
        """Each agent's day so far."""
        self._summed = now
        for row in in_steps(self._board.rows(Resource.AGENTS)):
            if row is None:
                yield
            elif (day := self._board.agent_day(row.key)) is not None:
                self._add(agents.record(row.key, day, now))

    def _write(self, spell: _Spell) -> None:
        row = spell.row
        since, until = int(spell.since), int(spell.until)
        if until > since:
            self._add(AgentSpell(row.key.source, row.key.id, row.name, row.state.value, since, until))


def in_steps(rows: Iterable[Row]) -> Iterator[Row | None]:
    """The rows, and None where a step may end."""
    for number, row in enumerate(rows, 1):
        yield row
        if number % AT_ONCE == 0:
            yield None


def _of_hotline(hotline: Hotline, minute: int) -> Minute:
    """`ready`: the telephones on duty; `staffed`: 1 while it takes calls."""
    phones = [phone for agent in hotline.agents for phone in agent.phones or ()]
    known = all(agent.phones is not None for agent in hotline.agents)
    return Minute(
        minute,
        hotline.key.source,
        "hotline",
        hotline.key.id,
        hotline.name,
        ready=sum(phone.active is True for phone in phones) if known else None,
        staffed=int(hotline.state is HotlineState.OPEN),
    )


def _merged(one: Minute, other: Minute) -> Minute:
    """Two looks at one minute as one, as the database merges two consoles' minutes."""
    values: dict[str, Any] = {}
    for name, choose in Minute.MERGE.items():
        old, new = getattr(one, name), getattr(other, name)
        values[name] = new if old is None else old if new is None else _MERGE[choose](old, new)
    return replace(other, **values)
