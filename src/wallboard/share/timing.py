"""How long what takes, between consoles of a site. Seconds."""

from __future__ import annotations

from wallboard.domain.records import dataclass


@dataclass(frozen=True, slots=True)
class Timing:
    """`ttl`: after which a lease that nobody renews lapses; `guard`: how long before that its holder takes it for lost;
    `turn`: from one sending to the next; `kept_every`: from one writing down for joiners to the next; `look`: between
    two looks for a vacant lease where nothing says so; `last_resort`: what a console leaves to those who are there for
    it; `give_up`: without the bus, until a console reads by itself; `spread`: over which many of them begin."""

    ttl: float = 5.0
    guard: float = 1.0
    turn: float = 0.25
    kept_every: float = 10.0
    look: float = 5.0
    last_resort: float = 0.5
    give_up: float = 10.0
    spread: float = 30.0
    demand_every: float = 10.0
    demand_lasts: float = 30.0

    @property
    def renew(self) -> float:
        return self.ttl / 3


USUAL = Timing()
WAIT = 2.0
"""How long an answer of the server may take."""
MARKER = 30.0
"""How long the server remembers that a lease lapsed: it counts whole seconds."""
KEPT = 900.0
"""How long what a joiner must know is kept."""
ALONE = 4.0
"""How many times as seldom a console reads without the bus."""
