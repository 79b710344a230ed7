"""The hosted PBX "extension" API of the RingMe platform, Telphin and white labels (seed 003)."""

from __future__ import annotations

from wallboard.vendors.kit.plugin import Lazy

plugin = Lazy(__name__, "RingmeAdapter")
