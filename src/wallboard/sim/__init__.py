"""A simulated contact centre: a seeded world, and HTTP faces in the vendors' own dialects.

`World(seed, start)` is the world, `make_app(world)` an ASGI application over it, `ready_config(base_url)` a
configuration that points a console at it. `serve` needs the `sim` extra.
"""

from __future__ import annotations

from wallboard.sim.access import demo_environment, ready_config
from wallboard.sim.scale import Scale
from wallboard.sim.server import LoggedRequest, SimServer, make_app, serve
from wallboard.sim.world import Knobs, World

__all__ = [
    "Knobs",
    "LoggedRequest",
    "Scale",
    "SimServer",
    "World",
    "demo_environment",
    "make_app",
    "ready_config",
    "serve",
]
