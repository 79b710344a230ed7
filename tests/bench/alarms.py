"""A shift as a supervisor hears it: `python -m tests.bench.alarms [--minutes 240] [--seeds 1 2 3]`.

The rooms of the console poll the simulated contact centre on a clock held by hand, once with its scripted incidents and
once without. Printed are the alarms in ten minutes, and for everything that was really wrong for longer than its delay
and one reading how late its alarm came.
"""

from __future__ import annotations

import argparse
import os
import statistics
import tempfile
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from unittest.mock import patch

import anyio

from tests.acceptance.scene import ALL_FIVE, Stage, staged
from wallboard.board import AlarmEvent
from wallboard.domain.keys import Resource
from wallboard.sim import Knobs
from wallboard.sim.model import AVAILABLE

ASKS = frozenset({"raised", "worse"})
SLACK = 2.0
"""Seconds for the answer and for the second in which the board looks."""
_READ_WITH = {
    "waiting": (Resource.MEMBERS, Resource.AGENTS),
    "longest": (Resource.MEMBERS,),
    "stuck": (Resource.AGENTS, Resource.PHONES),
    "error": (Resource.HOTLINES,),
}


@dataclass
class Shift:
    """What was told, and what was true."""

    stage: Stage
    asked: list[AlarmEvent] = field(default_factory=list)
    late: list[float] = field(default_factory=list)
    missed: Counter[str] = field(default_factory=Counter)
    _since: dict[str, float] = field(default_factory=dict)
    _told: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.stage.board.alarms.subscribe(lambda event: self.asked.append(event) if event.what in ASKS else None)

    async def run(self, minutes: int) -> None:
        self.stage.rooms.scheduler.demand(frozenset(Resource))
        for _ in range(minutes * 60):
            await self.stage.wait(1.0, step=1.0)
            self.stage.board.tick()
            self._compare()

    def _compare(self) -> None:
        now, alarms = self.stage.clock.now(), self.stage.board.alarms
        true = set(self._true())
        self._since = {each: self._since.get(each, now) for each in true}
        self._told &= true
        for each in true - self._told:
            alarm, lasted = alarms.get(each), now - self._since[each]
            if alarm is not None and not alarm.cleared:
                self.late.append(lasted)
                self._told.add(each)
            elif lasted > self._allowed(each) and not self.missed[f"{each} at {self._since[each]:.0f}"]:
                self.missed[f"{each} at {self._since[each]:.0f}"] = 1

    def _allowed(self, alarm_id: str) -> float:
        """Its delay and one reading, as often as the source is read now."""
        source, condition = alarm_id.partition("/")[0], alarm_id.rpartition(":")[2]
        views = [self.stage.board.resource_view(source, each) for each in _READ_WITH[condition]]
        feeds = [feed.status for view in views if view is not None for feed in view.feeds]
        reading = max(feed.interval for feed in feeds if feed is not None)
        return self.stage.board.settings.timing_of(condition).on_delay + reading + SLACK

    def _true(self) -> Iterator[str]:
        """The alarms of what is wrong in the world, whatever anybody has read of it."""
        world = self.stage.world
        for name in ("hq", "branch"):
            pbx = world.sites[name].pbx
            for queue in pbx.queues.values():
                limits = self.stage.board.settings.rule(queue.label, str(queue.id)).warn
                joined = [each.joined for each in queue.members.values() if each.state in ("Waiting", "Trying")]
                if limits.waiting is not None and len(joined) >= limits.waiting:
                    yield f"{name}/queue/{queue.id}:waiting"
                if limits.longest is not None and joined and world.now - min(joined) >= limits.longest:
                    yield f"{name}/queue/{queue.id}:longest"
            for agent in pbx.agents.values():
                phone = agent.extension
                if phone is None or phone.legs or agent.status != AVAILABLE:
                    # Who is on a call has a telephone that works.
                    continue
                if agent.state == "Idle" or (agent.state == "Waiting" and not phone.registered):
                    yield f"{name}/agent/{agent.name_fs}:stuck"
        for hotline in world.hotlines.hotlines.values():
            if hotline.status == "error":
                yield f"responders/hotline/{hotline.id}:error"


async def shift(seed: int, minutes: int, *, incidents: bool) -> Shift:
    knobs = replace(Knobs(), incidents=incidents)
    with tempfile.TemporaryDirectory() as folder, patch.dict(os.environ, XDG_STATE_HOME=folder):
        async with staged(Path(folder), knobs=knobs, sources=ALL_FIVE, seed=seed) as stage:
            made = Shift(stage)
            await made.run(minutes)
            return made


def report(name: str, made: Shift, minutes: int) -> None:
    kinds = Counter(f"{event.alarm.condition} {event.alarm.severity}" for event in made.asked)
    print(f"  {name:18} {10 * len(made.asked) / minutes:4.1f} alarms in 10 min  {dict(kinds.most_common())}")
    late = f"median {statistics.median(made.late):.0f} s, latest {max(made.late):.0f} s" if made.late else "none"
    print(f"  {'':18} raised {len(made.late)} of what was wrong: {late}; too late or never: {sorted(made.missed)}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=int, default=240)
    parser.add_argument("--seeds", type=int, nargs="+", default=[1, 2, 3])
    arguments = parser.parse_args()
    for seed in arguments.seeds:
        print(f"seed {seed}, {arguments.minutes} min")
        for incidents in (False, True):
            made = anyio.run(lambda given: shift(seed, arguments.minutes, incidents=given), incidents)  # noqa: B023
            report("with incidents" if incidents else "without incidents", made, arguments.minutes)


if __name__ == "__main__":
    main()
