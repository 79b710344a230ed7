"""`wallboard web`: the poller, the projector's line and the site, from the start to the end."""

from __future__ import annotations

import os
import socket
from collections.abc import Callable
from functools import partial
from pathlib import Path

from wallboard.config.settings import Config
from wallboard.domain.clock import SystemClock
from wallboard.domain.keys import Resource
from wallboard.domain.records import dataclass
from wallboard.polling.words import Ear
from wallboard.runtime.rooms import headless
from wallboard.runtime.unattended import attend
from wallboard.web.gate import Gate
from wallboard.web.projection import Projection
from wallboard.web.site import Site, served


@dataclass(frozen=True, slots=True)
class Place:
    """Where it is served, and to whom. `door` is the socket that browsers come to."""

    door: socket.socket
    gate: Gate
    most: int
    title: str


async def serve(
    config: Config, place: Place, clock: SystemClock, state: Path, line: socket.socket, begun: Callable[[], None]
) -> int:
    """Poll, and show it, until cancelled; 1 where the projector, to whom `line` leads, has ended."""
    projection = Projection(line)
    ear = partial(Ear, tell=projection.tell)
    async with (
        headless(config, read_only=True, clock=clock, state=state, heard=ear, shares=True, acts=False) as rooms,
        served(Site(projection, place.gate, place.most, place.title), place.door),
    ):
        begun()
        # Whatever browsers look at: they shall not be able to have a vendor asked.
        await attend(rooms, config, frozenset(Resource))
        await projection.run()
    return 1


def names_of(host: str, given: tuple[str, ...]) -> frozenset[str]:
    """The hosts under which we are reached: as told, this machine's own, and what we listen on."""
    machine = os.uname().nodename.lower()
    short = machine.partition(".")[0]
    return frozenset({"localhost", host.lower(), machine, short, f"{short}.local", *map(str.lower, given)} - {""})
