"""Sinch Contact Center, Restful Configuration Interface (RCI, seed 002): who and what there is, and disruption notices.

RCI is for configuration: queues with their addresses, users with roles, groups and skills, and disruption events, which
can be published, changed and ended. It tells no live count, no agent state and no call.
"""

from __future__ import annotations

from wallboard.vendors.kit.plugin import Lazy

plugin = Lazy(__name__, "SinchAdapter")
