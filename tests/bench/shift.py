"""A shift of the simulated contact centre against the simulation's own truth: `python -m tests.bench.shift`.

The figures of every queue of a site, polled as the console polls, are compared minute by minute with what really
happened: the service level has to lie inside its bounds, lost and answered within 5 % or one caller, the mean wait
within a second, the handling time within 5 % or two seconds, the occupancy within three points, and the expected wait
between the least and the most that was true since the reading before the last, give or take a tenth.
"""

from __future__ import annotations

import argparse
from collections import Counter, deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from statistics import fmean
from typing import Any

from wallboard.board import Board, BoardSettings, QueueFigures
from wallboard.domain.clock import ManualClock
from wallboard.domain.keys import Key, Kind, Resource
from wallboard.domain.models import Row
from wallboard.domain.rules import Goal, QueueRule
from wallboard.domain.text import clean
from wallboard.domain.update import FeedStatus, Update, UpdateKind
from wallboard.sim.faces import ringme_rows
from wallboard.sim.history import ANSWERED, FLOWED, LOST, PULLED, WAITING, Visit
from wallboard.sim.model import AVAILABLE, Agent, Queue
from wallboard.sim.world import Knobs, World
from wallboard.vendors.ringme import mapping
from wallboard.vendors.ringme.wire import AgentStatus, CurrentCall, ExtensionInfo, MemberStatus, QueueStatus

START = datetime(2026, 3, 10, 8, 0, tzinfo=UTC)
SOURCE = "hq"


@dataclass
class Work:
    """What the agents of a site really do, looked at every second."""

    busy: Counter[str] = field(default_factory=Counter)
    free: Counter[str] = field(default_factory=Counter)
    wraps: dict[str, list[tuple[float, float]]] = field(default_factory=dict)
    """By agent: the world second at which a wrap-up began, and how long it was."""

    def look(self, agents: Iterable[Agent], now: float) -> None:
        for agent in agents:
            word, name = at_work(agent, now), agent.name_fs
            self.busy[name] += word in ("talk", "wrap")
            self.free[name] += word == "free"
            if word == "wrap":
                begun = agent.last_bridge_end
                spells = self.wraps.setdefault(name, [])
                if not spells or spells[-1][0] != begun:
                    spells.append((begun, 0.0))
                spells[-1] = begun, now + 1.0 - begun

    def wrap_up(self, visits: Iterable[Visit]) -> float | None:
        """Mean seconds after the talks of these callers."""
        found = [
            next((seconds for begun, seconds in self.wraps.get(visit.agent, ()) if abs(begun - visit.left) < 1.0), None)
            for visit in visits
            if visit.left is not None
        ]
        known = [seconds for seconds in found if seconds is not None]
        return fmean(known) if known else None


def at_work(agent: Agent, now: float) -> str:
    """`talk`, `wrap`, `free` or "", as the board defines them."""
    if agent.extension is not None and agent.extension.legs and agent.state not in ("In a queue call", "Receiving"):
        return ""
    if agent.state == "In a queue call":
        return "talk"
    if agent.status != AVAILABLE or agent.state == "Idle":
        return ""
    return "wrap" if agent.state == "Waiting" and now < agent.last_bridge_end + agent.wrap_up_time else "free"


