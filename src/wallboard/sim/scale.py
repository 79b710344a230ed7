"""How large the simulated contact centre is. Every size that is not a named person, phone or queue comes from here."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Scale:
    """`callers`: different people who dial a site's queues (two fifths as many dial receptionists). `traffic`: factor
    on all calls an hour. `past_hours`: of recordings from before the world began. `kept`: so much of each kind of past
    is known: visits and recordings of a site, calls of a hotline, incidents."""

    callers: int = 300
    traffic: float = 1.0
    past_hours: float = 6.0
    kept: int = 4000
