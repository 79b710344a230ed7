"""An hour of a console on a small account: `python -m tests.bench.hour [--limit 600]`.

The real rooms on the simulated contact centre, five queues, on a clock held by hand; Members are on the screen. Printed
are the requests, what is kept for actions, and how old the rows on the screen and those that nobody sees are.
"""

from __future__ import annotations

import argparse
import os
import statistics
import tempfile
from collections import defaultdict
from dataclasses import dataclass, replace
from pathlib import Path
from unittest.mock import patch

import anyio

from tests.acceptance.scene import staged
from wallboard.domain.keys import Resource
from wallboard.vendors.base import SourceSettings

QUEUES = ("601", "602", "603", "604", "605")
HOUR = 3600.0
LIMIT = 600
SETTLED = 600.0
SHOWN = Resource.MEMBERS
UNSEEN = (Resource.AGENTS, Resource.CALLS, Resource.PHONES)


@dataclass(frozen=True, slots=True)
class Hour:
    """`ages`: seconds since the stalest list of a resource was read, on average after the first ten minutes."""

    limit: int
    requests: int
    refused: int
    ages: dict[Resource, float]

    @property
    def kept(self) -> float:
        return 1 - self.requests / self.limit

    @property
    def fresher(self) -> float:
        """How much older what nobody sees is than what is on the screen."""
        return statistics.mean(self.ages[each] for each in UNSEEN if each in self.ages) / self.ages[SHOWN]


async def hour(limit: int = LIMIT) -> Hour:
    def edit(source: SourceSettings) -> SourceSettings:
        return replace(source, queues=QUEUES, read_only=True)

    with tempfile.TemporaryDirectory() as folder, patch.dict(os.environ, XDG_STATE_HOME=folder):
        async with staged(Path(folder), limits={"hq": limit}, edit=edit, sources=("hq",)) as stage:
            stage.rooms.scheduler.demand(frozenset({SHOWN}), SHOWN)
            began, ages = stage.clock.now(), defaultdict[Resource, list[float]](list)

            def look() -> None:
                now = stage.clock.now()
                for each in (SHOWN, *UNSEEN) if now - began > SETTLED else ():
                    if (read := stage.board.read_at("hq", each)) is not None:
                        ages[each].append(now - read)

            await stage.wait(HOUR, look, step=5.0)
            made = [each for each in stage.server.made(account="hq") if each.path != "/oauth/token"]
            refused = sum(request.status == 429 for request in made)
            return Hour(limit, len(made), refused, {each: statistics.mean(told) for each, told in ages.items()})


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--limit", type=int, default=LIMIT)
    found = anyio.run(hour, parser.parse_args().limit)
    ages = ", ".join(f"{each.value} {age:.0f} s" for each, age in found.ages.items())
    print(f"{found.requests} requests, {found.refused} refused, {found.kept:.0%} kept; {ages}: {found.fresher:.1f}")


if __name__ == "__main__":
    main()