@dataclass
class Shift:
    """One shift: run it, and see for each queue how often the truth lay inside the bounds."""

    seed: int
    minutes: int = 240
    poll: float = 5.0
    calls: float = 2.0
    marked: bool = True
    """Whether the PBX lists for a minute those who gave up."""
    frozen: bool = True
    inside: Counter[tuple[int, str]] = field(default_factory=Counter)
    checked: Counter[tuple[int, str]] = field(default_factory=Counter)
    """By queue and figure: in how many minutes there was one, and it was right."""

    def __post_init__(self) -> None:
        self.world = World(self.seed, START, Knobs())
        self.clock = ManualClock(START.timestamp())
        self.goal = Goal()
        self.board = Board(self.clock, BoardSettings(queues=(QueueRule("*", self.goal),)))
        self._seq = 0
        self.work = Work()
        self._waits: dict[int, deque[float | None]] = {}
        """By queue: the expected wait as it was true in each of the last seconds."""
        self.queues = list(self.world.hq.pbx.queues.values())

    def run(self) -> None:
        for second in range(self.minutes * 60 + 1):
            self.world.advance(float(second))
            self.clock.advance(START.timestamp() + second - self.clock.now())
            for index, queue in enumerate(self.queues):
                if (second + index) % self.poll == 0:
                    self._read(queue)
            if second % self.calls == 0:
                self._read_calls()
            self.board.tick()
            self.work.look(self.world.hq.pbx.agents.values(), float(second))
            for queue in self.queues:
                self._waits.setdefault(queue.id, deque(maxlen=int(2 * self.poll) + 1)).append(self._true_wait(queue))
            if second % 60 == 30 and second > 60:
                self._compare(second)

    def figures(self, queue: Queue) -> QueueFigures:
        return self.board.queue_stats(Key(SOURCE, Kind.QUEUE, str(queue.id)))

    def _compare(self, second: int) -> None:
        for queue in self.queues:
            made, ends = self.figures(queue), self._true_ends(queue)
            since = max(0.0, second - (self.goal.window or 0.0))
            good, n = self._true_level(queue, since, float(second))
            told = made.service_level
            if told.value is not None and n:
                assert told.low is not None
                assert told.high is not None
                self._note(queue, "service", told.low - 1e-9 <= good / n <= told.high + 1e-9)
            for name in (LOST, ANSWERED):
                value = getattr(made, name)
                if value is not None:
                    self._note(queue, name, abs(value - ends[name]) <= max(1, 0.05 * ends[name]))
            asa, _ = self._true_means(queue)
            if made.asa is not None and asa is not None:
                self._note(queue, "asa", abs(made.asa - asa) <= 1.0)
            handled, occupied = self._true_handling(queue), self._true_occupancy(queue)
            if made.aht is not None and handled is not None:
                self._note(queue, "aht", abs(made.aht - handled) <= max(2.0, 0.05 * handled))
            if made.occupancy is not None and occupied is not None and second > 600:
                self._note(queue, "occupancy", abs(made.occupancy - occupied) <= 0.03)
            waits = [wait for wait in self._waits[queue.id] if wait is not None]
            if made.expected_wait is not None and waits:
                inside = 0.9 * min(waits) - 2.0 <= made.expected_wait <= 1.1 * max(waits) + 2.0
                self._note(queue, "expected", inside)

    def _true_handling(self, queue: Queue) -> float | None:
        visits = [each for each in self._visits(queue) if each.outcome == ANSWERED]
        _, talk = self._true_means(queue)
        return None if talk is None else talk + (self.work.wrap_up(visits) or 0.0)

    def _true_occupancy(self, queue: Queue) -> float | None:
        names = [tier.agent.name_fs for tier in queue.tiers]
        busy, free = (sum(counts[name] for name in names) for counts in (self.work.busy, self.work.free))
        return busy / (busy + free) if busy + free else None

    def _true_wait(self, queue: Queue) -> float | None:
        """As `expected_wait` defines it, of what is true now; the handling time is that of the board's last minute."""
        now, handled = self.world.now, self.figures(queue).aht
        agents = [tier.agent for tier in queue.tiers if at_work(tier.agent, now)]
        if handled is None or not agents:
            return None
        queued = len([each for each in queue.members.values() if each.state in ("Waiting", "Trying")])
        ready = len([each for each in agents if each.state == "Waiting" and at_work(each, now) == "free"])
        return max(0, queued + 1 - ready) * handled / len(agents)

    def _note(self, queue: Queue, figure: str, inside: bool) -> None:
        self.checked[queue.id, figure] += 1
        self.inside[queue.id, figure] += inside

    def _visits(self, queue: Queue) -> list[Visit]:
        """Who waited in the queue while the console looked."""
        found = self.world.hq.pbx.history.of(queue.extension.number)
        return [visit for visit in found if visit.settled is None or visit.settled >= 0.0]

    def _true_ends(self, queue: Queue) -> Counter[str]:
        # Taken over by a telephone that the queue did not ring: not by this console.
        return Counter(FLOWED if visit.outcome == PULLED else visit.outcome for visit in self._visits(queue))

    def _true_means(self, queue: Queue) -> tuple[float | None, float | None]:
        """Seconds until the answer of those who came while the console looked, and of talk of those answered then."""
        taken = [(v, v.settled) for v in self._visits(queue) if v.outcome == ANSWERED]
        waits = [settled - visit.offered for visit, settled in taken if settled is not None and visit.offered >= 0]
        talks = [visit.left - settled for visit, settled in taken if visit.left is not None and settled is not None]
        return (fmean(waits) if waits else None), (fmean(talks) if talks else None)

    def _true_level(self, queue: Queue, since: float, now: float) -> tuple[int, int]:
        """By the formula `live`: in time, and all that count."""
        limit = self.goal.seconds
        waits = [
            (visit.outcome, (now if visit.settled is None else visit.settled) - visit.offered)
            for visit in self._visits(queue)
            if visit.offered >= 0 and (visit.settled is None or visit.settled > since)
        ]
        good = len([wait for outcome, wait in waits if outcome == ANSWERED and wait <= limit])
        late = len([wait for outcome, wait in waits if outcome in (ANSWERED, LOST, WAITING) and wait > limit])
        return good, good + late

    def _read(self, queue: Queue) -> None:
        engine, context = self.world.engine, mapping.Context(SOURCE, self.clock.now())
        scope, name = str(queue.id), clean(queue.label)
        shown = [m for m in queue.members.values() if self.marked or m.state != "Abandoned"]
        wired = [ringme_rows.member_row(engine, member) for member in shown]
        for row, member in zip(wired, shown, strict=True):
            if not self.frozen and member.state == "Answered":
                row["wait_time"] = int(engine.now - member.joined)
        status = QueueStatus.model_validate(ringme_rows.queue_counts(queue))
        info = ExtensionInfo.model_validate(ringme_rows.extension_row(queue.extension, self.world.hq.pbx.domain))
        members = [mapping.member_row(context, scope, name, MemberStatus.model_validate(row)) for row in wired]
        agents = [
            mapping.agent_row(context, scope, name, AgentStatus.model_validate(ringme_rows.agent_row(engine, t.agent)),
                              wrap_up=float(t.agent.wrap_up_time))
            for t in queue.tiers
        ]  # fmt: skip
        self._apply(Resource.QUEUES, scope, [mapping.queue_row(context, scope, status, info, None)], self.poll)
        self._apply(Resource.AGENTS, scope, [row for row in agents if row is not None], self.poll)
        self._apply(Resource.MEMBERS, scope, [row for row in members if row is not None], self.poll)

    def _read_calls(self) -> None:
        pbx = self.world.hq.pbx
        phones = {str(phone.id): phone.name for phone in pbx.phones()}
        context = mapping.Context(SOURCE, self.clock.now(), phones=phones)
        legs = [leg for phone in pbx.phones() for leg in phone.legs.values()]
        wired = [CurrentCall.model_validate(ringme_rows.call_row(self.world.engine, leg)) for leg in legs]
        rows = [mapping.call_row(context, row) for row in wired]
        self._apply(Resource.CALLS, "", [row for row in rows if row is not None], self.calls)

    def _apply(self, resource: Resource, scope: str, rows: list[Any], interval: float) -> None:
        self._seq += 1
        now = self.clock.now()
        found: tuple[Row, ...] = tuple(rows)
        self.board.apply(Update(SOURCE, resource, scope, UpdateKind.SNAPSHOT, 1, self._seq, now, found))
        self.board.status(FeedStatus(SOURCE, resource, scope, interval, 8.0, last_ok=now))

    def report(self) -> Iterator[str]:
        """Rows of a table, see `HEAD`."""
        for queue in self.queues:
            made, ends = self.figures(queue), self._true_ends(queue)
            asa, talk = self._true_means(queue)
            shares = [self._share(queue, figure) for figure in COMPARED]
            pairs = [f"{getattr(made, name)} / {ends[name]}" for name in (LOST, ANSWERED, FLOWED)]
            told_talk = None if made.aht is None else made.aht - (made.wrap_up or 0.0)
            means = [f"{_seconds(told)} / {_seconds(true)}" for told, true in ((made.asa, asa), (told_talk, talk))]
            yield f"| {' | '.join([str(self.seed), queue.label, *shares, *pairs, *means])} |"

    def _share(self, queue: Queue, figure: str) -> str:
        of = self.checked[queue.id, figure]
        return f"{100 * self.inside[queue.id, figure] / of:.0f} %" if of else "–"


COMPARED = ("service", LOST, ANSWERED, "asa", "aht", "occupancy", "expected")
HEAD = (
    *("seed", "queue", "service", "lost", "answered", "ASA", "AHT", "occupancy", "expected wait"),
    *("lost, told / true", "answered", "flowed", "ASA", "talk"),
)


def _seconds(value: float | None) -> str:
    return "–" if value is None else f"{value:.1f}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=int, default=240)
    parser.add_argument("--poll", type=float, default=5.0)
    parser.add_argument("--unmarked", action="store_true", help="the PBX does not list those who gave up")
    parser.add_argument("--running", action="store_true", help="the vendor's wait runs on after the answer")
    parser.add_argument("seeds", type=int, nargs="*", default=[1, 2, 3])
    given = parser.parse_args()
    print(f"| {' | '.join(HEAD)} |\n|{'---|' * len(HEAD)}")
    for seed in given.seeds:
        shift = Shift(seed, given.minutes, given.poll, marked=not given.unmarked, frozen=not given.running)
        shift.run()
        print("\n".join(shift.report()))


if __name__ == "__main__":
    main()
