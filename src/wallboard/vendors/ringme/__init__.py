"""The hosted PBX "extension" API of the RingMe platform, Telphin and white labels (seed 003)."""

from __future__ import annotations

from collections.abc import Sequence

from wallboard.vendors.base import Adapter, Coverage, Services, SourceSettings


class RingmePlugin:
    """Names the vendor; the adapter and its HTTP client are loaded only when a config uses them."""

    name = "ringme"

    def build(self, settings: SourceSettings, services: Services) -> Adapter:
        from wallboard.vendors.ringme.adapter import RingmeAdapter

        return RingmeAdapter(settings, services)

    def coverage(self) -> Sequence[Coverage]:
        from wallboard.vendors.ringme.coverage import COVERAGE

        return COVERAGE


plugin = RingmePlugin()
