"""placeholder docstring, to be written"""

from __future__ import annotations

from collections.abc import Sequence

from wallboard.vendors.base import Adapter, Coverage, Services, SourceSettings


class SinchPlugin:
    """Names the vendor; the adapter and its HTTP client are loaded only when a config uses them."""

    name = "sinch"

    def build(self, settings: SourceSettings, services: Services) -> Adapter:
        from wallboard.vendors.sinch.adapter import SinchAdapter

        return SinchAdapter(settings, services)

    def coverage(self) -> Sequence[Coverage]:
        from wallboard.vendors.sinch.coverage import COVERAGE

        return COVERAGE


plugin = SinchPlugin()
