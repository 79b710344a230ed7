"""How large the simulated contact centre is. Every size that is not a named person, phone or queue comes from here."""

from __future__ import annotations

from wallboard.domain.records import dataclass


@dataclass(frozen=True, slots=True)
class Scale:
    """`callers`: different people who dial a site's queues (two fifths as many dial receptionists). `traffic`: factor
    on all calls an hour. `past_hours`: of recordings from before the world began. `kept`: so much of each kind of past
    is known: visits and recordings of a site, calls of a hotline, incidents. `queues` and `agents`: so many beside the
    ten and twenty-six that have names in `sites`. `requests`: an hour that an account of the hosted PBX may ask."""

    callers: int = 300
    traffic: float = 1.0
    past_hours: float = 6.0
    kept: int = 4000
    queues: int = 0
    agents: int = 0
    requests: int = 30_000


SCALES = {
    "small": Scale(),
    "large": Scale(callers=5_000, queues=190, agents=1_974, requests=400_000),
    "huge": Scale(callers=25_000, queues=990, agents=9_974, requests=2_000_000),
}
"""By name. With those who have names: 10, 200 and 1,000 queues, 26, 2,000 and 10,000 agents. In `large` some 500
callers wait and 1,000 calls are up, in `huge` five times as many."""
