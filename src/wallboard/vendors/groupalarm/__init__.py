"""GroupAlarm First Responder: emergency hotlines with their duty agents (seeds 000 and 001). No call control."""

from __future__ import annotations

from wallboard.vendors.kit.plugin import Lazy

plugin = Lazy(__name__, "GroupalarmAdapter")
